/* In place of Apple's header: see CommonCryptor.h. */
#ifndef COMMONCRYPTO_COMMONKEYDERIVATION_H
#define COMMONCRYPTO_COMMONKEYDERIVATION_H

#include <CommonCrypto/CommonCryptor.h>
#include <string.h>

enum { kCCPBKDF2 = 2, kCCPRFHmacAlgSHA1 = 1 };

static inline int CCKeyDerivationPBKDF(int algorithm, const char *password, size_t password_len,
                                       const uint8_t *salt, size_t salt_len, int prf,
                                       unsigned rounds, uint8_t *derived, size_t derived_len)
{
    (void)algorithm, (void)password, (void)password_len, (void)salt, (void)salt_len, (void)prf;
    (void)rounds;
    memset(derived, 0, derived_len); /* libarchive does not look at what is returned */
    return kCCUnimplemented;
}

#endif
