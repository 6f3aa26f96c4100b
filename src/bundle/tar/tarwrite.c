#include "bundle/tar/tarwrite.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/path.h"
#include "tar/tarhead.h"
#include "util/mem.h"

struct ud_tarwrite {
    struct ud_buf *buf; /* where it goes, or NULL: to sink */
    ud_tarwrite_sink *sink;
    void *ctx;
    unsigned uid, gid;
};

struct ud_tarwrite *ud_tarwrite_new(struct ud_buf *buf)
{
    struct ud_tarwrite *tar = ud_alloc(1, sizeof *tar);
    tar->buf = buf;
    return tar;
}

struct ud_tarwrite *ud_tarwrite_new_sink(ud_tarwrite_sink *sink, void *ctx)
{
    struct ud_tarwrite *tar = ud_alloc(1, sizeof *tar);
    tar->sink = sink;
    tar->ctx = ctx;
    return tar;
}

void ud_tarwrite_free(struct ud_tarwrite *tar)
{
    free(tar);
}

void ud_tarwrite_set_owner(struct ud_tarwrite *tar, unsigned uid, unsigned gid)
{
    tar->uid = uid;
    tar->gid = gid;
}

static enum ud_code tarwrite_put(struct ud_tarwrite *tar, const void *data, size_t len,
                                 struct ud_error *err)
{
    if (len == 0) {
        return UD_OK;
    }
    if (tar->buf == NULL) {
        return tar->sink(tar->ctx, data, len, err);
    }
    ud_buf_add(tar->buf, data, len);
    if (tar->buf->overflow) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "an archive to upload is too large");
    }
    return UD_OK;
}

/* The path without '/' at its end, in new memory. */
static enum ud_code checked_path(const char *path, char **ret, struct ud_error *err)
{
    char *clean = NULL;
    size_t len = strlen(path);
    if (ud_path_clean(path, &clean) == UD_PATH_OK && ud_path_is_ascii(clean) &&
        len <= UD_TAR_PATH_MAX && strncmp(clean, path, strlen(clean)) == 0 &&
        len - strlen(clean) <= 1) {
        *ret = clean;
        return UD_OK;
    }
    free(clean);
    return ud_fail(err, UD_ERR_INTERNAL, NULL, "not a path for an archive: %s", path);
}

static enum ud_code put_head(struct ud_tarwrite *tar, const char *path, struct ud_tarhead head,
                             struct ud_error *err)
{
    enum { HEAD_MAX = 8 * UD_TAR_PATH_MAX };
    char *clean = NULL;
    UD_TRY(checked_path(path, &clean, err));
    head.path = clean;
    head.uid = tar->uid;
    head.gid = tar->gid;
    struct ud_buf blocks;
    ud_buf_init(&blocks, HEAD_MAX);
    ud_tarhead_add(&blocks, &head);
    enum ud_code rc = tarwrite_put(tar, blocks.data, blocks.len, err);
    ud_buf_done(&blocks);
    free(clean);
    return rc;
}

enum ud_code ud_tarwrite_dir(struct ud_tarwrite *tar, const char *path, unsigned mode,
                             struct ud_error *err)
{
    return put_head(tar, path, (struct ud_tarhead){.type = UD_TARHEAD_DIR, .mode = mode}, err);
}

enum ud_code ud_tarwrite_file(struct ud_tarwrite *tar, const char *path, unsigned mode,
                              const void *data, size_t len, struct ud_error *err)
{
    static const char zeros[UD_TAR_BLOCK];
    const struct ud_tarhead head = {.type = UD_TARHEAD_FILE, .mode = mode, .size = len};
    UD_TRY(put_head(tar, path, head, err));
    UD_TRY(tarwrite_put(tar, data, len, err));
    return tarwrite_put(tar, zeros, ud_tarhead_padding(len), err);
}

enum ud_code ud_tarwrite_finish(struct ud_tarwrite *tar, struct ud_error *err)
{
    static const char zeros[2 * UD_TAR_BLOCK];
    return tarwrite_put(tar, zeros, sizeof zeros, err);
}
