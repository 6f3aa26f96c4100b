/* Drivers chosen among packaged modules: by name, by the directory that they were made in, and by
 * their aliases; and what they need, by their own word. */
#include <stdlib.h>
#include <string.h>

#include "drivers/groups.h"
#include "kernel/drivers/packaged.h"
#include "util/mem.h"
#include "util/str.h"

static bool packaged_is_own(const struct ud_packaged_own *own, const char *name)
{
    return ud_builtin_has(own->builtin, name) || ud_deps_find(own->deps, name) != NULL;
}

/* Adds what of a group is packaged. */
static void packaged_add_group(const struct ud_packaged *packaged,
                               const struct ud_driver_group *group, struct ud_strv *ret)
{
    for (size_t i = 0; i < packaged->len; i++) {
        const struct ud_packaged_module *module = &packaged->items[i];
        if (ud_driver_group_has(group, module->name, module->dir)) {
            ud_strv_add(ret, module->name);
        }
    }
}

/* Adds what serves a device. */
static void packaged_add_device(const struct ud_packaged *packaged, const char *device,
                                struct ud_strv *ret)
{
    for (size_t i = 0; i < packaged->len; i++) {
        const struct ud_packaged_module *module = &packaged->items[i];
        for (size_t k = 0; k < module->aliases.len; k++) {
            if (ud_packaged_alias_fits(module->aliases.items[k], device)) {
                ud_strv_add(ret, module->name);
                break;
            }
        }
    }
}

static bool packaged_has_name(const struct ud_strv *names, const char *name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (ud_module_name_equal(names->items[i], name)) {
            return true;
        }
    }
    return false;
}

/* Adds to names what those that are packaged need, and what these need, once each. */
static void packaged_close(const struct ud_packaged *packaged, const struct ud_packaged_own *own,
                           struct ud_strv *names)
{
    for (size_t i = 0; i < names->len; i++) {
        const struct ud_packaged_module *module = ud_packaged_find(packaged, names->items[i]);
        for (size_t k = 0; module != NULL && k < module->depends.len; k++) {
            const char *needed = module->depends.items[k];
            if (!packaged_is_own(own, needed) && !packaged_has_name(names, needed)) {
                ud_strv_add(names, needed);
            }
        }
    }
}

/* Adds what is wanted by name, of groups and for devices, as far as it is packaged or named. */
static void packaged_add_wanted(const struct ud_packaged *packaged,
                                const struct ud_driver_wish *wish, struct ud_strv *ret)
{
    for (size_t i = 0; i < wish->names.len; i++) {
        const struct ud_driver_group *group = ud_driver_group_find(wish->names.items[i]);
        if (group != NULL) {
            packaged_add_group(packaged, group, ret);
        } else {
            ud_strv_add(ret, wish->names.items[i]);
        }
    }
    for (size_t i = 0; i < wish->devices.len; i++) {
        packaged_add_device(packaged, wish->devices.items[i], ret);
    }
}

void ud_packaged_unread(const struct ud_packaged *packaged, const struct ud_driver_wish *wish,
                        const struct ud_strv *base, const struct ud_packaged_own *own,
                        struct ud_strv *ret)
{
    struct ud_strv names = {0};
    for (size_t i = 0; wish->devices.len > 0 && i < packaged->len; i++) {
        ud_strv_add(&names, packaged->items[i].name);
    }
    for (size_t i = 0; i < base->len; i++) {
        ud_strv_add(&names, base->items[i]);
    }
    packaged_add_wanted(packaged, wish, &names);
    packaged_close(packaged, own, &names);
    for (size_t i = 0; i < names.len; i++) {
        const struct ud_packaged_module *module = ud_packaged_find(packaged, names.items[i]);
        if (module != NULL && !module->read && !ud_strv_has(ret, module->name)) {
            ud_strv_add(ret, module->name);
        }
    }
    ud_strv_done(&names);
}

static enum ud_code packaged_check_wish(const struct ud_packaged *packaged,
                                        const struct ud_driver_wish *wish,
                                        const struct ud_packaged_own *own,
                                        struct ud_driver_choice *choice, struct ud_error *err)
{
    for (size_t i = 0; i < wish->names.len; i++) {
        const char *name = wish->names.items[i];
        struct ud_strv members = {0};
        if (ud_driver_group_find(name) != NULL) {
            packaged_add_group(packaged, ud_driver_group_find(name), &members);
        }
        const bool found = members.len > 0 || packaged_is_own(own, name) ||
                           ud_packaged_find(packaged, name) != NULL;
        ud_strv_done(&members);
        if (!found) {
            return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no module %s is in the packages", name);
        }
    }
    for (size_t i = 0; i < wish->devices.len; i++) {
        const char *device = wish->devices.items[i];
        struct ud_strv drivers = {0};
        packaged_add_device(packaged, device, &drivers);
        const bool found = drivers.len > 0;
        ud_strv_done(&drivers);
        if (!found && !wish->devices_may_lack) {
            return ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                           "no module in the packages is for the device %s", device);
        }
        if (!found) {
            char *told = ud_strf("no module in the packages is for the device %s", device);
            ud_strv_add(&choice->unserved, told);
            free(told);
        }
    }
    return UD_OK;
}

static void packaged_take(struct ud_driver_choice *choice, const char *name, const char *dir,
                          bool wanted)
{
    choice->items = ud_realloc(choice->items, choice->len + 1, sizeof *choice->items);
    choice->items[choice->len++] = (struct ud_driver){
        .name = ud_strdup(name), .dir = ud_strdup(dir), .option = ud_strdup(""), .wanted = wanted};
}

static enum ud_code packaged_take_all(const struct ud_packaged *packaged,
                                      const struct ud_driver_wish *wish, const struct ud_strv *base,
                                      const struct ud_packaged_own *own,
                                      struct ud_driver_choice *choice, struct ud_error *err)
{
    struct ud_strv wanted = {0};
    struct ud_strv names = {0};
    enum ud_code rc = UD_OK;
    packaged_add_wanted(packaged, wish, &wanted);
    for (size_t i = 0; i < wanted.len; i++) {
        if (!packaged_has_name(&names, wanted.items[i])) {
            ud_strv_add(&names, wanted.items[i]);
        }
    }
    const size_t wanted_count = names.len;
    for (size_t i = 0; i < base->len; i++) {
        ud_strv_add(&names, base->items[i]);
    }
    packaged_close(packaged, own, &names);
    for (size_t i = 0; i < names.len && rc == UD_OK; i++) {
        const char *name = names.items[i];
        const struct ud_packaged_module *module = ud_packaged_find(packaged, name);
        if (module != NULL || packaged_is_own(own, name)) {
            packaged_take(choice, module != NULL ? module->name : name,
                          module != NULL ? module->dir : "", i < wanted_count);
        } else {
            rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no module %s is in the packages", name);
        }
    }
    ud_strv_done(&names);
    ud_strv_done(&wanted);
    return rc;
}

enum ud_code ud_packaged_choose(const struct ud_packaged *packaged,
                                const struct ud_driver_wish *wish, const struct ud_strv *base,
                                const struct ud_packaged_own *own, struct ud_driver_choice *ret,
                                struct ud_error *err)
{
    struct ud_driver_choice choice = {0};
    enum ud_code rc = packaged_check_wish(packaged, wish, own, &choice, err);
    if (rc == UD_OK) {
        rc = packaged_take_all(packaged, wish, base, own, &choice, err);
    }
    if (rc != UD_OK) {
        ud_driver_choice_done(&choice);
        return rc;
    }
    *ret = choice;
    return UD_OK;
}
