#include "builder/build_container.h"

#include <stdlib.h>

#include "bundle/tar/tarread.h"
#include "bundle/tar/tarwrite.h"
#include "docker/containers/archive.h"
#include "transport/stream.h"
#include "util/mem.h"

enum { UPLOAD_MAX = 48 << 20 };

enum ud_code ud_build_container_put_tar(struct ud_build_container *container,
                                        const struct ud_buf *tar, struct ud_error *err)
{
    struct ud_bytes bytes;
    const struct ud_source source = ud_bytes_source(&bytes, tar);
    return ud_archive_put(container->engine, container->name, "/", &source, err);
}

enum ud_code ud_build_container_put(struct ud_build_container *container, const char *path,
                                    const char *data, size_t len, struct ud_error *err)
{
    struct ud_buf buf;
    ud_buf_init(&buf, UPLOAD_MAX);
    struct ud_tarwrite *tar = ud_tarwrite_new(&buf);
    char *full = ud_strf("%s%s", UD_BUILD_CONTAINER_TREE_IN_TAR, path);
    ud_tarwrite_set_owner(tar, UD_BUILD_CONTAINER_UID, UD_BUILD_CONTAINER_UID);
    enum ud_code rc = ud_tarwrite_file(tar, full, 0644, data, len, err);
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    if (rc == UD_OK) {
        rc = ud_build_container_put_tar(container, &buf, err);
    }
    free(full);
    ud_tarwrite_free(tar);
    ud_buf_done(&buf);
    return rc;
}

static enum ud_code build_container_files_take_file(void *ctx, const struct ud_tarread_entry *entry,
                                                    struct ud_error *err)
{
    struct ud_buf *ret = ctx;
    if (entry->type != UD_TARREAD_FILE) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s is not a file", entry->path);
    }
    ud_buf_add(ret, entry->data, entry->size);
    return ud_buf_check(ret, entry->path, err);
}

static enum ud_code feed_tar(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    return ud_tarread_feed(ctx, data, len, err);
}

enum ud_code ud_build_container_get(struct ud_build_container *container, const char *path,
                                    struct ud_buf *ret, struct ud_error *err)
{
    const struct ud_tarread_options options = {
        .entry = build_container_files_take_file,
        .ctx = ret,
        .max_entries = 1,
        .max_file = ret->max,
        .max_total = (uint64_t)ret->max + (1 << 20),
    };
    struct ud_tarread *tar = ud_tarread_new(&options);
    char *full = path[0] == '/' ? ud_strdup(path) : ud_strf("%s/%s", UD_BUILD_CONTAINER_TREE, path);
    const struct ud_sink sink = {feed_tar, tar};
    enum ud_code rc = ud_archive_get(container->engine, container->name, full, &sink, err);
    if (rc == UD_OK) {
        rc = ud_tarread_finish(tar, err);
    }
    free(full);
    ud_tarread_free(tar);
    return rc;
}
