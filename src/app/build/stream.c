#include "build/steps.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/srctree/srctree.h"
#include "docker/containers/archive.h"
#include "kernel/config/kconfig.h"
#include "kernel/crcs/exports.h"
#include "kernel/kbuild/source_version.h"
#include "kernel/kbuild/srcsel.h"
#include "util/mem.h"
#include "util/str.h"

struct stream {
    struct ud_build *build;
    const char *srcarch;
    struct ud_srctree *tree;
    const struct ud_strv *dirs; /* of want_more */
    bool for_drivers;           /* what is tapped is to tell of drivers */
};

/* What the drivers that are wanted are made from: their directories, and headers that a
 * build without them has no use for. */
static bool stream_is_of_driver(const struct ud_build *build, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (build->driver_dirs.len == 0 || slash == NULL) {
        return false;
    }
    char *dir = ud_strndup(path, (size_t)(slash - path));
    bool wanted =
        ud_str_starts(path, "include/") || ud_strv_find_sorted(&build->driver_dirs, dir, NULL);
    free(dir);
    return wanted;
}

static bool stream_is_sent(const struct stream *stream, const char *path)
{
    const bool wanted = stream->build->options->whole_tree ||
                        ud_srcsel_wants(path, stream->srcarch) ||
                        ud_strv_find_sorted(&stream->build->patched_files, path, NULL) ||
                        stream_is_of_driver(stream->build, path);
    return wanted && !ud_srcsel_is_built(path);
}

static bool is_usb_kconfig(const char *path)
{
    const char *slash = strrchr(path, '/');
    return ud_str_starts(path, "drivers/usb/") && ud_str_starts(slash + 1, "Kconfig");
}

static bool is_top_makefile(const char *path)
{
    return strcmp(path, "Makefile") == 0;
}

static unsigned stream_want(void *ctx, const char *path)
{
    const struct stream *stream = ctx;
    const struct ud_build *build = stream->build;
    unsigned flags = 0;
    if (stream_is_sent(stream, path)) {
        bool read = is_usb_kconfig(path) || is_top_makefile(path);
        flags = UD_SRCTREE_SEND | (read ? UD_SRCTREE_TAP : 0u);
    }
    if (build->exports != NULL && ud_exports_wants(path, stream->srcarch)) {
        flags |= UD_SRCTREE_TAP_SMALL;
    }
    return flags;
}

/* The top Makefile tells whose sources they are; the options that drivers/usb defines, what may be
 * switched on there; what the sources export, which of them have CRCs to compute. */
static enum ud_code stream_tap(void *ctx, const char *path, const char *data, size_t len,
                               struct ud_error *err)
{
    struct stream *stream = ctx;
    if (stream->for_drivers) {
        ud_drivers_add(stream->build->drivers, path, data, len);
    } else if (is_top_makefile(path)) {
        return ud_source_version_check(&stream->build->result->facts.release, data, len, err);
    } else if (is_usb_kconfig(path)) {
        ud_kconfig_symbols(data, len, &stream->build->usb_symbols);
    } else if (stream->build->exports != NULL) {
        ud_exports_add(stream->build->exports, path, data, len);
    }
    return UD_OK;
}

static enum ud_code read_tar(void *ctx, void *dst, size_t room, size_t *ret_len,
                             struct ud_error *err)
{
    struct stream *stream = ctx;
    struct ud_srctree_stats stats;
    UD_TRY(ud_srctree_read(stream->tree, dst, room, ret_len, err));
    ud_build_slice_add(stream->build, dst, *ret_len);
    ud_srctree_get_stats(stream->tree, &stats);
    ud_report_progress(stream->build->app->report, stats.in_bytes, stats.in_total, "B");
    return UD_OK;
}

static enum ud_code put_tree(struct stream *stream, struct ud_error *err)
{
    struct ud_build *build = stream->build;
    const struct ud_source tar = {.read = read_tar, .ctx = stream, .size = UD_SOURCE_SIZE_UNKNOWN};
    UD_TRY(ud_archive_put(build->container.engine, build->container.name, UD_BUILD_CONTAINER_PLACE,
                          &tar, err));
    const char *digest = ud_srctree_digest(stream->tree);
    if (digest != NULL && build->cache.slice.path == NULL) {
        memcpy(build->source_digest, digest, sizeof build->source_digest);
    }
    ud_build_slice_end(build);
    struct ud_srctree_stats stats;
    ud_srctree_get_stats(stream->tree, &stats);
    ud_report_step_end(build->app->report, "%llu files, %.1f MB",
                       (unsigned long long)stats.selected, (double)stats.out_bytes / 1e6);
    return UD_OK;
}

static enum ud_code open_tree(struct stream *stream,
                              unsigned (*choose)(void *ctx, const char *path), struct ud_error *err)
{
    struct ud_build *build = stream->build;
    struct ud_srctree_options options = {
        .path = build->sources.path,
        .want = choose,
        .tap = stream_tap,
        .ctx = stream,
        .prefix = UD_BUILD_CONTAINER_TREE_NAME,
        .uid = UD_BUILD_CONTAINER_UID,
        .gid = UD_BUILD_CONTAINER_UID,
        .digest = true,
        .sha256 = build->sources.sha256,
    };
    if (choose == stream_want) {
        ud_build_slice_begin(build, &options);
    }
    return ud_srctree_open(&options, &stream->tree, err);
}

enum ud_code ud_build_send_sources(struct ud_build *build, struct ud_error *err)
{
    struct stream stream = {
        .build = build,
        .srcarch = ud_kbuild_srcarch(build->result->facts.machine),
    };
    ud_report_step(build->app->report, "Sending the sources into the builder");
    UD_TRY(open_tree(&stream, stream_want, err));
    enum ud_code rc = put_tree(&stream, err);
    ud_srctree_free(stream.tree);
    ud_strv_sort_unique(&build->usb_symbols);
    if (rc == UD_ERR_SOURCE && build->options->source == NULL) {
        ud_error_prefix(err, "%s", build->sources.name);
    }
    return rc;
}

/* What is in these directories, or is a header, and was not sent yet. */
static unsigned want_more(void *ctx, const char *path)
{
    const struct stream *stream = ctx;
    bool sent = stream_is_sent(stream, path);
    bool needed = ud_str_starts(path, "include/") || ud_exports_needs(stream->dirs, path);
    return !sent && needed ? UD_SRCTREE_SEND : UD_SRCTREE_SKIP;
}

enum ud_code ud_build_send_more(struct ud_build *build, const struct ud_strv *dirs,
                                struct ud_error *err)
{
    struct stream stream = {
        .build = build,
        .srcarch = ud_kbuild_srcarch(build->result->facts.machine),
        .dirs = dirs,
    };
    ud_report_step(build->app->report, "Sending what exports the other symbols");
    UD_TRY(open_tree(&stream, want_more, err));
    enum ud_code rc = put_tree(&stream, err);
    ud_srctree_free(stream.tree);
    return rc;
}

/* Reads the sources without sending any of them. */
static enum ud_code stream_scan(struct stream *stream,
                                unsigned (*choose)(void *ctx, const char *path),
                                struct ud_error *err)
{
    enum { PIECE = 64 * 1024 };
    UD_TRY(open_tree(stream, choose, err));
    char *unused = ud_alloc(PIECE, 1);
    enum ud_code rc = UD_OK;
    for (size_t n = 1; n > 0 && rc == UD_OK;) {
        rc = read_tar(stream, unused, PIECE, &n, err);
    }
    free(unused);
    ud_srctree_free(stream->tree);
    return rc;
}

static unsigned want_exports(void *ctx, const char *path)
{
    const struct stream *stream = ctx;
    return ud_exports_wants(path, stream->srcarch) ? UD_SRCTREE_TAP_SMALL : UD_SRCTREE_SKIP;
}

enum ud_code ud_build_scan_exports(struct ud_build *build, struct ud_error *err)
{
    struct stream stream = {
        .build = build,
        .srcarch = ud_kbuild_srcarch(build->result->facts.machine),
    };
    ud_report_step(build->app->report, "Looking for what exports the other symbols");
    UD_TRY(stream_scan(&stream, want_exports, err));
    ud_report_step_end(build->app->report, NULL);
    return UD_OK;
}

static unsigned want_for_drivers(void *ctx, const char *path)
{
    const struct stream *stream = ctx;
    return ud_drivers_wants(stream->build->drivers, path) ? UD_SRCTREE_TAP_SMALL : UD_SRCTREE_SKIP;
}

enum ud_code ud_build_scan_drivers(struct ud_build *build, struct ud_error *err)
{
    struct stream stream = {
        .build = build,
        .srcarch = ud_kbuild_srcarch(build->result->facts.machine),
        .for_drivers = true,
    };
    UD_TRY(stream_scan(&stream, want_for_drivers, err));
    return ud_drivers_read(build->drivers, err);
}
