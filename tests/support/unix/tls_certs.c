#include "tls_certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"

enum { PEM_MAX = 4096, SERIAL_BYTES = 8 };

struct identity {
    const char *name;   /* of its files */
    const char *issuer; /* its name in the table; NULL: itself */
    const char *dns;    /* the host that it is for */
    bool local;         /* for 127.0.0.1 */
    bool expired;
};

static const struct identity identities[] = {
    {.name = "ca"},
    {.name = "stranger"},
    {.name = "cert", .issuer = "ca"},
    {.name = "stray", .issuer = "stranger"},
    {.name = "server", .issuer = "ca", .dns = "localhost", .local = true},
    {.name = "elsewhere", .issuer = "ca", .dns = "elsewhere.example"},
    {.name = "expired", .issuer = "ca", .dns = "localhost", .local = true, .expired = true},
};
enum { COUNT = sizeof identities / sizeof identities[0] };

/* In a test that cannot begin there is nothing to go on with. */
static void need(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "tls_certs: %s failed\n", what);
        abort();
    }
}

static int random_bytes(void *ctx, unsigned char *dst, size_t len)
{
    (void)ctx;
    ud_host_random(dst, len);
    return 0;
}

char *tls_certs_file(const struct tls_certs *certs, const char *name)
{
    return ud_strf("%s/%s", certs->dir, name);
}

static void put_file(const struct tls_certs *certs, const char *name, const char *pem)
{
    char *path = tls_certs_file(certs, name);
    need(ud_fs_write_atomic(path, pem, strlen(pem), NULL) == UD_OK, path);
    free(path);
}

static size_t index_of(const char *name)
{
    size_t i = 0;
    while (i < COUNT && strcmp(identities[i].name, name) != 0) {
        i++;
    }
    need(i < COUNT, name);
    return i;
}

static void set_hosts(mbedtls_x509write_cert *writer, const struct identity *identity)
{
    static unsigned char loopback[] = {127, 0, 0, 1};
    mbedtls_x509_san_list address = {0};
    mbedtls_x509_san_list name = {0};
    if (identity->dns == NULL) {
        return;
    }
    name.node.type = MBEDTLS_X509_SAN_DNS_NAME;
    name.node.san.unstructured_name.p = (unsigned char *)ud_strdup(identity->dns);
    name.node.san.unstructured_name.len = strlen(identity->dns);
    address.node.type = MBEDTLS_X509_SAN_IP_ADDRESS;
    address.node.san.unstructured_name.p = loopback;
    address.node.san.unstructured_name.len = sizeof loopback;
    name.next = identity->local ? &address : NULL;
    need(mbedtls_x509write_crt_set_subject_alternative_name(writer, &name) == 0, "the hosts");
    free(name.node.san.unstructured_name.p);
}

static void write_certificate(const struct tls_certs *certs, const struct identity *identity,
                              mbedtls_pk_context *key, mbedtls_pk_context *issuer_key)
{
    unsigned char serial[SERIAL_BYTES];
    char pem[PEM_MAX];
    mbedtls_x509write_cert writer;
    mbedtls_x509write_crt_init(&writer);
    char *subject = ud_strf("CN=usbipd-desktop test %s", identity->name);
    char *issuer = ud_strf("CN=usbipd-desktop test %s",
                           identity->issuer != NULL ? identity->issuer : identity->name);
    ud_host_random(serial, sizeof serial);
    serial[0] = 1; /* positive, and without zeros before it */
    mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&writer, key);
    mbedtls_x509write_crt_set_issuer_key(&writer, issuer_key);
    bool ok =
        mbedtls_x509write_crt_set_serial_raw(&writer, serial, sizeof serial) == 0 &&
        mbedtls_x509write_crt_set_subject_name(&writer, subject) == 0 &&
        mbedtls_x509write_crt_set_issuer_name(&writer, issuer) == 0 &&
        mbedtls_x509write_crt_set_validity(&writer, "20000101000000",
                                           identity->expired ? "20010101000000"
                                                             : "20991231235959") == 0 &&
        mbedtls_x509write_crt_set_basic_constraints(&writer, identity->issuer == NULL, -1) == 0;
    need(ok, identity->name);
    set_hosts(&writer, identity);
    need(mbedtls_x509write_crt_pem(&writer, (unsigned char *)pem, sizeof pem, random_bytes, NULL) ==
             0,
         identity->name);
    char *name = ud_strf("%s.pem", identity->name);
    put_file(certs, name, pem);
    free(name);
    free(issuer);
    free(subject);
    mbedtls_x509write_crt_free(&writer);
}

static void write_key(const struct tls_certs *certs, const struct identity *identity,
                      mbedtls_pk_context *key)
{
    char pem[PEM_MAX];
    need(mbedtls_pk_write_key_pem(key, (unsigned char *)pem, sizeof pem) == 0, identity->name);
    char *name = strcmp(identity->name, "cert") == 0 ? ud_strdup("key.pem")
                                                     : ud_strf("%s-key.pem", identity->name);
    put_file(certs, name, pem);
    free(name);
}

void tls_certs_make(struct tls_certs *certs)
{
    mbedtls_pk_context keys[COUNT];
    (void)snprintf(certs->dir, sizeof certs->dir, "/tmp/tls-certs-XXXXXX");
    need(mkdtemp(certs->dir) != NULL, "mkdtemp");
    for (size_t i = 0; i < COUNT; i++) {
        mbedtls_pk_init(&keys[i]);
        need(mbedtls_pk_setup(&keys[i], mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
                 mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(keys[i]), random_bytes,
                                     NULL) == 0,
             "making a key");
    }
    for (size_t i = 0; i < COUNT; i++) {
        const struct identity *identity = &identities[i];
        size_t issuer = identity->issuer != NULL ? index_of(identity->issuer) : i;
        write_certificate(certs, identity, &keys[i], &keys[issuer]);
        write_key(certs, identity, &keys[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        mbedtls_pk_free(&keys[i]);
    }
}

void tls_certs_remove(struct tls_certs *certs)
{
    need(ud_fs_remove_tree(certs->dir, NULL) == UD_OK, "removing the certificates");
}
