/* What the two files about a signer share. */
#ifndef BUNDLE_SIGNER_SIGNER_PARTS_H
#define BUNDLE_SIGNER_SIGNER_PARTS_H

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "bundle/signer/signer.h"

struct ud_signer {
    mbedtls_pk_context key;
    mbedtls_x509_crt chain;
    const mbedtls_x509_crt *cert; /* the one of the key, in chain */
    mbedtls_md_type_t md;
    const char *hash;
    char *key_id;
    char *subject;
};

/* Random bytes as mbedtls wants them: keeps what signing does from being timed. */
int ud_signer_random(void *ctx, unsigned char *dst, size_t len);

#endif
