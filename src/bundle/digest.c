#include "bundle/digest.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "util/mem.h"
#include "util/str.h"

struct ud_digest {
    mbedtls_sha256_context sha;
};

/* The calls below fail only for a hardware engine's failure, and there is none. */
struct ud_digest *ud_digest_new(void)
{
    const int sha224 = 0;
    struct ud_digest *digest = ud_alloc(1, sizeof *digest);
    mbedtls_sha256_init(&digest->sha);
    (void)mbedtls_sha256_starts(&digest->sha, sha224);
    return digest;
}

void ud_digest_free(struct ud_digest *digest)
{
    if (digest != NULL) {
        mbedtls_sha256_free(&digest->sha);
        free(digest);
    }
}

void ud_digest_add(struct ud_digest *digest, const void *data, size_t len)
{
    (void)mbedtls_sha256_update(&digest->sha, data, len);
}

void ud_digest_hex(struct ud_digest *digest, char hex[UD_DIGEST_HEX_SIZE])
{
    unsigned char bytes[UD_DIGEST_SIZE];
    (void)mbedtls_sha256_finish(&digest->sha, bytes);
    ud_str_hex(bytes, sizeof bytes, hex);
}

void ud_digest_of(const void *data, size_t len, char hex[UD_DIGEST_HEX_SIZE])
{
    struct ud_digest *digest = ud_digest_new();
    ud_digest_add(digest, data, len);
    ud_digest_hex(digest, hex);
    ud_digest_free(digest);
}

bool ud_digest_is_hex(const char *text)
{
    const char *digits = "0123456789abcdefABCDEF";
    return strlen(text) == UD_DIGEST_SIZE * 2 && strspn(text, digits) == UD_DIGEST_SIZE * 2;
}
