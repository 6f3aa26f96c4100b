#include "ops/attach.h"
#include "ops/ops.h"

#include "proto/ops.h"
#include "sys/vhci.h"
#include "usb/enumeration.h"
#include "usb/ports.h"
#include "usb/usb_device.h"

static enum ud_code settle_is_gone(uint32_t number, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no device is on port %lu of vhci_hcd any more",
                   (unsigned long)number);
}

static enum ud_code settle_run(struct ud_helper *helper, const struct ud_access *access,
                               uint32_t number, struct ud_error *err)
{
    const struct ud_kernel *kernel = helper->kernel;
    struct ud_device_report report = {0};
    struct ud_vhci_port port;
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    if (ud_vhci_port(helper->root, number, &port) != 0 || port.state != UD_VHCI_USED ||
        !ud_usb_busid_plain(port.busid)) {
        return settle_is_gone(number, err);
    }
    ud_enumeration_settle(helper, port.busid);
    ud_ports_add(helper->root, true, &port, &report);
    enum ud_code rc = UD_OK;
    if (report.devices[0].busid[0] == '\0') {
        rc = settle_is_gone(number, err);
    } else {
        ud_access_give(helper, access, &report.devices[0]);
        ud_ports_send(helper->emit, &report);
    }
    ud_device_report_done(&report);
    return rc;
}

enum ud_code ud_op_settle(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    uint32_t ports[UD_OPS_PORTS_MAX];
    struct ud_access access;
    UD_TRY(ud_attach_take_access(&count, &args, &access, err));
    if (count != 1) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "settle takes a port");
    }
    UD_TRY(ud_ports_parse(count, args, ports, err));
    return settle_run(helper, &access, ports[0], err);
}
