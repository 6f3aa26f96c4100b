#include "transport/duplex.h"

#include <stdlib.h>
#include <string.h>

#include "duplex_internal.h"
#include "platform/socket.h"
#include "tcp_internal.h"

/* A connection that was cut looks like one that was closed where the other side
 * left while bytes of ours were on their way. So this is only the end; whether
 * what ran there has ended is the next question to the engine. */
enum ud_code ud_duplex_recv_socket(struct ud_duplex *d, void *dst, size_t room, size_t *ret_len,
                                   bool *ret_end, struct ud_error *err)
{
    size_t n = 0;
    UD_TRY(ud_http_outcome(d->t, err));
    CURLcode code = curl_easy_recv(d->t->easy, dst, room, &n);
    *ret_len = code == CURLE_OK ? n : 0;
    *ret_end = code != CURLE_AGAIN && n == 0;
    if (*ret_len > 0) {
        ud_http_pulse_heard(d->t->http);
    }
    return UD_OK;
}

enum ud_code ud_duplex_recv(struct ud_duplex *d, void *dst, size_t room, size_t *ret_len,
                            bool *ret_end, struct ud_error *err)
{
    size_t early = d->early.len - d->early_at;
    if (early == 0) {
        return ud_duplex_recv_socket(d, dst, room, ret_len, ret_end, err);
    }
    size_t part = early < room ? early : room;
    memcpy(dst, d->early.data + d->early_at, part);
    d->early_at += part;
    *ret_len = part;
    *ret_end = false;
    return UD_OK;
}

/* An engine that has closed does not want the rest; what it said before still
 * has to be read. */
enum ud_code ud_duplex_send(struct ud_duplex *d, const void *data, size_t len, size_t *ret_len,
                            struct ud_error *err)
{
    size_t n = 0;
    UD_TRY(ud_http_outcome(d->t, err));
    if (d->sent_all) {
        *ret_len = len;
        return UD_OK;
    }
    CURLcode code = curl_easy_send(d->t->easy, data, len, &n);
    d->sent_all = code != CURLE_OK && code != CURLE_AGAIN;
    *ret_len = d->sent_all ? len : n;
    return UD_OK;
}

/* Below TLS too: libcurl cannot send its closing message alone, and Go's servers
 * take the end of the connection between two records for one (crypto/tls,
 * readRecordOrCCS). */
void ud_duplex_finish(struct ud_duplex *d)
{
    if (!d->sent_all) {
        ud_socket_end_sending((uintptr_t)d->socket);
        d->sent_all = true;
    }
}

static void duplex_add_wait(struct curl_waitfd *fds, unsigned *count, curl_socket_t socket,
                            struct ud_duplex_want side)
{
    if (side.receiving || side.sending) {
        fds[(*count)++] = (struct curl_waitfd){
            .fd = socket,
            .events = (short)((side.receiving ? CURL_WAIT_POLLIN : 0) |
                              (side.sending ? CURL_WAIT_POLLOUT : 0)),
        };
    }
}

enum ud_code ud_duplex_wait_with(struct ud_duplex *d, struct ud_duplex_want own,
                                 const struct ud_tcp *peer, struct ud_duplex_want peers,
                                 unsigned ms, struct ud_error *err)
{
    struct curl_waitfd fds[2];
    struct ud_http *http = d->t->http;
    unsigned count = 0;
    int wait = 0;
    duplex_add_wait(fds, &count, d->socket, own);
    if (peer != NULL) {
        duplex_add_wait(fds, &count, peer->socket, peers);
    }
    UD_TRY(ud_http_turn(http, &wait, err));
    UD_TRY(ud_http_outcome(d->t, err));
    wait = ms < (unsigned)wait ? (int)ms : wait;
    if (own.receiving && d->early_at < d->early.len) {
        wait = 0;
    }
    CURLMcode code = curl_multi_poll(http->multi, fds, count, wait, NULL);
    if (code != CURLM_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl: %s", curl_multi_strerror(code));
    }
    UD_TRY(ud_http_turn(http, &wait, err));
    return ud_http_outcome(d->t, err);
}

enum ud_code ud_duplex_wait(struct ud_duplex *d, bool sending, unsigned ms, struct ud_error *err)
{
    return ud_duplex_wait_with(d, (struct ud_duplex_want){true, sending}, NULL,
                               (struct ud_duplex_want){false, false}, ms, err);
}

void ud_duplex_wake(struct ud_duplex *d)
{
    (void)curl_multi_wakeup(d->t->http->multi);
}

void ud_duplex_free(struct ud_duplex *d)
{
    if (d == NULL) {
        return;
    }
    ud_http_transfer_free(d->t);
    ud_buf_done(&d->early);
    free(d);
}
