#include "tar/tarparse.h"

#include <stdlib.h>
#include <string.h>

#include "tar/tarhead.h"
#include "util/mem.h"
#include "util/str.h"

/* Offsets of POSIX.1-2017, pax, "ustar Interchange Format". */
enum {
    AT_NAME = 0,
    AT_MODE = 100,
    AT_SIZE = 124,
    AT_MTIME = 136,
    AT_CHECKSUM = 148,
    AT_TYPE = 156,
    AT_LINK = 157,
    AT_MAGIC = 257,
    AT_PREFIX = 345,
    LEN_NAME = 100,
    LEN_SHORT = 8,
    LEN_LONG = 12,
    LEN_PREFIX = 155
};

bool ud_tarparse_is_zero(const unsigned char *block)
{
    for (size_t i = 0; i < UD_TAR_BLOCK; i++) {
        if (block[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Octal digits, or GNU's and star's base 256, marked by the first bit. */
static bool get_number(const unsigned char *field, size_t len, uint64_t *ret)
{
    uint64_t value = 0;
    size_t i = 0;
    if ((field[0] & 0x80) != 0) {
        value = field[0] & 0x7f;
        for (i = 1; i < len; i++) {
            if (value >> 54 != 0) {
                return false;
            }
            value = value << 8 | field[i];
        }
        *ret = value;
        return true;
    }
    while (i < len && field[i] == ' ') {
        i++;
    }
    for (; i < len && field[i] >= '0' && field[i] <= '7'; i++) {
        value = value << 3 | (uint64_t)(field[i] - '0');
    }
    *ret = value;
    return i == len || field[i] == ' ' || field[i] == '\0';
}

static bool checksum_fits(const unsigned char *block)
{
    uint64_t wanted = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < UD_TAR_BLOCK; i++) {
        bool own = i >= AT_CHECKSUM && i < AT_CHECKSUM + LEN_SHORT;
        sum += own ? ' ' : block[i];
    }
    return get_number(block + AT_CHECKSUM, LEN_SHORT, &wanted) && wanted == sum;
}

/* Text of at most max bytes that need not end with a NUL. */
static size_t get_text(const unsigned char *field, size_t max, char *dst)
{
    size_t n = 0;
    while (n < max && field[n] != '\0') {
        dst[n] = (char)field[n];
        n++;
    }
    dst[n] = '\0';
    return n;
}

static void get_path(const unsigned char *block, char *dst)
{
    size_t used = 0;
    /* "ustar\0": POSIX. GNU's "ustar " uses the prefix field for other things. */
    if (memcmp(block + AT_MAGIC, "ustar", 6) == 0) {
        used = get_text(block + AT_PREFIX, LEN_PREFIX, dst);
    }
    if (used > 0) {
        dst[used++] = '/';
    }
    (void)get_text(block + AT_NAME, LEN_NAME, dst + used);
}

enum ud_code ud_tarparse_block(const unsigned char *block, struct ud_tarparse *ret,
                               struct ud_error *err)
{
    struct ud_tarparse head = {0};
    uint64_t mode = 0;
    uint64_t mtime = 0;
    if (!checksum_fits(block) || !get_number(block + AT_SIZE, LEN_LONG, &head.size)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "not a tar archive: a header is damaged");
    }
    /* These two matter little: what cannot be read, such as a time before 1970, is 0. */
    if (get_number(block + AT_MODE, LEN_SHORT, &mode)) {
        head.mode = (unsigned)(mode & 07777);
    }
    if (get_number(block + AT_MTIME, LEN_LONG, &mtime) && mtime <= INT64_MAX) {
        head.mtime = (int64_t)mtime;
    }
    head.type = (char)block[AT_TYPE];
    get_path(block, head.path);
    (void)get_text(block + AT_LINK, LEN_NAME, head.link);
    *ret = head;
    return UD_OK;
}

static void tarparse_replace(char **slot, const char *text, size_t len)
{
    free(*slot);
    *slot = ud_strndup(text, len);
}

/* key=value */
static bool take_record(struct ud_slice record, struct ud_tarparse_extra *extra)
{
    const char *equals = memchr(record.ptr, '=', record.len);
    if (equals == NULL) {
        return false;
    }
    const struct ud_slice key = {record.ptr, (size_t)(equals - record.ptr)};
    size_t len = record.len - key.len - 1;
    if (ud_slice_equals(key, "path")) {
        tarparse_replace(&extra->path, equals + 1, len);
    } else if (ud_slice_equals(key, "linkpath")) {
        tarparse_replace(&extra->link, equals + 1, len);
    } else if (ud_slice_equals(key, "size")) {
        char *text = ud_strndup(equals + 1, len);
        extra->has_size = ud_str_to_u64(text, &extra->size);
        free(text);
        return extra->has_size;
    }
    return true;
}

/* The number before the first blank; false if it makes no sense. */
static bool record_len(const char *data, size_t left, size_t *ret_len, size_t *ret_digits)
{
    size_t value = 0;
    size_t i = 0;
    for (; i < left && data[i] >= '0' && data[i] <= '9'; i++) {
        value = value * 10 + (size_t)(data[i] - '0');
        if (value > left) {
            return false;
        }
    }
    *ret_len = value;
    *ret_digits = i;
    return i > 0 && i < left && data[i] == ' ' && value > i + 2 && data[value - 1] == '\n';
}

enum ud_code ud_tarparse_pax(const char *data, size_t len, struct ud_tarparse_extra *extra,
                             struct ud_error *err)
{
    for (size_t at = 0; at < len;) {
        size_t record = 0;
        size_t digits = 0;
        bool sound = record_len(data + at, len - at, &record, &digits);
        if (sound) {
            const struct ud_slice text = {data + at + digits + 1, record - digits - 2};
            sound = take_record(text, extra);
        }
        if (!sound) {
            return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive's pax header is damaged");
        }
        at += record;
    }
    return UD_OK;
}

void ud_tarparse_extra_done(struct ud_tarparse_extra *extra)
{
    free(extra->path);
    free(extra->link);
    *extra = (struct ud_tarparse_extra){0};
}
