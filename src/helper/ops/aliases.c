#include "ops/ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/modules.h"
#include "sys/sysfile.h"
#include "usbip/modalias.h"

/* What the VM has, both as the lines of a modules.alias: of module files, and of built-in code. */
struct aliases {
    struct ud_buf files;
    struct ud_buf builtin;
    struct ud_strv told; /* modules of which it was said where they are */
};

/* "NAME.alias=PATTERN" of modules.builtin.modinfo, which ends each of its texts with a NUL. */
static void aliases_add_builtin(struct ud_slice modinfo, struct ud_buf *lines)
{
    while (modinfo.len > 0) {
        size_t len = strnlen(modinfo.ptr, modinfo.len);
        const char *mark = memmem(modinfo.ptr, len, ".alias=", 7);
        if (mark != NULL) {
            const char *pattern = mark + strlen(".alias=");
            ud_buf_addf(lines, "alias %.*s %.*s\n", (int)(modinfo.ptr + len - pattern), pattern,
                        (int)(mark - modinfo.ptr), modinfo.ptr);
        }
        size_t used = len < modinfo.len ? len + 1 : len;
        modinfo.ptr += used;
        modinfo.len -= used;
    }
}

static bool aliases_read(struct ud_helper *helper, const char *dir, const char *name,
                         struct ud_buf *buf)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return ud_sysfile_read(helper->root, path, buf) == 0;
}

static void aliases_collect(struct ud_helper *helper, const char *release, struct aliases *ret)
{
    static const char *const parents[] = {"/lib/modules", "/usr/lib/modules"};
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        char dir[128];
        struct ud_buf modinfo;
        (void)snprintf(dir, sizeof dir, "%s/%s", parents[i], release);
        if (!ud_sysfile_is_dir(helper->root, dir)) {
            continue;
        }
        if (!aliases_read(helper, dir, "modules.alias", &ret->files)) {
            ud_buf_clear(&ret->files);
        }
        ud_buf_init(&modinfo, UD_OPS_PROBE_FILE_MAX);
        if (aliases_read(helper, dir, "modules.builtin.modinfo", &modinfo)) {
            aliases_add_builtin((struct ud_slice){modinfo.data, modinfo.len}, &ret->builtin);
        }
        ud_buf_done(&modinfo);
        return;
    }
}

/* Whether a module is in the kernel, or now. */
static void aliases_tell_module(struct ud_helper *helper, struct aliases *aliases, const char *name,
                                bool builtin)
{
    char key[sizeof UD_FACT_MODULE_PREFIX + UD_MODULE_NAME_MAX];
    char kernel_name[UD_MODULE_NAME_MAX + 1];
    char path[128];
    if (ud_strv_has(&aliases->told, name)) {
        return;
    }
    ud_strv_add(&aliases->told, name);
    ud_check_kernel_name(name, kernel_name);
    (void)snprintf(key, sizeof key, UD_FACT_MODULE_PREFIX "%s", name);
    (void)snprintf(path, sizeof path, "/sys/module/%s/initstate", kernel_name);
    if (builtin || ud_modules_is_builtin(helper->root, kernel_name)) {
        ud_emit_fact(helper->emit, key, UD_MODULE_IS_BUILTIN);
    } else {
        ud_emit_fact(helper->emit, key,
                     ud_sysfile_exists(helper->root, path) ? UD_MODULE_IS_LOADED
                                                           : UD_MODULE_IS_ABSENT);
    }
}

static void aliases_send(struct ud_helper *helper, struct aliases *aliases, int number,
                         const char *modalias)
{
    const struct ud_buf *const texts[] = {&aliases->files, &aliases->builtin};
    struct ud_strv modules = {0};
    char key[sizeof UD_FACT_ALIAS_PREFIX + 12];
    size_t done = 0;
    (void)snprintf(key, sizeof key, UD_FACT_ALIAS_PREFIX "%d", number);
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        ud_modalias_modules((struct ud_slice){texts[t]->data, texts[t]->len}, modalias, &modules);
        for (; done < modules.len; done++) {
            if (ud_check_module_name(modules.items[done])) {
                ud_emit_fact(helper->emit, key, modules.items[done]);
                aliases_tell_module(helper, aliases, modules.items[done], t == 1);
            }
        }
    }
    ud_strv_done(&modules);
}

static enum ud_code aliases_check(int count, int modaliases, char **args, struct ud_error *err)
{
    if (modaliases < 1 || modaliases > UD_OPS_MODALIASES_MAX ||
        count - modaliases > UD_OPS_MODULES_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "aliases takes 1 to %d modaliases",
                       UD_OPS_MODALIASES_MAX);
    }
    for (int i = 0; i < count; i++) {
        bool good = i == modaliases ||
                    (i < modaliases ? ud_check_modalias(args[i]) : ud_check_module_name(args[i]));
        if (!good) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a modalias or a module: %.64s", args[i]);
        }
    }
    return UD_OK;
}

enum ud_code ud_op_aliases(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct utsname uts;
    struct aliases aliases = {0};
    const struct ud_kernel *kernel = helper->kernel;
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    const int modaliases = ud_helper_count_before_dashes(count, args);
    UD_TRY(aliases_check(count, modaliases, args, err));
    if (enter) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    }
    if (uname(&uts) != 0 || !ud_check_release(uts.release)) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel does not tell its release");
    }
    ud_buf_init(&aliases.files, UD_OPS_PROBE_FILE_MAX);
    ud_buf_init(&aliases.builtin, UD_OPS_PROBE_FILE_MAX);
    aliases_collect(helper, uts.release, &aliases);
    for (int i = 0; i < modaliases; i++) {
        aliases_send(helper, &aliases, i, args[i]);
    }
    for (int i = modaliases + 1; i < count; i++) {
        aliases_tell_module(helper, &aliases, args[i], false);
    }
    ud_strv_done(&aliases.told);
    ud_buf_done(&aliases.files);
    ud_buf_done(&aliases.builtin);
    return UD_OK;
}
