#include "usbip/modalias.h"

#include <stdio.h>

#include "glob.h"
#include "word.h"

void ud_modalias_write(const struct ud_usbip_device *device, size_t index,
                       char dst[UD_MODALIAS_SIZE])
{
    const struct ud_usbip_class *interface = &device->interfaces[index];
    (void)snprintf(dst, UD_MODALIAS_SIZE,
                   "usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02Xic%02Xisc%02Xip%02Xin%02X",
                   device->vendor, device->product, device->release, device->class.base,
                   device->class.sub, device->class.protocol, interface->base, interface->sub,
                   interface->protocol, (unsigned)index & 0xff);
}

bool ud_modalias_fits(const char *alias, const char *modalias)
{
    return ud_glob_fits(ud_slice_of(alias), ud_slice_of(modalias));
}

void ud_modalias_reader_init(struct ud_modalias_reader *reader, struct ud_slice modules_alias,
                             const char *modalias)
{
    *reader = (struct ud_modalias_reader){modules_alias, ud_slice_of(modalias)};
}

bool ud_modalias_reader_next(struct ud_modalias_reader *reader, struct ud_slice *ret_module)
{
    struct ud_slice line;
    while (ud_str_next_line(&reader->rest, &line)) {
        if (line.len > UD_MODALIAS_LINE_MAX || !ud_slice_equals(ud_next_word(&line), "alias")) {
            continue;
        }
        struct ud_slice pattern = ud_next_word(&line);
        struct ud_slice module = ud_next_word(&line);
        if (module.len > 0 && ud_next_word(&line).len == 0 &&
            ud_glob_fits(pattern, reader->modalias)) {
            *ret_module = module;
            return true;
        }
    }
    return false;
}

static bool list_has(const struct ud_strv *list, struct ud_slice name)
{
    for (size_t i = 0; i < list->len; i++) {
        if (ud_slice_equals(name, list->items[i])) {
            return true;
        }
    }
    return false;
}

void ud_modalias_modules(struct ud_slice modules_alias, const char *modalias, struct ud_strv *ret)
{
    struct ud_modalias_reader reader;
    struct ud_slice module;
    ud_modalias_reader_init(&reader, modules_alias, modalias);
    while (ret->len < UD_MODALIAS_MODULES_MAX && ud_modalias_reader_next(&reader, &module)) {
        if (!list_has(ret, module)) {
            ud_strv_addn(ret, module.ptr, module.len);
        }
    }
}
