#include "kernel/facts/vhci.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

bool ud_vhci_is_super_speed(const struct ud_vhci_port *port)
{
    return strcmp(port->hub, "ss") == 0;
}

static bool is_busid(const char *text)
{
    return text[strspn(text, "0123456789-.:")] == '\0';
}

static bool has_port(const struct ud_vhci_ports *ports, unsigned number)
{
    for (size_t i = 0; i < ports->len; i++) {
        if (ports->items[i].port == number) {
            return true;
        }
    }
    return false;
}

/* Kernels before 4.12 name no hub. */
static const char *vhci_what_is_wrong(const struct ud_vhci_ports *ports,
                                      const struct ud_vhci_port *port)
{
    if (port->port >= UD_VHCI_PORTS_MAX || has_port(ports, port->port)) {
        return "a port number that cannot be";
    }
    if (port->state < UD_VHCI_FREE || port->state > UD_VHCI_ERROR) {
        return "a state that does not exist";
    }
    if (port->hub[0] != '\0' && !ud_vhci_is_super_speed(port) && strcmp(port->hub, "hs") != 0) {
        return "a hub that is neither hs nor ss";
    }
    return is_busid(port->busid) ? NULL : "a bus id that is none";
}

static void vhci_add(struct ud_vhci_ports *ports, struct ud_vhci_port port)
{
    if (port.state == UD_VHCI_FREE || strcmp(port.busid, "0-0") == 0) {
        port.busid[0] = '\0';
    }
    ports->items = ud_realloc(ports->items, ports->len + 1, sizeof *ports->items);
    ports->items[ports->len++] = port;
}

static int vhci_compare(const void *a, const void *b)
{
    unsigned left = ((const struct ud_vhci_port *)a)->port;
    unsigned right = ((const struct ud_vhci_port *)b)->port;
    return (left > right) - (left < right);
}

enum ud_code ud_vhci_parse(const char *text, size_t len, struct ud_vhci_ports *ports,
                           struct ud_error *err)
{
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    const char *wrong = NULL;
    const size_t before = ports->len;
    ud_vhci_reader_init(&reader, (struct ud_slice){text, len});
    while (wrong == NULL && ud_vhci_reader_next(&reader, &port)) {
        wrong = vhci_what_is_wrong(ports, &port);
        if (wrong == NULL) {
            vhci_add(ports, port);
        }
    }
    if (wrong == NULL && (ud_vhci_reader_bad(&reader) || ports->len == before)) {
        wrong = "no line for a port where one should be";
    }
    if (wrong != NULL) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "vhci_hcd's status has %s", wrong);
    }
    qsort(ports->items, ports->len, sizeof *ports->items, vhci_compare);
    return UD_OK;
}

void ud_vhci_ports_done(struct ud_vhci_ports *ports)
{
    if (ports != NULL) {
        free(ports->items);
        *ports = (struct ud_vhci_ports){0};
    }
}

size_t ud_vhci_in_use(const struct ud_vhci_ports *ports)
{
    size_t count = 0;
    for (size_t i = 0; i < ports->len; i++) {
        count += ports->items[i].state != UD_VHCI_FREE;
    }
    return count;
}

const char *ud_vhci_state_name(uint32_t state)
{
    switch (state) {
    case UD_VHCI_FREE:
        return "free";
    case UD_VHCI_RESERVED:
        return "reserved";
    case UD_VHCI_USED:
        return "used";
    default:
        return "error";
    }
}
