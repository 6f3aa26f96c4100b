#include "bundle/package/package.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "util/mem.h"
#include "util/str.h"

enum { PIECE_SIZE = 256 * 1024 };

/* linux-modules-extra of a distribution has 6,000 entries, all files of a kernel 20,000. */
enum { ENTRIES_MAX = 500000 };

/* Where bytes come from: 0 at their end, less if they cannot be had. */
typedef la_ssize_t package_pull(void *ctx, const void **ret);

struct package_reader {
    const char *what;
    const struct ud_package_options *options;
    size_t entries;
    bool is_ar;    /* a .deb, */
    bool has_data; /* whose files are in a member */
};

/* ---- the bytes ---- */

struct package_outer {
    const struct ud_package_input *input;
    char piece[PIECE_SIZE];
    struct ud_error why;
    enum ud_code rc;
};

static la_ssize_t package_pull_outer(void *ctx, const void **ret)
{
    struct package_outer *outer = ctx;
    size_t n = 0;
    outer->rc =
        outer->input->read(outer->input->ctx, outer->piece, sizeof outer->piece, &n, &outer->why);
    *ret = outer->piece;
    return outer->rc == UD_OK ? (la_ssize_t)n : -1;
}

/* A member of another archive. */
struct package_member {
    struct archive *outer;
    char piece[PIECE_SIZE];
};

static la_ssize_t package_pull_member(void *ctx, const void **ret)
{
    struct package_member *member = ctx;
    *ret = member->piece;
    return archive_read_data(member->outer, member->piece, sizeof member->piece);
}

struct package_input {
    package_pull *pull;
    void *ctx;
};

static la_ssize_t package_on_read(struct archive *archive, void *ctx, const void **ret)
{
    const struct package_input *input = ctx;
    la_ssize_t n = input->pull(input->ctx, ret);
    if (n < 0) {
        archive_set_error(archive, EIO, "it cannot be read");
    }
    return n;
}

/* ---- the archive ---- */

static enum ud_code package_damaged(const struct package_reader *reader, struct archive *archive,
                                    struct ud_error *err)
{
    const char *reason = archive_error_string(archive);
    return ud_fail(err, UD_ERR_SOURCE, "Fetch it again.", "cannot read the package %s: %s",
                   reader->what, reason != NULL ? reason : "it is damaged");
}

/* A filter that this libarchive lacks would start an external program, which it says with
 * ARCHIVE_WARN. */
static bool package_supports(struct archive *archive, bool inner)
{
    return archive_read_support_filter_gzip(archive) == ARCHIVE_OK &&
           archive_read_support_filter_bzip2(archive) == ARCHIVE_OK &&
           archive_read_support_filter_xz(archive) == ARCHIVE_OK &&
           archive_read_support_filter_zstd(archive) == ARCHIVE_OK &&
           archive_read_support_format_tar(archive) == ARCHIVE_OK &&
           (inner || (archive_read_support_filter_rpm(archive) == ARCHIVE_OK &&
                      archive_read_support_format_ar(archive) == ARCHIVE_OK &&
                      archive_read_support_format_cpio(archive) == ARCHIVE_OK));
}

static enum ud_code package_read_file(const struct package_reader *reader, struct archive *archive,
                                      const char *path, struct ud_error *err)
{
    struct ud_buf data;
    const void *block = NULL;
    size_t len = 0;
    la_int64_t offset = 0;
    int status = ARCHIVE_OK;
    ud_buf_init(&data, reader->options->max_file);
    while (!data.overflow &&
           (status = archive_read_data_block(archive, &block, &len, &offset)) == ARCHIVE_OK) {
        ud_buf_add(&data, block, len);
    }
    enum ud_code rc;
    if (data.overflow) {
        rc = ud_fail(err, UD_ERR_SOURCE, NULL, "%s of the package %s has more than %zu bytes", path,
                     reader->what, data.max);
    } else if (status != ARCHIVE_EOF) {
        rc = package_damaged(reader, archive, err);
    } else {
        rc = reader->options->file(reader->options->ctx, path, &data, err);
    }
    ud_buf_done(&data);
    return rc;
}

static enum ud_code package_walk(struct package_reader *reader, const struct package_input *input,
                                 bool inner, struct ud_error *err);

static enum ud_code package_walk_member(struct package_reader *reader, struct archive *outer,
                                        struct ud_error *err)
{
    struct package_member *member = ud_alloc(1, sizeof *member);
    const struct package_input input = {package_pull_member, member};
    member->outer = outer;
    enum ud_code rc = package_walk(reader, &input, true, err);
    free(member);
    return rc;
}

/* ".PKGINFO" and the like of an .apk are not below a directory that anybody wants. */
static const char *package_path(const char *path)
{
    while (path[0] == '/' || (path[0] == '.' && path[1] == '/')) {
        path++;
    }
    return path;
}

static enum ud_code package_entry(struct package_reader *reader, struct archive *archive,
                                  struct archive_entry *entry, struct ud_error *err)
{
    const char *name = archive_entry_pathname(entry);
    if (++reader->entries > ENTRIES_MAX) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "the package %s has more than %d entries",
                       reader->what, ENTRIES_MAX);
    }
    if (name == NULL || archive_entry_filetype(entry) != AE_IFREG) {
        return UD_OK;
    }
    if ((archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_AR) {
        const bool is_data = ud_str_starts(name, "data.tar");
        reader->is_ar = true;
        reader->has_data = reader->has_data || is_data;
        return is_data ? package_walk_member(reader, archive, err) : UD_OK;
    }
    char *path = ud_strdup(package_path(name));
    enum ud_code rc = reader->options->wants(reader->options->ctx, path)
                          ? package_read_file(reader, archive, path, err)
                          : UD_OK;
    free(path);
    return rc;
}

static enum ud_code package_walk_open(struct package_reader *reader, struct archive *archive,
                                      struct ud_error *err)
{
    struct archive_entry *entry = NULL;
    for (;;) {
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF) {
            return UD_OK;
        }
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return package_damaged(reader, archive, err);
        }
        UD_TRY(package_entry(reader, archive, entry, err));
    }
}

static enum ud_code package_walk(struct package_reader *reader, const struct package_input *input,
                                 bool inner, struct ud_error *err)
{
    struct archive *archive = archive_read_new();
    if (archive == NULL || !package_supports(archive, inner)) {
        (void)archive_read_free(archive);
        return ud_fail(err, UD_ERR_INTERNAL, NULL,
                       "this program's libarchive cannot read packages");
    }
    enum ud_code rc = UD_OK;
    if (archive_read_open(archive, (void *)input, NULL, package_on_read, NULL) != ARCHIVE_OK) {
        rc = package_damaged(reader, archive, err);
    }
    if (rc == UD_OK) {
        rc = package_walk_open(reader, archive, err);
    }
    (void)archive_read_free(archive);
    return rc;
}

static enum ud_code package_read_all(struct package_outer *outer,
                                     const struct ud_package_options *options, struct ud_error *err)
{
    const char *what = outer->input->name;
    struct package_reader reader = {.what = what, .options = options};
    const struct package_input input = {package_pull_outer, outer};
    UD_TRY(package_walk(&reader, &input, false, err));
    if (reader.is_ar && !reader.has_data) {
        return ud_fail(err, UD_ERR_SOURCE, "Fetch it again.", "the package %s has no files", what);
    }
    if (reader.entries == 0) {
        return ud_fail(err, UD_ERR_SOURCE, "Fetch it again.", "%s is not a package", what);
    }
    return UD_OK;
}

enum ud_code ud_package_read(const struct ud_package_input *input,
                             const struct ud_package_options *options, struct ud_error *err)
{
    struct package_outer *outer = ud_alloc(1, sizeof *outer);
    outer->input = input;
    enum ud_code rc = package_read_all(outer, options, err);
    if (rc != UD_OK && outer->rc != UD_OK) {
        rc = ud_error_pass(err, &outer->why);
    }
    free(outer);
    return rc;
}
