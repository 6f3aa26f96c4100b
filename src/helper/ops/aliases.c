#include "ops/ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/sysfile.h"
#include "usbip/modalias.h"

/* "NAME.alias=PATTERN" of modules.builtin.modinfo, which ends each of its texts with a NUL, as
 * the lines of a modules.alias. Only those of USB count. */
static void aliases_add_builtin(struct ud_slice modinfo, struct ud_buf *lines)
{
    while (modinfo.len > 0) {
        size_t len = strnlen(modinfo.ptr, modinfo.len);
        const char *mark = memmem(modinfo.ptr, len, ".alias=usb:", 11);
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

/* Both as one text, in the order in which they are asked for. */
static void aliases_collect(struct ud_helper *helper, const char *release, struct ud_buf *text)
{
    static const char *const parents[] = {"/lib/modules", "/usr/lib/modules"};
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        char dir[128];
        struct ud_buf modinfo;
        (void)snprintf(dir, sizeof dir, "%s/%s", parents[i], release);
        if (!ud_sysfile_is_dir(helper->root, dir)) {
            continue;
        }
        if (!aliases_read(helper, dir, "modules.alias", text)) {
            ud_buf_clear(text);
        }
        ud_buf_adds(text, "\n");
        ud_buf_init(&modinfo, UD_OPS_PROBE_FILE_MAX);
        if (aliases_read(helper, dir, "modules.builtin.modinfo", &modinfo)) {
            aliases_add_builtin((struct ud_slice){modinfo.data, modinfo.len}, text);
        }
        ud_buf_done(&modinfo);
        return;
    }
}

static void aliases_send(struct ud_helper *helper, const struct ud_buf *text, const char *modalias)
{
    struct ud_strv modules = {0};
    char key[sizeof UD_FACT_ALIAS_PREFIX + UD_MODALIAS_TEXT_SIZE];
    (void)snprintf(key, sizeof key, UD_FACT_ALIAS_PREFIX "%s", modalias);
    ud_modalias_modules((struct ud_slice){text->data, text->len}, modalias, &modules);
    for (size_t i = 0; i < modules.len; i++) {
        if (ud_check_module_name(modules.items[i])) {
            ud_emit_fact(helper->emit, key, modules.items[i]);
        }
    }
    ud_strv_done(&modules);
}

enum ud_code ud_op_aliases(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct utsname uts;
    struct ud_buf text;
    const struct ud_kernel *kernel = helper->kernel;
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    if (count < 1 || count > UD_OPS_MODALIASES_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "aliases takes 1 to %d modaliases",
                       UD_OPS_MODALIASES_MAX);
    }
    for (int i = 0; i < count; i++) {
        if (!ud_check_modalias(args[i])) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a modalias of USB: %.64s", args[i]);
        }
    }
    if (enter) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    }
    if (uname(&uts) != 0 || !ud_check_release(uts.release)) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel does not tell its release");
    }
    ud_buf_init(&text, 2 * UD_OPS_PROBE_FILE_MAX);
    aliases_collect(helper, uts.release, &text);
    for (int i = 0; i < count; i++) {
        aliases_send(helper, &text, args[i]);
    }
    ud_buf_done(&text);
    return UD_OK;
}
