#include "docker/engine/jsonlines.h"

#include <string.h>

#include "util/str.h"

void ud_jsonlines_init(struct ud_jsonlines *lines, size_t max,
                       enum ud_code (*message)(void *ctx, const char *text, size_t len,
                                               struct ud_error *err),
                       void *ctx)
{
    ud_buf_init(&lines->line, max);
    lines->message = message;
    lines->ctx = ctx;
}

void ud_jsonlines_done(struct ud_jsonlines *lines)
{
    if (lines->line.data != NULL) {
        ud_buf_done(&lines->line);
    }
    *lines = (struct ud_jsonlines){0};
}

static enum ud_code jsonlines_add(struct ud_jsonlines *lines, const char *data, size_t len,
                                  struct ud_error *err)
{
    ud_buf_add(&lines->line, data, len);
    return ud_buf_check(&lines->line, "a message of the engine", err);
}

static enum ud_code jsonlines_emit(struct ud_jsonlines *lines, struct ud_error *err)
{
    struct ud_buf *line = &lines->line;
    while (line->len > 0 && strchr(" \t\r", line->data[line->len - 1]) != NULL) {
        line->data[--line->len] = '\0';
    }
    enum ud_code rc = UD_OK;
    if (line->len > 0) {
        rc = lines->message(lines->ctx, line->data, line->len, err);
    }
    ud_buf_clear(line);
    return rc;
}

enum ud_code ud_jsonlines_feed(struct ud_jsonlines *lines, const void *data, size_t len,
                               struct ud_error *err)
{
    const char *p = data;
    const char *end = p + len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        UD_TRY(jsonlines_add(lines, p, (size_t)((newline != NULL ? newline : end) - p), err));
        if (newline == NULL) {
            break;
        }
        UD_TRY(jsonlines_emit(lines, err));
        p = newline + 1;
    }
    return UD_OK;
}

enum ud_code ud_jsonlines_finish(struct ud_jsonlines *lines, struct ud_error *err)
{
    return jsonlines_emit(lines, err);
}
