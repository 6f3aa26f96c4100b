/* The first byte chooses the size of the pieces and the second the reader:
 * the multiplexed output of a container, or a stream of JSON messages. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "docker/engine/demux.h"
#include "docker/engine/jsonlines.h"

enum { LINE_MAX_LEN = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ud_code add(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    const unsigned char *bytes = data;
    size_t *sum = ctx;
    (void)err;
    for (size_t i = 0; i < len; i++) {
        *sum += bytes[i];
    }
    return UD_OK;
}

static enum ud_code add_line(void *ctx, const char *text, size_t len, struct ud_error *err)
{
    if (len == 0 || len > LINE_MAX_LEN || text[len] != '\0' || memchr(text, '\n', len) != NULL) {
        __builtin_trap();
    }
    return add(ctx, text, len, err);
}

static void read_output(const uint8_t *data, size_t size, size_t piece)
{
    struct ud_demux demux;
    struct ud_error err = {0};
    size_t sum = 0;
    const struct ud_sink sink = {add, &sum};
    ud_demux_init(&demux, &sink, &sink);
    enum ud_code rc = UD_OK;
    for (size_t at = 0; at < size && rc == UD_OK; at += piece) {
        rc = ud_demux_feed(&demux, data + at, size - at < piece ? size - at : piece, &err);
    }
    if (rc == UD_OK) {
        rc = ud_demux_finish(&demux, &err);
    }
    if (rc != err.code) {
        __builtin_trap();
    }
    ud_demux_done(&demux);
}

static void read_messages(const uint8_t *data, size_t size, size_t piece)
{
    struct ud_jsonlines lines;
    struct ud_error err = {0};
    size_t sum = 0;
    ud_jsonlines_init(&lines, LINE_MAX_LEN, add_line, &sum);
    enum ud_code rc = UD_OK;
    for (size_t at = 0; at < size && rc == UD_OK; at += piece) {
        rc = ud_jsonlines_feed(&lines, data + at, size - at < piece ? size - at : piece, &err);
    }
    if (rc == UD_OK) {
        rc = ud_jsonlines_finish(&lines, &err);
    }
    if (rc != err.code) {
        __builtin_trap();
    }
    ud_jsonlines_done(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    size_t piece = data[0] != 0 ? data[0] : size;
    if (data[1] % 2 == 0) {
        read_output(data + 2, size - 2, piece);
    } else {
        read_messages(data + 2, size - 2, piece);
    }
    return 0;
}
