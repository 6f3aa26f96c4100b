#include "transport/download.h"

#include "util/patience.h"
#include "util/str.h"

struct progress {
    const struct ud_download *download;
    uint64_t done;
    uint64_t total; /* 0: unknown */
};

static enum ud_code download_take(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct progress *p = ctx;
    const struct ud_download *d = p->download;
    if (d->max != 0 && len > d->max - p->done) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s is larger than %llu bytes", d->url->shown,
                       (unsigned long long)d->max);
    }
    UD_TRY(ud_sink_write(&d->sink, data, len, err));
    p->done += len;
    ud_report_progress(d->report, p->done, p->total, "B");
    return UD_OK;
}

static enum ud_code check_status(const struct ud_download *d, int status, struct ud_error *err)
{
    if (status == 200) {
        return UD_OK;
    }
    if (status == 404 || status == 410) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s does not exist (HTTP %d)", d->url->shown,
                       status);
    }
    return ud_fail(err, UD_ERR_SOURCE, "Try again later, or check the proxy settings.",
                   "%s cannot be downloaded: the server answered HTTP %d", d->url->shown, status);
}

static enum ud_code download_fetch(struct ud_http *web, const struct ud_http_request *request,
                                   struct progress *progress, struct ud_http_response *ret,
                                   struct ud_error *err)
{
    struct ud_http_transfer *transfer = NULL;
    UD_TRY(ud_http_start(web, request, &transfer, err));
    int status = 0;
    enum ud_code rc = ud_http_await_headers(transfer, &status, err);
    if (rc == UD_OK) {
        progress->total = ud_http_content_length(transfer);
        rc = ud_http_await_done(transfer, ret, err);
    }
    ud_http_transfer_free(transfer);
    return rc;
}

enum ud_code ud_download(struct ud_http *web, const struct ud_download *download, uint64_t *ret_len,
                         struct ud_error *err)
{
    struct progress progress = {download, 0, 0};
    struct ud_http_request request = {
        .method = "GET",
        .url = download->url->secret,
        .sink = {download_take, &progress},
        .stall_s = UD_PATIENCE_STALL_S,
    };
    struct ud_http_response response = {0};
    enum ud_code rc = download_fetch(web, &request, &progress, &response, err);
    if (rc == UD_ERR_UNREACHABLE) {
        rc = UD_ERR_SOURCE; /* the web is no engine */
        if (err != NULL) {
            err->code = rc;
        }
    }
    if (rc == UD_OK) {
        rc = check_status(download, response.status, err);
    }
    ud_http_response_done(&response);
    if (rc == UD_OK && ret_len != NULL) {
        *ret_len = progress.done;
    }
    return rc;
}
