#include "sources/web.h"

#include <stdlib.h>

#include "engine/interrupt.h"
#include "transport/download.h"
#include "transport/http.h"
#include "util/str.h"

bool ud_web_is_url(const char *text)
{
    return ud_str_starts(text, "https://") || ud_str_starts(text, "http://");
}

static enum ud_code web_fetch(const struct ud_app *app, const struct ud_download *download,
                              struct ud_error *err)
{
    const struct ud_http_config config = {
        .cancel = ud_app_cancel(), .report = app->report, .ca_file = app->ca_file};
    struct ud_http *http = NULL;
    enum ud_code rc = ud_http_new(&config, &http, err);
    if (rc == UD_OK) {
        uint64_t len = 0;
        rc = ud_download(http, download, &len, err);
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

static enum ud_code forget_memory(void *ctx, struct ud_error *err)
{
    (void)err;
    ud_buf_clear(ctx);
    return UD_OK;
}

enum ud_code ud_web_get(const struct ud_app *app, const struct ud_url *url, struct ud_buf *ret,
                        struct ud_error *err)
{
    const struct ud_download download = {
        .url = url, .sink = {to_memory, ret}, .forget = forget_memory, .max = ret->max};
    ud_buf_clear(ret);
    return web_fetch(app, &download, err);
}

static enum ud_code to_file(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    return ud_kept_file_write(ctx, data, len, err);
}

static enum ud_code forget_file(void *ctx, struct ud_error *err)
{
    return ud_kept_file_begin_anew(ctx, err);
}

enum ud_code ud_web_get_to(const struct ud_app *app, const struct ud_url *url,
                           struct ud_kept_file *file, struct ud_error *err)
{
    const struct ud_download download = {
        .url = url, .sink = {to_file, file}, .forget = forget_file, .report = app->report};
    return web_fetch(app, &download, err);
}
