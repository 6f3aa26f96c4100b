#include "vm/engine_kind.h"

#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "util/str.h"

/* What these products call their machine or kernel. */
static const struct {
    const char *os_contains;
    const char *name_starts;
    const char *kernel_contains;
    const char *kind;
} kinds[] = {
    {"Docker Desktop", NULL, NULL, "Docker Desktop's VM"},
    {"Rancher Desktop", NULL, NULL, "Rancher Desktop's VM"},
    {NULL, "lima-rancher-desktop", NULL, "Rancher Desktop's VM"},
    {"OrbStack", NULL, NULL, "OrbStack's VM"},
    {NULL, NULL, "orbstack", "OrbStack's VM"},
    {NULL, NULL, "microsoft-standard-WSL2", "WSL2's VM"},
    {NULL, "colima", NULL, "Colima's VM"},
    {NULL, "lima-", NULL, "a Lima VM"},
    {"Fedora CoreOS", NULL, NULL, "podman machine's VM"},
    {NULL, NULL, "linuxkit", "a LinuxKit VM"},
};

bool ud_vm_may_be_this_machine(const struct ud_engine_info *info)
{
    char *here = ud_host_kernel();
    bool may = here != NULL && (info->kernel[0] == '\0' || strcmp(here, info->kernel) == 0);
    free(here);
    return may;
}

bool ud_vm_is_this_machine(const struct ud_facts *facts)
{
    char *here = ud_host_boot_id();
    bool same = here != NULL && facts->boot_id != NULL && strcmp(here, facts->boot_id) == 0;
    free(here);
    return same;
}

static bool vm_kind_matches(const char *wanted, const char *text)
{
    return wanted == NULL || strstr(text, wanted) != NULL;
}

const char *ud_vm_kind(const struct ud_engine_info *info, const struct ud_facts *facts)
{
    if (facts != NULL && ud_vm_is_this_machine(facts)) {
        return "this machine";
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (vm_kind_matches(kinds[i].os_contains, info->operating_system) &&
            (kinds[i].name_starts == NULL || ud_str_starts(info->name, kinds[i].name_starts)) &&
            vm_kind_matches(kinds[i].kernel_contains, info->kernel)) {
            return kinds[i].kind;
        }
    }
    return "another machine or VM";
}

enum ud_code ud_kernel_access_check_root(const struct ud_engine_info *engine, struct ud_error *err)
{
    if (engine->rootless) {
        return ud_fail(err, UD_ERR_DENIED, "Use an engine that runs as root in its VM.",
                       "the engine is rootless: its containers cannot reach the kernel's modules");
    }
    return UD_OK;
}

enum ud_code ud_kernel_access_check_native(bool this_machine, bool native, const char *endpoint,
                                           struct ud_error *err)
{
    if (this_machine && !native) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Add --native if that is what you want, or name the VM's engine with "
                       "--host or --context.",
                       "the engine at %s runs on this machine's own kernel, not in a VM", endpoint);
    }
    return UD_OK;
}
