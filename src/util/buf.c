#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ud_buf_init(struct ud_buf *buf, size_t max)
{
    *buf = (struct ud_buf){.max = max};
    buf->data = ud_alloc(1, 1);
    buf->cap = 1;
}

void ud_buf_done(struct ud_buf *buf)
{
    free(buf->data);
    *buf = (struct ud_buf){0};
}

void ud_buf_clear(struct ud_buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    buf->data[0] = '\0';
}

/* Makes room for extra bytes and the NUL; false if the maximum forbids it. */
static bool buf_reserve(struct ud_buf *buf, size_t extra)
{
    if (buf->overflow || extra > buf->max - buf->len) {
        buf->overflow = true;
        return false;
    }
    size_t need = buf->len + extra + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap * 2 > need ? buf->cap * 2 : need;
        buf->data = ud_realloc(buf->data, cap, 1);
        buf->cap = cap;
    }
    return true;
}

void ud_buf_add(struct ud_buf *buf, const void *data, size_t len)
{
    if (len == 0 || !buf_reserve(buf, len)) {
        return;
    }
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void ud_buf_adds(struct ud_buf *buf, const char *text)
{
    ud_buf_add(buf, text, strlen(text));
}

void ud_buf_addf(struct ud_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n <= 0 || !buf_reserve(buf, (size_t)n)) {
        return;
    }
    va_start(args, fmt);
    (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)n;
}

void ud_buf_drop_front(struct ud_buf *buf, size_t len)
{
    size_t n = len < buf->len ? len : buf->len;
    memmove(buf->data, buf->data + n, buf->len - n + 1);
    buf->len -= n;
}

enum ud_code ud_buf_check(const struct ud_buf *buf, const char *what, struct ud_error *err)
{
    if (!buf->overflow) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s is larger than %zu bytes", what, buf->max);
}

char *ud_buf_take(struct ud_buf *buf, size_t *ret_len)
{
    char *data = buf->data;
    if (ret_len != NULL) {
        *ret_len = buf->len;
    }
    ud_buf_init(buf, buf->max);
    return data;
}
