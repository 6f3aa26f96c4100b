#include "engine/output.h"

#include <stdlib.h>

#include "engine/api_error.h"
#include "util/mem.h"

static enum ud_code output_on_data(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct ud_output *output = ctx;
    return ud_demux_feed(&output->demux, data, len, err);
}

static enum ud_code output_finish(struct ud_output *output, struct ud_error *err)
{
    struct ud_http_response response = {0};
    enum ud_code rc = ud_http_await_done(output->transfer, &response, err);
    if (rc == UD_OK) {
        rc = ud_api_check(&response, output->what, err);
    }
    ud_http_response_done(&response);
    return rc;
}

enum ud_code ud_output_open(struct ud_engine *engine, const struct ud_http_request *request,
                            const char *what, const struct ud_sink *out,
                            const struct ud_sink *errout, struct ud_output *ret,
                            struct ud_error *err)
{
    struct ud_http_request streaming = *request;
    streaming.sink = (struct ud_sink){output_on_data, ret};
    *ret = (struct ud_output){0};
    ud_demux_init(&ret->demux, out, errout);
    ret->what = ud_strdup(what);
    int status = 0;
    enum ud_code rc = ud_http_start(engine->http, &streaming, &ret->transfer, err);
    if (rc == UD_OK) {
        rc = ud_http_await_headers(ret->transfer, &status, err);
    }
    if (rc == UD_OK && (status < 200 || status > 299)) {
        rc = output_finish(ret, err);
        if (rc == UD_OK) { /* 304 and the like: no output will come */
            rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the answer is not output of a container", err);
        }
    }
    if (rc != UD_OK) {
        ud_output_done(ret);
    }
    return rc;
}

enum ud_code ud_output_drain(struct ud_output *output, struct ud_error *err)
{
    UD_TRY(output_finish(output, err));
    return ud_demux_finish(&output->demux, err);
}

void ud_output_done(struct ud_output *output)
{
    ud_http_transfer_free(output->transfer);
    ud_demux_done(&output->demux);
    free(output->what);
    *output = (struct ud_output){0};
}
