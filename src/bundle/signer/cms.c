#include "signer/cms.h"

#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>

/* mbedtls writes from the end to the front, so each function begins with what is
 * last. They take the place to go on at and return what they wrote. */

#define STRUCTURE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define SET (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET)
#define EXPLICIT_0 (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED)

enum { NO_PARAMETERS = 0, VERSION = 1 };

static int cms_wrap(unsigned char **at, unsigned char *start, int content, unsigned char tag)
{
    int len = content;
    int ret = 0;
    MBEDTLS_ASN1_CHK_ADD(len, mbedtls_asn1_write_len(at, start, (size_t)content));
    MBEDTLS_ASN1_CHK_ADD(len, mbedtls_asn1_write_tag(at, start, tag));
    return len;
}

/* As OpenSSL does, without the NULL that older standards want. */
static int write_digest(const struct ud_cms *cms, unsigned char **at, unsigned char *start)
{
    const char *oid = NULL;
    size_t len = 0;
    int ret = mbedtls_oid_get_oid_by_md(cms->md, &oid, &len);
    return ret != 0
               ? ret
               : mbedtls_asn1_write_algorithm_identifier_ext(at, start, oid, len, 0, NO_PARAMETERS);
}

static int write_signature_algorithm(const struct ud_cms *cms, unsigned char **at,
                                     unsigned char *start)
{
    const char *oid = MBEDTLS_OID_PKCS1_RSA;
    size_t len = MBEDTLS_OID_SIZE(MBEDTLS_OID_PKCS1_RSA);
    if (cms->pk == MBEDTLS_PK_RSA) {
        return mbedtls_asn1_write_algorithm_identifier(at, start, oid, len, 0);
    }
    int ret = mbedtls_oid_get_oid_by_sig_alg(cms->pk, cms->md, &oid, &len);
    return ret != 0
               ? ret
               : mbedtls_asn1_write_algorithm_identifier_ext(at, start, oid, len, 0, NO_PARAMETERS);
}

static int write_signer_id(const struct ud_cms *cms, unsigned char **at, unsigned char *start)
{
    int len = 0;
    int ret = 0;
    MBEDTLS_ASN1_CHK_ADD(
        len, mbedtls_asn1_write_raw_buffer(at, start, cms->serial->p, cms->serial->len));
    ret = cms_wrap(at, start, len, MBEDTLS_ASN1_INTEGER);
    if (ret < 0) {
        return ret;
    }
    len = ret;
    MBEDTLS_ASN1_CHK_ADD(
        len, mbedtls_asn1_write_raw_buffer(at, start, cms->issuer->p, cms->issuer->len));
    return cms_wrap(at, start, len, STRUCTURE);
}

static int write_signer_info(const struct ud_cms *cms, unsigned char **at, unsigned char *start)
{
    int len = 0;
    int ret = 0;
    MBEDTLS_ASN1_CHK_ADD(
        len, mbedtls_asn1_write_octet_string(at, start, cms->signature, cms->signature_len));
    MBEDTLS_ASN1_CHK_ADD(len, write_signature_algorithm(cms, at, start));
    MBEDTLS_ASN1_CHK_ADD(len, write_digest(cms, at, start));
    MBEDTLS_ASN1_CHK_ADD(len, write_signer_id(cms, at, start));
    MBEDTLS_ASN1_CHK_ADD(len, mbedtls_asn1_write_int(at, start, VERSION));
    ret = cms_wrap(at, start, len, STRUCTURE);
    return ret < 0 ? ret : cms_wrap(at, start, ret, SET);
}

/* What is signed is not in it: encapContentInfo has its type only. */
static int write_content_type(unsigned char **at, unsigned char *start)
{
    int ret = mbedtls_asn1_write_oid(at, start, MBEDTLS_OID_PKCS7_DATA,
                                     MBEDTLS_OID_SIZE(MBEDTLS_OID_PKCS7_DATA));
    return ret < 0 ? ret : cms_wrap(at, start, ret, STRUCTURE);
}

static int write_digests(const struct ud_cms *cms, unsigned char **at, unsigned char *start)
{
    int ret = write_digest(cms, at, start);
    return ret < 0 ? ret : cms_wrap(at, start, ret, SET);
}

static int write_signed_data(const struct ud_cms *cms, unsigned char **at, unsigned char *start)
{
    int len = 0;
    int ret = 0;
    MBEDTLS_ASN1_CHK_ADD(len, write_signer_info(cms, at, start));
    MBEDTLS_ASN1_CHK_ADD(len, write_content_type(at, start));
    MBEDTLS_ASN1_CHK_ADD(len, write_digests(cms, at, start));
    MBEDTLS_ASN1_CHK_ADD(len, mbedtls_asn1_write_int(at, start, VERSION));
    ret = cms_wrap(at, start, len, STRUCTURE);
    return ret < 0 ? ret : cms_wrap(at, start, ret, EXPLICIT_0);
}

int ud_cms_write(const struct ud_cms *cms, unsigned char *dst, size_t size)
{
    unsigned char *at = dst + size;
    int len = 0;
    int ret = 0;
    MBEDTLS_ASN1_CHK_ADD(len, write_signed_data(cms, &at, dst));
    MBEDTLS_ASN1_CHK_ADD(len,
                         mbedtls_asn1_write_oid(&at, dst, MBEDTLS_OID_PKCS7_SIGNED_DATA,
                                                MBEDTLS_OID_SIZE(MBEDTLS_OID_PKCS7_SIGNED_DATA)));
    return cms_wrap(&at, dst, len, STRUCTURE);
}
