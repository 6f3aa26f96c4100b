#include "srctree/archive_walk.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/path.h"

/* Far above any kernel: 6.12 has no file above 30 MiB. */
enum { PATH_LEN_MAX = 1024, FILE_SIZE_MAX = 512 * 1024 * 1024 };

static enum ud_code clean_path(const struct archive_walk *self, const char *raw, char **ret,
                               struct ud_error *err)
{
    if (strlen(raw) > PATH_LEN_MAX) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has a path of more than %d bytes",
                       self->walk.name, PATH_LEN_MAX);
    }
    enum ud_path_verdict verdict = ud_path_clean(raw, ret);
    if (verdict != UD_PATH_OK) {
        return ud_fail(err, UD_ERR_SOURCE, "Do not trust this archive.", "%s has an entry %s: %s",
                       self->walk.name, ud_path_verdict_text(verdict), raw);
    }
    return UD_OK;
}

/* Cleans a path of the archive into *slot; *ret_rest is the part below the top. */
static enum ud_code take_path(struct archive_walk *self, const char *raw, bool is_dir, char **slot,
                              const char **ret_rest, struct ud_error *err)
{
    free(*slot);
    *slot = NULL;
    UD_TRY(clean_path(self, raw, slot, err));
    enum ud_code rc = ud_toplevel_strip(&self->top, *slot, is_dir, ret_rest, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s", self->walk.name);
    }
    return rc;
}

static enum ud_code check_type(const struct archive_walk *self, struct archive_entry *entry,
                               const char *path, struct ud_error *err)
{
    unsigned type = archive_entry_filetype(entry);
    la_int64_t size = archive_entry_size(entry);
    bool known = type == AE_IFREG || type == AE_IFDIR || type == AE_IFLNK ||
                 archive_entry_hardlink(entry) != NULL;
    if (!known) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has a device or pipe: %s", self->walk.name,
                       path);
    }
    if (size < 0 || size > FILE_SIZE_MAX) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has a file that is too large: %s",
                       self->walk.name, path);
    }
    return UD_OK;
}

/* What the walk gives out, once the entry is known to be sound and named well. */
static enum ud_code archive_describe_fill(struct archive_walk *self, struct archive_entry *entry,
                                          const char *path, struct ud_srctree_entry *ret,
                                          struct ud_error *err)
{
    *ret = (struct ud_srctree_entry){
        .path = path,
        .type = UD_SRCTREE_FILE,
        .size = (uint64_t)archive_entry_size(entry),
        .mtime = archive_entry_mtime(entry),
        .executable = (archive_entry_perm(entry) & 0111) != 0,
    };
    if (archive_entry_hardlink(entry) != NULL) {
        ret->type = UD_SRCTREE_HARDLINK;
        return take_path(self, archive_entry_hardlink(entry), false, &self->link, &ret->link, err);
    }
    if (archive_entry_filetype(entry) == AE_IFLNK) {
        const char *text = archive_entry_symlink(entry);
        ret->type = UD_SRCTREE_SYMLINK;
        ret->link = text != NULL ? text : "";
    }
    return UD_OK;
}

enum ud_code ud_archive_describe(struct archive_walk *self, struct archive_entry *entry,
                                 struct ud_srctree_entry *ret, bool *ret_use, struct ud_error *err)
{
    const char *raw = archive_entry_pathname(entry);
    bool is_dir = archive_entry_filetype(entry) == AE_IFDIR;
    const char *path = NULL;
    *ret_use = false;
    self->top.packaged =
        (archive_format(self->tar) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_CPIO;
    if (raw == NULL) { /* a name that this locale cannot hold */
        self->walk.skipped++;
        return UD_OK;
    }
    UD_TRY(take_path(self, raw, is_dir, &self->path, &path, err));
    UD_TRY(check_type(self, entry, path, err));
    if (is_dir || path[0] == '\0') {
        return UD_OK;
    }
    if (!ud_path_is_ascii(path)) {
        self->walk.skipped++;
        return UD_OK;
    }
    UD_TRY(archive_describe_fill(self, entry, path, ret, err));
    *ret_use = true;
    return UD_OK;
}
