#include "http_internal.h"

#include "platform/host.h"

void ud_http_pulse_heard(struct ud_http *http)
{
    http->heard_at = ud_host_now_ms();
    http->silent_at = 0;
}

void ud_http_pulse_restart(struct ud_http *http)
{
    ud_http_transfer_free(http->pulse);
    http->pulse = NULL;
    http->heard_at = ud_host_now_ms();
}

static bool pulse_is_wanted(const struct ud_http *http)
{
    for (const struct ud_http_transfer *t = http->first; t != NULL; t = t->next) {
        if (!t->done) {
            return true;
        }
    }
    return false;
}

static void pulse_begin(struct ud_http *http)
{
    const struct ud_http_request request = {
        .method = "GET", .url = "/_ping", .timeout_ms = http->silence_ms};
    struct ud_http_transfer *pulse = NULL;
    if (ud_http_start(http, &request, &pulse, NULL) == UD_OK) {
        http->pulse = pulse;
    }
}

/* Whatever the answer is, somebody gave one. */
static void pulse_judge(struct ud_http *http, uint64_t now)
{
    struct ud_http_transfer *pulse = http->pulse;
    const bool silent = pulse->rc != UD_OK && http->heard_at <= pulse->started;
    const struct ud_error why = pulse->error;
    ud_http_pulse_restart(http);
    if (!silent) {
        return;
    }
    http->silent_at = now;
    for (struct ud_http_transfer *t = http->first; t != NULL; t = t->next) {
        if (!t->done) {
            t->rc = ud_http_explain_silence(&why, &t->error);
            ud_http_end(t);
        }
    }
}

void ud_http_pulse_step(struct ud_http *http, uint64_t now)
{
    if (http->web || http->cancelled_at != 0) {
        return;
    }
    if (http->pulse != NULL && http->pulse->done) {
        pulse_judge(http, now);
    } else if (http->pulse == NULL && now - http->heard_at >= http->silence_ms &&
               pulse_is_wanted(http)) {
        pulse_begin(http);
    }
}
