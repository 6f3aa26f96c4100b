#include "bundle/signer/signer.h"

#include <string.h>

#include <mbedtls/platform_util.h>

#include "platform/host.h"
#include "signer/cms.h"
#include "signer/signer_parts.h"

/* struct module_signature, of which only three members are used since the signature
 * is a CMS message. Fact: include/linux/module_signature.h. */
enum { HEADER_SIZE = 12, HEADER_ID_TYPE = 2, HEADER_LEN = 8, ID_PKCS7 = 2, CMS_MAX = 8192 };

static const char marker[] = "~Module signature appended~\n";

/* Digests by the names that CONFIG_MODULE_SIG_HASH has for them. */
static const struct {
    const char *name;
    mbedtls_md_type_t md;
} hashes[] = {
    {"sha1", MBEDTLS_MD_SHA1},         {"sha224", MBEDTLS_MD_SHA224},
    {"sha256", MBEDTLS_MD_SHA256},     {"sha384", MBEDTLS_MD_SHA384},
    {"sha512", MBEDTLS_MD_SHA512},     {"sha3-256", MBEDTLS_MD_SHA3_256},
    {"sha3-384", MBEDTLS_MD_SHA3_384}, {"sha3-512", MBEDTLS_MD_SHA3_512},
};

int ud_signer_random(void *ctx, unsigned char *dst, size_t len)
{
    (void)ctx;
    ud_host_random(dst, len);
    return 0;
}

/* Where the two differ, mbedtls names what a key is and not what it does. */
static mbedtls_pk_type_t signer_algorithm(const struct ud_signer *signer)
{
    mbedtls_pk_type_t type = mbedtls_pk_get_type(&signer->key);
    return type == MBEDTLS_PK_RSA ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECDSA;
}

/* The CMS message, at the end of dst; its length or a negative error of mbedtls. */
static int make_cms(struct ud_signer *signer, const void *data, size_t len,
                    unsigned char dst[CMS_MAX])
{
    unsigned char digest[MBEDTLS_MD_MAX_SIZE];
    unsigned char signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
    struct ud_cms cms = {
        .issuer = &signer->cert->issuer_raw,
        .serial = &signer->cert->serial,
        .md = signer->md,
        .pk = signer_algorithm(signer),
        .signature = signature,
    };
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(signer->md);
    int rc = mbedtls_md(info, data, len, digest);
    if (rc == 0) {
        rc = mbedtls_pk_sign(&signer->key, signer->md, digest, mbedtls_md_get_size(info), signature,
                             sizeof signature, &cms.signature_len, ud_signer_random, NULL);
    }
    return rc != 0 ? rc : ud_cms_write(&cms, dst, CMS_MAX);
}

static enum ud_code cannot_sign(const struct ud_signer *signer, int why, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE, "Use an RSA key.",
                   "this key cannot sign with %s (mbedtls error -0x%04x)", signer->hash,
                   (unsigned)-why);
}

/* A first signature, of nothing, shows whether key and digest go together. */
enum ud_code ud_signer_use_hash(struct ud_signer *signer, const char *hash, struct ud_error *err)
{
    unsigned char cms[CMS_MAX];
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (strcmp(hashes[i].name, hash) == 0) {
            signer->hash = hashes[i].name;
            signer->md = hashes[i].md;
            int rc = make_cms(signer, "", 0, cms);
            return rc < 0 ? cannot_sign(signer, rc, err) : UD_OK;
        }
    }
    return ud_fail(err, UD_ERR_USAGE, NULL, "modules cannot be signed here with the digest %s",
                   hash);
}

enum ud_code ud_signer_sign(struct ud_signer *signer, struct ud_buf *module, struct ud_error *err)
{
    unsigned char cms[CMS_MAX];
    unsigned char header[HEADER_SIZE] = {[HEADER_ID_TYPE] = ID_PKCS7};
    int len = make_cms(signer, module->data, module->len, cms);
    if (len < 0) {
        return cannot_sign(signer, len, err);
    }
    header[HEADER_LEN + 2] = (unsigned char)(len >> 8);
    header[HEADER_LEN + 3] = (unsigned char)len;
    ud_buf_add(module, cms + CMS_MAX - len, (size_t)len);
    ud_buf_add(module, header, sizeof header);
    ud_buf_adds(module, marker);
    return ud_buf_check(module, "the signed module", err);
}

const char *ud_signer_key_id(const struct ud_signer *signer)
{
    return signer->key_id;
}

const char *ud_signer_subject(const struct ud_signer *signer)
{
    return signer->subject;
}

const char *ud_signer_hash(const struct ud_signer *signer)
{
    return signer->hash;
}

const char *ud_signer_oddity(const struct ud_signer *signer)
{
    if (mbedtls_x509_time_is_past(&signer->cert->valid_to)) {
        return "is no longer valid";
    }
    return mbedtls_x509_time_is_future(&signer->cert->valid_from) ? "is not valid yet" : NULL;
}
