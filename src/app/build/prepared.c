/* The container of a build, kept as an image and taken up again. */
#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "build/steps.h"
#include "cache/prepared.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "util/mem.h"
#include "util/str.h"

/* In the tree: what was learnt from sources that are not sent again. */
#define SYMBOLS_FILE "usbipd-desktop.symbols"
enum { SYMBOLS_MAX = 1 << 20, TAG_LEN = 16 };

/* The builder's id counts, not only its name: its tools left what they built. */
static void prepared_name_it(struct ud_build *build)
{
    struct ud_build_cache *cache = &build->cache;
    char hex[UD_DIGEST_HEX_SIZE];
    char *key =
        ud_strf("%s|%s|%s", cache->inputs, build->builder_image.id, build->builder_image.goarch);
    ud_digest_of(key, strlen(key), hex);
    cache->prepared_inputs = ud_strdup(hex);
    cache->prepared = ud_strf(UD_PREPARED_REPO ":%.*s", TAG_LEN, hex);
    free(key);
}

static enum ud_code is_kept(struct ud_build *build, bool *ret, struct ud_error *err)
{
    struct ud_image image = {0};
    UD_TRY(ud_image_find(ud_build_engine(build), build->cache.prepared, &image, err));
    const char *said = ud_labels_get(&image.labels, UD_LABEL_INPUTS);
    *ret = image.id != NULL && said != NULL && strcmp(said, build->cache.prepared_inputs) == 0;
    ud_image_done(&image);
    return UD_OK;
}

static enum ud_code open_of(struct ud_build *build, const char *id, struct ud_error *err)
{
    const struct ud_build_container_image image = {.id = id,
                                                   .platform = build->builder_image.wish.platform,
                                                   .goarch = build->builder_image.goarch};
    UD_TRY(ud_build_container_open(build->app, ud_build_engine(build), UD_ROLE_BUILD, &image,
                                   &build->container, err));
    build->container.env = &build->builder_image.env;
    return UD_OK;
}

/* One that another run removed meanwhile is no failure. */
static enum ud_code open_prepared(struct ud_build *build, struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = open_of(build, build->cache.prepared, &why);
    build->cache.reused = rc == UD_OK;
    if (rc == UD_ERR_NOT_FOUND) {
        ud_build_container_close(&build->container);
        return UD_OK;
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

enum ud_code ud_build_open_shop(struct ud_build *build, struct ud_error *err)
{
    bool kept = false;
    bool small =
        !build->options->whole_tree; /* else it would be as large as the kernel's sources */
    if (small && build->cache.inputs[0] != '\0') {
        prepared_name_it(build);
        UD_TRY(is_kept(build, &kept, err));
    }
    if (kept) {
        UD_TRY(open_prepared(build, err));
    }
    return build->cache.reused ? UD_OK : open_of(build, build->builder_image.id, err);
}

static void take_symbols(struct ud_build *build, const struct ud_buf *text)
{
    struct ud_slice rest = {text->data, text->len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        if (line.len > 0) {
            ud_strv_addn(&build->usb_symbols, line.ptr, line.len);
        }
    }
    ud_strv_sort_unique(&build->usb_symbols);
}

enum ud_code ud_build_resume(struct ud_build *build, struct ud_error *err)
{
    struct ud_buf text;
    ud_report_step(build->app->report, "Taking up the prepared tree %s", build->cache.prepared);
    ud_buf_init(&text, SYMBOLS_MAX);
    enum ud_code rc = ud_build_container_get(&build->container, SYMBOLS_FILE, &text, err);
    if (rc == UD_OK) {
        take_symbols(build, &text);
        rc = ud_build_reconfigure(build, err);
    }
    ud_buf_done(&text);
    if (rc == UD_OK) {
        ud_report_step_end(build->app->report, NULL);
    }
    return rc;
}

static enum ud_code put_symbols(struct ud_build *build, struct ud_error *err)
{
    char *text = ud_strv_join(&build->usb_symbols, "\n");
    enum ud_code rc =
        ud_build_container_put(&build->container, SYMBOLS_FILE, text, strlen(text), err);
    free(text);
    return rc;
}

static enum ud_code prepared_commit(struct ud_build *build, struct ud_error *err)
{
    struct ud_image_commit commit = {
        .container = build->container.name,
        .repo = UD_PREPARED_REPO,
        .tag = strchr(build->cache.prepared, ':') + 1,
        .comment = UD_PREPARED_MADE_BY,
    };
    ud_labels_add_change(&commit.changes, UD_LABEL_ROLE, UD_PREPARED_ROLE);
    ud_labels_add_change(&commit.changes, UD_LABEL_BASE, build->builder_image.image);
    ud_labels_add_change(&commit.changes, UD_LABEL_INPUTS, build->cache.prepared_inputs);
    ud_labels_add_change(&commit.changes, UD_LABEL_RUN, "none"); /* the container's goes */
    enum ud_code rc = ud_image_commit(ud_build_engine(build), &commit, NULL, err);
    ud_strv_done(&commit.changes);
    return rc;
}

enum ud_code ud_build_keep_prepared(struct ud_build *build, struct ud_error *err)
{
    struct ud_error why = {0};
    bool late = build->exports != NULL && build->cache.inputs[0] != '\0';
    if (late && !build->options->whole_tree) {
        prepared_name_it(build); /* its CRCs, and so its inputs, became known on the way */
    }
    if (build->cache.prepared == NULL || build->cache.reused) {
        return UD_OK;
    }
    ud_report_step(build->app->report, "Keeping the prepared tree");
    enum ud_code rc = put_symbols(build, &why);
    if (rc == UD_OK) {
        rc = prepared_commit(build, &why);
    }
    if (rc == UD_OK) {
        rc = ud_prepared_limit(ud_build_engine(build), UD_PREPARED_MOST, &why);
    }
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_WARN, "the prepared tree is not kept: %s",
                          why.message);
    }
    ud_report_step_end(build->app->report, "%s", rc == UD_OK ? build->cache.prepared : "not kept");
    return UD_OK;
}
