#include "vm/probe.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/verify/signing.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vm/config_override.h"
#include "vm/facts_fill.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

/* What the unprivileged probe wants to see of the VM. An engine refuses to
 * create a container when a source is missing on its side, so each may be
 * left out in turn. */
static const struct ud_container_mount wanted_mounts[] = {
    {.source = "/lib/modules", .target = "/lib/modules", .read_only = true},
    {.source = "/boot", .target = "/boot", .read_only = true},
    {.source = "/etc/os-release", .target = UD_OPS_OS_RELEASE, .read_only = true},
};
enum { MOUNT_COUNT = sizeof wanted_mounts / sizeof *wanted_mounts, MODULES_MOUNT = 0 };

struct probe {
    const struct ud_app *app;
    struct ud_engine *engine;
    char *image;
    bool mounted[MOUNT_COUNT];
};

static enum ud_code run_probe(const struct probe *probe, enum ud_role role, struct ud_facts *ret,
                              struct ud_error *err)
{
    struct ud_facts_fill fill = {0};
    struct ud_container_mount mounts[MOUNT_COUNT];
    struct ud_helper_call call = {
        .role = role,
        .image = probe->image,
        .mounts = mounts,
        .record = ud_facts_fill_record,
        .ctx = &fill,
    };
    ud_strv_add(&call.args, UD_OP_PROBE);
    if (role == UD_ROLE_PROBE_VM) {
        ud_strv_add(&call.args, UD_OPS_FLAG_ENTER);
    }
    for (size_t i = 0; role == UD_ROLE_PROBE && i < MOUNT_COUNT; i++) {
        if (probe->mounted[i]) {
            mounts[call.mount_count++] = wanted_mounts[i];
        }
    }
    enum ud_code rc = ud_helper_call_run(probe->engine, &call, err);
    if (rc == UD_OK) {
        rc = ud_facts_fill_finish(&fill, ret, err);
    }
    ud_strv_done(&call.args);
    ud_facts_fill_done(&fill);
    return rc;
}

/* Which mount the engine complained about: its message ends in the source's
 * path ("bind source path does not exist: /boot"). MOUNT_COUNT if none. */
static size_t refused_mount(const struct probe *probe, const struct ud_error *err)
{
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        if (probe->mounted[i] && strstr(err->message, wanted_mounts[i].source) != NULL) {
            return i;
        }
    }
    return MOUNT_COUNT;
}

static bool may_be_mount_refusal(enum ud_code rc)
{
    return rc == UD_ERR_ENGINE || rc == UD_ERR_DENIED || rc == UD_ERR_NOT_FOUND;
}

static enum ud_code probe_unprivileged(struct probe *probe, struct ud_facts *ret,
                                       struct ud_error *err)
{
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        probe->mounted[i] = true;
    }
    for (;;) {
        struct ud_error why = {0};
        enum ud_code rc = run_probe(probe, UD_ROLE_PROBE, ret, &why);
        size_t refused = may_be_mount_refusal(rc) ? refused_mount(probe, &why) : MOUNT_COUNT;
        if (refused == MOUNT_COUNT) {
            if (rc != UD_OK) {
                rc = ud_error_pass(err, &why);
            }
            return rc;
        }
        ud_report_message(probe->app->report, UD_REPORT_DEBUG, "no %s for the probe: %s",
                          wanted_mounts[refused].source, why.message);
        probe->mounted[refused] = false;
    }
}

/* Why the VM has to be looked at from inside, or NULL. Without the modules' folder
 * we could take for missing what the VM has; a kernel without module support has
 * none to look at. */
static const char *needs_privileged(const struct probe *probe, const struct ud_facts *facts)
{
    if (!facts->modules_supported) {
        return NULL;
    }
    if (facts->modules_unseen == UD_UNSEEN_DENIED) {
        return "a security policy of the VM (SELinux) keeps unprivileged containers from its "
               "/lib/modules";
    }
    if (!facts->has_config) {
        return "no kernel configuration can be seen from outside";
    }
    if (!probe->mounted[MODULES_MOUNT]) {
        return "the engine does not show the VM's /lib/modules";
    }
    if (facts->modules_unseen == UD_UNSEEN_LINKED) {
        return "the folder of the kernel's modules is a link that leads elsewhere in the VM";
    }
    if (ud_signing_enforced(facts) != NULL && facts->keys.len == 0) {
        return "the kernel enforces module signatures, and its keys cannot be seen from outside";
    }
    return NULL;
}

static enum ud_code probe_privileged(const struct probe *probe, const char *reason,
                                     struct ud_facts *facts, bool *ret_inside, struct ud_error *err)
{
    ud_report_message(probe->app->report, UD_REPORT_NOTE,
                      "%s: looking from inside the VM with a privileged container", reason);
    struct ud_facts inside = {0};
    struct ud_error why = {0};
    enum ud_code rc = run_probe(probe, UD_ROLE_PROBE_VM, &inside, &why);
    if (rc == UD_OK) {
        ud_facts_done(facts);
        *facts = inside;
        *ret_inside = true;
        return UD_OK;
    }
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    ud_report_message(
        probe->app->report, UD_REPORT_WARN,
        "the VM cannot be looked at from inside (%s): what modules and keys it has of "
        "its own may not be known",
        why.message);
    return UD_OK;
}

/* Since 6.6 they are in a disk of their own, which WSL mounts when it starts:
 * https://learn.microsoft.com/windows/wsl/wsl-config (kernelModules). */
static bool has_modules_vhdx(const struct ud_release *release)
{
    return release->flavor == UD_FLAVOR_WSL2 &&
           (release->major > 6 || (release->major == 6 && release->minor >= 6));
}

/* All the drivers have to come from elsewhere. Who was told why the VM is looked at from inside is
 * told what came of it. */
static void tell_no_modules(const struct ud_app *app, const struct ud_facts *facts, bool inside)
{
    if (facts->modules_unseen == UD_UNSEEN_LINKED && inside) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "the VM's /lib/modules is a link that leads nowhere: what modules the "
                          "kernel has is not known. If they are in an image that is not mounted, "
                          "mount it (Alpine: `rc-service modloop start`)");
    } else if (facts->modules_supported && facts->modules_dir == NULL &&
               facts->modules_unseen == UD_UNSEEN_NOTHING) {
        const bool vhdx = has_modules_vhdx(&facts->release);
        ud_report_message(app->report,
                          vhdx     ? UD_REPORT_WARN
                          : inside ? UD_REPORT_NOTE
                                   : UD_REPORT_DEBUG,
                          "the VM has no module of its own: there is no /lib/modules/%s in it%s",
                          facts->release.text,
                          vhdx ? ". WSL mounts them from modules.vhdx, or from the file that "
                                 "kernelModules in .wslconfig names: if USB/IP worked before, "
                                 "start WSL anew (`wsl --shutdown`), else update it "
                                 "(`wsl --update`)"
                               : "");
    }
}

enum ud_code ud_probe(const struct ud_app *app, struct ud_engine *engine, struct ud_facts *ret,
                      struct ud_error *err)
{
    struct probe probe = {.app = app, .engine = engine};
    struct ud_facts facts = {0};
    ud_report_step(app->report, "Looking at the kernel");
    UD_TRY(ud_helper_image_ensure(app, engine, &probe.image, err));
    enum ud_code rc = probe_unprivileged(&probe, &facts, err);
    const char *reason = rc == UD_OK ? needs_privileged(&probe, &facts) : NULL;
    bool inside = false;
    if (reason != NULL) {
        rc = probe_privileged(&probe, reason, &facts, &inside, err);
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, "Linux %s %s", facts.release.text, facts.machine);
        tell_no_modules(app, &facts, inside);
        for (size_t i = 0; i < facts.passed_over.len; i++) {
            ud_report_message(app->report, UD_REPORT_WARN, "%s", facts.passed_over.items[i]);
        }
        *ret = facts;
    } else {
        ud_facts_done(&facts);
    }
    free(probe.image);
    return rc;
}

enum ud_code ud_probe_with(const struct ud_app *app, struct ud_engine *engine,
                           const char *config_file, struct ud_facts *ret, struct ud_error *err)
{
    UD_TRY(ud_probe(app, engine, ret, err));
    enum ud_code rc = config_file != NULL ? ud_config_override(app, config_file, ret, err) : UD_OK;
    if (rc != UD_OK) {
        ud_facts_done(ret);
    }
    return rc;
}
