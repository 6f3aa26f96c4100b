#include "kernel/drivers/drivers.h"

#include <stdlib.h>
#include <string.h>

#include "crcs/exports_scan.h"
#include "drivers/paths.h"
#include "drivers/tree.h"
#include "text/scan.h"
#include "util/mem.h"

struct ud_drivers *ud_drivers_new(const char *srcarch, bool with_devices)
{
    struct ud_drivers *drivers = ud_alloc(1, sizeof *drivers);
    drivers->srcarch = ud_strdup(srcarch);
    ud_ktree_init(&drivers->options);
    ud_makefiles_init(&drivers->makefiles);
    ud_mentions_init(&drivers->mentions);
    ud_names_init(&drivers->includes);
    drivers->devices = with_devices ? ud_devices_new() : NULL;
    return drivers;
}

void ud_drivers_free(struct ud_drivers *drivers)
{
    if (drivers == NULL) {
        return;
    }
    free(drivers->srcarch);
    ud_ktree_done(&drivers->options);
    ud_makefiles_done(&drivers->makefiles);
    ud_mentions_done(&drivers->mentions);
    ud_names_done(&drivers->includes);
    ud_devices_free(drivers->devices);
    free(drivers);
}

static bool drivers_is_kconfig(const char *path)
{
    const char *slash = strrchr(path, '/');
    return ud_str_starts(slash != NULL ? slash + 1 : path, "Kconfig");
}

static bool drivers_is_source(const char *path)
{
    return ud_str_ends(path, ".c") || ud_str_ends(path, ".h") || ud_str_ends(path, ".S");
}

/* Kconfig files of other architectures may be sourced by each. */
bool ud_drivers_wants(const struct ud_drivers *drivers, const char *path)
{
    static const char *const others[] = {"Documentation/", "samples/", "scripts/", "tools/",
                                         "usr/",           "rust/",    "LICENSES/"};
    const size_t n = strlen(drivers->srcarch);
    if (drivers_is_kconfig(path)) {
        return true;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (ud_str_starts(path, others[i])) {
            return false;
        }
    }
    if (ud_str_starts(path, "arch/") &&
        (strncmp(path + 5, drivers->srcarch, n) != 0 || path[5 + n] != '/')) {
        return false;
    }
    return drivers_is_source(path) || ud_makefiles_wants(path);
}

/* `#include "../x/y.h"`: files of another directory are needed with this one's. */
static void drivers_add_includes(struct ud_drivers *drivers, const char *path, struct ud_slice text)
{
    struct ud_slice included;
    size_t at = 0;
    while (ud_includes_next(text, &at, &included)) {
        if (memchr(included.ptr, '/', included.len) == NULL) {
            continue;
        }
        char *dir = ud_path_dir(path);
        char *file = ud_path_join(dir, included);
        char *other = ud_path_dir(file);
        char *pair = ud_strf("%s %s", dir, other);
        if (strcmp(dir, other) != 0) {
            (void)ud_names_add(&drivers->includes, ud_slice_of(pair));
        }
        free(pair);
        free(other);
        free(file);
        free(dir);
    }
}

void ud_drivers_add(struct ud_drivers *drivers, const char *path, const char *text, size_t len)
{
    if (drivers_is_kconfig(path)) {
        ud_ktree_add(&drivers->options, path, text, len);
    } else if (ud_makefiles_wants(path)) {
        ud_makefiles_add(&drivers->makefiles, path, text, len);
    } else if (drivers_is_source(path)) {
        ud_mentions_add(&drivers->mentions, path, text, len);
        if (!ud_str_starts(path, "include/")) {
            drivers_add_includes(drivers, path, (struct ud_slice){text, len});
        }
        if (drivers->devices != NULL) {
            ud_devices_add(drivers->devices, path, text, len);
        }
    }
}

enum ud_code ud_drivers_read(struct ud_drivers *drivers, struct ud_error *err)
{
    for (size_t i = 0; i < drivers->makefiles.includes.len; i++) {
        (void)ud_names_add(&drivers->includes, ud_slice_of(drivers->makefiles.includes.items[i]));
    }
    ud_makefiles_sort(&drivers->makefiles);
    ud_mentions_sort(&drivers->mentions);
    return ud_ktree_read(&drivers->options, drivers->srcarch, err);
}

void ud_drivers_dirs(const struct ud_drivers *drivers, const char *dir, struct ud_strv *ret)
{
    if (ud_strv_has(ret, dir)) {
        return;
    }
    size_t next = ret->len;
    ud_strv_add(ret, dir);
    for (; next < ret->len; next++) {
        const size_t n = strlen(ret->items[next]);
        for (uint32_t i = 0; i < drivers->includes.len; i++) {
            const char *pair = ud_names_text(&drivers->includes, i);
            if (strncmp(pair, ret->items[next], n) == 0 && pair[n] == ' ' &&
                !ud_strv_has(ret, pair + n + 1)) {
                ud_strv_add(ret, pair + n + 1);
            }
        }
    }
}
