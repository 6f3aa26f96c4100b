#include "install/kernels.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/tarread.h"
#include "bundle/tar/tarwrite.h"
#include "docker/containers/archive.h"
#include "kernel/elf/module.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"

enum {
    FILES_MAX = UD_OPS_MODULES_MAX + 2, /* of a kernel, with its list and its manifest */
    TOTAL_MAX = 256 << 20,
    LABEL_MAX = 16 * 1024
};

#define MANIFEST "manifest.json"
#define FOLDER "kernels/" /* as it comes out of a container */

void ud_install_kernel_done(struct ud_install_kernel *kernel)
{
    for (size_t i = 0; i < kernel->count; i++) {
        free(kernel->files[i].name);
        ud_buf_done(&kernel->files[i].bytes);
    }
    free(kernel->files);
    ud_installed_kernel_done(&kernel->head);
    *kernel = (struct ud_install_kernel){0};
}

void ud_install_set_done(struct ud_install_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        ud_install_kernel_done(&set->items[i]);
    }
    *set = (struct ud_install_set){0};
}

void ud_install_kernel_add(struct ud_install_kernel *kernel, const char *name, const void *data,
                           size_t len)
{
    kernel->files = ud_realloc(kernel->files, kernel->count + 1, sizeof *kernel->files);
    struct ud_install_file *file = &kernel->files[kernel->count++];
    *file = (struct ud_install_file){.name = ud_strdup(name)};
    ud_buf_init(&file->bytes, UD_MODULE_FILE_MAX);
    ud_buf_add(&file->bytes, data, len);
}

static const struct ud_install_file *kernels_find_file(const struct ud_install_kernel *kernel,
                                                       const char *name)
{
    for (size_t i = 0; i < kernel->count; i++) {
        if (strcmp(kernel->files[i].name, name) == 0) {
            return &kernel->files[i];
        }
    }
    return NULL;
}

static const struct ud_install_file *kernels_find_module(const struct ud_install_kernel *kernel,
                                                         const char *name)
{
    char *file = ud_strf("%s.ko", name);
    const struct ud_install_file *found = kernels_find_file(kernel, file);
    free(file);
    return found;
}

static size_t kernels_index(const struct ud_install_set *set,
                            const struct ud_installed_kernel *kernel)
{
    size_t at = 0;
    while (at < set->count &&
           !ud_installed_kernel_is(&set->items[at].head, kernel->release, kernel->version)) {
        at++;
    }
    return at;
}

void ud_install_set_put(struct ud_install_set *set, struct ud_install_kernel *kernel)
{
    size_t at = kernels_index(set, &kernel->head);
    if (at < set->count) {
        ud_install_kernel_done(&set->items[at]);
    } else {
        if (set->count == UD_INSTALLED_KERNELS_MAX) {
            ud_install_kernel_done(&set->items[--set->count]);
        }
        memmove(set->items + 1, set->items, set->count * sizeof *set->items);
        set->count++;
        at = 0;
    }
    set->items[at] = *kernel;
    *kernel = (struct ud_install_kernel){0};
}

/* ---- out of a container ---- */

struct kernels_reading {
    struct ud_install_kernel kernels[UD_INSTALLED_KERNELS_MAX];
    struct ud_tarread *tar;
};

static bool kernels_wants(const char *name)
{
    if (strcmp(name, UD_OPS_KERNEL_FILE) == 0 || strcmp(name, MANIFEST) == 0) {
        return true;
    }
    char *stem = ud_strndup(name, ud_str_ends(name, ".ko") ? strlen(name) - strlen(".ko") : 0);
    const bool is_module = ud_check_module_name(stem);
    free(stem);
    return is_module;
}

/* "kernels/2/usbcore.ko". What is not ours is passed over. */
static enum ud_code kernels_on_entry(void *ctx, const struct ud_tarread_entry *entry,
                                     struct ud_error *err)
{
    struct kernels_reading *reading = ctx;
    const size_t folder = strlen(FOLDER);
    (void)err;
    if (entry->type != UD_TARREAD_FILE || !ud_str_starts(entry->path, FOLDER)) {
        return UD_OK;
    }
    const char *number = entry->path + folder;
    const size_t at = (size_t)(unsigned char)number[0] - '0';
    if (at >= UD_INSTALLED_KERNELS_MAX || number[1] != '/' || !kernels_wants(number + 2)) {
        return UD_OK;
    }
    struct ud_install_kernel *kernel = &reading->kernels[at];
    if (kernel->count < FILES_MAX && kernels_find_file(kernel, number + 2) == NULL) {
        ud_install_kernel_add(kernel, number + 2, entry->data, entry->size);
    }
    return UD_OK;
}

static enum ud_code kernels_feed(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct kernels_reading *reading = ctx;
    return ud_tarread_feed(reading->tar, data, len, err);
}

/* Its list becomes its head; the file is made anew from that. */
static bool kernels_take_head(struct ud_install_kernel *kernel)
{
    for (size_t i = 0; i < kernel->count; i++) {
        struct ud_install_file *file = &kernel->files[i];
        if (strcmp(file->name, UD_OPS_KERNEL_FILE) != 0) {
            continue;
        }
        const bool sound = ud_installed_kernel_read(file->bytes.data, file->bytes.len,
                                                    &kernel->head, NULL) == UD_OK;
        free(file->name);
        ud_buf_done(&file->bytes);
        *file = kernel->files[--kernel->count];
        return sound;
    }
    return false;
}

static bool kernels_is_whole(const struct ud_install_kernel *kernel)
{
    for (size_t i = 0; i < kernel->head.modules.len; i++) {
        if (kernels_find_module(kernel, kernel->head.modules.items[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static void kernels_take_all(struct kernels_reading *reading, struct ud_install_set *ret)
{
    for (size_t i = 0; i < UD_INSTALLED_KERNELS_MAX; i++) {
        struct ud_install_kernel *kernel = &reading->kernels[i];
        if (kernels_take_head(kernel) && kernels_is_whole(kernel) &&
            kernels_index(ret, &kernel->head) == ret->count) {
            ret->items[ret->count++] = *kernel;
            *kernel = (struct ud_install_kernel){0};
        }
    }
}

enum ud_code ud_install_set_read(struct ud_engine *engine, const char *container,
                                 struct ud_install_set *ret, struct ud_error *err)
{
    struct kernels_reading reading = {0};
    const struct ud_tarread_options options = {
        .entry = kernels_on_entry,
        .ctx = &reading,
        .max_entries = (FILES_MAX + 1) * UD_INSTALLED_KERNELS_MAX + 1,
        .max_file = UD_MODULE_FILE_MAX,
        .max_total = TOTAL_MAX,
    };
    *ret = (struct ud_install_set){0};
    reading.tar = ud_tarread_new(&options);
    const struct ud_sink sink = {kernels_feed, &reading};
    enum ud_code rc = ud_archive_get(engine, container, UD_OPS_KERNELS_DIR, &sink, err);
    if (rc == UD_OK) {
        rc = ud_tarread_finish(reading.tar, err);
    }
    if (rc == UD_OK) {
        kernels_take_all(&reading, ret);
    }
    ud_tarread_free(reading.tar);
    for (size_t i = 0; i < UD_INSTALLED_KERNELS_MAX; i++) {
        ud_install_kernel_done(&reading.kernels[i]);
    }
    return rc;
}

/* ---- into an image ---- */

static enum ud_code kernels_write_file(struct ud_tarwrite *tar, size_t number, const char *name,
                                       const struct ud_buf *bytes, struct ud_error *err)
{
    char *path = ud_strf("%s/%zu/%s", UD_OPS_KERNELS_DIR + 1, number, name);
    enum ud_code rc = ud_tarwrite_file(tar, path, 0644, bytes->data, bytes->len, err);
    free(path);
    return rc;
}

static enum ud_code kernels_write_head(struct ud_tarwrite *tar, size_t number,
                                       const struct ud_installed_kernel *head, struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, UD_INSTALLED_TEXT_MAX);
    ud_installed_kernel_write(head, &text);
    enum ud_code rc = ud_buf_check(&text, "the list of modules", err);
    if (rc == UD_OK) {
        rc = kernels_write_file(tar, number, UD_OPS_KERNEL_FILE, &text, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* Always in the same order, so that the same modules give the same image. */
static enum ud_code kernels_write_one(struct ud_tarwrite *tar, size_t number,
                                      const struct ud_install_kernel *kernel, struct ud_error *err)
{
    const struct ud_install_file *manifest = kernels_find_file(kernel, MANIFEST);
    char *dir = ud_strf("%s/%zu", UD_OPS_KERNELS_DIR + 1, number);
    enum ud_code rc = ud_tarwrite_dir(tar, dir, 0755, err);
    free(dir);
    UD_TRY(rc);
    UD_TRY(kernels_write_head(tar, number, &kernel->head, err));
    if (manifest != NULL) {
        UD_TRY(kernels_write_file(tar, number, MANIFEST, &manifest->bytes, err));
    }
    for (size_t i = 0; i < kernel->head.modules.len; i++) {
        const struct ud_install_file *file =
            kernels_find_module(kernel, kernel->head.modules.items[i]);
        UD_TRY(kernels_write_file(tar, number, file->name, &file->bytes, err));
    }
    return UD_OK;
}

enum ud_code ud_install_set_write(const struct ud_install_set *set, struct ud_tarwrite *tar,
                                  struct ud_error *err)
{
    UD_TRY(ud_tarwrite_dir(tar, UD_OPS_KERNELS_DIR + 1, 0755, err));
    for (size_t i = 0; i < set->count; i++) {
        UD_TRY(kernels_write_one(tar, i, &set->items[i], err));
    }
    return UD_OK;
}

void ud_install_set_releases(const struct ud_install_set *set, struct ud_strv *ret)
{
    for (size_t i = 0; i < set->count; i++) {
        if (!ud_strv_has(ret, set->items[i].head.release)) {
            ud_strv_add(ret, set->items[i].head.release);
        }
    }
}

static void kernels_add_build_ids(const struct ud_install_kernel *kernel, struct ud_strv *ids)
{
    for (size_t i = 0; i < kernel->head.modules.len; i++) {
        const char *name = kernel->head.modules.items[i];
        const struct ud_install_file *file = kernels_find_module(kernel, name);
        struct ud_module module = {0};
        if (ud_module_parse(file->bytes.data, file->bytes.len, name, &module, NULL) == UD_OK &&
            module.build_id[0] != '\0') {
            ud_strv_addf(ids, "%s=%s", name, module.build_id);
        }
        ud_module_done(&module);
    }
}

char *ud_install_set_build_ids(const struct ud_install_set *set)
{
    struct ud_strv ids = {0};
    char *text = ud_strdup("");
    for (size_t i = 0; i < set->count; i++) {
        kernels_add_build_ids(&set->items[i], &ids);
        char *longer = ud_strv_join(&ids, " ");
        if (strlen(longer) > LABEL_MAX) {
            free(longer);
            break;
        }
        free(text);
        text = longer;
    }
    ud_strv_done(&ids);
    return text;
}
