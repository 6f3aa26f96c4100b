#include "platform/fs.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "wide.h"

#include <winioctl.h>

/* REPARSE_DATA_BUFFER of the driver kit, for symbolic links. */
struct reparse_symlink {
    ULONG tag;
    USHORT data_len;
    USHORT reserved;
    USHORT substitute_offset;
    USHORT substitute_len;
    USHORT print_offset;
    USHORT print_len;
    ULONG flags;
    wchar_t text[1];
};

enum { REPARSE_MAX = 16 * 1024 };

static DWORD read_reparse(const wchar_t *path, void *buf, DWORD *ret_len)
{
    HANDLE handle =
        CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    DWORD error = ERROR_SUCCESS;
    if (!DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, NULL, 0, buf, REPARSE_MAX, ret_len,
                         NULL)) {
        error = GetLastError();
    }
    (void)CloseHandle(handle);
    return error;
}

/* The text that was given when the link was made; NULL if it is another kind. */
static char *symlink_text(const struct reparse_symlink *data, size_t len)
{
    const size_t head = offsetof(struct reparse_symlink, text);
    if (len < head || data->tag != IO_REPARSE_TAG_SYMLINK ||
        (size_t)data->print_offset + data->print_len > len - head) {
        return NULL;
    }
    size_t count = data->print_len / sizeof(wchar_t);
    wchar_t *wide = ud_alloc(count + 1, sizeof *wide);
    memcpy(wide, (const char *)data->text + data->print_offset, count * sizeof *wide);
    char *text = ud_win_utf8(wide);
    free(wide);
    for (char *p = text; *p != '\0'; p++) {
        *p = *p == '\\' ? '/' : *p;
    }
    return text;
}

enum ud_code ud_fs_read_link(const char *path, char **ret, struct ud_error *err)
{
    struct reparse_symlink *data = ud_alloc(1, REPARSE_MAX);
    wchar_t *wide = ud_win_path(path);
    DWORD len = 0;
    DWORD error = read_reparse(wide, data, &len);
    free(wide);
    enum ud_code rc = UD_OK;
    if (error != ERROR_SUCCESS) {
        rc = ud_win_fail(err, error, "cannot read the link %s", path);
    } else {
        char *text = symlink_text(data, len);
        if (text != NULL) {
            *ret = text;
        } else {
            rc = ud_fail(err, UD_ERR_IO, NULL, "cannot read the link %s: it is of another kind",
                         path);
        }
    }
    free(data);
    return rc;
}

enum ud_code ud_fs_put_link(const char *target, const char *path, struct ud_error *err)
{
    char *temp = ud_fs_temp_sibling(path);
    wchar_t *wide_target = ud_win_path(target);
    wchar_t *wide_temp = ud_win_path(temp);
    enum ud_code rc = UD_OK;
    if (!CopyFileW(wide_target, wide_temp, TRUE)) {
        rc = ud_win_fail(err, GetLastError(), "cannot copy %s to %s", target, path);
    } else {
        rc = ud_fs_rename(temp, path, err);
    }
    if (rc != UD_OK) {
        (void)DeleteFileW(wide_temp);
    }
    free(wide_temp);
    free(wide_target);
    free(temp);
    return rc;
}
