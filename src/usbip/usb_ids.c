#include "usbip/usb_ids.h"

#include <stdio.h>
#include <string.h>

static const struct ud_slice no_name = {"", 0};

/* Takes lines off rest until one that has depth tabs, key and a blank: its name. Each tab
 * is a step down in a tree, so a line with fewer ends what belongs to the line that was
 * found before; then nothing is found. */
static struct ud_slice ids_find(struct ud_slice *rest, size_t depth, const char *key)
{
    struct ud_slice line;
    while (ud_str_next_line(rest, &line)) {
        size_t tabs = 0;
        while (tabs < line.len && line.ptr[tabs] == '\t') {
            tabs++;
        }
        struct ud_slice text = {line.ptr + tabs, line.len - tabs};
        if (text.len == 0 || text.ptr[0] == '#') {
            continue;
        }
        if (tabs < depth) {
            break;
        }
        size_t len = strlen(key);
        if (tabs == depth && ud_slice_starts(text, key) && len < text.len && text.ptr[len] == ' ') {
            return ud_slice_trim((struct ud_slice){text.ptr + len, text.len - len});
        }
    }
    return no_name;
}

void ud_usb_ids_names(struct ud_slice ids, uint16_t vendor, uint16_t product,
                      struct ud_usb_ids_names *ret)
{
    char key[8];
    *ret = (struct ud_usb_ids_names){no_name, no_name};
    (void)snprintf(key, sizeof key, "%04x", vendor);
    ret->vendor = ids_find(&ids, 0, key);
    if (ret->vendor.len > 0) {
        (void)snprintf(key, sizeof key, "%04x", product);
        ret->product = ids_find(&ids, 1, key);
    }
}

void ud_usb_ids_class(struct ud_slice ids, struct ud_usbip_class which,
                      struct ud_usb_ids_class *ret)
{
    char key[8];
    *ret = (struct ud_usb_ids_class){no_name, no_name, no_name};
    (void)snprintf(key, sizeof key, "C %02x", which.base);
    ret->base = ids_find(&ids, 0, key);
    if (ret->base.len > 0) {
        (void)snprintf(key, sizeof key, "%02x", which.sub);
        ret->sub = ids_find(&ids, 1, key);
    }
    if (ret->sub.len > 0) {
        (void)snprintf(key, sizeof key, "%02x", which.protocol);
        ret->protocol = ids_find(&ids, 2, key);
    }
}
