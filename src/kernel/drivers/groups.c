#include "drivers/groups.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/paths.h"
#include "kernel/drivers/drivers.h"
#include "util/str.h"

/* Directories where the sources keep such drivers together, and what lies elsewhere. */
static const struct ud_driver_group groups[] = {
    {"serial", {"drivers/usb/serial"}, {"cdc_acm"}},
    {"storage", {NULL}, {"usb-storage", "uas", "sd_mod", "sr_mod"}},
    {"hid", {NULL}, {"usbhid", "hid-generic", "evdev"}},
    {"net", {"drivers/net/usb"}, {NULL}},
    {"can", {"drivers/net/can/usb"}, {"can", "can-raw"}},
    {"audio", {NULL}, {"snd-usb-audio"}},
    {"video", {NULL}, {"uvcvideo"}},
};

const struct ud_driver_group *ud_driver_group_find(const char *name)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

bool ud_driver_is_group(const char *name)
{
    return ud_driver_group_find(name) != NULL;
}

bool ud_driver_group_has(const struct ud_driver_group *group, const char *name, const char *dir)
{
    for (size_t i = 0; i < sizeof group->names / sizeof *group->names; i++) {
        if (group->names[i] != NULL && ud_module_name_equal(group->names[i], name)) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof group->dirs / sizeof *group->dirs; i++) {
        const size_t len = group->dirs[i] != NULL ? strlen(group->dirs[i]) : 0;
        if (len > 0 && strncmp(dir, group->dirs[i], len) == 0 &&
            (dir[len] == '\0' || dir[len] == '/')) {
            return true;
        }
    }
    return false;
}

void ud_driver_group_files(const char *name, const struct ud_deps *files, struct ud_strv *ret)
{
    const struct ud_driver_group *group = ud_driver_group_find(name);
    for (size_t i = 0; group != NULL && i < files->len; i++) {
        const char *path = files->items[i].path;
        char *module = ud_module_name_of_path(path);
        char *dir = ud_path_dir(path + (ud_str_starts(path, "kernel/") ? strlen("kernel/") : 0));
        if (ud_driver_group_has(group, module, dir)) {
            ud_strv_add(ret, module);
        }
        free(dir);
        free(module);
    }
}
