#include "sources/packages.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/engine.h"
#include "platform/file.h"
#include "platform/fs.h"
#include "sources/kept_file.h"
#include "sources/source_store.h"
#include "util/mem.h"

/* The version is that of the kernel, of which the store has a place of its own. */
static char *packages_file_name(const char *asked)
{
    return ud_strf("package-%.*s", (int)strcspn(asked, "="), asked);
}

static struct ud_package_file *packages_add(struct ud_packages *packages, const char *asked)
{
    packages->items = ud_realloc(packages->items, packages->len + 1, sizeof *packages->items);
    struct ud_package_file *file = &packages->items[packages->len++];
    *file = (struct ud_package_file){.asked = ud_strdup(asked)};
    return file;
}

static bool packages_take_kept(struct ud_packages *packages, const char *asked)
{
    struct ud_source_store kept = {0};
    char *name = packages_file_name(asked);
    const bool found =
        packages->keep && ud_source_store_find(packages->app, packages->facts, name, &kept);
    if (found) {
        struct ud_package_file *file = packages_add(packages, asked);
        file->path = ud_strdup(kept.path);
        memcpy(file->sha256, kept.sha256, sizeof file->sha256);
        ud_report_message(packages->app->report, UD_REPORT_NOTE,
                          "%s is kept here from an earlier run", kept.origin);
    }
    ud_source_store_done(&kept);
    free(name);
    return found;
}

static enum ud_code packages_open(struct ud_packages *packages, struct ud_error *err)
{
    struct ud_engine_info info = {0};
    const struct ud_route *route = packages->route;
    if (packages->opened) {
        return UD_OK;
    }
    UD_TRY(ud_engine_info(packages->engine, &info, err));
    enum ud_code rc = ud_temp_image_ensure(packages->app, packages->engine, route->image, NULL,
                                           &packages->image, err);
    if (rc == UD_OK) {
        packages->opened = true;
        ud_report_step(packages->app->report, "Fetching %s", route->what);
        const struct ud_package_fetching fetching = {
            .app = packages->app,
            .engine = packages->engine,
            .vm = packages->vm,
            .tool = route->tool,
            .image = {.id = packages->image.id, .goarch = info.arch},
            .machine = packages->facts->machine,
        };
        rc = ud_package_fetcher_open(&fetching, &packages->fetcher, err);
    }
    ud_engine_info_done(&info);
    return rc;
}

static enum ud_code packages_take_out(struct ud_packages *packages, const char *asked,
                                      const char *in_container, struct ud_error *err)
{
    struct ud_kept_file kept;
    char *name = packages_file_name(asked);
    char *place = packages->keep ? ud_source_store_path(packages->facts, name) : NULL;
    char sha256[UD_DIGEST_HEX_SIZE];
    enum ud_code rc = ud_kept_file_begin(packages->app, place, &kept, err);
    if (rc == UD_OK) {
        rc = ud_kept_file_take_out(&kept, packages->engine, packages->fetcher.container.name,
                                   in_container, sha256, err);
    }
    if (rc == UD_OK) {
        struct ud_package_file *file = packages_add(packages, asked);
        memcpy(file->sha256, sha256, sizeof file->sha256);
        ud_kept_file_hand_over(&kept, packages->keep, &file->path, &file->temporary);
        if (!file->temporary) {
            ud_source_store_note(packages->app, file->path, sha256, asked);
        }
    }
    ud_kept_file_done(&kept);
    free(place);
    free(name);
    return rc;
}

static enum ud_code packages_fetch(struct ud_packages *packages, const char *asked,
                                   struct ud_error *err)
{
    char *in_container = NULL;
    UD_TRY(packages_open(packages, err));
    UD_TRY(ud_package_fetcher_download(&packages->fetcher, asked, &in_container, err));
    enum ud_code rc = packages_take_out(packages, asked, in_container, err);
    free(in_container);
    return rc;
}

static enum ud_code packages_get(struct ud_packages *packages, const char *asked,
                                 struct ud_error *err)
{
    if (packages_take_kept(packages, asked)) {
        return UD_OK;
    }
    return packages->offline
               ? ud_fail(err, UD_ERR_NOT_FOUND, NULL, "--offline: %s is not kept here", asked)
               : packages_fetch(packages, asked, err);
}

/* The next that is there, if there is one; *missing is the error of the first that is not. */
static enum ud_code packages_advance(struct ud_packages *packages, bool *ret_more,
                                     struct ud_error *missing, struct ud_error *err)
{
    const struct ud_strv *names = &packages->route->names;
    *ret_more = false;
    while (packages->next < names->len && !*ret_more) {
        struct ud_error why = {0};
        enum ud_code rc = packages_get(packages, names->items[packages->next++], &why);
        if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
            return ud_error_pass(err, &why);
        }
        *ret_more = rc == UD_OK;
        if (rc != UD_OK && missing->code == UD_OK) {
            *missing = why;
        }
        if (rc != UD_OK) {
            ud_report_message(packages->app->report, UD_REPORT_DETAIL, "%s", why.message);
        }
    }
    return UD_OK;
}

/* Once more from the first, in the archive that the VM is configured with. */
static enum ud_code packages_ask_vms(struct ud_packages *packages, const struct ud_error *missing,
                                     bool *ret_more, struct ud_error *err)
{
    struct ud_error again = {0};
    if (!packages->opened) {
        return ud_error_pass(err, missing);
    }
    UD_TRY(ud_package_fetcher_turn_to_vm(&packages->fetcher, missing, err));
    packages->next = 0;
    UD_TRY(packages_advance(packages, ret_more, &again, err));
    return *ret_more ? UD_OK : ud_error_pass(err, &again);
}

enum ud_code ud_packages_next(struct ud_packages *packages, bool *ret_more, struct ud_error *err)
{
    struct ud_error missing = {0};
    if (packages->next == 0) {
        packages->first = packages->len;
    }
    UD_TRY(packages_advance(packages, ret_more, &missing, err));
    if (!*ret_more && packages->len == packages->first && missing.code != UD_OK) {
        return packages_ask_vms(packages, &missing, ret_more, err);
    }
    return UD_OK;
}

static enum ud_code packages_read_bytes(void *ctx, void *buf, size_t len, size_t *ret_n,
                                        struct ud_error *err)
{
    return ud_file_read(ctx, buf, len, ret_n, err);
}

enum ud_code ud_packages_read(const struct ud_package_file *package,
                              const struct ud_package_options *options, struct ud_error *err)
{
    struct ud_file *file = NULL;
    UD_TRY(ud_file_open(package->path, &file, err));
    const struct ud_package_input input = {packages_read_bytes, file, package->path};
    enum ud_code rc = ud_package_read(&input, options, err);
    ud_file_free(file);
    return rc;
}

void ud_packages_done(struct ud_packages *packages)
{
    if (packages->opened) {
        ud_package_fetcher_close(&packages->fetcher);
    }
    if (packages->engine != NULL) {
        ud_temp_image_release(packages->engine, &packages->image);
    }
    for (size_t i = 0; i < packages->len; i++) {
        struct ud_package_file *file = &packages->items[i];
        struct ud_error why = {0};
        if (file->temporary && ud_fs_remove_tree(file->path, &why) != UD_OK) {
            ud_report_message(packages->app->report, UD_REPORT_WARN, "%s", why.message);
        }
        free(file->asked);
        free(file->path);
    }
    free(packages->items);
    *packages = (struct ud_packages){0};
}
