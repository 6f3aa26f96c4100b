/* What needs no system call of its own. */
#include "platform/fs.h"

#include <stdlib.h>
#include <string.h>

#include "fs_sys.h"
#include "platform/file.h"
#include "util/mem.h"

static void truncate_buf(struct ud_buf *buf, size_t len)
{
    buf->len = len;
    buf->data[len] = '\0';
    buf->overflow = false;
}

static enum ud_code fs_common_read_all(struct ud_file *file, const char *path, struct ud_buf *buf,
                                       struct ud_error *err)
{
    enum { PIECE = 64 * 1024 };
    char *piece = ud_alloc(PIECE, 1);
    size_t n = 1;
    enum ud_code rc = UD_OK;
    while (rc == UD_OK && n > 0 && !buf->overflow) {
        rc = ud_file_read(file, piece, PIECE, &n, err);
        if (rc == UD_OK) {
            ud_buf_add(buf, piece, n);
        }
    }
    if (rc == UD_OK && buf->overflow) {
        rc = ud_fail(err, UD_ERR_IO, NULL, "%s is too large: more than %zu bytes", path, buf->max);
    }
    free(piece);
    return rc;
}

enum ud_code ud_fs_read(const char *path, struct ud_buf *buf, struct ud_error *err)
{
    struct ud_file *file = NULL;
    UD_TRY(ud_file_open(path, &file, err));
    size_t before = buf->len;
    enum ud_code rc = fs_common_read_all(file, path, buf, err);
    if (rc != UD_OK) {
        truncate_buf(buf, before);
    }
    ud_file_free(file);
    return rc;
}

/* Writes a new file whole; on failure it may be there, cut short. */
static enum ud_code write_new(const char *path, const void *data, size_t len, struct ud_error *err)
{
    struct ud_file *file = NULL;
    UD_TRY(ud_file_create(path, false, &file, err));
    enum ud_code rc = ud_file_write(file, data, len, err);
    if (rc != UD_OK) {
        ud_file_free(file);
        return rc;
    }
    return ud_file_close(file, true, err);
}

enum ud_code ud_fs_write_atomic(const char *path, const void *data, size_t len,
                                struct ud_error *err)
{
    char *temp = ud_fs_temp_sibling(path);
    enum ud_code rc = write_new(temp, data, len, err);
    if (rc == UD_OK) {
        rc = ud_fs_rename(temp, path, err);
    }
    if (rc == UD_OK) {
        ud_fs_sys_sync_dir_of(path);
    } else {
        (void)!ud_fs_sys_unlink(temp, NULL);
    }
    free(temp);
    return rc;
}

void ud_fs_sweep_temps(const char *dir, const char *of)
{
    struct ud_strv names = {0};
    if (ud_fs_list(dir, &names, NULL) != UD_OK) {
        return;
    }
    for (size_t i = 0; i < names.len; i++) {
        struct ud_fs_info info = {0};
        char *path = ud_fs_join(dir, names.items[i]);
        if (ud_fs_is_temp_name(names.items[i], of) && ud_fs_info(path, &info, NULL) == UD_OK &&
            info.kind == UD_FS_FILE && ud_fs_temp_is_left(&info)) {
            (void)!ud_fs_sys_unlink(path, NULL);
        }
        free(path);
    }
    ud_strv_done(&names);
}

enum ud_code ud_fs_mkdirs(const char *path, struct ud_error *err)
{
    if (ud_fs_kind(path) == UD_FS_DIR) {
        return UD_OK;
    }
    char *parent = ud_fs_dirname(path);
    enum ud_code rc = UD_OK;
    if (strlen(parent) < strlen(path) && strcmp(parent, ".") != 0) {
        rc = ud_fs_mkdirs(parent, err);
    }
    free(parent);
    return rc == UD_OK ? ud_fs_sys_mkdir(path, err) : rc;
}
