#include "ops/attach.h"
#include "ops/ops.h"

#include <fcntl.h>
#include <stdio.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/device.h"

enum { TUNNEL_PIPE = 1024 * 1024 }; /* bytes; the most that is usual for anybody */

static enum ud_code tunnel_parse(struct ud_plug *plug, int count, char **args, struct ud_error *err)
{
    UD_TRY(ud_attach_take_access(&count, &args, &plug->access, err));
    if (count != 5 || !ud_check_number(args[0], UINT32_MAX, &plug->devid) ||
        !ud_check_number(args[1], 255, &plug->speed) || !ud_usbip_busid_valid(args[2]) ||
        !ud_check_host(args[3]) || !ud_check_tcp_port(args[4], &plug->server.port)) {
        return ud_fail(err, UD_ERR_USAGE, NULL,
                       "tunnel takes a devid, a speed, a busid, a host and a port");
    }
    (void)snprintf(plug->server.busid, sizeof plug->server.busid, "%s", args[2]);
    (void)snprintf(plug->server.host, sizeof plug->server.host, "%s", args[3]);
    return UD_OK;
}

/* The host reads on: END comes when it is over. */
static enum ud_code tunnel_attached(void *ctx, struct ud_error *err)
{
    const struct ud_plug *plug = ctx;
    (void)err;
    ud_emit_fact(plug->helper->emit, UD_FACT_ATTACHED, plug->server.busid);
    return UD_OK;
}

/* So that a transfer of a disk fits, and whoever carries it on need not come back for the rest. A
 * pipe that stays as it is does as well. */
static void tunnel_widen(int pipe)
{
    (void)fcntl(pipe, F_SETPIPE_SZ, TUNNEL_PIPE);
}

static enum ud_code tunnel_run(struct ud_plug *plug, char *host, struct ud_error *err)
{
    const struct ud_kernel *kernel = plug->helper->kernel;
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
    UD_TRY(ud_plug_check(plug, &host, 1, plug->server.port, plug->server.busid, err));
    tunnel_widen(plug->helper->input);
    tunnel_widen(plug->helper->output);
    const struct ud_guarding guarding = {.plug = plug,
                                         .from_server = plug->helper->input,
                                         .to_server = plug->helper->output,
                                         .leash = -1,
                                         .attached = tunnel_attached,
                                         .ctx = plug,
                                         .path = UD_REPORT_PATH_HERE};
    return ud_attach_guarded(&guarding, err);
}

enum ud_code ud_op_tunnel(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_plug plug = {.helper = helper};
    struct ud_error why = {0};
    UD_TRY(tunnel_parse(&plug, count, args, err));
    enum ud_code rc = tunnel_run(&plug, plug.server.host, &why);
    ud_plug_done(&plug);
    return rc == UD_OK ? UD_OK : ud_helper_fail(helper, &why, err);
}
