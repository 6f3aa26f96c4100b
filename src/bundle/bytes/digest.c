#include "bundle/bytes/digest.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "platform/file.h"
#include "util/mem.h"
#include "util/str.h"

enum { PIECE = 256 * 1024 };

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

enum ud_code ud_digest_file(const char *path, char hex[UD_DIGEST_HEX_SIZE], struct ud_error *err)
{
    struct ud_file *file = NULL;
    UD_TRY(ud_file_open(path, &file, err));
    struct ud_digest *digest = ud_digest_new();
    char *piece = ud_alloc(PIECE, 1);
    size_t n = 0;
    enum ud_code rc = UD_OK;
    do {
        rc = ud_file_read(file, piece, PIECE, &n, err);
        ud_digest_add(digest, piece, rc == UD_OK ? n : 0);
    } while (rc == UD_OK && n > 0);
    ud_digest_hex(digest, hex);
    ud_digest_free(digest);
    free(piece);
    ud_file_free(file);
    return rc;
}

bool ud_digest_is_hex(const char *text)
{
    const char *digits = "0123456789abcdefABCDEF";
    return strlen(text) == UD_DIGEST_SIZE * 2 && strspn(text, digits) == UD_DIGEST_SIZE * 2;
}
