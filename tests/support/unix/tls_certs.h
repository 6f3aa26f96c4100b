/* Keys and certificates, made when a test begins, so that none expires in the repository. */
#ifndef SUPPORT_TLS_CERTS_H
#define SUPPORT_TLS_CERTS_H

/* A directory with PEM files:
 *     ca.pem                            an authority, which has issued all that follows
 *     cert.pem, key.pem                 a client, named as in DOCKER_CERT_PATH
 *     server.pem, server-key.pem        127.0.0.1 and localhost
 *     elsewhere.pem, elsewhere-key.pem  another host
 *     expired.pem, expired-key.pem      127.0.0.1, until 2001
 *     stranger.pem                      an authority that has issued nothing
 *     stray.pem, stray-key.pem          a client that nobody here has issued */
struct tls_certs {
    char dir[64];
};

void tls_certs_make(struct tls_certs *certs);
void tls_certs_remove(struct tls_certs *certs);

/* "<dir>/<name>" in new memory. */
char *tls_certs_file(const struct tls_certs *certs, const char *name);

#endif
