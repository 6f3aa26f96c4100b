#include "tls_front.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mbedtls/ssl.h>

#include "platform/host.h"
#include "util/mem.h"

enum { WORKERS = 16, WAITING_MAX = 256, PIECE = 16 * 1024, REQUEST_MAX = 64 * 1024 };

struct worker {
    struct tls_front *front;
    pthread_t thread;
    int client; /* -1: none; both are guarded by the lock, and closed by the worker */
    int backend;
};

struct tls_front {
    char address[32];
    unsigned backend_port; /* 0: none */
    const char *answer;
    const char *plain;
    bool wants_client;
    int listener;
    mbedtls_ssl_config config;
    mbedtls_x509_crt chain;
    mbedtls_x509_crt authority;
    mbedtls_pk_context key;
    struct worker workers[WORKERS];
    pthread_mutex_t lock; /* guards what follows */
    bool stopping;
    size_t handshakes;
};

static void need(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "tls_front: %s failed\n", what);
        abort();
    }
}

static int random_bytes(void *ctx, unsigned char *dst, size_t len)
{
    (void)ctx;
    ud_host_random(dst, len);
    return 0;
}

/* mbed TLS' own would end the test with SIGPIPE. Any error is the end of the connection. */
static int front_send(void *ctx, const unsigned char *data, size_t len)
{
    ssize_t n = send(*(int *)ctx, data, len, MSG_NOSIGNAL);
    return n < 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)n;
}

static int front_recv(void *ctx, unsigned char *dst, size_t room)
{
    ssize_t n = recv(*(int *)ctx, dst, room, 0);
    return n <= 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)n;
}

static int connect_backend(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    need(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "reaching the engine");
    return fd;
}

static bool write_all(mbedtls_ssl_context *ssl, const void *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        int n = mbedtls_ssl_write(ssl, (const unsigned char *)data + done, len - done);
        if (n <= 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

static bool send_all(int fd, const unsigned char *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = send(fd, data + done, len - done, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

/* false: the client sends nothing more, whether it said so or just ended. */
static bool client_to_backend(mbedtls_ssl_context *ssl, int backend)
{
    unsigned char piece[PIECE];
    int n = mbedtls_ssl_read(ssl, piece, sizeof piece);
    if (n > 0) {
        return send_all(backend, piece, (size_t)n);
    }
    return n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static bool backend_to_client(mbedtls_ssl_context *ssl, int backend)
{
    unsigned char piece[PIECE];
    ssize_t n = recv(backend, piece, sizeof piece, 0);
    return n > 0 && write_all(ssl, piece, (size_t)n);
}

/* Until the engine ends the connection; the client may have ended its side before. */
static void relay(mbedtls_ssl_context *ssl, int client, int backend)
{
    bool receiving = true;
    for (;;) {
        struct pollfd fds[] = {{.fd = receiving ? client : -1, .events = POLLIN},
                               {.fd = backend, .events = POLLIN}};
        bool waiting = receiving && mbedtls_ssl_check_pending(ssl) != 0;
        if (poll(fds, 2, waiting ? 0 : -1) < 0) {
            return;
        }
        if ((waiting || fds[0].revents != 0) && !client_to_backend(ssl, backend)) {
            receiving = false;
            (void)shutdown(backend, SHUT_WR);
        }
        if (fds[1].revents != 0 && !backend_to_client(ssl, backend)) {
            return;
        }
    }
}

static void answer_one(mbedtls_ssl_context *ssl, const char *answer)
{
    char request[REQUEST_MAX] = "";
    size_t len = 0;
    while (strstr(request, "\r\n\r\n") == NULL) {
        int n = mbedtls_ssl_read(ssl, (unsigned char *)request + len, sizeof request - 1 - len);
        if (n <= 0) {
            return;
        }
        len += (size_t)n;
        request[len] = '\0';
    }
    (void)write_all(ssl, answer, strlen(answer));
}

/* What still comes is read, or the client would get a reset in place of our last words. */
static void end_gently(int client)
{
    char rest[PIECE];
    (void)shutdown(client, SHUT_WR);
    while (recv(client, rest, sizeof rest, 0) > 0) {
    }
}

/* With TLS 1.3 a client has ended its handshake before the server looks at its certificate, and
 * hears of it when it reads. mbed TLS as a server says it with a key that the client no longer
 * has, so it is done here as Go's and OpenSSL's servers do. */
static bool client_is_let_in(const struct tls_front *front, mbedtls_ssl_context *ssl)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(ssl);
    if (!front->wants_client || flags == 0) {
        return true;
    }
    (void)mbedtls_ssl_send_alert_message(ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                         mbedtls_ssl_get_peer_cert(ssl) == NULL
                                             ? MBEDTLS_SSL_ALERT_MSG_CERT_REQUIRED
                                             : MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA);
    return false;
}

static void note_handshake(struct tls_front *front, const mbedtls_ssl_context *ssl)
{
    (void)pthread_mutex_lock(&front->lock);
    front->handshakes += mbedtls_ssl_get_version_number(ssl) == MBEDTLS_SSL_VERSION_TLS1_3 ? 1 : 0;
    (void)pthread_mutex_unlock(&front->lock);
}

/* false: the front is about to stop, which would not see them. */
static bool set_fds(struct worker *worker, int client, int backend)
{
    (void)pthread_mutex_lock(&worker->front->lock);
    worker->client = client;
    worker->backend = backend;
    bool going = !worker->front->stopping;
    (void)pthread_mutex_unlock(&worker->front->lock);
    return going;
}

static void serve(struct worker *worker, int client)
{
    struct tls_front *front = worker->front;
    mbedtls_ssl_context ssl;
    int backend = -1;
    mbedtls_ssl_init(&ssl);
    need(mbedtls_ssl_setup(&ssl, &front->config) == 0, "mbedtls_ssl_setup");
    mbedtls_ssl_set_bio(&ssl, &client, front_send, front_recv, NULL);
    bool going = set_fds(worker, client, -1);
    if (front->plain != NULL) {
        (void)send_all(client, (const unsigned char *)front->plain, strlen(front->plain));
    } else if (going && mbedtls_ssl_handshake(&ssl) == 0) {
        note_handshake(front, &ssl);
        if (!client_is_let_in(front, &ssl)) {
            going = false;
        } else if (front->backend_port == 0) {
            answer_one(&ssl, front->answer);
        } else {
            backend = connect_backend(front->backend_port);
            if (set_fds(worker, client, backend)) {
                relay(&ssl, client, backend);
            }
        }
    }
    if (going && front->plain == NULL) {
        (void)mbedtls_ssl_close_notify(&ssl);
    }
    end_gently(client);
    (void)set_fds(worker, -1, -1);
    (void)close(client);
    if (backend >= 0) {
        (void)close(backend);
    }
    mbedtls_ssl_free(&ssl);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    for (;;) {
        int client = accept(worker->front->listener, NULL, NULL);
        if (client < 0) {
            return NULL;
        }
        serve(worker, client);
    }
}

static void front_listen(struct tls_front *front)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    front->listener = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(front->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
             getsockname(front->listener, (struct sockaddr *)&address, &len) == 0 &&
             listen(front->listener, WAITING_MAX) == 0,
         "listening");
    (void)snprintf(front->address, sizeof front->address, "127.0.0.1:%u", ntohs(address.sin_port));
}

static void front_configure(struct tls_front *front, const struct tls_front_options *options)
{
    const char *name = options->server != NULL ? options->server : "server";
    char *chain_name = ud_strf("%s.pem", name);
    char *key_name = ud_strf("%s-key.pem", name);
    char *chain = tls_certs_file(options->certs, chain_name);
    char *key = tls_certs_file(options->certs, key_name);
    char *authority = tls_certs_file(options->certs, "ca.pem");
    mbedtls_ssl_config_init(&front->config);
    mbedtls_x509_crt_init(&front->chain);
    mbedtls_x509_crt_init(&front->authority);
    mbedtls_pk_init(&front->key);
    need(mbedtls_ssl_config_defaults(&front->config, MBEDTLS_SSL_IS_SERVER,
                                     MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT) == 0 &&
             mbedtls_x509_crt_parse_file(&front->chain, chain) == 0 &&
             mbedtls_x509_crt_parse_file(&front->authority, authority) == 0 &&
             mbedtls_pk_parse_keyfile(&front->key, key, NULL, random_bytes, NULL) == 0 &&
             mbedtls_ssl_conf_own_cert(&front->config, &front->chain, &front->key) == 0,
         "configuring TLS");
    mbedtls_ssl_conf_rng(&front->config, random_bytes, NULL);
    if (options->wants_client) {
        mbedtls_ssl_conf_ca_chain(&front->config, &front->authority, NULL);
        mbedtls_ssl_conf_authmode(&front->config, options->only_tls12
                                                      ? MBEDTLS_SSL_VERIFY_REQUIRED
                                                      : MBEDTLS_SSL_VERIFY_OPTIONAL);
    }
    if (options->only_tls12) {
        mbedtls_ssl_conf_max_tls_version(&front->config, MBEDTLS_SSL_VERSION_TLS1_2);
    }
    free(chain_name);
    free(key_name);
    free(chain);
    free(key);
    free(authority);
}

struct tls_front *tls_front_start(const struct tls_front_options *options)
{
    struct tls_front *front = ud_alloc(1, sizeof *front);
    front->answer = options->answer;
    front->plain = options->plain;
    front->wants_client = options->wants_client;
    if (options->backend != NULL) {
        front->backend_port = (unsigned)strtoul(strrchr(options->backend, ':') + 1, NULL, 10);
    }
    (void)pthread_mutex_init(&front->lock, NULL);
    front_configure(front, options);
    front_listen(front);
    for (size_t i = 0; i < WORKERS; i++) {
        struct worker *worker = &front->workers[i];
        *worker = (struct worker){.front = front, .client = -1, .backend = -1};
        need(pthread_create(&worker->thread, NULL, work, worker) == 0, "pthread_create");
    }
    return front;
}

const char *tls_front_address(const struct tls_front *front)
{
    return front->address;
}

size_t tls_front_handshakes(struct tls_front *front)
{
    (void)pthread_mutex_lock(&front->lock);
    size_t count = front->handshakes;
    (void)pthread_mutex_unlock(&front->lock);
    return count;
}

void tls_front_stop(struct tls_front *front)
{
    (void)pthread_mutex_lock(&front->lock);
    front->stopping = true;
    (void)shutdown(front->listener, SHUT_RDWR);
    for (size_t i = 0; i < WORKERS; i++) {
        if (front->workers[i].client >= 0) {
            (void)shutdown(front->workers[i].client, SHUT_RDWR);
        }
        if (front->workers[i].backend >= 0) {
            (void)shutdown(front->workers[i].backend, SHUT_RDWR);
        }
    }
    (void)pthread_mutex_unlock(&front->lock);
    for (size_t i = 0; i < WORKERS; i++) {
        (void)pthread_join(front->workers[i].thread, NULL);
    }
    (void)close(front->listener);
    mbedtls_ssl_config_free(&front->config);
    mbedtls_x509_crt_free(&front->chain);
    mbedtls_x509_crt_free(&front->authority);
    mbedtls_pk_free(&front->key);
    (void)pthread_mutex_destroy(&front->lock);
    free(front);
}
