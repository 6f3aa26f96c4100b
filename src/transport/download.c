#include "transport/download.h"

#include <stdlib.h>
#include <string.h>

#include "http_internal.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

static const unsigned pauses_ms[UD_DOWNLOAD_TRIES - 1] = {UD_PATIENCE_DOWNLOAD_AGAIN_MS,
                                                          UD_PATIENCE_DOWNLOAD_LATER_MS};

#define AGAIN_REMEDY "Try again later, or check the proxy settings."

struct fetch {
    const struct ud_download *download;
    uint64_t done;                     /* what the sink has got, over all tries */
    uint64_t total;                    /* 0: unknown */
    char *etag;                        /* of what it has got; NULL: none that names its bytes */
    char *modified;                    /* NULL: unknown */
    struct ud_http_transfer *transfer; /* of this try, to look at from the sink */
    bool looked_at;                    /* its header */
    uint64_t max;
    uint64_t skip; /* bytes it brings that the sink has already */
};

/* "bytes 100-199/200", or "*" for the length. */
static bool download_parse_range(const char *text, uint64_t *ret_start)
{
    if (!ud_str_starts(text, "bytes ")) {
        return false;
    }
    text += strlen("bytes ");
    char *start = ud_strndup(text, strcspn(text, "-"));
    bool ok = ud_str_to_u64(start, ret_start);
    free(start);
    return ok;
}

static enum ud_code fetch_changed(const struct fetch *f, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_SOURCE, "Try again.",
                   "%s was cut off, and the server has something else there now",
                   f->download->url->shown);
}

static enum ud_code fetch_too_large(const struct fetch *f, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_SOURCE, "Check that the URL names the right file.",
                   "%s is larger than %llu bytes", f->download->url->shown,
                   (unsigned long long)f->max);
}

/* What the first answer says of the file, to know it again by. A weak ETag does not tell
 * one sequence of bytes from another (RFC 9110, 8.8.1). */
static void fetch_remember(struct fetch *f, const struct ud_http_response *answer)
{
    const char *etag = ud_http_response_header(answer, "ETag");
    const char *modified = ud_http_response_header(answer, "Last-Modified");
    free(f->etag);
    free(f->modified);
    f->etag = etag != NULL && !ud_str_starts(etag, "W/") ? ud_strdup(etag) : NULL;
    f->modified = modified != NULL ? ud_strdup(modified) : NULL;
}

/* Whether this answer is about the file that the sink has a part of. Of a part that was sent
 * because If-Range held, the server has said so already. */
static bool fetch_is_same(const struct fetch *f, const struct ud_http_response *answer)
{
    const char *etag = ud_http_response_header(answer, "ETag");
    const char *modified = ud_http_response_header(answer, "Last-Modified");
    bool differs = (f->etag != NULL && etag != NULL && strcmp(f->etag, etag) != 0) ||
                   (f->modified != NULL && modified != NULL && strcmp(f->modified, modified) != 0);
    bool known = (f->etag != NULL && etag != NULL) || (f->modified != NULL && modified != NULL);
    return !differs && (known || answer->status == 206);
}

/* Looks at the answer's header before the first byte of its body: whether that is the file from
 * its beginning or from where the last try ended. */
static enum ud_code fetch_look(struct fetch *f, struct ud_error *err)
{
    const struct ud_http_response *answer = &f->transfer->response;
    uint64_t len = ud_http_content_length(f->transfer);
    uint64_t start = 0;
    if (f->looked_at || (answer->status != 200 && answer->status != 206)) {
        return UD_OK; /* what is neither is told at the end */
    }
    f->looked_at = true;
    if (answer->status == 206) {
        const char *range = ud_http_response_header(answer, "Content-Range");
        if (f->done == 0 || range == NULL || !download_parse_range(range, &start) ||
            start != f->done) {
            return ud_fail(err, UD_ERR_SOURCE, AGAIN_REMEDY,
                           "%s cannot be downloaded: the server sent another part than asked for",
                           f->download->url->shown);
        }
    }
    if (f->done == 0) {
        fetch_remember(f, answer);
    } else if (!fetch_is_same(f, answer)) {
        return fetch_changed(f, err);
    }
    f->skip = answer->status == 200 ? f->done : 0;
    f->total = len != 0 ? start + len : 0;
    return f->total > f->max ? fetch_too_large(f, err) : UD_OK;
}

static enum ud_code fetch_take(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct fetch *f = ctx;
    const struct ud_download *d = f->download;
    UD_TRY(fetch_look(f, err));
    size_t known = f->skip < len ? (size_t)f->skip : len;
    f->skip -= known;
    len -= known;
    if (len > f->max - f->done) {
        return fetch_too_large(f, err);
    }
    if (len > 0) {
        UD_TRY(ud_sink_write(&d->sink, (const char *)data + known, len, err));
    }
    f->done += len;
    ud_report_progress(d->report, f->done, f->total, "B");
    return UD_OK;
}

static enum ud_code fetch_check_status(const struct fetch *f, int status, struct ud_error *err)
{
    if (status == 200 || status == 206) {
        return UD_OK;
    }
    if (status == 404 || status == 410) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s does not exist (HTTP %d)",
                       f->download->url->shown, status);
    }
    return ud_fail(err, UD_ERR_SOURCE, AGAIN_REMEDY,
                   "%s cannot be downloaded: the server answered HTTP %d", f->download->url->shown,
                   status);
}

static enum ud_code fetch_try(struct ud_http *web, struct fetch *f, bool *ret_broke_off,
                              struct ud_error *err)
{
    char *range = ud_strf("bytes=%llu-", (unsigned long long)f->done);
    const char *known_by = f->etag != NULL ? f->etag : f->modified;
    const struct ud_http_header headers[] = {{"Range", range},
                                             {"If-Range", known_by != NULL ? known_by : ""}};
    const struct ud_http_request request = {
        .method = "GET",
        .url = f->download->url->secret,
        .sink = {fetch_take, f},
        .stall_s = UD_PATIENCE_STALL_S,
        .headers = headers,
        .header_count = f->done > 0 ? 2 : 0,
    };
    struct ud_http_response response = {0};
    int status = 0;
    f->looked_at = false;
    enum ud_code rc = ud_http_start(web, &request, &f->transfer, err);
    if (rc == UD_OK) {
        rc = ud_http_await_headers(f->transfer, &status, err);
    }
    if (rc == UD_OK) {
        rc = fetch_look(f, err); /* an empty body would pass it by */
    }
    if (rc == UD_OK) {
        rc = ud_http_await_done(f->transfer, &response, err);
    }
    if (rc == UD_OK) {
        rc = fetch_check_status(f, response.status, err);
    }
    if (rc == UD_OK && f->skip > 0) {
        rc = fetch_changed(f, err); /* it is shorter than what came before */
    }
    *ret_broke_off = f->transfer != NULL && f->transfer->broke_off;
    ud_http_transfer_free(f->transfer);
    f->transfer = NULL;
    ud_http_response_done(&response);
    free(range);
    return rc;
}

/* Whether it can be told that what comes next time is the same file. */
static bool fetch_can_resume(const struct fetch *f)
{
    return f->done == 0 || f->etag != NULL || f->modified != NULL;
}

/* Whether another try can bring the rest, or all of it again. */
static bool fetch_can_go_on(const struct fetch *f)
{
    return fetch_can_resume(f) || f->download->forget != NULL;
}

static enum ud_code fetch_begin_anew(struct fetch *f, struct ud_error *err)
{
    if (fetch_can_resume(f)) {
        return UD_OK;
    }
    f->done = 0;
    return f->download->forget(f->download->sink.ctx, err);
}

enum ud_code ud_download(struct ud_http *web, const struct ud_download *download, uint64_t *ret_len,
                         struct ud_error *err)
{
    struct fetch f = {
        .download = download,
        .max = download->max != 0 ? download->max : UD_DOWNLOAD_BYTES_MAX,
    };
    struct ud_error why = {0};
    enum ud_code rc = UD_OK;
    for (unsigned n = 1;; n++) {
        bool broke_off = false;
        rc = fetch_try(web, &f, &broke_off, &why);
        if (rc == UD_OK || !broke_off || n == UD_DOWNLOAD_TRIES || !fetch_can_go_on(&f)) {
            break;
        }
        ud_report_message(web->report, UD_REPORT_NOTE,
                          "%s broke off after %llu bytes (%s); trying again", download->url->shown,
                          (unsigned long long)f.done, why.message);
        rc = ud_http_pause(web, pauses_ms[n - 1], &why);
        if (rc == UD_OK) {
            rc = fetch_begin_anew(&f, &why);
        }
        if (rc != UD_OK) {
            break;
        }
    }
    free(f.etag);
    free(f.modified);
    if (rc != UD_OK) {
        return ud_error_pass(err, &why);
    }
    if (ret_len != NULL) {
        *ret_len = f.done;
    }
    return UD_OK;
}
