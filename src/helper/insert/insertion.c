#include "insert/insertion.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "insert/stage.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/kmsg.h"
#include "sys/modules.h"
#include "util/patience.h"

struct insertion {
    struct ud_helper *helper;
    struct ud_stage stage;
    bool ours[UD_OPS_MODULES_MAX]; /* inserted by this run */
};

/* What happened to one attempt. */
enum attempt { ATTEMPT_INSERTED, ATTEMPT_PRESENT, ATTEMPT_FAILED, ATTEMPT_STOPPED };

static bool insertion_stopped(const struct insertion *run)
{
    return run->helper->kernel->stopped(run->helper->kernel->ctx);
}

/* A kernel without CONFIG_MODULE_UNLOAD has no delete_module. The name cannot
 * be one of a module: it has a slash. Without privilege nothing is learnt. */
static void send_unload_support(struct ud_helper *helper)
{
    int why = helper->kernel->remove(helper->kernel->ctx, "usbipd-desktop/none");
    if (why == ENOENT || why == ENOSYS) {
        ud_emit_fact(helper->emit, UD_FACT_UNLOAD_SUPPORTED, why == ENOENT ? "1" : "0");
    }
}

static const char *insertion_identity(const char *root, const struct ud_staged *module)
{
    char loaded[UD_BUILD_ID_MAX + 1];
    if (module->build_id[0] == '\0' || !ud_modules_build_id(root, module->kernel_name, loaded)) {
        return UD_IDENTITY_UNKNOWN;
    }
    return strcmp(loaded, module->build_id) == 0 ? UD_IDENTITY_SAME : UD_IDENTITY_OTHER;
}

static void send_log(struct ud_helper *helper, const char *name)
{
    struct ud_strv lines = {0};
    helper->kernel->log_read(helper->kernel->ctx, &lines);
    for (size_t i = 0; i < lines.len; i++) {
        if (ud_kmsg_concerns(ud_slice_of(lines.items[i]), name)) {
            ud_emit_klog(helper->emit, name, lines.items[i]);
        }
    }
    ud_strv_done(&lines);
}

/* Inserts one module unless it is live. The kernel says EEXIST or EBUSY while
 * another module of the same name is there, coming or going (kernel/module,
 * add_unformed_module): a while later it is live or gone. */
static enum attempt try_insert(struct insertion *run, const struct ud_staged *module, int *ret_why)
{
    const struct ud_helper *helper = run->helper;
    const struct ud_kernel *kernel = helper->kernel;
    *ret_why = EBUSY;
    for (unsigned waited = 0; waited <= UD_PATIENCE_MODULE_MS;
         waited += UD_PATIENCE_MODULE_POLL_MS) {
        if (insertion_stopped(run)) {
            return ATTEMPT_STOPPED;
        }
        enum ud_module_state state = ud_modules_state(helper->root, module->kernel_name);
        if (state == UD_MODULE_LIVE) {
            return ATTEMPT_PRESENT;
        }
        if (state == UD_MODULE_ABSENT) {
            kernel->log_mark(kernel->ctx);
            *ret_why = kernel->insert(kernel->ctx, module->fd);
            if (*ret_why == 0) {
                return ATTEMPT_INSERTED;
            }
            if (*ret_why != EBUSY && *ret_why != EEXIST && *ret_why != EINTR) {
                return ATTEMPT_FAILED;
            }
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_MODULE_POLL_MS);
    }
    return ATTEMPT_FAILED;
}

/* finit_module returns after the module's init function, with the module live;
 * this makes sure of it. */
static bool is_live(const struct insertion *run, const struct ud_staged *module)
{
    const struct ud_kernel *kernel = run->helper->kernel;
    for (unsigned waited = 0; waited <= UD_PATIENCE_MODULE_MS;
         waited += UD_PATIENCE_MODULE_POLL_MS) {
        if (ud_modules_state(run->helper->root, module->kernel_name) == UD_MODULE_LIVE) {
            return true;
        }
        if (insertion_stopped(run)) {
            return false;
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_MODULE_POLL_MS);
    }
    return false;
}

/* What finit_module's error numbers mean where strerror would mislead; the
 * details are in the log lines. */
static const char *insertion_reason(int why)
{
    switch (why) {
    case ENOEXEC:
        return "it was not built for this kernel, or is damaged";
    case ENOENT:
        return "it needs symbols that the kernel does not have";
    case EINVAL:
        return "the kernel has another version of something it uses";
    case EEXIST:
        return "the kernel says that it is loaded, and does not list it";
    case EBUSY:
        return "a module of the same name keeps coming or going";
    case EKEYREJECTED:
        return "its signature is missing or not accepted";
    case EPERM:
        return "loading modules is not permitted";
    case EACCES:
        return "a security policy of the VM, such as SELinux's, denies it";
    case ENOSYS:
        return "the kernel was built without module support";
    default:
        return strerror(why);
    }
}

static enum ud_code insertion_refused(struct insertion *run, const struct ud_staged *module,
                                      int why, const char *text, struct ud_error *err)
{
    ud_emit_result(run->helper->emit, module->name, UD_VERDICT_FAILED, why, text);
    return ud_fail(err, why == EPERM || why == EACCES ? UD_ERR_DENIED : UD_ERR_REFUSED, NULL,
                   "the kernel refused module %s: %s", module->name, text);
}

static enum ud_code insertion_interrupted(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
}

static enum ud_code insert_one(struct insertion *run, size_t i, struct ud_error *err)
{
    const struct ud_staged *module = &run->stage.modules[i];
    struct ud_helper *helper = run->helper;
    int why = 0;
    switch (try_insert(run, module, &why)) {
    case ATTEMPT_STOPPED:
        return insertion_interrupted(err);
    case ATTEMPT_PRESENT:
        ud_emit_result(helper->emit, module->name, UD_VERDICT_PRESENT, 0,
                       insertion_identity(helper->root, module));
        return UD_OK;
    case ATTEMPT_FAILED:
        send_log(helper, module->name);
        return insertion_refused(run, module, why, insertion_reason(why), err);
    case ATTEMPT_INSERTED:
        break;
    }
    run->ours[i] = true;
    send_log(helper, module->name);
    if (!is_live(run, module)) {
        return insertion_stopped(run)
                   ? insertion_interrupted(err)
                   : insertion_refused(run, module, ETIMEDOUT, "it did not become live", err);
    }
    ud_emit_result(helper->emit, module->name, UD_VERDICT_INSERTED, 0, "");
    return UD_OK;
}

/* The rest of the run depends on somebody who reads what became of it. */
static enum ud_code check_reader(const struct insertion *run, size_t done, struct ud_error *err)
{
    if (ud_emit_gone(run->helper->emit) && done < run->stage.count) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "nobody reads the results any more");
    }
    return UD_OK;
}

static enum ud_code insert_all(struct insertion *run, struct ud_error *err)
{
    for (size_t i = 0; i < run->stage.count; i++) {
        UD_TRY(insert_one(run, i, err));
        UD_TRY(check_reader(run, i + 1, err));
    }
    return insertion_stopped(run) ? insertion_interrupted(err) : UD_OK;
}

/* Unloads what this run inserted, last first, whether somebody interrupts or
 * not. */
static void roll_back(struct insertion *run)
{
    const struct ud_kernel *kernel = run->helper->kernel;
    for (size_t i = run->stage.count; i-- > 0;) {
        const struct ud_staged *module = &run->stage.modules[i];
        if (!run->ours[i]) {
            continue;
        }
        int why = kernel->remove(kernel->ctx, module->kernel_name);
        ud_emit_result(run->helper->emit, module->name,
                       why == 0 ? UD_VERDICT_REMOVED : UD_VERDICT_KEPT, why,
                       why == 0 ? "" : strerror(why));
    }
}

static enum ud_code enter_and_insert(struct insertion *run, bool stay, struct ud_error *err)
{
    struct ud_helper *helper = run->helper;
    const struct ud_kernel *kernel = helper->kernel;
    if (!stay) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
    }
    UD_TRY(kernel->lock(kernel->ctx, err));
    send_unload_support(helper);
    enum ud_code rc = insert_all(run, err);
    if (rc != UD_OK) {
        roll_back(run);
    }
    return rc;
}

enum ud_code ud_insertion_run(struct ud_helper *helper, const char *dir, int count, char **names,
                              bool stay, struct ud_error *err)
{
    static struct insertion run; /* too large for a stack */
    memset(&run, 0, sizeof run);
    run.helper = helper;
    enum ud_code rc = ud_stage_load(helper->root, dir, count, names, &run.stage, err);
    if (rc == UD_OK) {
        rc = enter_and_insert(&run, stay, err);
    }
    ud_stage_done(&run.stage);
    return rc;
}
