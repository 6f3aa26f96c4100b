#include "srctree/toplevel.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

/* Where the package has the tree. */
#define PACKAGED "usr/src/linux-"

void ud_toplevel_done(struct ud_toplevel *top)
{
    free(top->name);
    *top = (struct ud_toplevel){0};
}

/* In every tree since 2.6; a tar of "." may begin with any of them. */
static bool is_kernel_dir(const char *path, size_t len)
{
    static const char *const names[] = {
        "Documentation", "LICENSES", "arch",     "block",    "certs",  "crypto", "drivers", "fs",
        "include",       "init",     "io_uring", "ipc",      "kernel", "lib",    "mm",      "net",
        "rust",          "samples",  "scripts",  "security", "sound",  "tools",  "usr",     "virt",
    };
    const struct ud_slice first = {path, len};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ud_slice_equals(first, names[i])) {
            return true;
        }
    }
    return false;
}

static void toplevel_decide(struct ud_toplevel *top, const char *path, bool is_dir)
{
    size_t len = strcspn(path, "/");
    bool is_below = path[len] == '/';
    top->known = true;
    if (top->packaged) {
        len = strlen(PACKAGED) + strcspn(path + strlen(PACKAGED), "/");
        top->name = ud_strndup(path, len);
        return;
    }
    if ((is_dir || is_below) && !is_kernel_dir(path, len)) {
        top->name = ud_strndup(path, len);
    }
}

enum ud_code ud_toplevel_strip(struct ud_toplevel *top, const char *path, bool is_dir,
                               const char **ret_rest, struct ud_error *err)
{
    if (path[0] == '\0') { /* "./" */
        *ret_rest = path;
        return UD_OK;
    }
    if (top->packaged && !ud_str_starts(path, PACKAGED)) { /* documentation, a link */
        *ret_rest = path + strlen(path);
        return UD_OK;
    }
    if (!top->known) {
        toplevel_decide(top, path, is_dir);
    }
    size_t len = top->name != NULL ? strlen(top->name) : 0;
    if (len == 0) {
        *ret_rest = path;
        return UD_OK;
    }
    if (strncmp(path, top->name, len) != 0 || (path[len] != '/' && path[len] != '\0')) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s is not below %s, where the archive begins",
                       path, top->name);
    }
    *ret_rest = path + len + (path[len] == '/' ? 1 : 0);
    return UD_OK;
}
