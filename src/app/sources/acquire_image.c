/* The image that a kernel was published in: read, never run.
 *
 * LinuxKit's kernel/Dockerfile puts everything at the image's root: kernel-dev.tar
 * holds usr/src/linux-headers-<release>/ with .config, Module.symvers and the seed of
 * structure layouts, and the sources as they were built, patches applied, are linux.tar.xz. */
#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "bundle/tar/tarread.h"
#include "docker/containers/archive.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/temp_image.h"
#include "kernel/kbuild/layout_seed.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "sources/hub_tags.h"
#include "util/mem.h"
#include "util/str.h"

enum {
    BUILDS_MAX = 8,             /* images of one version that are looked into */
    PART_MAX = 32 << 20,        /* of one file that is read into memory */
    KERNEL_DEV_ENTRIES = 200000 /* it holds headers and scripts, some 20,000 files */
};

#define LABEL_BUILDER "org.mobyproject.linuxkit.kernel.buildimage"

struct reading {
    struct ud_tarread *inner;
    struct ud_acquire_parts *parts;
    char *top; /* "usr/src/linux-headers-<release>/" */
};

static enum ud_code take_part(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err)
{
    struct reading *reading = ctx;
    size_t len = strlen(reading->top);
    if (entry->type != UD_TARREAD_FILE || strncmp(entry->path, reading->top, len) != 0) {
        return UD_OK;
    }
    struct ud_buf *part = NULL;
    if (strcmp(entry->path + len, ".config") == 0) {
        part = &reading->parts->config;
    } else if (strcmp(entry->path + len, "Module.symvers") == 0) {
        part = &reading->parts->symvers;
    } else if (ud_layout_seed_is_place(entry->path + len)) {
        part = &reading->parts->seed;
    }
    if (part == NULL) {
        return UD_OK;
    }
    ud_buf_clear(part);
    ud_buf_add(part, entry->data, entry->size);
    return ud_buf_check(part, entry->path, err);
}

/* Files that are too large to be one of the parts are passed over. */
static enum ud_code pass_over(void *ctx, const char *path, const void *data, size_t len,
                              struct ud_error *err)
{
    (void)ctx;
    (void)path;
    (void)data;
    (void)len;
    (void)err;
    return UD_OK;
}

static enum ud_code no_entry(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err)
{
    (void)ctx;
    (void)entry;
    (void)err;
    return UD_OK;
}

static enum ud_code to_inner(void *ctx, const char *path, const void *data, size_t len,
                             struct ud_error *err)
{
    struct reading *reading = ctx;
    (void)path;
    return ud_tarread_feed(reading->inner, data, len, err);
}

static enum ud_code to_outer(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    return ud_tarread_feed(ctx, data, len, err);
}

/* The engine wraps the file in a tar of its own. */
static enum ud_code read_kernel_dev(struct ud_acquire *acquire, const char *container,
                                    struct ud_acquire_parts *parts, struct ud_error *err)
{
    struct reading reading = {
        .parts = parts, .top = ud_strf("usr/src/linux-headers-%s/", acquire->facts->release.text)};
    const struct ud_tarread_options inner = {.entry = take_part,
                                             .content = pass_over,
                                             .ctx = &reading,
                                             .max_entries = KERNEL_DEV_ENTRIES,
                                             .max_file = PART_MAX};
    const struct ud_tarread_options outer = {
        .entry = no_entry, .content = to_inner, .ctx = &reading, .max_entries = 1};
    reading.inner = ud_tarread_new(&inner);
    struct ud_tarread *tar = ud_tarread_new(&outer);
    const struct ud_sink sink = {to_outer, tar};
    enum ud_code rc =
        ud_archive_get(acquire->builder_image->engine, container, "/kernel-dev.tar", &sink, err);
    if (rc == UD_OK) {
        rc = ud_tarread_finish(reading.inner, err);
    }
    ud_tarread_free(tar);
    ud_tarread_free(reading.inner);
    free(reading.top);
    return rc;
}

static enum ud_code take_patch(void *ctx, const struct ud_tarread_entry *entry,
                               struct ud_error *err)
{
    struct ud_patches *patches = ctx;
    const char *slash = strrchr(entry->path, '/');
    const char *name = slash != NULL ? slash + 1 : entry->path;
    if (entry->type == UD_TARREAD_FILE && ud_check_patch_name(name)) {
        ud_patches_add(patches, name, entry->data, entry->size);
    }
    (void)err;
    return UD_OK;
}

/* What the sources are without, that are kernel.org's then. An image that has none is as good. */
static enum ud_code take_patches(struct ud_acquire *acquire, const char *container,
                                 const char *reference, struct ud_error *err)
{
    struct ud_error why = {0};
    const struct ud_tarread_options options = {.entry = take_patch,
                                               .ctx = acquire->patches,
                                               .max_entries = UD_PATCHES_MAX + 1,
                                               .max_file = UD_PATCHES_TEXT_MAX};
    struct ud_tarread *tar = ud_tarread_new(&options);
    const struct ud_sink sink = {to_outer, tar};
    enum ud_code rc =
        ud_archive_get(acquire->builder_image->engine, container, UD_OPS_PATCHES_DIR, &sink, &why);
    ud_tarread_free(tar);
    if (rc == UD_OK && acquire->patches->len > 0) {
        acquire->patches->origin = ud_strf("%s in %s", UD_OPS_PATCHES_DIR, reference);
        return UD_OK;
    }
    ud_patches_done(acquire->patches);
    return rc == UD_OK || rc == UD_ERR_NOT_FOUND ? UD_OK : ud_error_pass(err, &why);
}

/* Images of 2022 and later have it in /src, unless their builder flattened that. */
static enum ud_code acquire_image_take_sources(struct ud_acquire *acquire, const char *container,
                                               const char *reference, struct ud_error *err)
{
    static const char *const places[] = {"/src/linux.tar.xz", "/linux.tar.xz"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct ud_archive_stat stat = {0};
        struct ud_error why = {0};
        enum ud_code rc =
            ud_archive_stat(acquire->builder_image->engine, container, places[i], &stat, &why);
        ud_archive_stat_done(&stat);
        if (rc == UD_OK) {
            return ud_acquire_take_sources(acquire, container, places[i], reference, err);
        }
        if (rc != UD_ERR_NOT_FOUND) {
            return ud_error_pass(err, &why);
        }
    }
    ud_report_message(acquire->app->report, UD_REPORT_NOTE, "%s holds no sources", reference);
    return acquire->patches->len > 0 ? UD_OK : take_patches(acquire, container, reference, err);
}

static enum ud_code read_container(struct ud_acquire *acquire, const char *container,
                                   const char *reference, unsigned need, struct ud_error *err)
{
    struct ud_acquire_parts parts;
    ud_acquire_parts_init(&parts);
    enum ud_code rc = read_kernel_dev(acquire, container, &parts, err);
    if (rc == UD_OK) {
        rc = ud_acquire_check_parts(acquire, &parts, reference, err);
    }
    if (rc == UD_OK && (need & UD_ROUTE_SEED) != 0) {
        rc = ud_acquire_take_seed(acquire, &parts.seed, reference, err);
    }
    if (rc == UD_OK && (need & UD_ROUTE_SYMVERS) != 0) {
        rc = parts.symvers.len > 0
                 ? ud_acquire_take_symvers(acquire, &parts.symvers, reference, err)
                 : ud_fail(err, UD_ERR_UNFIT, NULL, "%s has no Module.symvers", reference);
    }
    if (rc == UD_OK && (need & UD_ROUTE_SOURCES) != 0) {
        rc = acquire_image_take_sources(acquire, container, reference, err);
    }
    ud_acquire_parts_done(&parts);
    return rc;
}

/* The compiler is known from the configuration; this says whose it was. */
static void tell_builder(const struct ud_acquire *acquire, const char *id, const char *reference)
{
    struct ud_image image = {0};
    struct ud_error why = {0};
    if (ud_image_find(acquire->builder_image->engine, id, &image, &why) == UD_OK &&
        image.id != NULL) {
        const char *builder = ud_labels_get(&image.labels, LABEL_BUILDER);
        if (builder != NULL) {
            ud_report_message(acquire->app->report, UD_REPORT_DETAIL, "%s was compiled in %s",
                              reference, builder);
        }
    }
    ud_image_done(&image);
}

static enum ud_code read_image(struct ud_acquire *acquire, const char *id, const char *reference,
                               const char *platform, unsigned need, struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    struct ud_engine *engine = acquire->builder_image->engine;
    char *name = ud_role_container_name(UD_ROLE_KERNEL);
    ud_role_fill(UD_ROLE_KERNEL, name, id, &spec);
    spec.platform = platform;
    ud_strv_add(&spec.entrypoint, "/never-started"); /* an image may name none */
    enum ud_code rc = ud_container_create(engine, &spec, err);
    if (rc == UD_OK) {
        tell_builder(acquire, id, reference);
        rc = read_container(acquire, name, reference, need, err);
    }
    ud_container_cleanup(engine, name);
    ud_container_spec_done(&spec);
    free(name);
    return rc;
}

/* One image of perhaps several: pulled for this and removed again. */
static enum ud_code try_image(struct ud_acquire *acquire, const char *reference, unsigned need,
                              struct ud_error *err)
{
    struct ud_temp_image image = {0};
    struct ud_engine *engine = acquire->builder_image->engine;
    const char *goarch = ud_hub_tags_goarch(acquire->facts->machine);
    char *platform =
        strcmp(goarch, acquire->builder_image->goarch) != 0 ? ud_strf("linux/%s", goarch) : NULL;
    enum ud_code rc = UD_OK;
    if (acquire->wish->offline) {
        bool exists = false;
        rc = ud_image_exists(engine, reference, &exists, err);
        if (rc == UD_OK && !exists) {
            rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "it is not in the engine");
        }
    }
    if (rc == UD_OK) {
        rc = ud_temp_image_ensure(acquire->app, engine, reference, platform, &image, err);
    }
    if (rc == UD_OK) {
        rc = read_image(acquire, image.id, reference, platform, need, err);
    }
    ud_temp_image_release(engine, &image);
    free(platform);
    return rc;
}

static bool is_last_word(enum ud_code rc)
{
    return rc == UD_OK || rc == UD_ERR_INTERRUPTED || rc == UD_ERR_IO;
}

enum ud_code ud_acquire_image(struct ud_acquire *acquire, const struct ud_route *route,
                              unsigned need, struct ud_error *err)
{
    struct ud_strv references = {0};
    struct ud_error why = {0};
    UD_TRY(ud_hub_tags_references(acquire, route, &references, err));
    enum ud_code rc = UD_ERR_NOT_FOUND;
    (void)ud_fail(&why, rc, NULL, "no tag of this version is known; name one with --kernel-image");
    for (size_t i = 0; i < references.len && i < BUILDS_MAX; i++) {
        why = (struct ud_error){0};
        rc = try_image(acquire, references.items[i], need, &why);
        if (is_last_word(rc)) {
            break;
        }
        if (references.len > 1) {
            ud_report_step_fail(acquire->app->report);
            ud_report_message(acquire->app->report, UD_REPORT_NOTE, "tried image %s: %s",
                              references.items[i], why.message);
        }
    }
    if (rc != UD_OK && !is_last_word(rc) && references.len > BUILDS_MAX) {
        ud_error_prefix(&why,
                        "%d of %zu builds of this version were tried, and none fits (name one with "
                        "--kernel-image). The last one",
                        BUILDS_MAX, references.len);
    }
    ud_strv_done(&references);
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}
