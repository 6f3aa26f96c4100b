/* What the user asks for. */
#include <string.h>

#include "drivers/devices.h"
#include "kernel/drivers/drivers.h"
#include "text/scan.h"

void ud_driver_wish_done(struct ud_driver_wish *wish)
{
    ud_strv_done(&wish->names);
    ud_strv_done(&wish->devices);
}

bool ud_driver_wish_is_empty(const struct ud_driver_wish *wish)
{
    return wish->names.len == 0 && wish->devices.len == 0;
}

/* As files of modules are named (lib/modules has no others). */
static bool wish_is_name(struct ud_slice name)
{
    enum { NAME_MAX_LEN = 55 }; /* MODULE_NAME_LEN of include/linux/moduleparam.h */
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-')) {
            return false;
        }
    }
    return name.len > 0 && name.len <= NAME_MAX_LEN;
}

enum ud_code ud_driver_wish_add(struct ud_driver_wish *wish, const char *list, struct ud_error *err)
{
    struct ud_slice rest = ud_slice_of(list);
    struct ud_slice name;
    while (ud_scan_field(&rest, ',', &name)) {
        name = ud_slice_trim(name);
        if (!wish_is_name(name)) {
            return ud_fail(err, UD_ERR_USAGE,
                           "Write names of modules or groups with commas between, such as "
                           "ftdi_sio,storage.",
                           "\"%.*s\" is not a module name", name.len < 80 ? (int)name.len : 80,
                           name.ptr);
        }
        ud_strv_addn(&wish->names, name.ptr, name.len);
    }
    return UD_OK;
}

enum ud_code ud_driver_wish_add_device(struct ud_driver_wish *wish, const char *device,
                                       struct ud_error *err)
{
    struct ud_device parsed;
    UD_TRY(ud_device_parse(device, &parsed, err));
    ud_strv_add(&wish->devices, device);
    return UD_OK;
}
