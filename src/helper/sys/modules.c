#include "sys/modules.h"

#include <stdio.h>

#include "sys/elfnote.h"
#include "sys/sysfile.h"

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
