#include "stream/resize.h"

#include "platform/host.h"
#include "util/patience.h"

/* The process may not have its terminal yet when it is asked first. */
enum { TRIES = 20 };

static void resize_start(struct ud_resize *r)
{
    unsigned rows = 0;
    unsigned columns = 0;
    if (!r->console->size(r->console->ctx, &rows, &columns)) {
        return;
    }
    struct ud_buf path;
    ud_buf_init(&path, 4096);
    ud_buf_addf(&path, "%s?h=%u&w=%u", r->path, rows, columns);
    const struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_RESIZE_MS,
    };
    if (ud_http_start(r->engine->http, &request, &r->transfer, NULL) != UD_OK) {
        r->transfer = NULL; /* at a cancel request: the end is near */
    }
    ud_buf_done(&path);
}

static void resize_collect(struct ud_resize *r)
{
    struct ud_http_response response = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_http_await_done(r->transfer, &response, &why);
    bool good = rc == UD_OK && response.status >= 200 && response.status < 300;
    ud_http_response_done(&response);
    ud_http_transfer_free(r->transfer);
    r->transfer = NULL;
    r->failures = good ? 0 : r->failures + 1;
    if (!good && r->failures < TRIES) {
        r->wanted = true;
        r->not_before = ud_host_now_ms() + UD_PATIENCE_RESIZE_AGAIN_MS;
    }
}

void ud_resize_step(struct ud_resize *r)
{
    if (r->transfer != NULL && ud_http_is_done(r->transfer)) {
        resize_collect(r);
    }
    if (r->console->resized(r->console->ctx)) {
        r->wanted = true;
        r->failures = 0;
        r->not_before = 0;
    }
    if (r->wanted && r->transfer == NULL && ud_host_now_ms() >= r->not_before) {
        r->wanted = false;
        resize_start(r);
    }
}

bool ud_resize_is_settled(const struct ud_resize *r)
{
    return !r->wanted && r->transfer == NULL;
}

void ud_resize_done(struct ud_resize *r)
{
    ud_http_transfer_free(r->transfer);
    r->transfer = NULL;
}
