#include "sys/vhci.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "proto/fact.h"
#include "sys/sysfile.h"
#include "usbip/holes.h"

#define DRIVER "/sys/bus/platform/drivers/vhci_hcd"

/* VHCI_MAX_NUM_CONTROLLERS is configurable up to 128. */
enum { CONTROLLERS_MAX = 128 };

/* All controllers' texts. 0, or the errno number of the first file's failure;
 * that a further one does not exist is the end. */
int ud_vhci_status(const char *root, struct ud_buf *buf)
{
    for (int i = 0; i < CONTROLLERS_MAX; i++) {
        char path[128];
        if (i == 0) {
            (void)snprintf(path, sizeof path, "%s/status", UD_VHCI_CONTROLLER);
        } else {
            (void)snprintf(path, sizeof path, "%s/status.%d", UD_VHCI_CONTROLLER, i);
        }
        int why = ud_sysfile_read(root, path, buf);
        if (why != 0) {
            return why == ENOENT && i > 0 ? 0 : why;
        }
        if (buf->len > 0 && buf->data[buf->len - 1] != '\n') {
            ud_buf_adds(buf, "\n");
        }
    }
    return 0;
}

bool ud_vhci_is_fixed(const char *root)
{
    char release[128];
    char version[256];
    return ud_sysfile_line(root, "/proc/sys/kernel/osrelease", release, sizeof release) &&
           ud_sysfile_line(root, "/proc/sys/kernel/version", version, sizeof version) &&
           ud_usbip_hole_is_fixed(UD_USBIP_HOLE_OVERFLOW, release, version);
}

void ud_vhci_report(const char *root, struct ud_emit *emit)
{
    char nports[32];
    struct ud_buf buf;
    ud_emit_fact(emit, UD_FACT_VHCI_DRIVER, ud_sysfile_exists(root, DRIVER) ? "1" : "0");
    ud_emit_fact(emit, UD_FACT_VHCI_OVERFLOW, ud_vhci_is_fixed(root) ? "0" : "1");
    if (ud_sysfile_line(root, UD_VHCI_CONTROLLER "/nports", nports, sizeof nports)) {
        ud_emit_fact(emit, UD_FACT_VHCI_NPORTS, nports);
    }
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    if (ud_vhci_status(root, &buf) == 0) {
        ud_emit_blob(emit, UD_BLOB_VHCI_STATUS, buf.data, buf.len);
    }
    ud_buf_done(&buf);
}

static void vhci_describe(const struct ud_vhci_port *port, char *detail, size_t size)
{
    size_t used = strlen(detail);
    const char *comma = used > 0 ? ", " : "";
    if (port->state == UD_VHCI_USED) {
        (void)snprintf(detail + used, size - used, "%sport %u (device %s)", comma,
                       (unsigned)port->port, port->busid);
    } else {
        (void)snprintf(detail + used, size - used, "%sport %u (state %u)", comma,
                       (unsigned)port->port, (unsigned)port->state);
    }
}

static enum ud_vhci_use vhci_use_of(struct ud_slice text, char *detail, size_t size)
{
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    enum ud_vhci_use use = UD_VHCI_IDLE;
    ud_vhci_reader_init(&reader, text);
    while (ud_vhci_reader_next(&reader, &port)) {
        if (port.state != UD_VHCI_FREE) {
            use = UD_VHCI_IN_USE;
            vhci_describe(&port, detail, size);
        }
    }
    if (use == UD_VHCI_IDLE && ud_vhci_reader_bad(&reader)) {
        (void)snprintf(detail, size, "the status of its ports makes no sense");
        return UD_VHCI_UNKNOWN;
    }
    return use;
}

enum ud_vhci_use ud_vhci_use(const char *root, char *detail, size_t size)
{
    struct ud_buf buf;
    enum ud_vhci_use use = UD_VHCI_IDLE;
    detail[0] = '\0';
    if (!ud_sysfile_is_dir(root, UD_VHCI_CONTROLLER)) {
        return UD_VHCI_IDLE;
    }
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    int why = ud_vhci_status(root, &buf);
    if (why == 0) {
        use = vhci_use_of((struct ud_slice){buf.data, buf.len}, detail, size);
    } else {
        (void)snprintf(detail, size, "the status of its ports cannot be read: %s", strerror(why));
        use = UD_VHCI_UNKNOWN;
    }
    ud_buf_done(&buf);
    return use;
}

int ud_vhci_free_ports(const char *root, const char *hub, uint32_t from, struct ud_vhci_choice *ret)
{
    struct ud_buf buf;
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    int why = ud_vhci_status(root, &buf);
    if (why == 0 && !ud_vhci_choose((struct ud_slice){buf.data, buf.len}, hub, from, ret)) {
        why = EBADMSG;
    }
    ud_buf_done(&buf);
    return why;
}

int ud_vhci_port(const char *root, uint32_t number, struct ud_vhci_port *ret)
{
    struct ud_buf buf;
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    ud_buf_init(&buf, UD_VHCI_STATUS_MAX);
    int why = ud_vhci_status(root, &buf);
    bool found = false;
    ud_vhci_reader_init(&reader, (struct ud_slice){buf.data, buf.len});
    while (why == 0 && !found && ud_vhci_reader_next(&reader, &port)) {
        found = port.port == number;
    }
    if (found) {
        *ret = port;
    } else if (why == 0) {
        why = ud_vhci_reader_bad(&reader) ? EBADMSG : ENOENT;
    }
    ud_buf_done(&buf);
    return why;
}
