#include "docker/containers/archive.h"

#include <stdlib.h>

#include "engine/call.h"
#include "util/mem.h"
#include "util/patience.h"

static void archive_path(struct ud_buf *ret, struct ud_engine *engine, const char *container,
                         const char *path)
{
    ud_call_path(ret, engine, "/containers/", container, "/archive");
    ud_url_param(ret, "path", path);
}

/* The caller's source, and why it failed: that is no failure of the upload. */
struct upload {
    const struct ud_source *tar;
    struct ud_error why; /* code UD_OK: it did not */
};

static enum ud_code upload_read(void *ctx, void *dst, size_t room, size_t *ret_len,
                                struct ud_error *err)
{
    struct upload *upload = ctx;
    if (upload->tar->read(upload->tar->ctx, dst, room, ret_len, &upload->why) == UD_OK) {
        return UD_OK;
    }
    return ud_error_pass(err, &upload->why);
}

enum ud_code ud_archive_put(struct ud_engine *engine, const char *container, const char *path,
                            const struct ud_source *tar, struct ud_error *err)
{
    struct ud_buf url;
    archive_path(&url, engine, container, path);
    ud_url_param(&url, "noOverwriteDirNonDir", "1");
    struct upload upload = {.tar = tar};
    char *what = ud_strf("cannot upload to %s in the container %s", path, container);
    struct ud_http_request request = {
        .method = "PUT",
        .url = url.data,
        .content_type = "application/x-tar",
        .source = {.read = upload_read, .ctx = &upload, .size = tar->size},
        .stall_s = UD_PATIENCE_STALL_S,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&url);
    return rc != UD_OK && upload.why.code != UD_OK ? ud_error_pass(err, &upload.why) : rc;
}

enum ud_code ud_archive_get(struct ud_engine *engine, const char *container, const char *path,
                            const struct ud_sink *tar, struct ud_error *err)
{
    struct ud_buf url;
    archive_path(&url, engine, container, path);
    char *what = ud_strf("cannot fetch %s from the container %s", path, container);
    struct ud_http_request request = {
        .method = "GET",
        .url = url.data,
        .sink = *tar,
        .stall_s = UD_PATIENCE_STALL_S,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&url);
    return rc;
}
