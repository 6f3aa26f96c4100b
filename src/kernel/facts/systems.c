#include "kernel/facts/systems.h"

#include <string.h>

#include "util/str.h"

typedef bool system_test(const struct ud_facts *facts);

/* Its kernels have CONFIG_MODULES and CONFIG_USB_SUPPORT off (apple/containerization,
 * kernel/config-arm64), and it has no name of its own in uname or os-release: Docker VMs without
 * support for modules are not known. */
static bool system_has_no_modules(const struct ud_facts *facts)
{
    return !facts->modules_supported;
}

static bool system_is_orbstack(const struct ud_facts *facts)
{
    return facts->release.flavor == UD_FLAVOR_ORBSTACK;
}

/* Its command line has module.sig_enforce=1 unless an install option switches that off. */
static bool system_is_closed_talos(const struct ud_facts *facts)
{
    return ud_str_ends(facts->release.text, "-talos") && facts->sig_enforce;
}

static bool system_is_haos(const struct ud_facts *facts)
{
    return ud_str_ends(facts->release.text, "-haos");
}

static bool system_is_bottlerocket(const struct ud_facts *facts)
{
    return facts->os.id != NULL && strcmp(facts->os.id, "bottlerocket") == 0;
}

static const struct {
    system_test *is;
    struct ud_system system;
} systems[] = {
    {system_is_orbstack,
     {"OrbStack", true,
      "it has USB/IP and many drivers built in, and no modules can be built for it: its sources "
      "are "
      "not published, and its struct module is its own",
      "Run `usbipd-desktop attach`; for a device without a driver use OrbStack's own USB "
      "passthrough (`orb usb`)."}},
    {system_is_closed_talos,
     {"Talos Linux", true, "it takes only modules that its maker signed (module.sig_enforce)",
      "Install Talos without enforced module signatures, or ask for a system extension with the "
      "module."}},
    {system_has_no_modules,
     {"a kernel without modules, as Apple's `container` runs", true,
      "it can load no module, so what it lacks cannot be added",
      "Start it with a kernel that has USB/IP and the drivers built in (`container run --kernel`), "
      "or use another Docker VM."}},
    {system_is_haos,
     {"Home Assistant OS", false, "it has the modules of USB/IP and of the drivers",
      "Run `usbipd-desktop attach`, which loads them."}},
    {system_is_bottlerocket,
     {"Bottlerocket", false, "it has the modules of USB/IP and of the drivers",
      "Run `usbipd-desktop attach`, which loads them."}},
};

const struct ud_system *ud_system_find(const struct ud_facts *facts)
{
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        if (systems[i].is(facts)) {
            return &systems[i].system;
        }
    }
    return NULL;
}
