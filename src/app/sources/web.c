#include "sources/web.h"

#include <stdlib.h>

#include "bundle/bytes/digest.h"
#include "engine/interrupt.h"
#include "platform/file.h"
#include "platform/fs.h"
#include "transport/download.h"
#include "transport/http.h"
#include "util/str.h"

bool ud_web_is_url(const char *text)
{
    return ud_str_starts(text, "https://") || ud_str_starts(text, "http://");
}

static enum ud_code web_fetch(const struct ud_app *app, const char *url, struct ud_sink sink,
                              uint64_t max, const struct ud_report *progress, struct ud_error *err)
{
    const struct ud_http_config config = {.cancel = ud_app_cancel(), .report = app->report};
    struct ud_http *http = NULL;
    enum ud_code rc = ud_http_new(&config, &http, err);
    if (rc == UD_OK) {
        const struct ud_download download = {
            .url = url, .sink = sink, .max = max, .report = progress};
        uint64_t len = 0;
        rc = ud_download(http, &download, &len, err);
        ud_http_free(http);
    }
    return rc;
}

static enum ud_code to_memory(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct ud_buf *buf = ctx;
    ud_buf_add(buf, data, len);
    return ud_buf_check(buf, "the file", err);
}

enum ud_code ud_web_get(const struct ud_app *app, const char *url, struct ud_buf *ret,
                        struct ud_error *err)
{
    return web_fetch(app, url, (struct ud_sink){to_memory, ret}, ret->max - ret->len, NULL, err);
}

struct file_sink {
    struct ud_file *file;
    struct ud_digest *digest;
};

static enum ud_code to_file(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct file_sink *sink = ctx;
    ud_digest_add(sink->digest, data, len);
    return ud_file_write(sink->file, data, len, err);
}

static enum ud_code web_check_digest(struct ud_digest *digest, const char *url, const char *sha256,
                                     struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_hex(digest, hex);
    if (sha256 == NULL || ud_str_equal_nocase(hex, sha256)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_SOURCE,
                   "Try again; if it stays so, the server or the network between gives another "
                   "file: do not use it.",
                   "%s has SHA-256 %s, expected was %s", url, hex, sha256);
}

static enum ud_code fetch_to(const struct ud_app *app, const char *url, const char *temp,
                             const char *sha256, struct ud_error *err)
{
    struct file_sink sink = {0};
    UD_TRY(ud_file_create(temp, false, &sink.file, err));
    sink.digest = ud_digest_new();
    enum ud_code rc = web_fetch(app, url, (struct ud_sink){to_file, &sink}, 0, app->report, err);
    if (rc == UD_OK) {
        rc = web_check_digest(sink.digest, url, sha256, err);
    }
    ud_digest_free(sink.digest);
    if (rc == UD_OK) {
        return ud_file_close(sink.file, true, err);
    }
    ud_file_free(sink.file);
    return rc;
}

enum ud_code ud_web_get_file(const struct ud_app *app, const char *url, const char *path,
                             const char *sha256, struct ud_error *err)
{
    char *temp = ud_fs_temp_sibling(path);
    enum ud_code rc = fetch_to(app, url, temp, sha256, err);
    if (rc == UD_OK) {
        rc = ud_fs_rename(temp, path, err);
    }
    if (rc != UD_OK) {
        struct ud_error ignored = {0};
        if (ud_fs_remove_tree(temp, &ignored) != UD_OK) {
            ud_report_message(app->report, UD_REPORT_WARN, "%s", ignored.message);
        }
    }
    free(temp);
    return rc;
}
