#include "ops/ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/ops.h"
#include "sys/vhci.h"
#include "usb/plug.h"
#include "usb/port_file.h"
#include "usb/ports.h"

enum { DETAIL_MAX = 512 };

/* The first few uses, for a person. */
static void detach_describe_use(const struct ud_reported_device *device, char dst[DETAIL_MAX])
{
    size_t used = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < device->mount_count && used < DETAIL_MAX; i++) {
        const struct ud_report_mount *mount = &device->mounts[i];
        used += (size_t)snprintf(dst + used, DETAIL_MAX - used, "%s%s is mounted on %s",
                                 used > 0 ? ", " : "", mount->node, mount->path);
    }
    for (size_t i = 0; i < device->open_count && used < DETAIL_MAX; i++) {
        const struct ud_report_open *open = &device->opens[i];
        used += (size_t)snprintf(dst + used, DETAIL_MAX - used, "%s%s is open in %s (process %lu)",
                                 used > 0 ? ", " : "", open->node, open->comm,
                                 (unsigned long)open->pid);
    }
    ud_str_sanitize(dst);
}

static void detach_name(uint32_t port, char dst[16])
{
    (void)snprintf(dst, 16, "%lu", (unsigned long)port);
}

/* All are told; the first is the error. */
static enum ud_code detach_check(struct ud_helper *helper, const struct ud_device_report *report,
                                 struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < report->count; i++) {
        const struct ud_reported_device *device = &report->devices[i];
        char detail[DETAIL_MAX];
        char name[16];
        detach_describe_use(device, detail);
        if (detail[0] == '\0') {
            continue;
        }
        detach_name(device->port, name);
        ud_emit_result(helper->emit, name, UD_VERDICT_BUSY, 0, detail);
        if (rc == UD_OK) {
            rc = ud_fail(err, UD_ERR_BUSY,
                         "End what uses it, unmount it, or detach it all the same with --force.",
                         "the device on port %s is in use: %s", name, detail);
        }
    }
    return rc;
}

static enum ud_code detach_one(struct ud_helper *helper, uint32_t port, struct ud_error *err)
{
    struct ud_vhci_port line;
    struct ud_error why = {0};
    char name[16];
    int number = ud_vhci_port(helper->root, port, &line);
    detach_name(port, name);
    if (number == ENOENT || (number == 0 && line.state == UD_VHCI_FREE)) {
        ud_port_file_remove(helper->root, port);
        ud_emit_result(helper->emit, name, UD_VERDICT_ABSENT, 0, "");
        return UD_OK;
    }
    if (ud_plug_out(helper, port, &why) != UD_OK) {
        ud_emit_result(helper->emit, name, UD_VERDICT_FAILED, 0, why.message);
        return ud_error_pass(err, &why);
    }
    ud_emit_result(helper->emit, name, UD_VERDICT_REMOVED, 0, "");
    return UD_OK;
}

/* Each is tried, whatever became of the others. */
static enum ud_code detach_all(struct ud_helper *helper, const uint32_t *ports, size_t count,
                               struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < count; i++) {
        enum ud_code one = detach_one(helper, ports[i], rc == UD_OK ? err : NULL);
        rc = rc == UD_OK ? one : rc;
    }
    return rc;
}

static enum ud_code detach_run(struct ud_helper *helper, bool force, const uint32_t *ports,
                               size_t count, struct ud_error *err)
{
    const struct ud_kernel *kernel = helper->kernel;
    struct ud_device_report report = {0};
    enum ud_code rc = UD_OK;
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    ud_vhci_report(helper->root, helper->emit);
    /* No ports would be all of them. */
    int why = count > 0 ? ud_ports_collect(helper->root, !force, ports, count, &report) : 0;
    if (why != 0) {
        rc = ud_ports_unreadable(why, err);
    } else {
        ud_ports_send(helper->emit, &report);
        rc = force ? UD_OK : detach_check(helper, &report, err);
    }
    ud_device_report_done(&report);
    if (rc == UD_OK) {
        rc = detach_all(helper, ports, count, err);
        ud_plug_sweep(helper->root);
    }
    return rc;
}

enum ud_code ud_op_detach(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    uint32_t ports[UD_OPS_PORTS_MAX];
    struct ud_error why = {0};
    bool force = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_FORCE);
    UD_TRY(ud_ports_parse(count, args, ports, err));
    enum ud_code rc = detach_run(helper, force, ports, (size_t)count, &why);
    return rc == UD_OK ? UD_OK : ud_helper_fail(helper, &why, err);
}
