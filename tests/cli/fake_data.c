#include "fake_data.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

bool ud_fake_scenario(const char *name)
{
    const char *wanted = getenv("UD_FAKE");
    return wanted != NULL && strcmp(wanted, name) == 0;
}

void ud_fake_fill_facts(struct ud_facts *facts)
{
    struct ud_error err;
    const char *release = "6.1.0-56-cloud-amd64";
    if (ud_release_parse(release, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-01)", "debian",
                         &facts->release, &err) != UD_OK) {
        abort();
    }
    facts->version = ud_strdup("#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-01)");
    facts->machine = ud_strdup("x86_64");
    facts->os.id = ud_strdup("debian");
    facts->os.version_id = ud_strdup("12");
    facts->os.pretty_name = ud_strdup("Debian GNU/Linux 12 (bookworm)");
    const char *config = "CONFIG_MODULES=y\n";
    if (ud_config_parse(config, strlen(config), &facts->config, &err) != UD_OK) {
        abort();
    }
    facts->has_config = true;
    facts->config_origin = ud_strdup("/boot/config-6.1.0-56-cloud-amd64");
    facts->modules_supported = true;
    facts->lockdown = ud_strdup("none");
}

void ud_fake_done_facts(struct ud_facts *facts)
{
    free(facts->version);
    free(facts->machine);
    free(facts->os.id);
    free(facts->os.version_id);
    free(facts->os.pretty_name);
    free(facts->config_origin);
    free(facts->lockdown);
    free(facts->ports.items);
    ud_device_report_done(&facts->devices);
    ud_config_done(&facts->config);
}

void ud_fake_fill_ports(struct ud_vhci_ports *ports, bool device)
{
    ports->len = 16;
    ports->items = ud_alloc(ports->len, sizeof *ports->items);
    for (unsigned i = 0; i < ports->len; i++) {
        ports->items[i].port = i;
        strcpy(ports->items[i].hub, i >= 8 ? "ss" : "hs");
        ports->items[i].state = UD_VHCI_FREE;
    }
    if (device) {
        ports->items[0].state = UD_VHCI_USED;
        ports->items[0].speed = 3;
        ports->items[0].devid = 1u << 16 | 4;
        strcpy(ports->items[0].busid, "3-1");
        ports->items[9].state = UD_VHCI_RESERVED;
        ports->items[9].speed = 5;
        ports->items[9].devid = 2u << 16 | 7;
    }
}

void ud_fake_fill_plan(struct ud_plan *plan, bool nothing)
{
    for (unsigned i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        plan->items[i].origin = UD_ORIGIN_NOT_NEEDED;
    }
    for (unsigned i = UD_PLAN_USB_COMMON; i <= UD_PLAN_VHCI_HCD; i++) {
        plan->items[i].origin = nothing ? UD_ORIGIN_OWN_FILE : UD_ORIGIN_BUILD;
        plan->items[i].reason =
            ud_strdup(nothing ? "the system has this module" : "CONFIG_USB_SUPPORT is not set");
    }
    plan->items[UD_PLAN_NLS_BASE].origin = UD_ORIGIN_BUILTIN;
    plan->items[UD_PLAN_NLS_BASE].reason = ud_strdup("CONFIG_NLS=y");
    plan->nothing_to_build = nothing;
    plan->modversions = true;
    if (!nothing) {
        ud_config_edits_set(&plan->edits, "USB", "m");
        ud_config_edits_set(&plan->edits, "USBIP_VHCI_HC_PORTS", "8");
    }
}

void ud_fake_done_plan(struct ud_plan *plan)
{
    for (unsigned i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        free(plan->items[i].reason);
    }
    ud_config_edits_done(&plan->edits);
}

void ud_fake_fill_manifest(struct ud_manifest *manifest)
{
    static const char *const names[] = {"usb-common", "usbcore", "usbip-core", "vhci-hcd"};
    static const uint64_t sizes[] = {15872, 371712, 45056, 61440};
    manifest->schema = UD_MANIFEST_SCHEMA;
    manifest->tool_version = ud_strdup("1.2.3");
    manifest->created = ud_strdup("2026-11-02T10:00:00Z");
    manifest->release = ud_strdup("6.1.0-56-cloud-amd64");
    manifest->compiler = ud_strdup("gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
    manifest->proof = ud_strdup("proven");
    manifest->proof_of = ud_strdup("412 CRCs of the kernel's own modules and 52 structs of its BTF "
                                   "are what these sources give");
    manifest->known_holes = ud_strdup("CVE-2026-31607");
    manifest->module_count = 4;
    manifest->modules = ud_alloc(4, sizeof *manifest->modules);
    for (size_t i = 0; i < 4; i++) {
        struct ud_manifest_module *module = &manifest->modules[i];
        module->name = ud_strdup(names[i]);
        module->file = ud_strf("%s.ko", names[i]);
        module->size = sizes[i];
        module->sha256 = ud_strdup("00");
        module->build_id = ud_strdup("ab12");
        module->vermagic = ud_strdup("6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions");
    }
}

void ud_fake_done_manifest(struct ud_manifest *manifest)
{
    free(manifest->tool_version);
    free(manifest->created);
    free(manifest->release);
    free(manifest->compiler);
    free(manifest->proof);
    free(manifest->proof_of);
    free(manifest->known_holes);
    for (size_t i = 0; i < manifest->module_count; i++) {
        free(manifest->modules[i].name);
        free(manifest->modules[i].file);
        free(manifest->modules[i].sha256);
        free(manifest->modules[i].build_id);
        free(manifest->modules[i].package);
        free(manifest->modules[i].vermagic);
    }
    free(manifest->modules);
}

static void add_item(struct ud_inventory *inventory, const char *kind, const char *name,
                     const char *role, uint64_t size, bool removed)
{
    inventory->items = ud_realloc(inventory->items, inventory->count + 1, sizeof *inventory->items);
    inventory->items[inventory->count++] =
        (struct ud_inventory_item){kind, ud_strdup(name), ud_strdup(role), size, removed, NULL};
}

void ud_fake_fill_inventory(struct ud_inventory *inventory, bool removed)
{
    add_item(inventory, "image", "usbipd-desktop/helper:1.2.3", "helper", 122880, removed);
    add_item(inventory, "image", "usbipd-desktop/builder:gcc-12", "builder", 734003200, removed);
    add_item(inventory, "container", "usbipd-desktop-build-1f", "builder", 0, false);
    inventory->items[2].kept = "it belongs to a run that is under way";
}

void ud_fake_fill_drift(struct ud_drift *drift)
{
    drift->len = 2;
    drift->items = ud_alloc(2, sizeof *drift->items);
    drift->items[0] = (struct ud_drift_item){ud_strdup("CC_VERSION_TEXT"),
                                             ud_strdup("\"gcc-12\""),
                                             ud_strdup("\"gcc-13\""),
                                             UD_DRIFT_HARMLESS,
                                             "names it",
                                             NULL};
    drift->items[1] =
        (struct ud_drift_item){ud_strdup("NLS"),           NULL, ud_strdup("m"), UD_DRIFT_SUPPLIED,
                               "built as an extra module", NULL};
}
