#include "ops/attach.h"
#include "ops/ops.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "server/ask.h"
#include "server/pump.h"
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

/* Until the connection ends at either side or a signal comes. */
static void attach_watch(struct ud_helper *helper, const struct ud_pump *pump)
{
    const struct ud_kernel *kernel = helper->kernel;
    while (!ud_pump_ended(pump) && !kernel->stopped(kernel->ctx)) {
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_PUMP_POLL_MS);
    }
}

enum ud_code ud_attach_guarded(struct ud_plug *plug, int from_server, int to_server,
                               void (*attached)(struct ud_helper *helper), struct ud_error *err)
{
    struct ud_helper *helper = plug->helper;
    const struct ud_kernel *kernel = helper->kernel;
    struct ud_pump pump;
    int kernel_end;
    UD_TRY(ud_pump_start(&pump, from_server, to_server, &kernel_end, err));
    enum ud_code rc = ud_plug_in(plug, kernel_end, err);
    (void)close(kernel_end);
    if (rc == UD_OK) {
        attached(helper);
        attach_watch(helper, &pump);
    }
    bool stopped = kernel->stopped(kernel->ctx);
    ud_pump_stop(&pump);
    if (rc == UD_OK) {
        rc = ud_plug_undo(plug, err);
    } else if (pump.failed.code != UD_OK) {
        return ud_error_pass(err, &pump.failed);
    }
    if (rc != UD_OK || pump.released) {
        return rc;
    }
    if (pump.failed.code != UD_OK) {
        return ud_error_pass(err, &pump.failed);
    }
    return stopped ? ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; the device was detached")
                   : UD_OK;
}

/* The host has its answer and goes: nothing more is written to it. */
static void attach_leave(struct ud_helper *helper)
{
    ud_emit_end(helper->emit, UD_OK, "");
    ud_emit_close(helper->emit);
}

/* ---- the operation ---- */

struct attach_run {
    struct ud_plug plug;
    struct ud_ask ask;
    bool guard;
};

static enum ud_code attach_parse(struct attach_run *run, int count, char **args,
                                 struct ud_error *err)
{
    run->guard = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_GUARD);
    UD_TRY(ud_attach_take_access(&count, &args, &run->plug.access, err));
    if (count < 1 || !ud_usbip_busid_valid(args[0])) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "attach takes a busid, a port and addresses");
    }
    run->ask.busid = args[0];
    return ud_ask_parse(&run->ask, count - 1, args + 1, err);
}

static enum ud_code attach_asked(struct attach_run *run, const struct ud_asked *asked,
                                 struct ud_error *err)
{
    struct ud_plug *plug = &run->plug;
    ud_emit_fact(plug->helper->emit, UD_FACT_SERVER, asked->server);
    ud_emit_fact(plug->helper->emit, UD_FACT_FROM, asked->from);
    plug->devid = ud_usbip_devid(&asked->device);
    plug->speed = asked->device.speed;
    (void)snprintf(plug->server.host, sizeof plug->server.host, "%s", asked->server);
    (void)snprintf(plug->server.busid, sizeof plug->server.busid, "%s", run->ask.busid);
    plug->server.port = run->ask.port;
    if (run->guard) {
        return ud_attach_guarded(plug, asked->fd, asked->fd, attach_leave, err);
    }
    return ud_plug_in(plug, asked->fd, err);
}

static enum ud_code attach_run(struct attach_run *run, struct ud_error *err)
{
    struct ud_asked asked;
    const struct ud_kernel *kernel = run->plug.helper->kernel;
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
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
