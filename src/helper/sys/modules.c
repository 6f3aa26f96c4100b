#include "sys/modules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/elfnote.h"
#include "sys/sysfile.h"
#include "util/mem.h"
#include "util/str.h"
#include "util/strv.h"

enum { LIST_MAX = 4 * 1024 * 1024, NOTE_MAX = 4096 };

bool ud_modules_read(const char *root, struct ud_buf *buf)
{
    ud_buf_clear(buf);
    return ud_sysfile_read(root, "/proc/modules", buf) == 0;
}

enum ud_module_state ud_modules_state(const char *root, const char *name)
{
    struct ud_module_line line = {.state = UD_MODULE_ABSENT};
    struct ud_buf buf;
    ud_buf_init(&buf, LIST_MAX);
    if (ud_modules_read(root, &buf)) {
        (void)ud_procmods_find((struct ud_slice){buf.data, buf.len}, name, &line);
    }
    ud_buf_done(&buf);
    return line.state;
}

bool ud_modules_build_id(const char *root, const char *name, char ret[UD_BUILD_ID_MAX + 1])
{
    char path[256];
    struct ud_buf buf;
    (void)snprintf(path, sizeof path, "/sys/module/%s/notes/.note.gnu.build-id", name);
    ud_buf_init(&buf, NOTE_MAX);
    bool found = ud_sysfile_read(root, path, &buf) == 0 && ud_note_build_id(buf.data, buf.len, ret);
    ud_buf_done(&buf);
    return found;
}

bool ud_modules_is_builtin(const char *root, const char *name)
{
    char dir[256];
    char state[256];
    (void)snprintf(dir, sizeof dir, "/sys/module/%s", name);
    (void)snprintf(state, sizeof state, "/sys/module/%s/initstate", name);
    return ud_sysfile_is_dir(root, dir) && !ud_sysfile_exists(root, state);
}

static bool is_module_file(const char *name)
{
    static const char *const suffixes[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (ud_str_ends(name, suffixes[i])) {
            return true;
        }
    }
    return false;
}

void ud_modules_walk(const char *root, const char *dir, struct ud_buf *buf)
{
    enum { NAMES_MAX = 8192, ENTRIES_MAX = 65536 };
    struct ud_strv found = {0}; /* in the order in which they are looked at */
    ud_strv_add(&found, "");
    for (size_t at = 0; at < found.len; at++) {
        const char *below = found.items[at];
        const char *slash = below[0] != '\0' ? "/" : "";
        char *full = ud_strf("%s%s%s", dir, slash, below);
        if (is_module_file(below)) {
            if (ud_sysfile_is_file(root, full)) {
                ud_buf_addf(buf, "%s\n", below);
            }
        } else if (found.len < ENTRIES_MAX && ud_sysfile_is_own_dir(root, full)) {
            struct ud_strv names = {0};
            ud_sysfile_list(root, full, NAMES_MAX, &names);
            for (size_t i = 0; i < names.len; i++) {
                char *path = ud_strf("%s%s%s", found.items[at], slash, names.items[i]);
                ud_strv_add(&found, path);
                free(path);
            }
            ud_strv_done(&names);
        }
        free(full);
    }
    ud_strv_done(&found);
}
