/* A CMS SignedData (RFC 5652) of the one form that modules bear: detached, one
 * signer, no certificates, no attributes. */
#ifndef BUNDLE_SIGNER_CMS_H
#define BUNDLE_SIGNER_CMS_H

#include <stddef.h>

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509.h>

struct ud_cms {
    const mbedtls_x509_buf *issuer; /* a Name in DER */
    const mbedtls_x509_buf *serial; /* the content of its INTEGER */
    mbedtls_md_type_t md;
    mbedtls_pk_type_t pk; /* MBEDTLS_PK_RSA or MBEDTLS_PK_ECDSA */
    const unsigned char *signature;
    size_t signature_len;
};

/* Writes to the end of dst and returns the length, or a negative error of mbedtls:
 * no room, or no object identifier for the two algorithms. */
int ud_cms_write(const struct ud_cms *cms, unsigned char *dst, size_t size);

#endif
