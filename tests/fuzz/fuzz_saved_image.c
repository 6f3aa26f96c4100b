/* The first byte chooses the size of the pieces, the rest is a saved image as an
 * engine might send it: an image is composed on it. What comes out must be a whole
 * archive whenever that is said to have gone well. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bundle/tar/tarread.h"
#include "images/compose_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 4 << 20 };

static enum ud_code take(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    ud_buf_add(ctx, data, len);
    return ud_buf_check(ctx, "the archive", err);
}

static enum ud_code entry(void *ctx, const struct ud_tarread_entry *e, struct ud_error *err)
{
    size_t *count = ctx;
    (void)e;
    (void)err;
    *count += 1;
    return UD_OK;
}

static void check_whole(const struct ud_buf *out)
{
    size_t count = 0;
    const struct ud_tarread_options options = {
        .entry = entry, .ctx = &count, .max_entries = 1 << 20, .max_file = OUT_MAX};
    struct ud_tarread *tar = ud_tarread_new(&options);
    if (ud_tarread_feed(tar, out->data, out->len, NULL) != UD_OK ||
        ud_tarread_finish(tar, NULL) != UD_OK || count < 4) {
        abort(); /* layer, its folder, configuration and manifest at least */
    }
    ud_tarread_free(tar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_buf layer;
    struct ud_buf out;
    enum ud_code rc = UD_OK;
    if (size == 0) {
        return 0;
    }
    ud_buf_init(&layer, 16);
    ud_buf_init(&out, OUT_MAX);
    ud_buf_adds(&layer, "layer");
    const struct ud_compose compose = {
        .base = "base", .name = "new:1", .arch = "amd64", .layer = &layer, .workdir = "/"};
    const struct ud_sink sink = {take, &out};
    struct ud_compose_stream *stream = ud_compose_stream_new(&compose, &sink);
    const size_t piece = (size_t)data[0] * 16 + 1;
    for (size_t at = 1; at < size && rc == UD_OK; at += piece) {
        rc = ud_compose_stream_feed(stream, data + at, piece < size - at ? piece : size - at, NULL);
    }
    if (rc == UD_OK && ud_compose_stream_finish(stream, NULL) == UD_OK) {
        check_whole(&out);
    }
    ud_compose_stream_free(stream);
    ud_buf_done(&out);
    ud_buf_done(&layer);
    return 0;
}
