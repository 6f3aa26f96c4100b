/* Which modules serve a device, and where each of them is. */
#ifndef APP_ATTACH_DRIVER_H
#define APP_ATTACH_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "util/error.h"
#include "util/strv.h"

enum ud_driver_place {
    UD_DRIVER_BUILTIN, /* in the kernel itself */
    UD_DRIVER_LOADED,
    UD_DRIVER_IN_VM,   /* a file of the VM's own: attach inserts it */
    UD_DRIVER_IN_DIST, /* among the artifacts for this kernel: attach and load insert it */
    UD_DRIVER_NOWHERE  /* of a list: it is empty. Perhaps the kernel's sources have one */
};

/* "built in", "loaded", "in the VM", "built", "none". */
const char *ud_driver_place_name(enum ud_driver_place place);

struct ud_found_driver {
    char *module;
    enum ud_driver_place place;
};

/* Those of the VM first; a module is there once. */
struct ud_found_drivers {
    struct ud_found_driver *items;
    size_t count;
};

void ud_found_drivers_done(struct ud_found_drivers *drivers);

/* Where the nearest of them is. */
enum ud_driver_place ud_found_drivers_place(const struct ud_found_drivers *drivers);

/* ---- the use case ---- */

struct ud_drivers_options {
    struct ud_engine_choice vm;
    const char *input;      /* artifacts, as for load */
    struct ud_strv devices; /* "VID:PID" or "VID:PID:CCSSPP", as for `build --for`; none: all that
                             * are attached */
};

/* What a device asks for: one of its interfaces, or something in it that a driver found. */
struct ud_driver_wanted {
    char *modalias;
    char *driver; /* that serves it now; "" if none does, or that is not known */
    bool is_child;
    bool is_open; /* its class is not known, so that drivers for a class are not found */
    struct ud_found_drivers found;
};

struct ud_device_drivers {
    char *ids;  /* "0403:6001" */
    char *name; /* "QEMU QEMU USB SERIAL"; "" if it is not known */
    bool attached;
    unsigned port;
    struct ud_driver_wanted *wanted;
    size_t count;
};

struct ud_drivers_told {
    struct ud_device_drivers *devices;
    size_t count;
};

void ud_drivers_told_done(struct ud_drivers_told *told);

/* Changes nothing. Of an attached device all is told, of another one what its ids and its class
 * tell. Nothing attached and nothing named is UD_OK with no devices. Errors: UD_ERR_USAGE for
 * what is no device, and those of the engine. */
UD_MUST_CHECK enum ud_code ud_app_drivers(const struct ud_app *app,
                                          const struct ud_drivers_options *options,
                                          struct ud_drivers_told *ret, struct ud_error *err);

/* With which option `build` looks for a driver: "--for 0403:6001", with the class of an interface
 * that is not a vendor's own "--for 0627:0001:030101", and for what hangs below "--with storage"
 * or "--with hid". In new memory; NULL for what no option is for. */
char *ud_driver_build_option(const char *modalias);

#endif
