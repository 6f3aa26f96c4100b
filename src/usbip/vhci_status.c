#include "usbip/vhci_status.h"

#include <string.h>

#include "word.h"

void ud_vhci_reader_init(struct ud_vhci_reader *reader, struct ud_slice text)
{
    *reader = (struct ud_vhci_reader){.rest = text};
}

bool ud_vhci_reader_bad(const struct ud_vhci_reader *reader)
{
    return reader->bad;
}

/* The kernel pads its numbers with zeros; they are decimal all the same. */
static bool to_decimal(struct ud_slice word, uint32_t *ret)
{
    uint64_t value = 0;
    if (word.len == 0 || word.len > 10) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(word.ptr[i] - '0');
    }
    *ret = (uint32_t)value;
    return value <= UINT32_MAX;
}

static bool to_text(struct ud_slice word, char *dst, size_t size)
{
    if (word.len >= size) {
        return false;
    }
    memcpy(dst, word.ptr, word.len);
    dst[word.len] = '\0';
    return true;
}

/* One field of a line, by the name of its column. Columns that are not of
 * interest, such as the socket, may hold anything. */
static bool take_field(struct ud_slice column, struct ud_slice word, struct ud_vhci_port *port)
{
    if (ud_slice_equals(column, "hub")) {
        return to_text(word, port->hub, sizeof port->hub);
    }
    if (ud_slice_equals(column, "port") || ud_slice_equals(column, "prt")) {
        return to_decimal(word, &port->port);
    }
    if (ud_slice_equals(column, "sta")) {
        return to_decimal(word, &port->state);
    }
    if (ud_slice_equals(column, "spd")) {
        return to_decimal(word, &port->speed);
    }
    if (ud_slice_equals(column, "dev")) {
        return ud_slice_hex_to_u32(word, &port->devid);
    }
    if (ud_slice_equals(column, "local_busid")) {
        return to_text(word, port->busid, sizeof port->busid);
    }
    return true;
}

/* Every column needs its field, and there must be a state, without which a
 * port in use could look free. */
static bool vhci_status_parse_line(struct ud_slice header, struct ud_slice line,
                                   struct ud_vhci_port *port)
{
    bool has_state = false;
    *port = (struct ud_vhci_port){0};
    for (;;) {
        struct ud_slice column = ud_next_word(&header);
        struct ud_slice word = ud_next_word(&line);
        if (column.len == 0 || word.len == 0) {
            return has_state && column.len == word.len;
        }
        if (!take_field(column, word, port)) {
            return false;
        }
        has_state = has_state || ud_slice_equals(column, "sta");
    }
}

static bool is_header(struct ud_slice line)
{
    struct ud_slice word = ud_next_word(&line);
    return ud_slice_equals(word, "hub") || ud_slice_equals(word, "port") ||
           ud_slice_equals(word, "prt");
}

bool ud_vhci_reader_next(struct ud_vhci_reader *reader, struct ud_vhci_port *ret)
{
    struct ud_slice line;
    while (!reader->bad && ud_str_next_line(&reader->rest, &line)) {
        if (ud_slice_trim(line).len == 0) {
            continue;
        }
        if (is_header(line)) {
            reader->header = line;
            continue;
        }
        struct ud_vhci_port port;
        if (vhci_status_parse_line(reader->header, line, &port)) {
            *ret = port;
            return true;
        }
        reader->bad = true;
    }
    return false;
}

bool ud_vhci_choose(struct ud_slice text, const char *hub, uint32_t from,
                    struct ud_vhci_choice *ret)
{
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    *ret = (struct ud_vhci_choice){0};
    ud_vhci_reader_init(&reader, text);
    while (ud_vhci_reader_next(&reader, &port)) {
        if (port.hub[0] != '\0' && strcmp(port.hub, hub) != 0) {
            continue;
        }
        ret->all++;
        if (port.state != UD_VHCI_FREE || port.port < from) {
            continue;
        }
        ret->port = ret->free == 0 || port.port < ret->port ? port.port : ret->port;
        ret->free++;
    }
    return !ud_vhci_reader_bad(&reader);
}
