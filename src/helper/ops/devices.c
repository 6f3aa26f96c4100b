#include "ops/ops.h"

#include <string.h>

#include "proto/ops.h"
#include "sys/vhci.h"
#include "usb/ports.h"

enum ud_code ud_op_devices(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    uint32_t ports[UD_OPS_PORTS_MAX];
    struct ud_device_report report = {0};
    const struct ud_kernel *kernel = helper->kernel;
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    UD_TRY(ud_ports_parse(count, args, ports, err));
    if (enter) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    }
    ud_vhci_report(helper->root, helper->emit);
    int why = ud_ports_collect(helper->root, enter, ports, (size_t)count, &report);
    if (why == 0) {
        ud_ports_send(helper->emit, &report);
    }
    ud_device_report_done(&report);
    return why == 0 ? UD_OK : ud_ports_unreadable(why, err);
}
