#include "transport/tcp.h"

#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "platform/socket.h"
#include "tcp_internal.h"
#include "util/mem.h"
#include "util/patience.h"

static void tcp_wake(void *arg)
{
    (void)curl_multi_wakeup(arg);
}

static int tcp_on_socket(void *ctx, curl_socket_t socket, curlsocktype purpose)
{
    (void)ctx;
    (void)purpose;
    ud_socket_limit_silence((uintptr_t)socket, UD_PATIENCE_UNANSWERED_MS);
    return CURL_SOCKOPT_OK;
}

/* libcurl has names, addresses in turn, limits of time; the scheme is only its name for "no TLS".
 */
static void tcp_set_up(struct ud_tcp *tcp, unsigned connect_ms)
{
    CURL *easy = tcp->easy;
    (void)curl_easy_setopt(easy, CURLOPT_URL, tcp->url);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)UD_PATIENCE_KEEPALIVE_IDLE_S);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)UD_PATIENCE_KEEPALIVE_INTERVAL_S);
#if LIBCURL_VERSION_NUM >= 0x080900
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPCNT, (long)UD_PATIENCE_KEEPALIVE_TIMES);
#endif
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, tcp_on_socket);
}

static enum ud_code tcp_explain(const struct ud_tcp *tcp, CURLcode code, unsigned connect_ms,
                                struct ud_error *err)
{
    long os_error = 0;
    (void)curl_easy_getinfo(tcp->easy, CURLINFO_OS_ERRNO, &os_error);
    if (code == CURLE_COULDNT_RESOLVE_HOST) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "this machine knows no such name");
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Look whether a firewall drops the connection, and whether the address is "
                       "right.",
                       "no answer within %u s", connect_ms / 1000);
    }
    char *reason =
        os_error != 0 ? ud_host_error_text(os_error) : ud_strdup(curl_easy_strerror(code));
    enum ud_code rc =
        ud_fail(err, UD_ERR_UNREACHABLE, "Start the USB/IP server, or name its port: -r HOST:PORT.",
                "%s", reason);
    free(reason);
    return rc;
}

static enum ud_code tcp_turn(const struct ud_tcp *tcp, int ms, struct ud_error *err)
{
    int running = 0;
    CURLMcode code = curl_multi_perform(tcp->multi, &running);
    if (code == CURLM_OK) {
        UD_TRY(ud_cancel_check(tcp->cancel, err));
        code = curl_multi_poll(tcp->multi, NULL, 0, running > 0 ? ms : 0, NULL);
    }
    return code == CURLM_OK
               ? UD_OK
               : ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl: %s", curl_multi_strerror(code));
}

static enum ud_code tcp_connect(struct ud_tcp *tcp, unsigned connect_ms, struct ud_error *err)
{
    const CURLMsg *done = NULL;
    int left = 0;
    while (done == NULL) {
        UD_TRY(tcp_turn(tcp, UD_PATIENCE_TURN_MS, err));
        done = curl_multi_info_read(tcp->multi, &left);
    }
    if (done->data.result != CURLE_OK) {
        return tcp_explain(tcp, done->data.result, connect_ms, err);
    }
    const char *address = NULL;
    (void)curl_easy_getinfo(tcp->easy, CURLINFO_PRIMARY_IP, &address);
    if (curl_easy_getinfo(tcp->easy, CURLINFO_ACTIVESOCKET, &tcp->socket) != CURLE_OK ||
        tcp->socket == CURL_SOCKET_BAD) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl lost the connection that it made");
    }
    tcp->address = ud_strdup(address != NULL ? address : "");
    return UD_OK;
}

enum ud_code ud_tcp_open(const char *host, uint16_t port, unsigned connect_ms,
                         struct ud_cancel *cancel, struct ud_tcp **ret, struct ud_error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot be initialized");
    }
    struct ud_tcp *tcp = ud_alloc(1, sizeof *tcp);
    const bool brackets = strchr(host, ':') != NULL;
    const unsigned limit = connect_ms != 0 ? connect_ms : UD_PATIENCE_SERVER_CONNECT_MS;
    tcp->cancel = cancel;
    tcp->socket = CURL_SOCKET_BAD;
    tcp->url =
        ud_strf("http://%s%s%s:%u", brackets ? "[" : "", host, brackets ? "]" : "", (unsigned)port);
    tcp->multi = curl_multi_init();
    tcp->easy = curl_easy_init();
    if (tcp->multi == NULL || tcp->easy == NULL) {
        ud_tcp_free(tcp);
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl cannot be initialized");
    }
    tcp_set_up(tcp, limit);
    (void)curl_multi_add_handle(tcp->multi, tcp->easy);
    ud_cancel_watch(cancel, tcp_wake, tcp->multi);
    enum ud_code rc = tcp_connect(tcp, limit, err);
    if (rc != UD_OK) {
        ud_tcp_free(tcp);
        return rc;
    }
    *ret = tcp;
    return UD_OK;
}

const char *ud_tcp_address(const struct ud_tcp *tcp)
{
    return tcp->address;
}

void ud_tcp_receive(struct ud_tcp *tcp, void *dst, size_t room, size_t *ret_len, bool *ret_end)
{
    size_t n = 0;
    CURLcode code = curl_easy_recv(tcp->easy, dst, room, &n);
    *ret_len = code == CURLE_OK ? n : 0;
    *ret_end = code != CURLE_AGAIN && *ret_len == 0;
}

size_t ud_tcp_send(struct ud_tcp *tcp, const void *data, size_t len, bool *ret_end)
{
    size_t n = 0;
    CURLcode code = curl_easy_send(tcp->easy, data, len, &n);
    *ret_end = code != CURLE_OK && code != CURLE_AGAIN;
    return code == CURLE_OK ? n : 0;
}

enum ud_code ud_tcp_wait(struct ud_tcp *tcp, bool sending, unsigned ms, struct ud_error *err)
{
    struct curl_waitfd waitfd = {.fd = tcp->socket, .events = CURL_WAIT_POLLIN};
    waitfd.events = (short)(waitfd.events | (sending ? CURL_WAIT_POLLOUT : 0));
    UD_TRY(ud_cancel_check(tcp->cancel, err));
    CURLMcode code = curl_multi_poll(tcp->multi, &waitfd, 1, (int)ms, NULL);
    if (code != CURLM_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libcurl: %s", curl_multi_strerror(code));
    }
    return ud_cancel_check(tcp->cancel, err);
}

void ud_tcp_free(struct ud_tcp *tcp)
{
    if (tcp == NULL) {
        return;
    }
    ud_cancel_unwatch(tcp->cancel, tcp->multi);
    if (tcp->multi != NULL && tcp->easy != NULL) {
        (void)curl_multi_remove_handle(tcp->multi, tcp->easy);
    }
    curl_easy_cleanup(tcp->easy);
    (void)curl_multi_cleanup(tcp->multi);
    free(tcp->url);
    free(tcp->address);
    free(tcp);
    curl_global_cleanup();
}
