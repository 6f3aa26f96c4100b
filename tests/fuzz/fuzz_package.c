/* A distribution's package: all of its files are read. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ud_package_options options = {.wants = wants, .file = take, .max_file = FILE_MAX};
    return ud_package_read_memory("it", data, size, &options, NULL) == UD_ERR_INTERRUPTED;
}
