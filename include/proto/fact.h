/* The keys of FACT and BLOB records. A fact that is not sent is not known. */
#ifndef PROTO_FACT_H
#define PROTO_FACT_H

/* uname(2) */
#define UD_FACT_RELEASE "release"
#define UD_FACT_VERSION "version"
#define UD_FACT_MACHINE "machine"
#define UD_FACT_HOSTNAME "hostname" /* of the VM with --enter only */

#define UD_FACT_BANNER "banner"                       /* /proc/version */
#define UD_FACT_BOOT_ID "boot-id"                     /* a UUID, new at each boot */
#define UD_FACT_KERNEL_BUILD_ID "kernel-build-id"     /* hex, of /sys/kernel/notes */
#define UD_FACT_MODULES_SUPPORTED "modules-supported" /* "1", or "0": no /proc/modules */
#define UD_FACT_MODULES_DISABLED                                                                   \
    "modules-disabled"                    /* "1": sysctl kernel.modules_disabled is set            \
                                           */
#define UD_FACT_SIG_ENFORCE "sig-enforce" /* "Y" or "N" */
#define UD_FACT_LOCKDOWN "lockdown"       /* such as "[none] integrity confidentiality" */
#define UD_FACT_TAINTED "tainted"         /* decimal bits */
#define UD_FACT_MODULES_DIR "modules-dir" /* /lib/modules/RELEASE or the one in /usr */
/* A configuration's place: the headers of a kernel with CONFIG_IKHEADERS. */
#define UD_PATH_KHEADERS "/sys/kernel/kheaders.tar.xz"
/* Why such a folder, which may be there, cannot be seen from here: one of the words below. Then
 * there is no modules-dir. */
#define UD_FACT_MODULES_UNSEEN "modules-unseen"
#define UD_MODULES_LINKED "linked"  /* it is a link to what is not here, or is below one */
#define UD_MODULES_DENIED "denied"  /* reading it is not permitted: SELinux, for one */
#define UD_FACT_KALLSYMS "kallsyms" /* "1": /proc/kallsyms can be read */
#define UD_FACT_BTF "btf"           /* "1": /sys/kernel/btf/vmlinux is there */
#define UD_FACT_FILE "file"         /* read: the path of the blob that follows */
#define UD_FACT_UNLOAD_SUPPORTED "unload-supported" /* insert only: "1" or "0" */

/* Followed by a module's name as the kernel writes it, with '_'. */
#define UD_FACT_BUILD_ID_PREFIX "build-id:" /* hex; for loaded modules that have one */
#define UD_FACT_BUILTIN_PREFIX                                                                     \
    "builtin:" /* "1": in /sys/module, but not as a loaded module.                                 \
                * Built-in code without parameters is not there:                                   \
                * see modules.builtin too. */

/* vhci_hcd; after insert too. The driver may be built in. */
#define UD_FACT_VHCI_DRIVER "vhci-driver" /* "1" or "0": the platform driver is registered */
/* "0": that driver is certain not to have the overflow of usbip/holes.h; "1": it may. */
#define UD_FACT_VHCI_OVERFLOW "vhci-overflow"
#define UD_FACT_VHCI_NPORTS "vhci-nports" /* decimal, over all controllers and both hubs */

/* selftest */
#define UD_FACT_SELFTEST_PORT "selftest-port"   /* decimal */
#define UD_FACT_SELFTEST_BUSID "selftest-busid" /* such as "3-1" */
#define UD_FACT_SELFTEST_MS "selftest-ms"       /* from attaching to having been configured */
#define UD_FACT_SELFTEST_URBS "selftest-urbs"   /* those that were answered until then */
#define UD_FACT_SELFTEST_AUTHORIZED                                                                \
    "selftest-authorized" /* "1", or "0": the VM's policy for USB devices let it not be configured \
                           */

/* resolve, attach, exports, tunnel, devices, detach, aliases */
#define UD_FACT_ADDRESS "address"   /* resolve: numeric; once for each, IPv4 first */
#define UD_FACT_SERVER "server"     /* the address that answered */
#define UD_FACT_FROM "from"         /* the address of this side, as that server sees it */
#define UD_FACT_PORT "port"         /* of vhci_hcd, decimal: taken, or taken already */
#define UD_FACT_DEVTMPFS "devtmpfs" /* "1", or "0": nothing makes nodes in the VM's /dev */
#define UD_FACT_WARNING "warning"   /* what did not go well and matters little; a sentence */
#define UD_FACT_REMEDY "remedy"     /* what to do about the failure that END tells */
#define UD_FACT_ATTACHED                                                                           \
    "attached"              /* keep, tunnel: the busid on the server of what is attached now */
#define UD_FACT_LOST "lost" /* keep: the device that was attached is not; why */
#define UD_FACT_WAITING "waiting" /* keep: why nothing is attached */
/* Followed by the number of a modalias among those asked for, from 0: a module for it. */
#define UD_FACT_ALIAS_PREFIX "alias:"
/* Followed by a module's name: one of the words below. */
#define UD_FACT_MODULE_PREFIX "module:"
#define UD_MODULE_IS_BUILTIN "built-in"
#define UD_MODULE_IS_LOADED "loaded"
#define UD_MODULE_IS_ABSENT "absent" /* not loaded */

/* The answer of a USB/IP server to OP_REQ_DEVLIST, as it came: see usbip/op.h. */
#define UD_BLOB_EXPORTS "exports"
/* See proto/device_report.h. */
#define UD_BLOB_DEVICES "devices"

/* The status files of all controllers one after the other; each starts with
 * the kernel's header line. See usbip/vhci_status.h. */
#define UD_BLOB_VHCI_STATUS "vhci-status"

/* Followed by the path of the file: plain text, gzip, or the module configs, which may be
 * compressed in any way. More than one is sent when the first may be no whole configuration; the
 * better place comes first. */
#define UD_BLOB_CONFIG_PREFIX "config:"
#define UD_BLOB_OS_RELEASE "os-release"
#define UD_BLOB_PROC_MODULES "proc-modules"
#define UD_BLOB_MODULES_DEP "modules.dep"
#define UD_BLOB_MODULES_BUILTIN "modules.builtin"
/* The module files below the folder, relative to it, a line each: only where modules.dep
 * names none. */
#define UD_BLOB_MODULE_FILES "module-files"
#define UD_BLOB_PROC_KEYS "proc-keys" /* not where a container is not shown the kernel's keys */
#define UD_BLOB_FILE "file"           /* read */
#define UD_BLOB_SYMBOLS "symbols"     /* read --symbols: names, each with a newline */

#endif
