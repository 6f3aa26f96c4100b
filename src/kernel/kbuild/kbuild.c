#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/kbuild/layouts.h"
#include "util/buf.h"
#include "util/mem.h"

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
