#include "srctree/srctree_walk.h"

#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "platform/file.h"
#include "srctree/archive_walk.h"
#include "tar/tarhead.h"
#include "tar/unpack.h"
#include "util/mem.h"

/* Far above any kernel: 6.12 has 90,000. */
enum { ENTRIES_MAX = 2000000 };

static enum ud_code srctree_archive_read_file(void *ctx, void *buf, size_t len, size_t *ret_n,
                                              struct ud_error *err)
{
    return ud_file_read(ctx, buf, len, ret_n, err);
}

static void count_zeros(struct archive_walk *self, const char *data, size_t len)
{
    size_t n = 0;
    while (n < len && n < UD_TAR_BLOCK && data[len - 1 - n] == '\0') {
        n++;
    }
    size_t before = n == len ? self->zeros : 0;
    self->zeros = before + n < UD_TAR_BLOCK ? before + n : UD_TAR_BLOCK;
}

static size_t next_bytes(struct archive_walk *self, const void **ret)
{
    size_t n = ud_unpack_next(self->unpack, ret);
    count_zeros(self, *ret, n);
    return n;
}

static la_ssize_t srctree_archive_on_read(struct archive *tar, void *ctx, const void **ret)
{
    (void)tar;
    return (la_ssize_t)next_bytes(ctx, ret);
}

/* The unpacking's own failure comes first: what it yielded is cut short then. */
static enum ud_code fail_tar(struct archive_walk *self, struct ud_error *err)
{
    const char *name = self->walk.name;
    UD_TRY(ud_unpack_abandon(self->unpack, err));
    if (ud_unpack_bytes_in(self->unpack) == 0) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s is empty", name);
    }
    if (self->walk.entries == 0) {
        return ud_fail(err, UD_ERR_SOURCE,
                       "Name a tar archive, plain or packed with gzip, xz, bzip2 or zstd.",
                       "%s is not a tar archive", name);
    }
    const char *reason = archive_error_string(self->tar);
    return ud_fail(err, UD_ERR_SOURCE, "Fetch it again; it is damaged or cut short.",
                   "cannot read %s: %s", name, reason != NULL ? reason : "damaged data");
}

static enum ud_code open_tar(struct archive_walk *self, struct ud_error *err)
{
    self->opened = true;
    if (archive_read_open(self->tar, self, NULL, srctree_archive_on_read, NULL) != ARCHIVE_OK) {
        return fail_tar(self, err);
    }
    return UD_OK;
}

static enum ud_code tar_next(struct ud_srctree_walk *walk, struct ud_srctree_entry *ret,
                             bool *ret_end, struct ud_error *err)
{
    struct archive_walk *self = (struct archive_walk *)walk;
    bool use = false;
    if (!self->opened) {
        UD_TRY(open_tar(self, err));
    }
    while (!use) {
        struct archive_entry *entry = NULL;
        int status = archive_read_next_header(self->tar, &entry);
        *ret_end = status == ARCHIVE_EOF;
        if (status == ARCHIVE_EOF) {
            return UD_OK;
        }
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return fail_tar(self, err);
        }
        if (++walk->entries > ENTRIES_MAX) {
            return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has more than %d entries", walk->name,
                           ENTRIES_MAX);
        }
        UD_TRY(ud_archive_describe(self, entry, ret, &use, err));
    }
    return UD_OK;
}

static enum ud_code tar_open(struct ud_srctree_walk *walk, struct ud_srctree_entry *entry,
                             struct ud_error *err)
{
    (void)walk;
    (void)entry;
    (void)err;
    return UD_OK;
}

static enum ud_code tar_data(struct ud_srctree_walk *walk, void *buf, size_t len, size_t *ret_n,
                             struct ud_error *err)
{
    struct archive_walk *self = (struct archive_walk *)walk;
    la_ssize_t n = archive_read_data(self->tar, buf, len);
    if (n < 0) {
        return fail_tar(self, err);
    }
    *ret_n = (size_t)n;
    return UD_OK;
}

/* Padding after the last entry; a tar that lacks even one of the zero blocks that end it was cut
 * between two entries, which nothing else notices. The cpio of a package has a last entry. */
static enum ud_code read_to_end(struct archive_walk *self, struct ud_error *err)
{
    const void *data = NULL;
    while (next_bytes(self, &data) > 0) {
    }
    UD_TRY(ud_unpack_finish(self->unpack, err));
    if (ud_unpack_bytes_in(self->unpack) == 0) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s is empty", self->walk.name);
    }
    if (!self->top.packaged && self->zeros < UD_TAR_BLOCK) {
        return ud_fail(err, UD_ERR_SOURCE, "Fetch it again.", "%s is cut short", self->walk.name);
    }
    return UD_OK;
}

static enum ud_code tar_finish(struct ud_srctree_walk *walk, bool whole, struct ud_error *err)
{
    struct archive_walk *self = (struct archive_walk *)walk;
    if (whole) {
        UD_TRY(read_to_end(self, err));
    }
    UD_TRY(ud_unpack_finish(self->unpack, err));
    if (self->sha256 == NULL) {
        return UD_OK;
    }
    const char *found = ud_unpack_digest(self->unpack);
    if (found == NULL || strcmp(found, self->sha256) != 0) {
        return ud_fail(err, UD_ERR_SOURCE, "Fetch it again, from a source that you trust.",
                       "%s is not what was asked for: its SHA-256 is %s, not %s", walk->name,
                       found != NULL ? found : "unknown", self->sha256);
    }
    return UD_OK;
}

static void tar_stats(struct ud_srctree_walk *walk, struct ud_srctree_stats *stats)
{
    const struct archive_walk *self = (const struct archive_walk *)walk;
    stats->in_bytes = ud_unpack_bytes_in(self->unpack);
    stats->in_total = self->in_total;
    stats->unpacked = ud_unpack_bytes_out(self->unpack);
}

static const char *tar_digest(const struct ud_srctree_walk *walk)
{
    return ud_unpack_digest(((const struct archive_walk *)walk)->unpack);
}

static void tar_free(struct ud_srctree_walk *walk)
{
    struct archive_walk *self = (struct archive_walk *)walk;
    ud_unpack_free(self->unpack);
    if (self->tar != NULL) {
        (void)archive_read_free(self->tar);
    }
    ud_file_free(self->file);
    ud_toplevel_done(&self->top);
    free(self->sha256);
    free(self->path);
    free(self->link);
    free(self);
}

static enum ud_code srctree_archive_start(struct archive_walk *self,
                                          const struct ud_srctree_options *options,
                                          struct ud_error *err)
{
    struct ud_unpack_input input = {.read = options->read,
                                    .ctx = options->read_ctx,
                                    .name = self->walk.name,
                                    .digest = options->digest || options->sha256 != NULL};
    self->in_total = options->read_size;
    if (options->read == NULL) {
        UD_TRY(ud_file_open(options->path, &self->file, err));
        UD_TRY(ud_file_size(self->file, &self->in_total, err));
        input.read = srctree_archive_read_file;
        input.ctx = self->file;
    }
    if (archive_read_support_format_tar(self->tar) != ARCHIVE_OK ||
        archive_read_support_format_cpio(self->tar) != ARCHIVE_OK) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "this program's libarchive lacks tar and cpio");
    }
    return ud_unpack_start(&input, &self->unpack, err);
}

enum ud_code ud_srctree_walk_archive_new(const struct ud_srctree_options *options, const char *name,
                                         struct ud_srctree_walk **ret, struct ud_error *err)
{
    struct archive_walk *self = ud_alloc(1, sizeof *self);
    self->walk = (struct ud_srctree_walk){.next = tar_next,
                                          .open = tar_open,
                                          .data = tar_data,
                                          .finish = tar_finish,
                                          .stats = tar_stats,
                                          .digest = tar_digest,
                                          .free = tar_free,
                                          .name = name};
    if (options->sha256 != NULL) {
        self->sha256 = ud_strdup(options->sha256);
        for (char *p = self->sha256; *p != '\0'; p++) {
            *p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
        }
    }
    self->tar = archive_read_new();
    enum ud_code rc = srctree_archive_start(self, options, err);
    if (rc != UD_OK) {
        tar_free(&self->walk);
        return rc;
    }
    *ret = &self->walk;
    return UD_OK;
}
