/* In place of Apple's header, which zig does not have. libarchive takes it on macOS without being
 * asked, for archives that are encrypted, and nothing here reads those (third_party/recipes.cmake):
 * a cipher cannot be made. */
#ifndef COMMONCRYPTO_COMMONCRYPTOR_H
#define COMMONCRYPTO_COMMONCRYPTOR_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t CCCryptorStatus;
typedef void *CCCryptorRef;

enum { kCCSuccess = 0, kCCUnimplemented = -4305 };
enum { kCCEncrypt, kCCModeECB, kCCAlgorithmAES128, kCCAlgorithmAES = kCCAlgorithmAES128 };
enum { ccNoPadding, kCCKeySizeAES256 = 32 };

static inline CCCryptorStatus CCCryptorCreateWithMode(int op, int mode, int algorithm, int padding,
                                                      const void *iv, const void *key, size_t len,
                                                      const void *tweak, size_t tweak_len,
                                                      int rounds, int options, CCCryptorRef *ret)
{
    (void)op, (void)mode, (void)algorithm, (void)padding, (void)iv, (void)key, (void)len;
    (void)tweak, (void)tweak_len, (void)rounds, (void)options;
    *ret = NULL;
    return kCCUnimplemented;
}

static inline CCCryptorStatus CCCryptorReset(CCCryptorRef cryptor, const void *iv)
{
    (void)cryptor, (void)iv;
    return kCCUnimplemented;
}

static inline CCCryptorStatus CCCryptorUpdate(CCCryptorRef cryptor, const void *in, size_t len,
                                              void *out, size_t room, size_t *ret_len)
{
    (void)cryptor, (void)in, (void)len, (void)out, (void)room, (void)ret_len;
    return kCCUnimplemented;
}

static inline CCCryptorStatus CCCryptorRelease(CCCryptorRef cryptor)
{
    (void)cryptor;
    return kCCSuccess;
}

#endif
