#include "kernel/plan/depmod.h"

#include <stdbool.h>
#include <stdlib.h>

#include "kernel/modlist/module_name.h"
#include "util/mem.h"

struct modules {
    const struct ud_module *const *items;
    size_t count;
};

/* Whether items[i] names items[j] in its `depends`. */
static bool depmod_names(const struct modules *modules, size_t i, size_t j)
{
    const struct ud_strv *depends = &modules->items[i]->depends;
    for (size_t k = 0; k < depends->len; k++) {
        if (ud_module_name_equal(depends->items[k], modules->items[j]->name)) {
            return true;
        }
    }
    return false;
}

/* Sets needed[j] for each items[j] that items[i] needs, directly or not. They are
 * in load order, so what needs another stands behind it. */
static void close_over(const struct modules *modules, size_t i, bool *needed)
{
    for (size_t j = i; j-- > 0;) {
        bool wanted = depmod_names(modules, i, j);
        for (size_t k = j + 1; k < i && !wanted; k++) {
            wanted = needed[k] && depmod_names(modules, k, j);
        }
        needed[j] = wanted;
    }
}

void ud_depmod_deps(const struct ud_module *const *modules, const char *const *files, size_t count,
                    const char *folder, struct ud_deps *ret)
{
    const struct modules all = {modules, count};
    struct ud_deps deps = {.items = ud_alloc(count, sizeof *deps.items), .len = count};
    bool *needed = ud_alloc(count, sizeof *needed);
    for (size_t i = 0; i < count; i++) {
        deps.items[i].path = ud_strf("%s/%s", folder, files[i]);
        close_over(&all, i, needed);
        for (size_t j = i; j-- > 0;) {
            if (needed[j]) {
                ud_strv_addf(&deps.items[i].needs, "%s/%s", folder, files[j]);
            }
        }
    }
    free(needed);
    *ret = deps;
}

void ud_depmod_line(const struct ud_dep *dep, struct ud_buf *out)
{
    ud_buf_addf(out, "%s:", dep->path);
    for (size_t i = 0; i < dep->needs.len; i++) {
        ud_buf_addf(out, " %s", dep->needs.items[i]);
    }
}

void ud_depmod_text(const struct ud_deps *deps, struct ud_buf *out)
{
    for (size_t i = 0; i < deps->len; i++) {
        ud_depmod_line(&deps->items[i], out);
        ud_buf_adds(out, "\n");
    }
}
