#include "kernel/drivers/packaged.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "util/mem.h"
#include "util/str.h"

bool ud_packaged_is_module(const char *path, const char *release)
{
    enum ud_compression compression;
    const size_t len = strlen(release);
    path += ud_str_starts(path, "usr/") ? strlen("usr/") : 0;
    if (!ud_str_starts(path, "lib/modules/")) {
        return false;
    }
    path += strlen("lib/modules/");
    return strncmp(path, release, len) == 0 && path[len] == '/' &&
           ud_module_path_compression(path, &compression);
}

/* ".../kernel/drivers/usb/serial/ftdi_sio.ko.zst" gives "drivers/usb/serial". */
static char *packaged_dir(const char *path)
{
    const char *kernel = strstr(path, "/kernel/");
    const char *from = kernel != NULL ? kernel + strlen("/kernel/") : path;
    const char *slash = strrchr(from, '/');
    return ud_strndup(from, slash != NULL ? (size_t)(slash - from) : 0);
}

static char *packaged_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash != NULL ? slash + 1 : path;
    return ud_strndup(file, (size_t)(strstr(file, ".ko") - file));
}

struct ud_packaged_module *ud_packaged_add(struct ud_packaged *packaged, const char *path)
{
    char *name = packaged_name(path);
    if (ud_packaged_find(packaged, name) != NULL) {
        free(name);
        return NULL;
    }
    if (packaged->len == packaged->cap) {
        packaged->cap = packaged->cap > 0 ? 2 * packaged->cap : 256;
        packaged->items = ud_realloc(packaged->items, packaged->cap, sizeof *packaged->items);
    }
    struct ud_packaged_module *module = &packaged->items[packaged->len++];
    *module = (struct ud_packaged_module){
        .name = name, .path = ud_strdup(path), .dir = packaged_dir(path)};
    return module;
}

struct ud_packaged_module *ud_packaged_find(const struct ud_packaged *packaged, const char *name)
{
    for (size_t i = 0; i < packaged->len; i++) {
        if (ud_module_name_equal(packaged->items[i].name, name)) {
            return &packaged->items[i];
        }
    }
    return NULL;
}

void ud_packaged_done(struct ud_packaged *packaged)
{
    for (size_t i = 0; i < packaged->len; i++) {
        struct ud_packaged_module *module = &packaged->items[i];
        free(module->name);
        free(module->path);
        free(module->dir);
        ud_strv_done(&module->depends);
        ud_strv_done(&module->aliases);
    }
    free(packaged->items);
    *packaged = (struct ud_packaged){0};
}
