#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/kbuild/layouts.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

/* Parts of the kernel proper that usbcore uses, as modules of their own. Each
 * is a folder beside the USB code, whose one source includes the original: a
 * module's objects must lie below the directory that kbuild is given. */
static const struct {
    enum ud_plan_module module;
    const char *source;       /* below the top of the tree */
    const char *declarations; /* what the original lacks as a module */
} extras[] = {
    {UD_PLAN_GENALLOC, "lib/genalloc.c",
     "\n#include <linux/module.h>\nMODULE_DESCRIPTION(\"lib/genalloc.c as a module\");\n"
     "MODULE_LICENSE(\"GPL\");\n"},
    {UD_PLAN_NLS_BASE, "fs/nls/nls_base.c", ""},
};

#define USB_DIR "drivers/usb/"
#define EXTRA_COUNT (sizeof extras / sizeof *extras)

/* Takes ownership of path and text. */
static void kbuild_add_file(struct ud_kbuild_files *files, char *path, char *text)
{
    files->items = ud_realloc(files->items, files->len + 1, sizeof *files->items);
    files->items[files->len++] = (struct ud_kbuild_file){path, text};
}

static bool is_built(const struct ud_plan *plan, size_t extra)
{
    return plan->items[extras[extra].module].origin == UD_ORIGIN_BUILD;
}

/* How the Kbuild of a directory of drivers begins. */
#define OF_DRIVERS "include $(src)/Makefile\n"

bool ud_kbuild_is_of_drivers(const struct ud_kbuild_file *file)
{
    return ud_str_starts(file->text, OF_DRIVERS);
}

static bool kbuild_builds(const struct ud_plan_driver *driver)
{
    return driver->item.origin == UD_ORIGIN_BUILD;
}

/* Whether make goes there for USB/IP's own modules, by the Makefile that is there. */
static bool kbuild_is_usb_dir(const struct ud_plan *plan, const char *dir)
{
    for (size_t i = 0; i < plan->usb_dirs.len; i++) {
        if (ud_str_starts(dir, USB_DIR) &&
            strcmp(dir + strlen(USB_DIR), plan->usb_dirs.items[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether driver i is the first to be built of a directory that USB/IP's modules are not of. */
static bool kbuild_begins_dir(const struct ud_plan *plan, size_t i)
{
    const struct ud_plan_driver *driver = &plan->drivers[i];
    if (!kbuild_builds(driver) || kbuild_is_usb_dir(plan, driver->dir)) {
        return false;
    }
    for (size_t k = 0; k < i; k++) {
        if (kbuild_builds(&plan->drivers[k]) && strcmp(plan->drivers[k].dir, driver->dir) == 0) {
            return false;
        }
    }
    return true;
}

/* The directory as seen from drivers/usb: all is made in one run, so that each module finds
 * what the others export. */
static void kbuild_add_dir(const char *dir, struct ud_buf *text)
{
    if (ud_str_starts(dir, USB_DIR)) {
        ud_buf_addf(text, " %s/", dir + strlen(USB_DIR));
    } else {
        ud_buf_addf(text, " ../../%s/", dir);
    }
}

/* For a directory of drivers: the flags and parts that its Makefile names, and of its modules
 * those that are wanted. kbuild prefers this file. */
static char *kbuild_driver_dir(const struct ud_plan *plan, const char *dir)
{
    struct ud_buf text;
    ud_buf_init(&text, 1u << 20);
    ud_buf_adds(&text, OF_DRIVERS "obj-y :=\nlib-y :=\nlib-m :=\nextra-y :=\nextra-m :=\n"
                                  "always :=\nalways-y :=\nalways-m :=\nsubdir-y :=\nsubdir-m :=\n"
                                  "obj-m :=");
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (kbuild_builds(&plan->drivers[i]) && strcmp(plan->drivers[i].dir, dir) == 0) {
            ud_buf_addf(&text, " %s.o", plan->drivers[i].name);
        }
    }
    ud_buf_adds(&text, "\n");
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

static char *usb_kbuild(const struct ud_plan *plan)
{
    struct ud_buf text;
    ud_buf_init(&text, 1u << 20);
    ud_buf_adds(&text, "obj-m :=");
    for (size_t i = 0; i < EXTRA_COUNT; i++) {
        if (is_built(plan, i)) {
            ud_buf_addf(&text, " %s/", ud_plan_module_name(extras[i].module));
        }
    }
    for (size_t i = 0; i < plan->usb_dirs.len; i++) {
        ud_buf_addf(&text, " %s/", plan->usb_dirs.items[i]);
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (kbuild_begins_dir(plan, i)) {
            kbuild_add_dir(plan->drivers[i].dir, &text);
        }
    }
    ud_buf_addf(&text, "\n%s", ud_layouts_kbuild);
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

static void kbuild_add_extra(size_t extra, struct ud_kbuild_files *files)
{
    const char *name = ud_plan_module_name(extras[extra].module);
    kbuild_add_file(files, ud_strf("drivers/usb/%s/Kbuild", name),
                    ud_strf("obj-m := %s.o\n", name));
    kbuild_add_file(
        files, ud_strf("drivers/usb/%s/%s.c", name, name),
        ud_strf("#include \"../../../%s\"\n%s", extras[extra].source, extras[extra].declarations));
}

void ud_kbuild_files_make(const struct ud_plan *plan, struct ud_kbuild_files *ret)
{
    *ret = (struct ud_kbuild_files){0};
    kbuild_add_file(ret, ud_strdup("drivers/usb/Kbuild"), usb_kbuild(plan));
    for (size_t i = 0; i < EXTRA_COUNT; i++) {
        if (is_built(plan, i)) {
            kbuild_add_extra(i, ret);
        }
    }
    kbuild_add_file(ret, ud_strdup("drivers/usb/" UD_LAYOUTS_NAME ".c"), ud_layouts_source());
    for (size_t i = 0; i < plan->driver_count; i++) {
        const char *dir = plan->drivers[i].dir;
        if (kbuild_begins_dir(plan, i) && !plan->drivers[i].kbuild) {
            kbuild_add_file(ret, ud_strf("%s/Kbuild", dir), kbuild_driver_dir(plan, dir));
        }
    }
}

void ud_kbuild_files_done(struct ud_kbuild_files *files)
{
    if (files == NULL) {
        return;
    }
    for (size_t i = 0; i < files->len; i++) {
        free(files->items[i].path);
        free(files->items[i].text);
    }
    free(files->items);
    *files = (struct ud_kbuild_files){0};
}
