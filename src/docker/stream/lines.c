#include "docker/stream/lines.h"

#include <string.h>

void ud_lines_init(struct ud_lines *lines, size_t max, void (*take)(void *ctx, const char *line),
                   void *ctx)
{
    *lines = (struct ud_lines){.take = take, .ctx = ctx};
    ud_buf_init(&lines->line, max);
}

void ud_lines_done(struct ud_lines *lines)
{
    ud_buf_done(&lines->line);
}

static void lines_end_one(struct ud_lines *lines)
{
    struct ud_buf *line = &lines->line;
    if (line->len > 0 && line->data[line->len - 1] == '\r') {
        line->data[--line->len] = '\0';
    }
    lines->take(lines->ctx, line->len > 0 ? line->data : "");
    ud_buf_clear(line);
}

static enum ud_code lines_write(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct ud_lines *lines = ctx;
    const char *at = data;
    (void)err;
    while (len > 0) {
        const char *end = memchr(at, '\n', len);
        const size_t piece = end != NULL ? (size_t)(end - at) : len;
        const size_t room = lines->line.max - lines->line.len;
        ud_buf_add(&lines->line, at, piece < room ? piece : room);
        if (end != NULL) {
            lines_end_one(lines);
        }
        at += piece + (end != NULL);
        len -= piece + (end != NULL);
    }
    return UD_OK;
}

struct ud_sink ud_lines_sink(struct ud_lines *lines)
{
    return (struct ud_sink){lines_write, lines};
}

void ud_lines_end(struct ud_lines *lines)
{
    if (lines->line.len > 0) {
        lines_end_one(lines);
    }
}

void ud_lines_begin_anew(struct ud_lines *lines)
{
    ud_buf_clear(&lines->line);
}
