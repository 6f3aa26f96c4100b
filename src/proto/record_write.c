#include "proto/record.h"

#include <stdio.h>
#include <string.h>

static size_t bounded_len(const char *text, size_t max)
{
    const char *end = memchr(text, '\0', max);
    return end != NULL ? (size_t)(end - text) : max;
}

static void record_write_add_header(struct ud_buf *buf, enum ud_record_type type, size_t len)
{
    unsigned char header[UD_RECORD_HEADER_SIZE] = {(unsigned char)type};
    header[4] = (unsigned char)(len >> 24 & 0xff);
    header[5] = (unsigned char)(len >> 16 & 0xff);
    header[6] = (unsigned char)(len >> 8 & 0xff);
    header[7] = (unsigned char)(len & 0xff);
    ud_buf_add(buf, header, sizeof header);
}

/* name NUL middle text: every type but BLOB is of this shape. middle ends with its own NUL and
 * is counted by middle_len. */
static void add_texts(struct ud_buf *buf, enum ud_record_type type, const char *name,
                      const char *middle, size_t middle_len, const char *text)
{
    size_t name_len = bounded_len(name, UD_RECORD_NAME_MAX);
    size_t used = name_len + 1 + middle_len;
    size_t text_len = bounded_len(text, UD_RECORD_PAYLOAD_MAX - used);
    record_write_add_header(buf, type, used + text_len);
    ud_buf_add(buf, name, name_len);
    ud_buf_add(buf, "", 1);
    ud_buf_add(buf, middle, middle_len);
    ud_buf_add(buf, text, text_len);
}

void ud_record_add_hello(struct ud_buf *buf, const char *version)
{
    size_t len = bounded_len(version, UD_RECORD_NAME_MAX);
    record_write_add_header(buf, UD_RECORD_HELLO, len);
    ud_buf_add(buf, version, len);
}

void ud_record_add_fact(struct ud_buf *buf, const char *key, const char *value)
{
    add_texts(buf, UD_RECORD_FACT, key, "", 0, value);
}

void ud_record_add_result(struct ud_buf *buf, const char *name, enum ud_verdict verdict, int errnum,
                          const char *detail)
{
    char middle[64];
    int len = snprintf(middle, sizeof middle, "%s%c%d%c", ud_verdict_name(verdict), 0,
                       errnum > 0 ? errnum : 0, 0);
    add_texts(buf, UD_RECORD_RESULT, name, middle, len > 0 ? (size_t)len : 0, detail);
}

void ud_record_add_klog(struct ud_buf *buf, const char *name, const char *line)
{
    add_texts(buf, UD_RECORD_KLOG, name, "", 0, line);
}

void ud_record_add_end(struct ud_buf *buf, enum ud_code code, const char *message)
{
    add_texts(buf, UD_RECORD_END, ud_error_name(code), "", 0, message);
}

void ud_record_add_blob(struct ud_buf *buf, const char *key, const void *data, size_t len)
{
    size_t key_len = bounded_len(key, UD_RECORD_NAME_MAX);
    size_t room = UD_RECORD_PAYLOAD_MAX - key_len - 1;
    const char *bytes = data;
    do {
        size_t piece = len < room ? len : room;
        record_write_add_header(buf, UD_RECORD_BLOB, key_len + 1 + piece);
        ud_buf_add(buf, key, key_len);
        ud_buf_add(buf, "", 1);
        ud_buf_add(buf, bytes, piece);
        bytes += piece;
        len -= piece;
    } while (len > 0);
}
