#include "ops/attach.h"
#include "ops/ops.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/device_report.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "server/ask.h"
#include "server/pump.h"
#include "sys/modules.h"
#include "sys/vhci.h"
#include "usb/plug.h"
#include "util/patience.h"

enum ud_code ud_attach_take_access(int *count, char ***args, struct ud_access *access,
                                   struct ud_error *err)
{
    const char *text;
    uint32_t number;
    *access = (struct ud_access){-1, -1};
    if (ud_helper_take_option(count, args, UD_OPS_FLAG_MODE, &text)) {
        if (!ud_check_mode(text, &number)) {
            return ud_fail(err, UD_ERR_USAGE, NULL, UD_OPS_FLAG_MODE " takes up to 0777, not %.64s",
                           text);
        }
        access->mode = (int32_t)number;
    }
    if (ud_helper_take_option(count, args, UD_OPS_FLAG_GROUP, &text)) {
        if (!ud_check_number(text, UINT32_MAX - 1, &number)) {
            return ud_fail(err, UD_ERR_USAGE, NULL, UD_OPS_FLAG_GROUP " takes a number, not %.64s",
                           text);
        }
        access->group = number;
    }
    return UD_OK;
}

/* ---- guarded ---- */

/* Whoever started this has nothing to say; only that the input ends matters. */
static bool attach_is_unleashed(int leash)
{
    char byte;
    struct pollfd poller = {.fd = leash, .events = POLLIN};
    return leash >= 0 && poll(&poller, 1, 0) > 0 && read(leash, &byte, 1) <= 0;
}

bool ud_attach_stopped(const struct ud_helper *helper, int leash)
{
    return helper->kernel->stopped(helper->kernel->ctx) || attach_is_unleashed(leash);
}

/* Until the connection ends at either side or a signal comes: true for the latter. */
static bool attach_watch(const struct ud_guarding *guarding, const struct ud_pump *pump)
{
    const struct ud_helper *helper = guarding->plug->helper;
    while (!ud_pump_ended(pump)) {
        if (ud_attach_stopped(helper, guarding->leash)) {
            return true;
        }
        helper->kernel->sleep_ms(helper->kernel->ctx, UD_PATIENCE_PUMP_POLL_MS);
    }
    return false;
}

enum ud_code ud_attach_guarded(const struct ud_guarding *guarding, struct ud_error *err)
{
    struct ud_plug *plug = guarding->plug;
    struct ud_error why = {0};
    (void)snprintf(plug->server.path, sizeof plug->server.path, "%s", guarding->path);
    struct ud_pump pump;
    int kernel_end;
    bool stopped = false;
    UD_TRY(ud_pump_start(&pump, guarding->from_server, guarding->to_server, &kernel_end, err));
    enum ud_code rc = ud_plug_in(plug, kernel_end, &why);
    const bool plugged = rc == UD_OK;
    (void)close(kernel_end);
    if (plugged) {
        rc = guarding->attached(guarding->ctx, &why);
    }
    if (rc == UD_OK) {
        stopped = attach_watch(guarding, &pump);
    }
    ud_pump_stop(&pump);
    if (plugged) {
        UD_TRY(ud_plug_undo(plug, err));
    }
    if (rc != UD_OK) {
        /* What the guard found is why the kernel could not use the device. */
        return ud_error_pass(err, !plugged && pump.failed.code != UD_OK ? &pump.failed : &why);
    }
    if (pump.released) {
        return UD_OK;
    }
    if (pump.failed.code != UD_OK) {
        return ud_error_pass(err, &pump.failed);
    }
    return stopped ? ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; the device was detached")
                   : UD_OK;
}

/* The host has its answer and goes: nothing more is written to it. */
static enum ud_code attach_leave(void *ctx, struct ud_error *err)
{
    const struct ud_helper *helper = ctx;
    (void)err;
    ud_emit_end(helper->emit, UD_OK, "");
    ud_emit_close(helper->emit);
    return UD_OK;
}

/* ---- the operation ---- */

struct attach_run {
    struct ud_plug plug;
    struct ud_ask ask;
    bool guard;         /* stay between, whatever the kernel */
    bool guard_unfixed; /* stay between if the kernel may need it */
    const char *fixed;  /* the build id of a usbip_core that does not, or NULL */
};

static enum ud_code attach_parse(struct attach_run *run, int count, char **args,
                                 struct ud_error *err)
{
    run->guard = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_GUARD);
    run->guard_unfixed = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_GUARD_UNFIXED);
    if (ud_helper_take_option(&count, &args, UD_OPS_FLAG_FIXED, &run->fixed) &&
        (run->fixed[0] == '\0' || !ud_check_build_id(run->fixed))) {
        return ud_fail(err, UD_ERR_USAGE, NULL, UD_OPS_FLAG_FIXED " takes a build id, not %.64s",
                       run->fixed);
    }
    UD_TRY(ud_attach_take_access(&count, &args, &run->plug.access, err));
    if (count < 1 || !ud_usbip_busid_valid(args[0])) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "attach takes a busid, a port and addresses");
    }
    run->ask.busid = args[0];
    return ud_ask_parse(&run->ask, count - 1, args + 1, err);
}

void ud_attach_introduce(struct ud_plug *plug, const struct ud_ask *ask,
                         const struct ud_asked *asked)
{
    ud_emit_fact(plug->helper->emit, UD_FACT_SERVER, asked->server);
    ud_emit_fact(plug->helper->emit, UD_FACT_FROM, asked->from);
    plug->devid = ud_usbip_devid(&asked->device);
    plug->speed = asked->device.speed;
    (void)snprintf(plug->server.host, sizeof plug->server.host, "%s", asked->server);
    (void)snprintf(plug->server.busid, sizeof plug->server.busid, "%s", ask->busid);
    plug->server.port = ask->port;
}

static bool attach_is_fixed(const struct attach_run *run)
{
    const char *root = run->plug.helper->root;
    char loaded[UD_BUILD_ID_MAX + 1];
    return ud_vhci_is_fixed(root) ||
           (run->fixed != NULL && ud_modules_build_id(root, "usbip_core", loaded) &&
            strcmp(run->fixed, loaded) == 0);
}

static enum ud_code attach_asked(struct attach_run *run, const struct ud_asked *asked,
                                 struct ud_error *err)
{
    struct ud_plug *plug = &run->plug;
    ud_attach_introduce(plug, &run->ask, asked);
    if (!run->guard && (!run->guard_unfixed || attach_is_fixed(run))) {
        (void)snprintf(plug->server.path, sizeof plug->server.path, UD_REPORT_PATH_DIRECT);
        return ud_plug_in(plug, asked->fd, err);
    }
    const struct ud_guarding guarding = {.plug = plug,
                                         .from_server = asked->fd,
                                         .to_server = asked->fd,
                                         .leash = -1,
                                         .attached = attach_leave,
                                         .ctx = plug->helper,
                                         .path = UD_REPORT_PATH_GUARDED};
    return ud_attach_guarded(&guarding, err);
}

static enum ud_code attach_run(struct attach_run *run, struct ud_error *err)
{
    struct ud_asked asked;
    const struct ud_kernel *kernel = run->plug.helper->kernel;
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
    ud_vhci_report(run->plug.helper->root, run->plug.helper->emit);
    UD_TRY(ud_plug_check(&run->plug, run->ask.addresses, run->ask.count, run->ask.port,
                         run->ask.busid, err));
    UD_TRY(ud_ask(&run->ask, &asked, err));
    enum ud_code rc = attach_asked(run, &asked, err);
    ud_asked_done(&asked);
    return rc;
}

enum ud_code ud_op_attach(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct attach_run run = {.plug.helper = helper, .ask.helper = helper};
    struct ud_error why = {0};
    UD_TRY(attach_parse(&run, count, args, err));
    enum ud_code rc = attach_run(&run, &why);
    ud_plug_done(&run.plug);
    return rc == UD_OK ? UD_OK : ud_helper_fail(helper, &why, err);
}
