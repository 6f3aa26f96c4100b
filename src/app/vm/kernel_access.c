#include "vm/kernel_access.h"

enum ud_code ud_kernel_access_check_root(const struct ud_engine_info *engine, struct ud_error *err)
{
    if (engine->rootless || engine->userns) {
        return ud_fail(err, UD_ERR_DENIED, "Use an engine that runs as root in its VM.",
                       "the engine is %s: its containers cannot reach the kernel's modules",
                       engine->rootless ? "rootless" : "remapping user namespaces");
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
