/* The first byte is the size of the pieces: an answer's header, and what
 * follows as a body in chunks. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_body(const uint8_t *data, size_t size)
{
    char *copy = ud_alloc(size + 1, 1);
    bool whole = false;
    memcpy(copy, data, size);
    if (ud_head_unchunk(copy, size, &whole) > size) {
        __builtin_trap();
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_head head;
    struct ud_error err = {0};
    if (size < 1) {
        return 0;
    }
    size_t piece = data[0] != 0 ? data[0] : size;
    size_t at = 1;
    enum ud_code rc = UD_OK;
    ud_head_init(&head);
    while (at < size && rc == UD_OK && !head.done) {
        size_t used = 0;
        size_t part = size - at < piece ? size - at : piece;
        rc = ud_head_feed(&head, (const char *)data + at, part, &used, &err);
        if (rc == UD_OK && (used > part || (used < part && !head.done))) {
            __builtin_trap();
        }
        at += used;
    }
    if (rc != err.code || (head.done && (head.status < 101 || head.status > 999))) {
        __builtin_trap();
    }
    read_body(data + (at < size ? at : size), size - (at < size ? at : size));
    ud_head_done(&head);
    return 0;
}
