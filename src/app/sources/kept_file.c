#include "sources/kept_file.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"

enum { PIECE = 256 * 1024 };

static void kept_file_warn(const struct ud_app *app, const char *what, const char *path,
                           const struct ud_error *why)
{
    ud_report_message(app->report, UD_REPORT_WARN, "%s %s: %s", path, what, why->message);
}

bool ud_kept_file_take(const struct ud_app *app, const char *path, const char *sha256,
                       char ret[UD_DIGEST_HEX_SIZE])
{
    char hex[UD_DIGEST_HEX_SIZE];
    struct ud_error why = {0};
    if (ud_fs_kind(path) != UD_FS_FILE) {
        return false;
    }
    enum ud_code rc = ud_digest_file(path, hex, &why);
    if (rc != UD_OK) {
        kept_file_warn(app, "is kept and cannot be used", path, &why);
        return false;
    }
    if (strncmp(hex, sha256, strlen(sha256)) == 0) {
        if (ret != NULL) {
            memcpy(ret, hex, sizeof hex);
        }
        return true;
    }
    ud_report_message(app->report, UD_REPORT_NOTE,
                      "%s was damaged since it was kept, and is not used: its SHA-256 is %.16s, "
                      "not %.16s",
                      path, hex, sha256);
    if (ud_fs_remove_tree(path, &why) != UD_OK) {
        kept_file_warn(app, "stays", path, &why);
    }
    return false;
}

/* Where everybody may write, the name says whose it is. */
static enum ud_code kept_file_create_elsewhere(struct ud_kept_file *kept, struct ud_error *err)
{
    char *dir = ud_host_temp_dir();
    char *path = ud_fs_join(dir, "usbipd-desktop");
    ud_fs_sweep_temps(dir, "usbipd-desktop"); /* of a run that was killed */
    kept->elsewhere = true;
    kept->temp = ud_fs_temp_sibling(path);
    free(path);
    free(dir);
    return ud_file_create(kept->temp, true, &kept->file, err);
}

static enum ud_code kept_file_create(struct ud_kept_file *kept, struct ud_error *err)
{
    char *dir = ud_fs_dirname(kept->path);
    enum ud_code rc = ud_fs_mkdirs(dir, err);
    if (rc == UD_OK) {
        ud_fs_sweep_temps(dir, NULL);
    }
    free(dir);
    UD_TRY(rc);
    kept->temp = ud_fs_temp_sibling(kept->path);
    return ud_file_create(kept->temp, false, &kept->file, err);
}

enum ud_code ud_kept_file_begin(const struct ud_app *app, const char *path,
                                struct ud_kept_file *ret, struct ud_error *err)
{
    struct ud_error why = {0};
    *ret = (struct ud_kept_file){.app = app, .digest = ud_digest_new()};
    if (path == NULL) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "nothing is kept for the next time: set XDG_CACHE_HOME or HOME");
        return kept_file_create_elsewhere(ret, err);
    }
    ret->path = ud_strdup(path);
    if (kept_file_create(ret, &why) == UD_OK) {
        return UD_OK;
    }
    kept_file_warn(app, "is not kept for the next time", path, &why);
    free(ret->temp);
    return kept_file_create_elsewhere(ret, err);
}

enum ud_code ud_kept_file_begin_anew(struct ud_kept_file *kept, struct ud_error *err)
{
    const struct ud_app *app = kept->app;
    const bool elsewhere = kept->elsewhere; /* why has been told */
    char *path = kept->path;
    kept->path = NULL;
    ud_kept_file_done(kept);
    *kept = (struct ud_kept_file){.app = app, .digest = ud_digest_new(), .path = path};
    return elsewhere ? kept_file_create_elsewhere(kept, err) : kept_file_create(kept, err);
}

/* Adds the first len bytes of the file at path. */
static enum ud_code kept_file_copy(struct ud_kept_file *kept, const char *path, uint64_t len,
                                   struct ud_error *err)
{
    struct ud_file *from = NULL;
    UD_TRY(ud_file_open(path, &from, err));
    char *piece = ud_alloc(PIECE, 1);
    enum ud_code rc = UD_OK;
    while (len > 0 && rc == UD_OK) {
        size_t n = 0;
        rc = ud_file_read(from, piece, len < PIECE ? (size_t)len : PIECE, &n, err);
        if (rc == UD_OK && n == 0) {
            rc = ud_fail(err, UD_ERR_IO, NULL, "%s is shorter than what was written", path);
        }
        if (rc == UD_OK) {
            rc = ud_file_write(kept->file, piece, n, err);
        }
        len -= n;
    }
    free(piece);
    ud_file_free(from);
    return rc;
}

/* Writing failed: what was written before goes elsewhere, and then this. */
static enum ud_code kept_file_move(struct ud_kept_file *kept, const struct ud_error *why,
                                   struct ud_error *err)
{
    struct ud_error ignored = {0};
    char *old = kept->temp;
    kept_file_warn(kept->app, "is not kept for the next time", kept->path, why);
    ud_file_free(kept->file);
    kept->file = NULL;
    enum ud_code rc = kept_file_create_elsewhere(kept, err);
    if (rc == UD_OK) {
        rc = kept_file_copy(kept, old, kept->len, err);
    }
    if (ud_fs_remove_tree(old, &ignored) != UD_OK) {
        /* It lies in the cache directory, where `clean --downloads` finds it. */
    }
    free(old);
    return rc;
}

enum ud_code ud_kept_file_write(struct ud_kept_file *kept, const void *data, size_t len,
                                struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_file_write(kept->file, data, len, &why);
    if (rc != UD_OK && kept->elsewhere) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        UD_TRY(kept_file_move(kept, &why, err));
        UD_TRY(ud_file_write(kept->file, data, len, err));
    }
    ud_digest_add(kept->digest, data, len);
    kept->len += len;
    return UD_OK;
}

enum ud_code ud_kept_file_close(struct ud_kept_file *kept, char ret_sha256[UD_DIGEST_HEX_SIZE],
                                struct ud_error *err)
{
    struct ud_file *file = kept->file;
    kept->file = NULL;
    UD_TRY(ud_file_close(file, !kept->elsewhere, err));
    ud_digest_hex(kept->digest, ret_sha256);
    return UD_OK;
}

void ud_kept_file_hand_over(struct ud_kept_file *kept, bool keep, char **ret_path,
                            bool *ret_temporary)
{
    struct ud_error why = {0};
    *ret_temporary = true;
    if (keep && !kept->elsewhere) {
        if (ud_fs_rename(kept->temp, kept->path, &why) == UD_OK) {
            free(kept->temp);
            kept->temp = ud_strdup(kept->path);
            *ret_temporary = false;
        } else {
            kept_file_warn(kept->app, "is not kept for the next time", kept->path, &why);
        }
    }
    *ret_path = kept->temp;
    kept->temp = NULL;
}

void ud_kept_file_done(struct ud_kept_file *kept)
{
    struct ud_error ignored = {0};
    ud_file_free(kept->file);
    ud_digest_free(kept->digest);
    if (kept->temp != NULL && ud_fs_remove_tree(kept->temp, &ignored) != UD_OK) {
        /* One in the cache directory goes with `clean --downloads`. */
    }
    free(kept->temp);
    free(kept->path);
    *kept = (struct ud_kept_file){0};
}
