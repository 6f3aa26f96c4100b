/* The status text of vhci_hcd: one line for each port, under a header line that
 * names the columns. Which columns there are depends on the kernel's version. */
#ifndef USBIP_VHCI_STATUS_H
#define USBIP_VHCI_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/str.h"

/* drivers/usb/usbip/usbip_common.h, enum usbip_device_status */
enum ud_vhci_state { UD_VHCI_FREE = 4, UD_VHCI_RESERVED = 5, UD_VHCI_USED = 6, UD_VHCI_ERROR = 7 };

struct ud_vhci_port {
    char hub[8];    /* "hs", "ss"; "" where the kernel has no such column */
    uint32_t port;  /* counts through all controllers */
    uint32_t state; /* see above */
    uint32_t speed; /* enum usb_device_speed */
    uint32_t devid; /* of the exporting machine: busnum << 16 | devnum */
    char busid[32]; /* of the VM, such as "1-1"; "0-0" for a free port */
};

/* A reader of one or several such texts in a row; its members are its own. */
struct ud_vhci_reader {
    struct ud_slice rest;
    struct ud_slice header;
    bool bad;
};

/* text is borrowed. */
void ud_vhci_reader_init(struct ud_vhci_reader *reader, struct ud_slice text);

/* The next port; false at the end of the text, or at a line that makes no
 * sense: then ud_vhci_reader_bad is true, and what was read is not all. */
bool ud_vhci_reader_next(struct ud_vhci_reader *reader, struct ud_vhci_port *ret);
bool ud_vhci_reader_bad(const struct ud_vhci_reader *reader);

/* The ports of the hubs that are called hub, "hs" or "ss" (see ud_usbip_speed_hub()), and all
 * where the kernel names no hub. */
struct ud_vhci_choice {
    uint32_t all;
    uint32_t free; /* of those from the number that was asked for on */
    uint32_t port; /* the lowest of them; 0 if there is none */
};

/* False if text makes no sense; ret is undefined then. */
bool ud_vhci_choose(struct ud_slice text, const char *hub, uint32_t from,
                    struct ud_vhci_choice *ret);

#endif
