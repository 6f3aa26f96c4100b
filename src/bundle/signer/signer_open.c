#include "signer/signer_parts.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/pem.h>
#include <mbedtls/platform_util.h>

#include "platform/file.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/str.h"

enum { FILE_MAX = 1 << 20, SUBJECT_MAX = 512 };

static const char passphrase_remedy[] =
    "Put the key's passphrase into the environment variable " UD_SIGNER_PASSPHRASE ".";

/* Of a file that may hold a private key: in one place in memory, which never grows, so that
 * no copy is left anywhere. */
struct key_file {
    char *data; /* FILE_MAX bytes and a NUL */
    size_t len;
};

static void key_file_done(struct key_file *file)
{
    mbedtls_platform_zeroize(file->data, FILE_MAX + 1);
    free(file->data);
    *file = (struct key_file){0};
}

static enum ud_code key_file_read_all(struct ud_file *from, const char *path, struct key_file *file,
                                      struct ud_error *err)
{
    for (size_t n = 1; n > 0; file->len += n) {
        char beyond = 0;
        bool full = file->len == FILE_MAX;
        UD_TRY(full ? ud_file_read(from, &beyond, 1, &n, err)
                    : ud_file_read(from, file->data + file->len, FILE_MAX - file->len, &n, err));
        if (full && n > 0) {
            return ud_fail(err, UD_ERR_IO, NULL, "%s is too large: more than %d bytes", path,
                           FILE_MAX);
        }
    }
    return UD_OK;
}

/* key_file_done whatever it returns. */
static enum ud_code key_file_read(const char *path, const char *option, struct key_file *ret,
                                  struct ud_error *err)
{
    struct ud_file *from = NULL;
    *ret = (struct key_file){.data = ud_alloc(FILE_MAX + 1, 1)};
    enum ud_code rc = ud_file_open(path, &from, err);
    if (rc == UD_OK) {
        rc = key_file_read_all(from, path, ret, err);
    }
    ud_file_free(from);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s", option);
    }
    return rc;
}

/* mbedtls wants the NUL behind PEM counted, and none behind DER. */
static size_t parser_len(const struct key_file *file)
{
    return strstr(file->data, "-----BEGIN ") != NULL ? file->len + 1 : file->len;
}

static enum ud_code bad_key(int why, const char *path, struct ud_error *err)
{
    if (why == MBEDTLS_ERR_PK_PASSWORD_REQUIRED) {
        return ud_fail(err, UD_ERR_USAGE, passphrase_remedy, "the key %s is encrypted", path);
    }
    if (why == MBEDTLS_ERR_PK_PASSWORD_MISMATCH) {
        return ud_fail(err, UD_ERR_USAGE, passphrase_remedy,
                       "the key %s is encrypted, and not with the passphrase in "
                       "" UD_SIGNER_PASSPHRASE,
                       path);
    }
    return ud_fail(
        err, UD_ERR_USAGE, "Name a private key in PEM, such as the kernel's certs/signing_key.pem.",
        "%s holds no private key that can be read (mbedtls error -0x%04x)", path, (unsigned)-why);
}

/* A wrong passphrase may by chance leave what looks like a key's padding, and no key. */
static int signer_open_refine(int why, const struct key_file *file, bool has_passphrase)
{
    bool encrypted = strstr(file->data, "ENCRYPTED") != NULL;
    bool told = why == 0 || why == MBEDTLS_ERR_PK_PASSWORD_REQUIRED;
    return encrypted && has_passphrase && !told ? MBEDTLS_ERR_PK_PASSWORD_MISMATCH : why;
}

static enum ud_code parse_key(struct ud_signer *signer, const struct key_file *file,
                              const char *path, struct ud_error *err)
{
    char *word = ud_host_env(UD_SIGNER_PASSPHRASE);
    size_t len = word != NULL ? strlen(word) : 0;
    int rc = mbedtls_pk_parse_key(&signer->key, (const unsigned char *)file->data, parser_len(file),
                                  len > 0 ? (const unsigned char *)word : NULL, len,
                                  ud_signer_random, NULL);
    if (word != NULL) {
        mbedtls_platform_zeroize(word, len);
    }
    free(word);
    if (rc != 0) {
        return bad_key(signer_open_refine(rc, file, len > 0), path, err);
    }
    bool known = mbedtls_pk_can_do(&signer->key, MBEDTLS_PK_RSA) ||
                 mbedtls_pk_can_do(&signer->key, MBEDTLS_PK_ECDSA);
    return known ? UD_OK
                 : ud_fail(err, UD_ERR_USAGE, "Use an RSA key.",
                           "the key %s is neither an RSA nor an ECDSA key", path);
}

/* Some of several certificates may be of a kind that is not known here. */
static enum ud_code parse_certs(struct ud_signer *signer, const struct key_file *file,
                                const char *path, struct ud_error *err)
{
    int rc =
        mbedtls_x509_crt_parse(&signer->chain, (const unsigned char *)file->data, parser_len(file));
    if (rc < 0 || signer->chain.raw.len == 0) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Name the key's X.509 certificate, in PEM or DER, with --sign-cert.",
                       "%s holds no certificate that can be read", path);
    }
    return UD_OK;
}

static enum ud_code choose_cert(struct ud_signer *signer, const char *key_path, const char *path,
                                struct ud_error *err)
{
    for (mbedtls_x509_crt *cert = &signer->chain; cert != NULL; cert = cert->next) {
        if (mbedtls_pk_check_pair(&cert->pk, &signer->key, ud_signer_random, NULL) == 0) {
            signer->cert = cert;
            return UD_OK;
        }
    }
    return ud_fail(err, UD_ERR_USAGE, "Name the key's own certificate with --sign-cert.",
                   "the certificate in %s is not that of the key in %s", path, key_path);
}

static void signer_open_describe(struct ud_signer *signer)
{
    const mbedtls_x509_crt *cert = signer->cert;
    const mbedtls_x509_buf *id =
        cert->subject_key_id.len > 0 ? &cert->subject_key_id : &cert->serial;
    signer->key_id = ud_alloc(2 * id->len + 1, 1);
    ud_str_hex(id->p, id->len, signer->key_id);
    signer->subject = ud_alloc(SUBJECT_MAX, 1);
    if (mbedtls_x509_dn_gets(signer->subject, SUBJECT_MAX, &cert->subject) < 0) {
        signer->subject[0] = '\0';
    }
    ud_str_sanitize(signer->subject);
}

static enum ud_code open_with(struct ud_signer *signer, const struct key_file *key_file,
                              const char *key_path, const char *cert_path, struct ud_error *err)
{
    struct key_file cert_file;
    UD_TRY(parse_key(signer, key_file, key_path, err));
    if (cert_path == NULL) {
        UD_TRY(parse_certs(signer, key_file, key_path, err));
        return choose_cert(signer, key_path, key_path, err);
    }
    enum ud_code rc = key_file_read(cert_path, "--sign-cert", &cert_file, err);
    if (rc == UD_OK) {
        rc = parse_certs(signer, &cert_file, cert_path, err);
    }
    key_file_done(&cert_file);
    return rc == UD_OK ? choose_cert(signer, key_path, cert_path, err) : rc;
}

enum ud_code ud_signer_open(const char *key_path, const char *cert_path, struct ud_signer **ret,
                            struct ud_error *err)
{
    struct key_file file;
    struct ud_signer *signer = ud_alloc(1, sizeof *signer);
    mbedtls_pk_init(&signer->key);
    mbedtls_x509_crt_init(&signer->chain);
    enum ud_code rc = key_file_read(key_path, "--sign-key", &file, err);
    if (rc == UD_OK) {
        rc = open_with(signer, &file, key_path, cert_path, err);
    }
    key_file_done(&file);
    if (rc == UD_OK) {
        signer_open_describe(signer);
        rc = ud_signer_use_hash(signer, "sha256", err);
    }
    if (rc == UD_OK) {
        *ret = signer;
    } else {
        ud_signer_free(signer);
    }
    return rc;
}

void ud_signer_free(struct ud_signer *signer)
{
    if (signer == NULL) {
        return;
    }
    mbedtls_pk_free(&signer->key); /* overwrites it */
    mbedtls_x509_crt_free(&signer->chain);
    free(signer->key_id);
    free(signer->subject);
    free(signer);
}
