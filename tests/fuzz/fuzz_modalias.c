/* The first line is a modalias, the rest a modules.alias. What the reader gives is what
 * the collector has, each once, and lies within the text. So do names that are looked up in
 * it as if it were a usb.ids. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "usbip/modalias.h"
#include "usbip/usb_ids.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool list_has(const struct ud_strv *list, struct ud_slice name)
{
    for (size_t i = 0; i < list->len; i++) {
        if (ud_slice_equals(name, list->items[i])) {
            return true;
        }
    }
    return false;
}

static void check_alias(struct ud_slice text, const char *modalias)
{
    struct ud_modalias_reader reader;
    struct ud_slice module;
    struct ud_strv found = {0};
    size_t given = 0;
    ud_modalias_modules(text, modalias, &found);
    ud_modalias_reader_init(&reader, text, modalias);
    while (ud_modalias_reader_next(&reader, &module)) {
        given++;
        if (module.len == 0 || module.ptr < text.ptr ||
            module.ptr + module.len > text.ptr + text.len ||
            (found.len < UD_MODALIAS_MODULES_MAX && memchr(module.ptr, '\0', module.len) == NULL &&
             !list_has(&found, module))) {
            abort();
        }
    }
    if (found.len > given || found.len > UD_MODALIAS_MODULES_MAX) {
        abort();
    }
    ud_strv_done(&found);
}

/* The same text as one of names: whatever is found lies within it. */
static void check_names(struct ud_slice text)
{
    const struct ud_usbip_class which = {8, 6, 0x50};
    struct ud_usb_ids_names names;
    struct ud_usb_ids_class class;
    ud_usb_ids_names(text, 0x0403, 0x6001, &names);
    ud_usb_ids_class(text, which, &class);
    const struct ud_slice found[] = {names.vendor, names.product, class.base, class.sub,
                                     class.protocol};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        if (found[i].len > 0 &&
            (found[i].ptr < text.ptr || found[i].ptr + found[i].len > text.ptr + text.len)) {
            abort();
        }
    }
    if (names.product.len > 0 && names.vendor.len == 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_slice text = {(const char *)data, size};
    struct ud_slice first;
    if (!ud_str_next_line(&text, &first)) {
        return 0;
    }
    char *modalias = ud_strndup(first.ptr, first.len < 128 ? first.len : 128);
    check_alias(text, modalias);
    check_names(text);
    free(modalias);
    return 0;
}
