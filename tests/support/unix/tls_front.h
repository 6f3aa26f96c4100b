/* A TLS server in this process: it hands what comes through TLS on to a scripted engine, or
 * answers each request itself. */
#ifndef SUPPORT_TLS_FRONT_H
#define SUPPORT_TLS_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "tls_certs.h"

struct tls_front;

struct tls_front_options {
    const struct tls_certs *certs;
    const char *server;  /* "server", "elsewhere", "expired": see tls_certs.h; NULL: "server" */
    const char *backend; /* "tcp://127.0.0.1:port" */
    const char *plain;   /* is said to each connection in place of TLS */
    const char *answer;  /* without a backend: what each connection gets after its request */
    bool wants_client;   /* refuses clients that ca.pem has not issued */
    bool only_tls12;     /* else TLS 1.3 is the most it speaks */
};

/* Listens on a free port of 127.0.0.1, for 16 connections at once. */
struct tls_front *tls_front_start(const struct tls_front_options *options);

/* "127.0.0.1:port"; borrowed. */
const char *tls_front_address(const struct tls_front *front);

/* How many handshakes with TLS 1.3 went well so far. */
size_t tls_front_handshakes(struct tls_front *front);

/* Ends the connections that are left. */
void tls_front_stop(struct tls_front *front);

#endif
