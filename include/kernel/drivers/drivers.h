/* Drivers by name: what a kernel's sources tell of their own modules, so that no table of
 * drivers is needed. Makefiles say which module is made where and under which option,
 * Kconfig files what an option depends on, sources who looks at it and which devices a
 * driver is for.
 *
 * All of it is read once, file by file as the tree is streamed; then one asks. */
#ifndef KERNEL_DRIVERS_DRIVERS_H
#define KERNEL_DRIVERS_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "kernel/modlist/modlist.h"
#include "util/error.h"
#include "util/strv.h"

/* What is wanted. */
struct ud_driver_wish {
    struct ud_strv names;   /* of modules, with `-` equal to `_`, and of groups */
    struct ud_strv devices; /* "VID:PID" or "VID:PID:CCSSPP", see ud_device_parse */
    bool devices_may_lack;  /* a device for which there is no driver is no error */
};

void ud_driver_wish_done(struct ud_driver_wish *wish);

/* Whether nothing is wanted. */
bool ud_driver_wish_is_empty(const struct ud_driver_wish *wish);

/* Adds the names of a list with commas. UD_ERR_USAGE for what cannot be a name. */
UD_MUST_CHECK enum ud_code ud_driver_wish_add(struct ud_driver_wish *wish, const char *list,
                                              struct ud_error *err);

/* Whether a name of such a list is that of a group. */
bool ud_driver_is_group(const char *name);

/* Adds the names of a group's modules that are among these files; nothing if it is no group. */
void ud_driver_group_files(const char *group, const struct ud_deps *files, struct ud_strv *ret);

/* Adds a device. UD_ERR_USAGE if it is none. */
UD_MUST_CHECK enum ud_code ud_driver_wish_add_device(struct ud_driver_wish *wish,
                                                     const char *device, struct ud_error *err);

struct ud_drivers;

/* srcarch: see ud_kbuild_srcarch. with_devices: device tables will be asked for. */
struct ud_drivers *ud_drivers_new(const char *srcarch, bool with_devices);
void ud_drivers_free(struct ud_drivers *drivers);

/* Whether the file at this path of the tree is to be given to ud_drivers_add. */
bool ud_drivers_wants(const struct ud_drivers *drivers, const char *path);

/* Reads one file's text; of most nothing but a few words is kept. */
void ud_drivers_add(struct ud_drivers *drivers, const char *path, const char *text, size_t len);

/* All was added. UD_ERR_SOURCE if that is no kernel. */
UD_MUST_CHECK enum ud_code ud_drivers_read(struct ud_drivers *drivers, struct ud_error *err);

/* A module that what is wanted consists of, or builds upon. */
struct ud_driver {
    char *name;   /* of its file, without ".ko" */
    char *dir;    /* where make leaves it */
    char *option; /* that makes it, without CONFIG_ */
    bool wanted;  /* by name, group or device; else another one needs it */
    bool kbuild;  /* the directory has a file Kbuild of its own */
};

struct ud_driver_choice {
    struct ud_driver *items; /* sorted by dir and name */
    size_t len;
    struct ud_config_edits edits; /* that make all of them modules */
    /* Options that only these modules look at, so that they may be set though the running
     * kernel has them not. Sorted. */
    struct ud_strv harmless;
    struct ud_strv left_out; /* of groups: "name: why", what this kernel cannot have */
    struct ud_strv unserved; /* with devices_may_lack: a sentence for each that gets no driver */
};

/* Chooses for the running configuration. given: what is set anyhow; may be NULL. Errors:
 *   UD_ERR_USAGE   no module, group or device of that name is in these sources;
 *   UD_ERR_CONFIG  the running kernel cannot have it, naming option and condition. */
UD_MUST_CHECK enum ud_code ud_drivers_choose(const struct ud_drivers *drivers,
                                             const struct ud_driver_wish *wish,
                                             const struct ud_config *running,
                                             const struct ud_config_edits *given,
                                             struct ud_driver_choice *ret, struct ud_error *err);
void ud_driver_choice_done(struct ud_driver_choice *choice);

/* Adds dir and the directories whose files those in it include by a path, or find by a
 * flag in its Makefile. */
void ud_drivers_dirs(const struct ud_drivers *drivers, const char *dir, struct ud_strv *ret);

#endif
