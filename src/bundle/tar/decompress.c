#include "bundle/tar/decompress.h"

#include <stdint.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "tar/unpack.h"

bool ud_decompress_is_packed(const void *data, size_t len)
{
    static const struct {
        const char *bytes;
        size_t len;
    } magics[] = {
        {"\x1f\x8b\x08", 3},
        {"\xfd"
         "7zXZ\0",
         6},
        {"BZh", 3},
        {"\x28\xb5\x2f\xfd", 4},
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (len >= magics[i].len && memcmp(data, magics[i].bytes, magics[i].len) == 0) {
            return true;
        }
    }
    return false;
}

static enum ud_code decompress_fail_damaged(struct archive *reader, const char *what,
                                            struct ud_error *err)
{
    const char *reason = archive_error_string(reader);
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s cannot be unpacked: %s", what,
                   reason != NULL ? reason : "it is damaged");
}

static enum ud_code decompress_unpack(struct archive *reader, const char *what, struct ud_buf *out,
                                      struct ud_error *err)
{
    for (;;) {
        const void *block = NULL;
        size_t len = 0;
        la_int64_t offset = 0;
        int status = archive_read_data_block(reader, &block, &len, &offset);
        if (status == ARCHIVE_EOF) {
            return UD_OK;
        }
        if (status != ARCHIVE_OK) {
            return decompress_fail_damaged(reader, what, err);
        }
        ud_buf_add(out, block, len);
        UD_TRY(ud_buf_check(out, what, err));
    }
}

static enum ud_code unpack_memory(const char *what, const void *data, size_t len,
                                  struct ud_buf *out, struct ud_error *err)
{
    struct archive *reader = NULL;
    UD_TRY(ud_filters_reader(&reader, err));
    struct archive_entry *entry = NULL;
    enum ud_code rc;
    if (archive_read_open_memory(reader, data, len) != ARCHIVE_OK ||
        archive_read_next_header(reader, &entry) != ARCHIVE_OK ||
        archive_filter_code(reader, 0) == ARCHIVE_FILTER_NONE) {
        rc = decompress_fail_damaged(reader, what,
                                     err); /* or too short for libarchive to recognize */
    } else {
        rc = decompress_unpack(reader, what, out, err);
    }
    (void)archive_read_free(reader);
    return rc;
}

enum ud_code ud_decompress(const char *what, const void *data, size_t len, struct ud_buf *out,
                           struct ud_error *err)
{
    size_t before = out->len;
    enum ud_code rc;
    if (ud_decompress_is_packed(data, len)) {
        rc = unpack_memory(what, data, len, out, err);
    } else {
        ud_buf_add(out, data, len);
        rc = ud_buf_check(out, what, err);
    }
    if (rc != UD_OK) {
        out->len = before;
        out->data[before] = '\0';
        out->overflow = false;
    }
    return rc;
}
