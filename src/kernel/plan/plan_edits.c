#include "plan/plan_edits.h"

#include <stdlib.h>

#include "util/mem.h"

/* Adds the edit unless the running kernel has it so. */
static void plan_edits_edit(const struct ud_facts *facts, const char *name, const char *value,
                            struct ud_plan *plan)
{
    if (!ud_config_same(ud_config_get(&facts->config, name), value)) {
        ud_config_edits_set(&plan->edits, name, value);
    }
}

static void edit_usb(const struct ud_facts *facts, struct ud_plan *plan)
{
    if (!ud_plan_builds(plan, UD_PLAN_USBCORE) || ud_config_on(&facts->config, "USB")) {
        return; /* never touch the options of a kernel that has USB */
    }
    plan_edits_edit(facts, "USB_SUPPORT", "y", plan);
    if (!ud_config_on(&facts->config, "USB_COMMON")) {
        plan_edits_edit(facts, "USB_COMMON", "m", plan); /* hidden; USB selects it */
    }
    plan_edits_edit(facts, "USB", "m", plan);
    /* It is on by default where PCI is, and makes usbcore import
     * usb_hcd_amd_remote_wakeup_quirk of drivers/usb/host/pci-quirks.c, which
     * would be part of the kernel's image. */
    ud_config_edits_set(&plan->edits, "USB_PCI", "n");
}

static void edit_number(const struct ud_facts *facts, const char *name, unsigned asked,
                        unsigned otherwise, struct ud_plan *plan)
{
    bool has = ud_config_get(&facts->config, name) != NULL;
    if (asked == 0 && has) {
        return;
    }
    char *value = ud_strf("%u", asked != 0 ? asked : otherwise);
    plan_edits_edit(facts, name, value, plan);
    free(value);
}

/* The server's modules lie in the same directory. A kernel that has them as modules
 * would have them compiled too, and they import what nobody looks up for ours. */
static void leave_out_server(const struct ud_facts *facts, struct ud_plan *plan)
{
    static const char *const server[] = {"USBIP_HOST", "USBIP_VUDC"};
    for (size_t i = 0; i < sizeof server / sizeof *server; i++) {
        if (ud_config_same(ud_config_get(&facts->config, server[i]), "m")) {
            ud_config_edits_set(&plan->edits, server[i], "n");
        }
    }
}

static void edit_usbip(const struct ud_facts *facts, const struct ud_plan_options *options,
                       struct ud_plan *plan)
{
    if (ud_plan_builds(plan, UD_PLAN_USBIP_CORE) || ud_plan_builds(plan, UD_PLAN_VHCI_HCD)) {
        leave_out_server(facts, plan);
    }
    if (ud_plan_builds(plan, UD_PLAN_USBIP_CORE)) {
        plan_edits_edit(facts, "USBIP_CORE", "m", plan);
    }
    if (ud_plan_builds(plan, UD_PLAN_VHCI_HCD)) {
        plan_edits_edit(facts, "USBIP_VHCI_HCD", "m", plan);
        edit_number(facts, "USBIP_VHCI_HC_PORTS", options->ports, 8, plan);
        edit_number(facts, "USBIP_VHCI_NR_HCS", options->controllers, 1, plan);
    }
}

static void plan_edits_add_extra(const struct ud_config_edits *extra, struct ud_plan *plan)
{
    for (size_t i = 0; extra != NULL && i < extra->len; i++) {
        ud_config_edits_set(&plan->edits, extra->items[i].name, extra->items[i].value);
    }
}

void ud_plan_choose_edits(const struct ud_facts *facts, const struct ud_plan_options *options,
                          struct ud_plan *plan)
{
    edit_usb(facts, plan);
    edit_usbip(facts, options, plan);
    plan_edits_add_extra(options->extra, plan);
}
