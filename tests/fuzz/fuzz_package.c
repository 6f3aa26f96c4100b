/* A distribution's package: all of its files are read. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/package/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 16 };

static bool wants(void *ctx, const char *path)
{
    (void)ctx;
    return path[0] != '/' && path[0] != '\0';
}

static enum ud_code take(void *ctx, const char *path, struct ud_buf *file, struct ud_error *err)
{
    (void)ctx;
    (void)err;
    if (path[0] == '/' || file->len > FILE_MAX) {
        abort();
    }
    return UD_OK;
}

/* All at once. */
struct memory {
    const uint8_t *data;
    size_t len;
};

static enum ud_code pull(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *err)
{
    struct memory *memory = ctx;
    (void)err;
    *ret_n = len < memory->len ? len : memory->len;
    memcpy(buf, memory->data, *ret_n);
    memory->data += *ret_n;
    memory->len -= *ret_n;
    return UD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory memory = {data, size};
    const struct ud_package_input input = {pull, &memory, "it"};
    const struct ud_package_options options = {.wants = wants, .file = take, .max_file = FILE_MAX};
    return ud_package_read(&input, &options, NULL) == UD_ERR_INTERRUPTED;
}
