/* Modules that a distribution has packaged, and drivers chosen among them: by what their files
 * say of themselves, without any sources. */
#ifndef KERNEL_DRIVERS_PACKAGED_H
#define KERNEL_DRIVERS_PACKAGED_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/drivers/drivers.h"
#include "kernel/modlist/modlist.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_packaged_module {
    char *name;     /* of its file, without ".ko" and what follows */
    char *path;     /* in the package */
    char *dir;      /* in the sources, "drivers/usb/serial": that of the file below kernel/ */
    size_t package; /* the number of the package, as the caller counts them */
    bool read;      /* the next two were read from the file */
    struct ud_strv depends;
    struct ud_strv aliases;
};

struct ud_packaged {
    struct ud_packaged_module *items; /* in the packages' order */
    size_t len, cap;
};

/* Whether path is that of a module of this release: "lib/modules/<release>/….ko", perhaps packed,
 * perhaps below usr/. */
bool ud_packaged_is_module(const char *path, const char *release);

/* Adds the module at such a path, unless one of that name is there: the first package counts.
 * The pointer is valid until the next is added. */
struct ud_packaged_module *ud_packaged_add(struct ud_packaged *packaged, const char *path);

/* By name, with `-` equal to `_`; NULL if there is none. */
struct ud_packaged_module *ud_packaged_find(const struct ud_packaged *packaged, const char *name);

void ud_packaged_done(struct ud_packaged *packaged);

/* What the kernel has of its own. Borrowed. */
struct ud_packaged_own {
    const struct ud_deps *deps;
    const struct ud_strv *builtin;
};

/* Adds to ret the names of modules whose files have to be read before it can be chosen: what is
 * wanted, what groups have, all for devices; then what those need. None are left when it is empty.
 * base names modules that are taken besides. */
void ud_packaged_unread(const struct ud_packaged *packaged, const struct ud_driver_wish *wish,
                        const struct ud_strv *base, const struct ud_packaged_own *own,
                        struct ud_strv *ret);

/* Chooses. In the choice are the modules that are wanted and those they need, whether packaged
 * or the kernel's own; it has neither options nor edits. Errors: UD_ERR_NOT_FOUND, naming what is
 * in no package. */
UD_MUST_CHECK enum ud_code ud_packaged_choose(const struct ud_packaged *packaged,
                                              const struct ud_driver_wish *wish,
                                              const struct ud_strv *base,
                                              const struct ud_packaged_own *own,
                                              struct ud_driver_choice *ret, struct ud_error *err);

/* Whether a module's alias is for the device; see ud_devices_find for what counts. */
bool ud_packaged_alias_fits(const char *alias, const char *device);

#endif
