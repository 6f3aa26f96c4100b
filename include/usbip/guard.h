/* Stands between a USB/IP server and vhci_hcd while a device is attached: what the server
 * sends reaches the kernel only if it answers something that the kernel asked, within the
 * bounds of what it asked. Pure: bytes in, decisions out; a pump does the rest.
 *
 * Why: the kernel trusts a server in places where one byte more is memory that is not the
 * transfer's. What is checked, and what it is of (drivers/usb/usbip/, Linux 6.12 unless it
 * says otherwise):
 *
 *   - The command is RET_SUBMIT or RET_UNLINK, and its seqnum is that of a command of its
 *     kind which has no answer yet. vhci_rx.c, vhci_rx_pdu() and vhci_recv_ret_submit():
 *     the kernel ends the connection; vhci_recv_ret_unlink(): it is passed over.
 *   - actual_length is 0 to what was asked for, in both directions. usbip_common.c,
 *     usbip_recv_xbuff(): the kernel looks at IN only, and a driver believes what an OUT says.
 *   - number_of_packets is that of the command. usbip_common.c, usbip_pack_ret_submit():
 *     before commit 2ab833a16a82 of 2026 it is taken from the server, and the kernel writes
 *     as many packets into an array of the command's size, CVE-2026-31607.
 *   - A packet's actual_length is within its length, it ends within the buffer, and the sum
 *     is the answer's actual_length. usbip_recv_iso(), usbip_pad_iso(): the kernel compares
 *     the sum, and moves each packet to the offset that the server names.
 *   - A packet's offset and length as the server names them are within the buffer. Passed
 *     on are those of the command: some servers send offsets of the compacted data.
 *
 * What does not matter is made harmless, since servers differ in it:
 *   - devid, direction, endpoint and padding of an answer are passed on as 0.
 *   - A status that is no Linux errno (positive, as of jiegec/usbip, below -4095, or
 *     EINPROGRESS, with which no transfer ends) is passed on as -71, EPROTO.
 *   - start_frame and error_count are passed on for isochronous transfers only; there are
 *     never more errors than packets.
 *   - An isochronous transfer that failed as a whole, with no packet at all, is given its
 *     packets, each failed.
 *   - number_of_packets of a transfer that is not isochronous is 0 or 0xffffffff, passed on as 0.
 *
 * Unlinking (stub_rx.c, stub_tx.c, vhci_rx.c): RET_UNLINK makes the kernel give the transfer
 * back if it was still waiting for it, whatever its status. -104, ECONNRESET, says that no
 * RET_SUBMIT will come, 0 that there was one, which a server may send late all the same. Such
 * a late one the kernel would take for a fault; here it is dropped.
 *
 * A transfer counts as isochronous if its command has packets and is not of endpoint 0: the
 * header does not tell the kind. The kernel has 0 packets in all others, unless a driver used
 * the same URB for an isochronous transfer before, as hardly any does. Then the guard waits
 * for packets that do not come, and the connection ends, at the latest with the answer. */
#ifndef USBIP_GUARD_H
#define USBIP_GUARD_H

#include <stddef.h>

#include "usbip/usbip.h"
#include "util/error.h"

enum {
    UD_GUARD_COMMANDS_MAX = 4096,     /* without an answer, at once */
    UD_GUARD_PACKETS_MAX = 64 * 1024, /* isochronous ones of all these together */
    UD_GUARD_LATE_MAX = 64            /* unlinked ones whose late answer is still known as such */
};

struct ud_guard;

struct ud_guard *ud_guard_new(void);
void ud_guard_free(struct ud_guard *guard);

/* Looks at bytes on their way from the kernel to the server, in pieces of any size. All
 * of them may be sent to the server, but after this: before an answer can come. It must not
 * run at the same time as ud_guard_answer().
 * UD_ERR_PROTOCOL if they are no commands, or too many without an answer. */
UD_MUST_CHECK enum ud_code ud_guard_command(struct ud_guard *guard, const void *bytes, size_t len,
                                            struct ud_error *err);

/* What became of bytes from the server. */
struct ud_guard_pass {
    size_t used;                /* so many were taken, at least 1 */
    const unsigned char *bytes; /* these go to the kernel: either the caller's own bytes, which */
    size_t len;                 /* are payload, or the guard's, valid until its next call */
};

/* Takes bytes on their way from the server to the kernel, in pieces of any size, len > 0.
 * To be called again with the rest until all are used. Payload is not copied. A header is
 * passed on once it is whole and found good, and so are the packets of an isochronous
 * transfer, all at once; these come behind its payload, which is therefore in the kernel
 * already, within its buffer, when they are found bad.
 *
 * UD_ERR_PROTOCOL, with the reason, if the server breaks the rules above. Then nothing is
 * passed on, now or later: the connection has to be ended. */
UD_MUST_CHECK enum ud_code ud_guard_answer(struct ud_guard *guard, const void *bytes, size_t len,
                                           struct ud_guard_pass *ret, struct ud_error *err);

/* To be asked when the server closed the connection: UD_ERR_PROTOCOL if that was within
 * an answer. */
UD_MUST_CHECK enum ud_code ud_guard_end(const struct ud_guard *guard, struct ud_error *err);

/* Commands that have no answer yet. */
size_t ud_guard_outstanding(const struct ud_guard *guard);

#endif
