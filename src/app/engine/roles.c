#include "app/engine/roles.h"

#include <stdlib.h>
#include <string.h>

#include "docker/containers/container.h"
#include "docker/containers/network.h"
#include "engine/run_mark.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/str.h"

/* What several roles have in common. Who enters the VM's namespaces has its network anyway: one of
 * its own would keep nothing away, and engines take long to make it. */
#define IN_THE_VM                                                                                  \
    .image = "usbipd-desktop/helper", .privileged = true, .host_pid = true, .network = "host",     \
    .user = "0", .mounts = "none"
#define NEVER_STARTED                                                                              \
    .drop_all_caps = true, .read_only_root = true, .network = "none", .user = "0",                 \
    .mounts = "none", .lifetime = "seconds"
#define AS_A_USER .drop_all_caps = true, .user = "1000:1000", .mounts = "none"

static const struct ud_role_info roles[UD_ROLE_COUNT] = {
    [UD_ROLE_PROBE] =
        {
            .name = "probe",
            .purpose = "reads the kernel's release, configuration, modules and limits",
            .image = "usbipd-desktop/helper",
            .drop_all_caps = true,
            .read_only_root = true,
            .network = "none",
            .user = "0",
            .mounts = "/boot, /lib/modules and /etc/os-release of the VM, read-only",
            .lifetime = "seconds",
        },
    [UD_ROLE_PROBE_VM] =
        {
            .name = "probe-vm",
            .purpose =
                "the same from inside the VM's mount namespace, where the engine does not "
                "give those mounts, or hides the keys of a kernel that enforces signatures; "
                "reads the patches in /src of a LinuxKit VM, and what the VM's package manager "
                "is configured with",
            IN_THE_VM,
            .read_only_root = true,
            .lifetime = "seconds",
        },
    [UD_ROLE_TOOLCHAIN] =
        {
            .name = "toolchain",
            .purpose = "installs compiler and tools into a base image, to be kept as builder image",
            .image = "a distribution's base image",
            .network = "bridge",
            .user = "0",
            .mounts = "none",
            .lifetime = "minutes, once for each builder image",
        },
    [UD_ROLE_PACKAGES] =
        {
            .name = "packages",
            .purpose = "downloads the kernel's packages from a distribution's archive",
            .image = "usbipd-desktop/builder, the one named by --builder, or a distribution's base "
                     "image",
            AS_A_USER,
            .network = "bridge",
            .lifetime = "a minute",
        },
    [UD_ROLE_KERNEL] =
        {
            .name = "kernel",
            .purpose = "is read for what a kernel's build wrote; never started",
            .image = "the one that the kernel was published in",
            NEVER_STARTED,
        },
    [UD_ROLE_BUILD] =
        {
            .name = "build",
            .purpose = "compiles",
            .image = "usbipd-desktop/builder or prepared, or the one named by --builder",
            AS_A_USER,
            .network = "none",
            .lifetime = "the build",
        },
    [UD_ROLE_MODULES] =
        {
            .name = "modules",
            .purpose = "inserts modules into the VM's kernel and removes them",
            IN_THE_VM,
            .undoes = true,
            .lifetime = "seconds",
        },
    [UD_ROLE_SELFTEST] =
        {
            .name = "selftest",
            .purpose = "attaches a device that it plays itself to the VM's USB/IP, and detaches it",
            IN_THE_VM,
            .undoes = true,
            .read_only_root = true,
            .lifetime = "seconds",
        },
    [UD_ROLE_SHELL] =
        {
            .name = "shell",
            .purpose = "runs the user's shell or program in the VM's namespaces",
            IN_THE_VM,
            .read_only_root = true,
            .lifetime = "the shell, four hours at the most",
        },
    [UD_ROLE_BASE] =
        {
            .name = "base",
            .purpose = "shows where the base image has its folders; never started",
            .image = "the one named by --base",
            NEVER_STARTED,
        },
    [UD_ROLE_VHCLI] =
        {
            .name = "vhcli",
            .purpose = "inserts the modules of its image that the VM's kernel lacks, and runs the "
                       "VirtualHere client",
            .image = "vhcli, or the one named to `vhcli start`",
            .privileged = true,
            .network = "bridge",
            .user = "0",
            .mounts = "none",
            .keeps_log = true,
            .lasting = UD_VHCLI_CONTAINER,
            .lifetime = "until `vhcli stop` or `clean`",
        },
    [UD_ROLE_RESOLVE] =
        {
            .name = "resolve",
            .purpose = "looks up a name of a USB/IP server that only containers know, such as "
                       "host.docker.internal",
            .image = "usbipd-desktop/helper",
            .drop_all_caps = true,
            .read_only_root = true,
            .network = "bridge",
            .user = "0",
            .mounts = "none",
            .lifetime = "seconds",
        },
    [UD_ROLE_EXPORTS] =
        {
            .name = "exports",
            .purpose = "asks a USB/IP server for the list of its devices, from the VM's network",
            .image = "usbipd-desktop/helper",
            .drop_all_caps = true,
            .read_only_root = true,
            .network = "host",
            .user = "0",
            .mounts = "none",
            .lifetime = "seconds",
        },
    [UD_ROLE_ATTACH] =
        {
            .name = "attach",
            .purpose = "detaches devices of the VM, looks after their drivers, and attaches with "
                       "--no-guard; the connection is the VM's and outlives it",
            IN_THE_VM,
            .undoes = true,
            .read_only_root = true,
            .lifetime = "seconds",
        },
    [UD_ROLE_GUARD] =
        {
            .name = "guard",
            .purpose =
                "attaches a device of a USB/IP server to the VM, and stays to check what the "
                "server sends where the kernel may believe too much",
            IN_THE_VM,
            .undoes = true,
            .outlives = true,
            .read_only_root = true,
            .lifetime = "seconds, or until the device is detached or its server ends",
        },
    [UD_ROLE_KEEP] =
        {
            .name = "keep",
            .purpose = "the same, and attaches the device again whenever it comes back",
            IN_THE_VM,
            .undoes = true,
            .read_only_root = true,
            .lifetime = "as long as `attach --auto-attach`",
        },
    [UD_ROLE_TUNNEL] =
        {
            .name = "tunnel",
            .purpose = "attaches a device of a USB/IP server that your machine reaches, through "
                       "the engine's own connection, and checks what the server sends",
            IN_THE_VM,
            .undoes = true,
            .read_only_root = true,
            .lifetime = "as long as `attach --via here`",
        },
    [UD_ROLE_INSTALLED] =
        {
            .name = "installed",
            .purpose = "inserts the modules of its image whenever the engine starts, and stays, "
                       "so that the engine starts it again",
            .image = "usbipd-desktop/installed",
            .privileged = true,
            .host_pid = true,
            .network = "host",
            .user = "0",
            .mounts = "none",
            .read_only_root = true,
            .keeps_log = true,
            .restarts = true,
            .lasting = UD_INSTALLED_CONTAINER,
            .lifetime = "until `uninstall`",
        },
};

#define NAME_PREFIX "usbipd-desktop-"
enum { NAME_HEX = 12 }; /* digits at its end */

const struct ud_role_info *ud_role_info(enum ud_role role)
{
    return &roles[role];
}

char *ud_role_container_name(enum ud_role role)
{
    unsigned char random[NAME_HEX / 2];
    char hex[2 * sizeof random + 1];
    ud_host_random(random, sizeof random);
    ud_str_hex(random, sizeof random, hex);
    return ud_strf(NAME_PREFIX "%s-%s", roles[role].name, hex);
}

bool ud_role_is_lasting_name(const char *name)
{
    for (size_t i = 0; i < UD_ROLE_COUNT; i++) {
        if (roles[i].lasting != NULL && strcmp(name, roles[i].lasting) == 0) {
            return true;
        }
    }
    return false;
}

bool ud_role_is_container_name(const char *name)
{
    if (ud_role_is_lasting_name(name)) {
        return true;
    }
    for (size_t i = 0; i < UD_ROLE_COUNT; i++) {
        char *start = ud_strf(NAME_PREFIX "%s-", roles[i].name);
        const size_t len = strlen(start);
        bool is = strncmp(name, start, len) == 0 && strlen(name + len) == NAME_HEX &&
                  strspn(name + len, "0123456789abcdef") == NAME_HEX;
        free(start);
        if (is) {
            return true;
        }
    }
    return false;
}

void ud_role_fill(enum ud_role role, const char *name, const char *image,
                  struct ud_container_spec *spec)
{
    const struct ud_role_info *info = &roles[role];
    spec->name = name;
    spec->image = image;
    spec->user = info->user;
    spec->network_mode = info->network;
    spec->pid_mode = info->host_pid ? "host" : NULL;
    spec->privileged = info->privileged;
    /* An engine that remaps users shares nothing of the VM with a container that it remaps. */
    spec->userns_mode = info->privileged || strcmp(info->network, "host") == 0 ? "host" : NULL;
    spec->read_only_rootfs = info->read_only_root;
    spec->auto_remove = info->outlives;
    spec->restart = info->restarts ? "always" : NULL;
    /* Writing megabytes down line by line takes an engine longer than all else of a probe. */
    spec->log_driver = info->keeps_log ? NULL : "none";
    if (info->drop_all_caps) {
        ud_strv_add(&spec->cap_drop, "ALL");
    }
    if (!info->privileged) {
        ud_strv_add(&spec->security_opt, "no-new-privileges");
    }
    ud_strv_add(&spec->labels, UD_LABEL_OURS "=1");
    ud_strv_addf(&spec->labels, UD_LABEL_ROLE "=%s", info->name);
    /* Always, so that none has another run's from its image. */
    ud_strv_addf(&spec->labels, UD_LABEL_RUN "=%s", info->outlives ? "none" : ud_run_mark_id());
}

enum ud_code ud_role_choose_network(struct ud_engine *engine, struct ud_container_spec *spec,
                                    struct ud_error *err)
{
    bool has_bridge = false;
    if (strcmp(spec->network_mode, "bridge") != 0) {
        return UD_OK;
    }
    UD_TRY(ud_network_exists(engine, "bridge", &has_bridge, err));
    if (!has_bridge) {
        spec->network_mode = spec->userns_mode = "host";
    }
    return UD_OK;
}
