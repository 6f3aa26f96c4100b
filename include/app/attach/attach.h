/* Devices of a USB/IP server in the VM: what a server exports, attaching, detaching, ports. */
#ifndef APP_ATTACH_ATTACH_H
#define APP_ATTACH_ATTACH_H

#include <stdbool.h>
#include <stddef.h>

#include "app/attach/driver.h"
#include "app/engine/context.h"
#include "proto/device_report.h"
#include "usbip/device.h"
#include "util/error.h"
#include "util/strv.h"

/* From where a server is reached. */
enum ud_attach_via {
    UD_VIA_AUTO, /* from the VM if that goes, else from here */
    UD_VIA_VM,
    UD_VIA_HERE /* from this machine; the bytes go through the engine's own connection */
};

/* ---- what a server exports ---- */

struct ud_list_options {
    struct ud_engine_choice vm;
    const char *remote; /* HOST[:PORT]; NULL: the server on the user's own machine */
    unsigned via;       /* enum ud_attach_via */
    const char *input;  /* artifacts, as for load */
};

/* Owned texts, never NULL; "" where nothing is known. */
struct ud_listed_device {
    struct ud_usbip_device device;
    char *vendor; /* by usb.ids */
    char *product;
    char *kind;                      /* the class of the device or of its interfaces */
    bool attached;                   /* to a port of this VM */
    unsigned port;                   /* which */
    struct ud_found_drivers drivers; /* whose aliases fit its interfaces */
};

struct ud_listing {
    char *server; /* "10.0.2.2:3240", the address that answered */
    bool here;    /* this machine, not the VM, asked it */
    struct ud_listed_device *devices;
    size_t count;
};

void ud_listing_done(struct ud_listing *listing);

/* Asks from the VM. Errors: UD_ERR_UNREACHABLE (no server answers: each address that was tried
 * and how it failed), UD_ERR_NOT_FOUND (an unknown name), UD_ERR_PROTOCOL (no USB/IP), and
 * those of the engine. */
UD_MUST_CHECK enum ud_code ud_app_list(const struct ud_app *app,
                                       const struct ud_list_options *options,
                                       struct ud_listing *ret, struct ud_error *err);

/* ---- attaching ---- */

struct ud_attached;

struct ud_attach_options {
    struct ud_engine_choice vm;
    const char *remote;      /* as for list */
    const char *busid;       /* on the server; NULL: hardware_id */
    const char *hardware_id; /* VID:PID or VID:PID:SERIAL */
    const char *mode;        /* of the nodes, octal; NULL: Debian's, where no udev gives them one */
    const char *group;       /* their group, a number; NULL: the same */
    const char *input;       /* as for load, which is done first if the VM lacks USB/IP */
    bool native;             /* the engine may run on this very machine, not in a VM */
    unsigned via;            /* enum ud_attach_via */
    bool guard;              /* check what the server sends, whatever the kernel's version */
    bool no_guard;           /* let the kernel believe the server, whatever its version */
    bool auto_attach;        /* attach it again whenever it comes back */
    bool unplugged;          /* with auto_attach: it need not be there at first */
    struct ud_strv also;     /* with auto_attach: more hardware ids that are the same device */
    /* Told of each time when the device is attached, where the use case stays: with auto_attach,
     * and by way of here; what it fails with ends that. NULL: it may not stay, and UD_VIA_AUTO is
     * UD_VIA_VM. */
    enum ud_code (*attached)(void *ctx, const struct ud_attached *attached, struct ud_error *err);
    void *ctx;
};

struct ud_attached {
    char *server;
    struct ud_device_report report; /* of one device */
    struct ud_strv loaded;          /* modules that were inserted for it */
    struct ud_strv missing;         /* modalias of each interface that no driver serves */
    struct ud_strv children;        /* the same of what drivers found in it, such as a disk */
};

void ud_attached_done(struct ud_attached *attached);

/* Loads USB/IP if the VM lacks it, imports the device, waits until the kernel has configured it
 * and drivers have bound, and inserts modules that fit, the VM's own or those of input. A device
 * that no driver serves is no error: ret->missing tells; a module that cannot be inserted is a
 * warning. Nothing is left attached after an error.
 *
 * By way of the VM the device stays attached. The helper stands between it and the kernel if
 * that may have the overflow of usbip/holes.h. Where the use case stays (see attached), it
 * returns with nothing attached and *ret zeroed: UD_OK when somebody else detached the device.
 * Errors: UD_ERR_BUSY (attached already, exported to somebody else, no free port),
 * UD_ERR_NOT_FOUND (no such device, no modules), UD_ERR_USAGE (several fit), UD_ERR_REFUSED (the
 * kernel could not enumerate it), UD_ERR_UNREACHABLE, UD_ERR_PROTOCOL and those of the engine. */
UD_MUST_CHECK enum ud_code ud_app_attach(const struct ud_app *app,
                                         const struct ud_attach_options *options,
                                         struct ud_attached *ret, struct ud_error *err);

/* ---- ports ---- */

struct ud_ports_options {
    struct ud_engine_choice vm;
};

struct ud_ports {
    bool vhci; /* the kernel has vhci_hcd */
    unsigned free_hs, free_ss, all_hs, all_ss;
    struct ud_device_report report; /* the devices on its ports */
};

void ud_ports_done(struct ud_ports *ports);

/* What is attached now. Needs no privilege in the VM. */
UD_MUST_CHECK enum ud_code ud_app_ports(const struct ud_app *app,
                                        const struct ud_ports_options *options,
                                        struct ud_ports *ret, struct ud_error *err);

struct ud_detach_options {
    struct ud_engine_choice vm;
    const char *port;        /* a number */
    const char *busid;       /* on the server */
    const char *hardware_id; /* VID:PID[:SERIAL] */
    bool all;
    bool force; /* also what is mounted or open */
    bool native;
};

struct ud_detached_port {
    unsigned port;
    char *device; /* "0403:6001 FT232R", for people */
    bool was_free;
};

struct ud_detached {
    struct ud_detached_port *ports;
    size_t count;
};

void ud_detached_done(struct ud_detached *detached);

/* Nothing attached that fits is UD_OK with none in *ret. UD_ERR_BUSY names what is mounted or
 * open; UD_ERR_USAGE when a hardware id fits several. */
UD_MUST_CHECK enum ud_code ud_app_detach(const struct ud_app *app,
                                         const struct ud_detach_options *options,
                                         struct ud_detached *ret, struct ud_error *err);

#endif
