/* The closed set of things that the helper does, one for each run of it, and
 * the words for them. The helper's argv is the operation's name, its flags, its
 * arguments. Every operation but shell, client and installed answers with the stream of
 * proto/record.h and exits with 0, with 1 (the error is in END) or with 2 (not an operation).
 *
 * --enter and the lack of --own need a privileged container with pid=host,
 * where process 1 is the VM's; the helper then works in its namespaces. */
#ifndef PROTO_OPS_H
#define PROTO_OPS_H

/* probe [--enter]: what the kernel is and allows, and what is attached: FACT and BLOB
 * records, those of proto/fact.h; what cannot be known is left out. Never fails but for
 * namespaces. Without --enter it reads the container's own /boot and
 * /lib/modules, where the VM's are to be bound read-only; then the VM's
 * os-release can be given as UD_OPS_OS_RELEASE. */
#define UD_OP_PROBE "probe"

/* read [--enter] [--symbols] [PATH ...]: some of the VM's own module files, as they
 * are (perhaps compressed), or UD_OPS_BTF; in this order, for each a FACT UD_FACT_FILE
 * with its path and its bytes as blob UD_BLOB_FILE. All are opened before anything is
 * sent. UD_ERR_NOT_FOUND, UD_ERR_DENIED, UD_ERR_IO. Then, with --symbols, as blob UD_BLOB_SYMBOLS
 * each name in /proc/kallsyms that a module could import, as a line; UD_ERR_FACTS if that cannot be
 * read, UD_ERR_DENIED if it is not permitted. Both in one, since to start a second container takes
 * longer.
 *
 * read --enter --patches: what a VM made with LinuxKit keeps of the changes to its kernel's
 * sources: UD_OPS_PATCHES_VERSION if it is there, then each file NAME.patch in UD_OPS_PATCHES_DIR,
 * sorted by name, at most UD_OPS_PATCHES_MAX; as for PATH.
 *
 * read --enter --package-config: what the VM's package manager is configured with, the files of
 * proto/package_config.h that are there, at most UD_OPS_CONFIGS_MAX; as for PATH. */
#define UD_OP_READ "read"

/* crcs [--enter] [PATH ...] -- NAME ...: what the VM's own modules say of the CRCs of
 * symbols. Paths of module files as read takes them, in the order in which they are looked
 * into. A RESULT, PRESENT with the CRC in 8 hex digits as its detail, for each of the symbols
 * that a module imports, again only if another module has another CRC. A file that is
 * compressed is sent as it is, as a blob whose key is its path. Ends when every symbol was
 * found; files that are not there are passed over. */
#define UD_OP_CRCS "crcs"

/* insert [--own] NAME ...: inserts UD_OPS_MODULES_DIR/NAME.ko in this order.
 * First a FACT unload-supported. For each module KLOG lines, if the kernel
 * said something, and a RESULT: INSERTED, PRESENT (not touched) or FAILED.
 * After a failure, an interruption (SIGTERM, SIGINT, SIGHUP) or the loss of its
 * reader it stops and unloads what this run inserted, in reverse: RESULT
 * REMOVED or KEPT. After success the vhci facts and blob of probe.
 * UD_ERR_REFUSED, UD_ERR_INTERRUPTED, UD_ERR_BUSY (another run holds the lock),
 * UD_ERR_NOT_FOUND (no such file) and UD_ERR_UNFIT (the file calls itself
 * another module), nothing was tried then; UD_ERR_DENIED. */
#define UD_OP_INSERT "insert"

/* remove [--own] NAME[:BUILDID] ...: unloads in this order. Before anything is
 * unloaded all are checked: ABSENT and FOREIGN ones are left out; a device on a
 * port of vhci_hcd, a user that is not itself among those to be removed, or a
 * module that cannot be unloaded gives BUSY or FAILED, and nothing is removed
 * (UD_ERR_BUSY, UD_ERR_REFUSED). Then REMOVED for each, up to the first FAILED
 * or BUSY. */
#define UD_OP_REMOVE "remove"

/* hold SECONDS: does nothing but reap children, as process 1 of a build
 * container; ends well at SIGTERM, SIGINT or after SECONDS (1 to
 * UD_PATIENCE_HOLD_S). */
#define UD_OP_HOLD "hold"

/* shell [--size ROWSxCOLUMNS] [PROGRAM [ARGUMENT ...]]: a program of the VM, or
 * its shell (of root, who is logged in if standard input is a terminal), in all
 * the VM's namespaces. There is no stream of records: its standard input, output
 * and error are the user's. If they are a terminal, the program has another one
 * between, of the VM, of that size at first. The exit code is the program's, 128
 * and the signal's number if one ended it, 127 if it does not exist, 126 if it
 * cannot be run, and UD_OPS_SHELL_FAILED if it was not tried, with the reason on
 * standard error. SIGTERM, SIGINT and SIGHUP are passed on. Ends, with whatever
 * was started in it, after UD_PATIENCE_SHELL_S. */
#define UD_OP_SHELL "shell"

/* client [MODULE ...] -- PROGRAM [ARGUMENT ...]: the entry point of an image with
 * a USB/IP client. Unless the device vhci_hcd.0 is there, inserts the modules, in
 * this order, from /lib/modules/<release>/UD_OPS_EXTRA as insert --own does.
 * Then runs the program to its end, in the container and with its environment,
 * and passes signals on to it. The exit code is as for shell. There is no stream
 * of records: what is done is said on standard error in lines that begin with
 * UD_OPS_SAYS; UD_OPS_INSERTED and UD_OPS_STARTED precede the name of a module that was inserted
 * and of a program that was started. Where none was tried, the last line is UD_OPS_FAILED, the
 * name of the error's code (docs/errors.md), a colon, and what is wrong. */
#define UD_OP_CLIENT "client"

/* installed [--check]: the entry point of an installation's image, which has the modules of one or
 * several kernels, each in a directory UD_OPS_KERNELS_DIR/NUMBER: UD_OPS_KERNEL_FILE
 * (proto/installed.h) and NAME.ko. Inserts those for the running kernel, of just this release and
 * build, as insert does, and nothing if there are none. Then it stays until SIGTERM, SIGINT or
 * SIGHUP, whatever came of it: engines start again at their own start what ran before. There is no
 * stream of records: what is done is said on standard error as client says it. The first line is
 * UD_OPS_KERNEL and the kernel, the last one UD_OPS_READY or UD_OPS_FAILED and what follows there;
 * before UD_OPS_READY perhaps UD_OPS_OWN_WAY.
 *
 * --check inserts nothing, and ends: with 0 and UD_OPS_READY if the modules for the running kernel
 * are all in it, or if there are none and it has USB/IP itself; else with UD_OPS_SHELL_FAILED and
 * UD_OPS_FAILED. */
#define UD_OP_INSTALLED "installed"

/* selftest: attaches the device of usbip/testdev.h, which this process plays at the
 * other end of a pair of sockets, to a free port of vhci_hcd, waits until the
 * kernel has enumerated and configured it, detaches it and waits until port and
 * device are gone, which it also does after a failure or an interruption. Then the
 * facts UD_FACT_SELFTEST_*. A failure is a RESULT FAILED of one of the steps
 * UD_SELFTEST_*, after the KLOG lines of vhci_hcd: UD_ERR_NOT_FOUND (there is no
 * vhci_hcd), UD_ERR_BUSY (no port is free, or another run holds the lock),
 * UD_ERR_DENIED, UD_ERR_REFUSED, UD_ERR_INTERRUPTED. Whatever happens to the
 * process, the kernel frees the port when the socket goes. */
#define UD_OP_SELFTEST "selftest"

#define UD_SELFTEST_DRIVER "driver"       /* vhci_hcd is there */
#define UD_SELFTEST_PORT "port"           /* one is free */
#define UD_SELFTEST_ATTACH "attach"       /* the kernel takes the device */
#define UD_SELFTEST_ENUMERATE "enumerate" /* and knows what it is */
#define UD_SELFTEST_DETACH "detach"       /* and lets go of it */

/* resolve NAME: a FACT UD_FACT_ADDRESS for each of the name's addresses, IPv4 first, at most
 * UD_OPS_ADDRESSES_MAX. UD_ERR_NOT_FOUND (there is no such name), UD_ERR_UNREACHABLE (no name
 * server answers), UD_ERR_INTERRUPTED. */
#define UD_OP_RESOLVE "resolve"

/* exports PORT ADDRESS ...: asks the first USB/IP server that answers, of these numeric
 * addresses in turn, for the list of its devices, from the container's own network. FACTs
 * UD_FACT_SERVER and UD_FACT_FROM, then the answer as blob UD_BLOB_EXPORTS.
 *
 * UD_ERR_UNREACHABLE names every address, from where it was tried, and what became of it:
 * refused, no answer, no route, accepted and silent. It is UD_ERR_PROTOCOL if one of them
 * answered and is no USB/IP server, or one of another version. What a server itself says is
 * UD_ERR_ENGINE. UD_ERR_INTERRUPTED. Where there is something to do about it, a FACT
 * UD_FACT_REMEDY comes before END. */
#define UD_OP_EXPORTS "exports"

/* attach [--guard | --guard-unfixed [--fixed BUILD-ID]] [--mode OCTAL] [--group GID] BUSID PORT
 * ADDRESS ...: tells the FACTs of vhci_hcd, imports a device of the first server that answers, and
 * connects it with a free port. All in the VM's network, where the connection outlives the
 * container. Waits until the kernel has configured the device, and a moment for drivers and nodes;
 * gives nodes the mode and the group that are told, or those of udev's rules where there is no
 * udev; makes the links that it would make; writes a file below UD_PORT_FILE_DIR. Then the FACTs
 * server, from, port, devtmpfs and perhaps warnings, and the blob UD_BLOB_DEVICES for that port.
 *
 * After a failure nothing is left: the port is free, the files are gone. Errors are those of
 * exports, and UD_ERR_BUSY (all ports of the hub are in use; this device is attached already,
 * then FACT UD_FACT_PORT says where; somebody else has it), UD_ERR_NOT_FOUND (the server has no
 * such device; the kernel has no vhci_hcd), UD_ERR_UNFIT (its speed), UD_ERR_DENIED,
 * UD_ERR_REFUSED after KLOG lines: the kernel did not take it, or not configure it.
 *
 * With --guard the helper stays between the server and the kernel (usbip/guard.h), with
 * --guard-unfixed where this kernel is not certain to have the fix of usbip/holes.h, neither by
 * its version nor since its usbip_core is the module with that build id (hexadecimal): after END
 * it closes its standard output, and ends when one of them does or SIGTERM comes; then the port
 * is free. It is the only operation that works on after END. */
#define UD_OP_ATTACH "attach"

/* tunnel [--mode OCTAL] [--group GID] DEVID SPEED BUSID HOST PORT: the same for a device that
 * the host has imported: its URBs come at standard input, and go to standard output. The records
 * are written to standard error instead. Always guarded. DEVID and SPEED are decimal, of the
 * answer to the import; BUSID, HOST and PORT are for the port's file. The devices blob and a FACT
 * UD_FACT_ATTACHED are sent when the device is configured; END comes when it is over, UD_OK if the
 * device was detached, and then the port is free. UD_ERR_PROTOCOL names what the server did,
 * UD_ERR_UNREACHABLE: its connection ended, UD_ERR_INTERRUPTED: a signal. */
#define UD_OP_TUNNEL "tunnel"

/* keep [--unplugged] [--mode OCTAL] [--group GID] SELECTOR ... -- PORT ADDRESS ...: attach --guard
 * again and again, of a device that fits one of the selectors (usbip/select.h, usbip/keep.h). With
 * --unplugged neither the device nor the server need be there at first. For each time
 * the facts and the blob of attach, then a FACT UD_FACT_ATTACHED; then UD_FACT_LOST when the
 * connection ends; and UD_FACT_WAITING with the reason whenever that changes. Ends when its
 * standard input does, at SIGTERM (both UD_ERR_INTERRUPTED), when the kernel lets go of the
 * device since somebody detached it (UD_OK), and when it is of no use to try again. The port is
 * free then. */
#define UD_OP_KEEP "keep"

/* settle [--mode OCTAL] [--group GID] PORT: what attach does last, once more, after drivers were
 * loaded for the device on that port: waits for those and for nodes, gives these mode, group and
 * links, and sends the blob UD_BLOB_DEVICES. UD_ERR_NOT_FOUND: there is no device any more. */
#define UD_OP_SETTLE "settle"

/* detach [--force] [PORT ...]: the vhci facts and blob of probe, and the blob UD_BLOB_DEVICES of
 * these ports. All are looked at before anything is detached: a mounted file
 * system or an open node is a RESULT BUSY of the port and UD_ERR_BUSY, unless --force is given.
 * Then for each a RESULT REMOVED, ABSENT (it is free already) or FAILED (UD_ERR_REFUSED). Links
 * and files of attach go too, and what devices left that went by themselves. The name in each
 * RESULT is the port's number. */
#define UD_OP_DETACH "detach"

/* devices [--enter] [PORT ...]: the vhci facts and blob of probe, and the blob UD_BLOB_DEVICES of
 * all ports in use, or of these. Needs nothing but /sys; --enter adds what the VM's files and
 * processes tell: servers, nodes as they are, links, mounts and open nodes. */
#define UD_OP_DEVICES "devices"

/* aliases [--enter] MODALIAS ... [-- NAME ...]: a FACT UD_FACT_ALIAS_PREFIX for each module of the
 * VM whose aliases fit, those of files first, then built-in ones, each once; and for each of them,
 * and for the modules NAME, whoever has their files, a FACT UD_FACT_MODULE_PREFIX. */
#define UD_OP_ALIASES "aliases"

/* version: HELLO and END only. */
#define UD_OP_VERSION "version"

/* probe, read, crcs, devices, aliases: in the VM's mount namespace */
#define UD_OPS_FLAG_ENTER "--enter"
#define UD_OPS_FLAG_OWN "--own"         /* insert, remove: stay in the container's namespaces */
#define UD_OPS_FLAG_SIZE "--size"       /* shell */
#define UD_OPS_FLAG_SYMBOLS "--symbols" /* read */
#define UD_OPS_FLAG_PATCHES "--patches" /* read */
#define UD_OPS_FLAG_PACKAGE_CONFIG "--package-config" /* read */
#define UD_OPS_FLAG_GUARD "--guard"                   /* attach */
#define UD_OPS_FLAG_GUARD_UNFIXED "--guard-unfixed"   /* attach */
#define UD_OPS_FLAG_FIXED "--fixed"                   /* attach */
#define UD_OPS_FLAG_MODE "--mode"                     /* attach, tunnel, keep, settle */
#define UD_OPS_FLAG_GROUP "--group"                   /* attach, tunnel, keep, settle */
#define UD_OPS_FLAG_UNPLUGGED "--unplugged"           /* keep */
#define UD_OPS_FLAG_FORCE "--force"                   /* detach */
#define UD_OPS_FLAG_CHECK "--check"                   /* installed */

/* A file port<N> in it is "HOST PORT BUSID", which the usbip of the kernel's tools reads too,
 * and writes. Ours has more lines: "devid NUMBER", by which one that has been left is told, and
 * "path PATH" (proto/device_report.h). */
#define UD_PORT_FILE_DIR "/var/run/vhci_hcd"

/* Where the host puts things in the helper's container. */
#define UD_OPS_DIR "/usbipd"
#define UD_OPS_HELPER "/usbipd/helper"
#define UD_OPS_MODULES_DIR "/usbipd/modules"
#define UD_OPS_OS_RELEASE "/usbipd/os-release"
/* In an installation's image: 0, 1, ... in it are the kernels that it has modules for. */
#define UD_OPS_KERNELS_DIR "/usbipd/kernels"
#define UD_OPS_KERNEL_FILE "kernel"
/* The kernel's description of its own types; the path is the same in a container. */
#define UD_OPS_BTF "/sys/kernel/btf/vmlinux"
/* Where LinuxKit's VMs, Docker Desktop's among them, say what their kernel was made of
 * (https://github.com/docker/for-mac/issues/7267). The same in the image of a kernel. */
#define UD_OPS_PATCHES_DIR "/src/patches"
#define UD_OPS_PATCHES_VERSION "/src/kernel-version"
#define UD_OPS_EXTRA "extra" /* below /lib/modules/<release> in an image with modules */

#define UD_OPS_SAYS "usbipd-desktop: "
#define UD_OPS_INSERTED UD_OPS_SAYS "inserted "
#define UD_OPS_STARTED UD_OPS_SAYS "started "
#define UD_OPS_KERNEL UD_OPS_SAYS "kernel "
#define UD_OPS_READY UD_OPS_SAYS "ready: "
#define UD_OPS_OWN_WAY UD_OPS_SAYS "this system could insert modules itself: "
#define UD_OPS_ERROR "error: "
#define UD_OPS_FAILED UD_OPS_SAYS UD_OPS_ERROR

enum {
    UD_OPS_SHELL_FAILED = 125,                /* exit code */
    UD_OPS_SHELL_SIZE_MAX = 10000,            /* rows, and columns */
    UD_OPS_FILE_MAX = 64 * 1024 * 1024,       /* bytes of a file that is read */
    UD_OPS_READ_MAX = 64,                     /* files in one read */
    UD_OPS_PATCHES_MAX = 512,                 /* patches of a kernel */
    UD_OPS_CONFIGS_MAX = 512,                 /* files of a package manager's configuration */
    UD_OPS_NAMES_MAX = 32 * 1024 * 1024,      /* bytes of the names that one read sends */
    UD_OPS_MODULES_MAX = 256,                 /* modules in one insert or remove */
    UD_OPS_SYMBOLS_MAX = 16 * 1024,           /* names in one crcs */
    UD_OPS_PATHS_MAX = 16 * 1024,             /* module files in one crcs */
    UD_OPS_DIRS_MAX = 4096,                   /* directories in /sys/module that probe looks into */
    UD_OPS_LOG_LINES_MAX = 256,               /* lines of the kernel's log for one module */
    UD_OPS_PROBE_FILE_MAX = 16 * 1024 * 1024, /* bytes of a blob of probe */
    UD_OPS_ADDRESSES_MAX = 16,                /* of a server */
    UD_OPS_EXPORTS_MAX = 1024 * 1024,         /* bytes of a server's list */
    UD_OPS_PORTS_MAX = 1024,                  /* in one detach or devices */
    UD_OPS_PORT_MAX = 128 * 30 - 1,           /* VHCI_NR_HCS, 2 * VHCI_HC_PORTS at most */
    UD_OPS_MODALIASES_MAX = 256,              /* in one aliases; most have one module or two */
};

/* The most that one answer may hold, of any operation; its reader takes no more. */
enum {
    /* probe: one for each directory, and what proto/fact.h lists besides; read: the files */
    UD_OPS_FACTS_MAX = UD_OPS_DIRS_MAX + UD_OPS_PATCHES_MAX + UD_OPS_CONFIGS_MAX + 64,
    /* crcs: one for each symbol; the second for one, with another CRC, is the end. insert:
     * what became of each module, and of its being taken out again */
    UD_OPS_RESULTS_MAX = UD_OPS_SYMBOLS_MAX + 2 * UD_OPS_MODULES_MAX,
    /* of most modules the kernel says nothing or a line */
    UD_OPS_LOGS_MAX = 64 * UD_OPS_LOG_LINES_MAX,
    /* bytes of all records but blobs. The kernel's longest line has 1024 (kernel/printk) */
    UD_OPS_TEXTS_MAX = 2 * UD_OPS_LOGS_MAX * 1024,
    /* bytes of the blobs of one probe: no VM's have a tenth of it */
    UD_OPS_PROBE_MAX = 4 * UD_OPS_PROBE_FILE_MAX,
    /* bytes of the files of one read, besides UD_OPS_NAMES_MAX */
    UD_OPS_FILES_MAX = 4 * UD_OPS_FILE_MAX,
    /* bytes of all blobs. crcs sends the most: all modules of a distribution, compressed, one
     * after the other. Its reader keeps one of them at a time */
    UD_OPS_BLOBS_MAX = 1024 * 1024 * 1024,
    /* their records: pieces of 128 KiB, and the last piece of each file */
    UD_OPS_PIECES_MAX = UD_OPS_BLOBS_MAX / (128 * 1024) + 2 * UD_OPS_PATHS_MAX
};

#endif
