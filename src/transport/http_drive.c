#include "http_internal.h"

#include "platform/host.h"
#include "util/patience.h"

/* One debug line a request; the body and headers are never shown. */
void ud_http_tell(const struct ud_http_transfer *t)
{
    unsigned long long ms = ud_host_now_ms() - t->started;
    if (t->rc == UD_OK) {
        ud_report_message(t->http->report, UD_REPORT_DEBUG, "%s %s -> %d in %llu ms", t->method,
                          t->shown, t->response.status, ms);
    } else {
        ud_report_message(t->http->report, UD_REPORT_DEBUG, "%s %s -> %s in %llu ms", t->method,
                          t->shown, ud_error_name(t->rc), ms);
    }
}

void ud_http_end(struct ud_http_transfer *t)
{
    (void)curl_multi_remove_handle(t->http->multi, t->easy);
    t->done = true;
    ud_http_tell(t);
}

static void http_drive_finish(struct ud_http_transfer *t, CURLcode code)
{
    if (code == CURLE_OK && t->connect_only) {
        t->connected = true; /* and stays in the multi: leaving it closes the connection */
        return;
    }
    if (code == CURLE_OK && !t->headers_done) {
        code = CURLE_GOT_NOTHING; /* libcurl is content with half a header */
    }
    if (t->rc == UD_OK && code != CURLE_OK && !t->cut) {
        t->rc = ud_http_explain(t, code, &t->error);
    }
    ud_http_end(t);
}

static void collect_finished(struct ud_http *http)
{
    int left = 0;
    for (CURLMsg *msg; (msg = curl_multi_info_read(http->multi, &left)) != NULL;) {
        struct ud_http_transfer *t = NULL;
        CURLcode code = msg->data.result;
        if (msg->msg == CURLMSG_DONE) {
            (void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        }
        if (t != NULL) {
            http_drive_finish(t, code);
        }
    }
}

/* When a transfer has to be over, and 0 for never. */
static uint64_t deadline_of(const struct ud_http_transfer *t)
{
    uint64_t deadline = t->timeout_ms != 0 ? t->started + t->timeout_ms : 0;
    uint64_t hurry = t->http->cancelled_at != 0 ? t->http->cancelled_at : t->http->silent_at;
    if (hurry != 0) {
        uint64_t grace = (hurry > t->started ? hurry : t->started) + UD_PATIENCE_CANCEL_MS;
        deadline = deadline == 0 || grace < deadline ? grace : deadline;
    }
    return deadline;
}

/* Ends what may not go on; returns how long the others may be left alone. */
static int http_drive_enforce(struct ud_http *http)
{
    uint64_t now = ud_host_now_ms();
    if (http->cancelled_at == 0 && ud_cancel_requested(http->cancel)) {
        http->cancelled_at = now != 0 ? now : 1;
    }
    int wait = UD_PATIENCE_TURN_MS;
    ud_http_pulse_step(http, now);
    for (struct ud_http_transfer *t = http->first; t != NULL; t = t->next) {
        uint64_t deadline = deadline_of(t);
        if (t->done) {
            continue;
        }
        if (http->cancelled_at != 0 && t->shield == UD_HTTP_CANCELLABLE) {
            t->rc = ud_cancel_check(http->cancel, &t->error);
            ud_http_end(t);
        } else if (deadline != 0 && now >= deadline) {
            t->rc = ud_http_explain_timeout(t, now - t->started, &t->error);
            ud_http_end(t);
        } else if (deadline != 0 && deadline - now < (uint64_t)wait) {
            wait = (int)(deadline - now);
        }
    }
    return wait;
}

static enum ud_code http_drive_perform(struct ud_http *http, struct ud_error *err)
{
    int running = 0;
    CURLMcode code = curl_multi_perform(http->multi, &running);
    if (code != CURLM_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl: %s", curl_multi_strerror(code));
    }
    collect_finished(http);
    return UD_OK;
}

enum ud_code ud_http_turn(struct ud_http *http, int *ret_wait, struct ud_error *err)
{
    *ret_wait = http_drive_enforce(http);
    return http_drive_perform(http, err);
}

enum ud_code ud_http_drive(struct ud_http_transfer *t, bool headers_suffice, struct ud_error *err)
{
    for (;;) {
        int wait = http_drive_enforce(t->http);
        if (!t->done) {
            UD_TRY(http_drive_perform(t->http, err));
        }
        if (t->done || t->connected || (headers_suffice && t->headers_done)) {
            return UD_OK;
        }
        CURLMcode code = curl_multi_poll(t->http->multi, NULL, 0, wait, NULL);
        if (code != CURLM_OK) {
            return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl: %s", curl_multi_strerror(code));
        }
    }
}

enum ud_code ud_http_pause(struct ud_http *http, unsigned ms, struct ud_error *err)
{
    uint64_t end = ud_host_now_ms() + ms;
    for (uint64_t now; (now = ud_host_now_ms()) < end;) {
        UD_TRY(ud_cancel_check(http->cancel, err));
        int wait = http_drive_enforce(http);
        wait = end - now < (uint64_t)wait ? (int)(end - now) : wait;
        UD_TRY(http_drive_perform(http, err));
        (void)curl_multi_poll(http->multi, NULL, 0, wait, NULL);
    }
    return UD_OK;
}
