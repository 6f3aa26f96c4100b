#include "list_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/check.h"
#include "proto/ops.h"
#include "sysfile.h"
#include "util/str.h"

enum ud_code ud_list_add(const struct ud_list_kind *kind, const char *text, size_t len,
                         struct ud_strv *ret, struct ud_error *err)
{
    if (ret->len >= kind->max) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "more than %zu of %s", kind->max, kind->what);
    }
    ud_strv_addn(ret, text, len);
    const char *added = ret->items[ret->len - 1];
    if (strlen(added) != len || (kind->is_sound != NULL && !kind->is_sound(added))) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not %s: %.64s", kind->what, added);
    }
    return UD_OK;
}

enum ud_code ud_list_file_read(const char *root, const char *file, const struct ud_list_kind *kind,
                               struct ud_strv *ret, struct ud_error *err)
{
    char path[128];
    struct ud_buf buf;
    struct ud_slice line;
    if (!ud_check_file_name(file)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a file's name: %.64s", file);
    }
    (void)snprintf(path, sizeof path, "%s/%s", UD_OPS_DIR, file);
    ud_buf_init(&buf, UD_OPS_LIST_FILE_MAX);
    int why = ud_sysfile_read(root, path, &buf);
    enum ud_code rc = UD_OK;
    if (why != 0) {
        rc = ud_fail(err, why == ENOENT ? UD_ERR_NOT_FOUND : UD_ERR_IO, NULL, "cannot read %s: %s",
                     path, strerror(why));
    }
    struct ud_slice rest = {buf.data, buf.len};
    while (rc == UD_OK && ud_str_next_line(&rest, &line)) {
        if (line.len > 0) {
            rc = ud_list_add(kind, line.ptr, line.len, ret, err);
        }
    }
    ud_buf_done(&buf);
    return rc;
}
