/* Archives for tests, sound and hostile, made with libarchive. */
#ifndef TEST_MAKETAR_H
#define TEST_MAKETAR_H

#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "util/mem.h"

struct maketar {
    struct archive *archive;
    char *data;
    size_t len;
    size_t size;
};

static inline void maketar_begin(struct maketar *tar, int filter)
{
    tar->size = 8 * 1024 * 1024;
    tar->data = ud_alloc(tar->size, 1);
    tar->len = 0;
    tar->archive = archive_write_new();
    if (archive_write_add_filter(tar->archive, filter) != ARCHIVE_OK ||
        archive_write_set_format_gnutar(tar->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(tar->archive, 0) != ARCHIVE_OK ||
        archive_write_open_memory(tar->archive, tar->data, tar->size, &tar->len) != ARCHIVE_OK) {
        abort();
    }
}

/* type is AE_IFREG and so on; link makes it a hard link unless the type is AE_IFLNK. */
static inline void maketar_add(struct maketar *tar, unsigned type, const char *path,
                               const char *link, const void *data, size_t len)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, strstr(path, ".sh") != NULL || type == AE_IFDIR ? 0755 : 0640);
    archive_entry_set_mtime(entry, 1500000000, 0);
    archive_entry_set_uid(entry, 1234);
    archive_entry_set_size(entry, (la_int64_t)len);
    if (link != NULL && type == AE_IFLNK) {
        archive_entry_set_symlink(entry, link);
    } else if (link != NULL) {
        archive_entry_set_hardlink(entry, link);
    }
    if (archive_write_header(tar->archive, entry) != ARCHIVE_OK ||
        (len > 0 && archive_write_data(tar->archive, data, len) != (la_ssize_t)len)) {
        abort();
    }
    archive_entry_free(entry);
}

static inline void maketar_file(struct maketar *tar, const char *path, const char *text)
{
    maketar_add(tar, AE_IFREG, path, NULL, text, strlen(text));
}

/* Complete in tar->data, tar->len; free data. */
static inline void maketar_end(struct maketar *tar)
{
    if (archive_write_close(tar->archive) != ARCHIVE_OK) {
        abort();
    }
    (void)archive_write_free(tar->archive);
}

#endif
