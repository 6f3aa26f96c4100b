#include "tar/filters.h"

enum ud_code ud_filters_reader(struct archive **ret, struct ud_error *err)
{
    struct archive *reader = archive_read_new();
    if (reader == NULL) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libarchive cannot start: out of memory");
    }
    if (archive_read_support_filter_gzip(reader) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(reader) != ARCHIVE_OK ||
        archive_read_support_filter_xz(reader) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(reader) != ARCHIVE_OK ||
        archive_read_support_format_raw(reader) != ARCHIVE_OK) {
        (void)archive_read_free(reader);
        return ud_fail(err, UD_ERR_INTERNAL, NULL,
                       "this program's libarchive lacks gzip, bzip2, xz or zstd");
    }
    *ret = reader;
    return UD_OK;
}
