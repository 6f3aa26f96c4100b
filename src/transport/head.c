#include "head.h"

#include <string.h>

#include "util/str.h"

void ud_head_init(struct ud_head *head)
{
    *head = (struct ud_head){0};
    ud_buf_init(&head->line, UD_HEAD_BYTES_MAX);
}

void ud_head_done(struct ud_head *head)
{
    ud_strv_done(&head->headers);
    if (head->line.data != NULL) {
        ud_buf_done(&head->line);
    }
    *head = (struct ud_head){0};
}

static bool head_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 101 UPGRADED"; the words are for people. */
static enum ud_code take_status(struct ud_head *head, const char *line, struct ud_error *err)
{
    const char *code = line + strcspn(line, " ");
    code += *code == ' ' ? 1 : 0;
    bool good = ud_str_starts(line, "HTTP/1.") && head_digit(code[0]) && head_digit(code[1]) &&
                head_digit(code[2]) && (code[3] == ' ' || code[3] == '\0') && code[0] != '0';
    if (!good) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the answer is not HTTP");
    }
    head->status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    return UD_OK;
}

static bool head_interim(int status)
{
    return status < 200 && status != 101;
}

static enum ud_code head_take_line(struct ud_head *head, struct ud_error *err)
{
    struct ud_buf *line = &head->line;
    if (line->len > 0 && line->data[line->len - 1] == '\r') {
        line->data[--line->len] = '\0';
    }
    if (head->status == 0) {
        return take_status(head, line->data, err);
    }
    if (line->len > 0) {
        ud_strv_addn(&head->headers, line->data, line->len);
        return UD_OK;
    }
    head->done = !head_interim(head->status);
    if (!head->done) {
        ud_strv_done(&head->headers);
        head->headers = (struct ud_strv){0};
        head->status = 0;
    }
    return UD_OK;
}

enum ud_code ud_head_feed(struct ud_head *head, const char *data, size_t len, size_t *ret_used,
                          struct ud_error *err)
{
    size_t used = 0;
    while (used < len && !head->done) {
        const char *end = memchr(data + used, '\n', len - used);
        size_t part = end != NULL ? (size_t)(end - (data + used)) : len - used;
        head->bytes += part + (end != NULL ? 1 : 0);
        if (head->bytes > UD_HEAD_BYTES_MAX) {
            return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the answer's header is over %d KiB",
                           UD_HEAD_BYTES_MAX / 1024);
        }
        ud_buf_add(&head->line, data + used, part);
        used += part + (end != NULL ? 1 : 0);
        if (end != NULL) {
            UD_TRY(head_take_line(head, err));
            ud_buf_clear(&head->line);
        }
    }
    *ret_used = used;
    return UD_OK;
}

static bool head_take_size(struct ud_slice *rest, size_t *ret)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    uint32_t size = 0;
    if (end == NULL) {
        return false;
    }
    struct ud_slice line = {rest->ptr, (size_t)(end - rest->ptr)};
    const char *extension = memchr(line.ptr, ';', line.len);
    line.len = extension != NULL ? (size_t)(extension - line.ptr) : line.len;
    line.len -= line.len > 0 && line.ptr[line.len - 1] == '\r' ? 1 : 0;
    rest->len -= (size_t)(end + 1 - rest->ptr);
    rest->ptr = end + 1;
    *ret = ud_slice_hex_to_u32(line, &size) ? size : 0;
    return true;
}

static void head_skip(struct ud_slice *rest, char c)
{
    if (rest->len > 0 && rest->ptr[0] == c) {
        rest->ptr++;
        rest->len--;
    }
}

size_t ud_head_unchunk(char *data, size_t len, bool *ret_whole)
{
    struct ud_slice rest = {data, len};
    size_t used = 0;
    size_t size = 0;
    *ret_whole = false;
    while (head_take_size(&rest, &size)) {
        if (size == 0) {
            *ret_whole = true;
            break;
        }
        size_t part = size < rest.len ? size : rest.len;
        memmove(data + used, rest.ptr, part);
        used += part;
        rest.ptr += part;
        rest.len -= part;
        head_skip(&rest, '\r');
        head_skip(&rest, '\n');
    }
    return used;
}
