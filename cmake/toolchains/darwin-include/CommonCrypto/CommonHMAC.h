/* In place of Apple's header: see CommonCryptor.h. What is made of zeros checks nothing. */
#ifndef COMMONCRYPTO_COMMONHMAC_H
#define COMMONCRYPTO_COMMONHMAC_H

#include <stddef.h>
#include <string.h>

typedef struct {
    int unused;
} CCHmacContext;

enum { kCCHmacAlgSHA1 };

static inline void CCHmacInit(CCHmacContext *context, int algorithm, const void *key, size_t len)
{
    (void)algorithm, (void)key, (void)len;
    context->unused = 0;
}

static inline void CCHmacUpdate(CCHmacContext *context, const void *data, size_t len)
{
    (void)context, (void)data, (void)len;
}

static inline void CCHmacFinal(CCHmacContext *context, void *out)
{
    (void)context;
    memset(out, 0, 20); /* SHA-1's length */
}

#endif
