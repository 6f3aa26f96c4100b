/* THE decision: what a kernel has of USB/IP's modules, and what must be built. */
#ifndef KERNEL_PLAN_PLAN_H
#define KERNEL_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "kernel/drivers/drivers.h"
#include "kernel/facts/facts.h"
#include "util/error.h"
#include "util/strv.h"

/* The modules, in load order. */
enum ud_plan_module {
    UD_PLAN_GENALLOC, /* lib/genalloc.c, part of the kernel proper */
    UD_PLAN_NLS_BASE, /* fs/nls/nls_base.c */
    UD_PLAN_USB_COMMON,
    UD_PLAN_USBCORE,
    UD_PLAN_USBIP_CORE,
    UD_PLAN_VHCI_HCD,
    UD_PLAN_MODULE_COUNT
};

enum ud_origin {
    UD_ORIGIN_BUILTIN,  /* part of the kernel's image */
    UD_ORIGIN_OWN_FILE, /* the system has its own module file */
    UD_ORIGIN_LOADED,   /* the kernel's own, loaded, but with no file to be found */
    UD_ORIGIN_BUILD,    /* to be built */
    UD_ORIGIN_NOT_NEEDED
};

struct ud_plan_item {
    enum ud_origin origin;
    bool loaded;  /* it is in /proc/modules now, whoever built it */
    char *path;   /* OWN_FILE: relative to the modules' folder */
    char *reason; /* one clause, for users */
};

/* A driver that was asked for, or a module that one builds upon. */
struct ud_plan_driver {
    char *name; /* the file name without ".ko" */
    char *dir;  /* where make leaves it, below the top of the tree */
    bool wanted;
    bool kbuild; /* the directory has a file Kbuild of its own */
    struct ud_plan_item item;
};

struct ud_plan_options {
    unsigned ports;       /* USBIP_VHCI_HC_PORTS, 1 to 15; 0: 8 */
    unsigned controllers; /* USBIP_VHCI_NR_HCS, 1 to 128; 0: 1 */
    bool ignore_own;      /* build usbip-core and vhci-hcd even if the system has files of them */
    bool drivers;         /* ud_plan_add_drivers follows: there may be something to build */
    /* What the user wants besides (--set, fragments): there is something to build
     * then. May be NULL. Wins over the plan's own edits. */
    const struct ud_config_edits *extra;
};

struct ud_plan {
    struct ud_plan_item items[UD_PLAN_MODULE_COUNT];
    struct ud_plan_driver *drivers; /* besides; sorted by dir and name */
    size_t driver_count;
    bool nothing_to_build;
    struct ud_config_edits edits; /* empty: the configuration is used as it is */
    struct ud_strv usb_dirs; /* below drivers/usb, in kbuild order: "common", "core", "usbip" */
    bool modversions;        /* the kernel checks CRCs: a Module.symvers is wanted */
    const char *randomized;  /* static: the option that randomizes structure layouts, or NULL */
    bool debug_info;         /* CRCs come from debug information (GENDWARFKSYMS): keep it */
};

/* Decides. options may be NULL. Errors:
 *   UD_ERR_FACTS  no configuration or no module support, and there is something
 *                 to build;
 *   UD_ERR_USAGE  options out of range. */
UD_MUST_CHECK enum ud_code ud_plan_make(const struct ud_facts *facts,
                                        const struct ud_plan_options *options, struct ud_plan *ret,
                                        struct ud_error *err);

/* What the kernel has of the modules and what it lacks, for commands that build nothing. It
 * needs no configuration: what is built in, loaded, or has a file shows without. Edits and
 * directories stay empty. */
void ud_plan_look(const struct ud_facts *facts, struct ud_plan *ret);

/* Decides for the modules of a choice where each comes from, but for those that are decided
 * already. The choice's edits are the caller's to apply. */
void ud_plan_add_drivers(const struct ud_facts *facts, const struct ud_driver_choice *choice,
                         struct ud_plan *plan);
void ud_plan_done(struct ud_plan *plan);

/* The first module to be built that whoever built the kernel did not make with it (its option is
 * not m), so that it is in no package of theirs. UD_PLAN_MODULE_COUNT: there is none. */
enum ud_plan_module ud_plan_unmade(const struct ud_plan *plan, const struct ud_config *config);

/* "vhci-hcd": the file name without ".ko". */
const char *ud_plan_module_name(enum ud_plan_module module);
/* "USBIP_VHCI_HCD": the option that makes it, without CONFIG_. */
const char *ud_plan_module_option(enum ud_plan_module module);
/* Where make leaves the built file, below the top of the source tree:
 * "drivers/usb/usbip/vhci-hcd.ko". */
const char *ud_plan_module_built_path(enum ud_plan_module module);
/* Adds where make leaves each module that is to be built. */
void ud_plan_built_paths(const struct ud_plan *plan, struct ud_strv *ret);
/* The same of one driver, in new memory. */
char *ud_plan_driver_built_path(const struct ud_plan_driver *driver);
/* "built in", "own file", "loaded", "to build", "not needed". */
const char *ud_origin_name(enum ud_origin origin);

#endif
