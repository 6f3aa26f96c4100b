/* Puts a device that was imported onto a port of vhci_hcd, and takes it off again. */
#ifndef HELPER_USB_PLUG_H
#define HELPER_USB_PLUG_H

#include "proto/device_report.h"
#include "sys/helper.h"
#include "usb/access.h"
#include "usb/port_file.h"
#include "util/strv.h"

/* Begins zeroed, but for what is asked for. */
struct ud_plug {
    /* What is asked for. */
    struct ud_helper *helper;
    struct ud_port_file server; /* where it comes from and how; the file's content */
    uint32_t devid;
    uint32_t speed; /* enum ud_usbip_speed, as the server tells it */
    struct ud_access access;

    /* What became of it. */
    uint32_t port;
    char hub[8];
    char busid[32];
    struct ud_strv log;
    struct ud_device_report made; /* the device, once all was well */
};

void ud_plug_done(struct ud_plug *plug);

/* Removes what devices left that went by themselves: the files of ports that are free, and links
 * that lead nowhere, unless there is an udev that does it. */
void ud_plug_sweep(const char *root);

/* Sweeps; then UD_ERR_BUSY, with FACT UD_FACT_PORT, if a device of this busid of one of the
 * servers is attached already; UD_ERR_NOT_FOUND without vhci_hcd. */
UD_MUST_CHECK enum ud_code ud_plug_check(const struct ud_plug *plug, char **addresses, size_t count,
                                         uint32_t tcp_port, const char *busid,
                                         struct ud_error *err);

/* Hands the connection fd, which stays the caller's, to the kernel, and waits until the device
 * is configured, has drivers and nodes. Then ud_access_give() makes them fit for use, and the
 * port gets its file; the FACT port and the blob devices are sent. After a failure nothing is left,
 * but lines of the kernel's log are sent: UD_ERR_UNFIT, UD_ERR_BUSY, UD_ERR_DENIED, UD_ERR_REFUSED,
 * UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_plug_in(struct ud_plug *plug, int fd, struct ud_error *err);

/* Takes off again what ud_plug_in() put there, as ud_plug_out() does, unless somebody else has
 * the port by now. UD_ERR_REFUSED, UD_ERR_DENIED. */
UD_MUST_CHECK enum ud_code ud_plug_undo(struct ud_plug *plug, struct ud_error *err);

/* Detaches what is on a port, waits until that is free and the device's files are gone, and
 * removes what was made for it. UD_ERR_REFUSED, UD_ERR_DENIED. */
UD_MUST_CHECK enum ud_code ud_plug_out(struct ud_helper *helper, uint32_t port,
                                       struct ud_error *err);

#endif
