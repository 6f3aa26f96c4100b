#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kallsyms.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "sysfile.h"
#include "util/str.h"
#include "util/strv.h"

static enum ud_code add_name(struct ud_strv *names, struct ud_slice name, struct ud_error *err)
{
    if (names->len >= UD_OPS_SYMBOLS_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "more than %d symbols", UD_OPS_SYMBOLS_MAX);
    }
    ud_strv_addn(names, name.ptr, name.len);
    const char *added = names->items[names->len - 1];
    if (strlen(added) != name.len || !ud_check_symbol_name(added)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a symbol's name: %.64s", added);
    }
    return UD_OK;
}

static enum ud_code add_file(const char *root, const char *file, struct ud_strv *names,
                             struct ud_error *err)
{
    char path[128];
    struct ud_buf buf;
    struct ud_slice line;
    if (!ud_check_file_name(file)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a file's name: %.64s", file);
    }
    (void)snprintf(path, sizeof path, "%s/%s", UD_OPS_DIR, file);
    ud_buf_init(&buf, UD_OPS_SYMBOLS_FILE_MAX);
    int why = ud_sysfile_read(root, path, &buf);
    enum ud_code rc = UD_OK;
    if (why != 0) {
        rc = ud_fail(err, why == ENOENT ? UD_ERR_NOT_FOUND : UD_ERR_IO, NULL, "cannot read %s: %s",
                     path, strerror(why));
    }
    struct ud_slice rest = {buf.data, buf.len};
    while (rc == UD_OK && ud_str_next_line(&rest, &line)) {
        if (line.len > 0) {
            rc = add_name(names, line, err);
        }
    }
    ud_buf_done(&buf);
    return rc;
}

static enum ud_code collect(const char *root, int count, char **args, struct ud_strv *names,
                            struct ud_error *err)
{
    for (int i = 0; i < count; i++) {
        if (args[i][0] == '@') {
            UD_TRY(add_file(root, args[i] + 1, names, err));
        } else {
            UD_TRY(add_name(names, ud_slice_of(args[i]), err));
        }
    }
    if (names->len == 0) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "symbols takes names");
    }
    ud_strv_sort_unique(names);
    return UD_OK;
}

static enum ud_code look_up(struct ud_helper *helper, const struct ud_strv *names,
                            struct ud_error *err)
{
    struct ud_kallsyms syms;
    int fd = ud_sysfile_open(helper->root, "/proc/kallsyms", 0);
    int why = fd < 0 ? errno : 0;
    ud_kallsyms_init(&syms, names);
    if (fd >= 0) {
        why = ud_kallsyms_read(&syms, fd);
        (void)close(fd);
    }
    enum ud_code rc = UD_OK;
    if (why != 0 || syms.lines == 0) {
        rc = ud_fail(err, UD_ERR_FACTS, NULL, "cannot read /proc/kallsyms: %s",
                     why != 0 ? strerror(why) : "it is empty");
    }
    for (size_t i = 0; i < names->len && rc == UD_OK; i++) {
        const char *detail = syms.found[i].text;
        ud_emit_result(helper->emit, names->items[i],
                       detail[0] != '\0' ? UD_VERDICT_PRESENT : UD_VERDICT_ABSENT, 0, detail);
    }
    ud_kallsyms_done(&syms);
    return rc;
}

enum ud_code ud_op_symbols(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_strv names = {0};
    enum ud_code rc = collect(helper->root, count, args, &names, err);
    if (rc == UD_OK) {
        rc = look_up(helper, &names, err);
    }
    ud_strv_done(&names);
    return rc;
}
