/* Changes that the kernel's builder made to sources that lack them. */
#include "build/steps.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/vm_files.h"

static enum ud_code read_patch(struct ud_build *build, const char *path, const char *name,
                               struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, UD_PATCHES_TEXT_MAX);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        ud_patches_add(&build->patches, name, text.data != NULL ? text.data : "", text.len);
    }
    ud_buf_done(&text);
    return rc;
}

static enum ud_code read_folder(struct ud_build *build, const char *dir, struct ud_error *err)
{
    struct ud_strv names = {0};
    enum ud_code rc = ud_fs_list(dir, &names, err);
    for (size_t i = 0; i < names.len && rc == UD_OK; i++) {
        if (ud_str_ends(names.items[i], ".patch")) {
            char *path = ud_fs_join(dir, names.items[i]);
            rc = read_patch(build, path, names.items[i], err);
            free(path);
        }
    }
    ud_strv_done(&names);
    if (rc == UD_OK && build->patches.len == 0) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s holds no file *.patch (--patches)", dir);
    }
    return rc;
}

enum ud_code ud_build_read_patches(struct ud_build *build, struct ud_error *err)
{
    const char *path = build->options->patches;
    if (path == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_fs_kind(path) == UD_FS_DIR ? read_folder(build, path, err)
                                         : read_patch(build, path, path, err));
    build->patches.origin = ud_strdup(path);
    return UD_OK;
}

/* "6.12.76", perhaps with a "v" before and the kernel's suffix behind. */
static bool is_of_version(struct ud_slice said, const char *upstream)
{
    const size_t len = strlen(upstream);
    if (said.len > 0 && said.ptr[0] == 'v') {
        said.ptr++;
        said.len--;
    }
    return ud_slice_starts(said, upstream) &&
           (said.len == len || strchr("0123456789.", said.ptr[len]) == NULL);
}

/* The VM may have been updated, and this folder be of its kernel before. */
static bool check_version(const struct ud_build *build, const struct ud_buf *text)
{
    enum { SHOWN = 60 };
    const struct ud_release *release = &build->result->facts.release;
    struct ud_slice said = ud_slice_trim((struct ud_slice){text->data, text->len});
    const bool fits = is_of_version(said, release->upstream);
    if (!fits) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "the VM's patches (%s) are not used: %s says that they are for \"%.*s\", "
                          "and %s runs",
                          UD_OPS_PATCHES_DIR, UD_OPS_PATCHES_VERSION,
                          (int)(said.len < SHOWN ? said.len : SHOWN), said.len > 0 ? said.ptr : "",
                          release->text);
    }
    return fits;
}

static void take_vms_patches(struct ud_build *build, const struct ud_vm_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct ud_vm_file *file = &files->items[i];
        const char *slash = strrchr(file->path, '/');
        if (strcmp(file->path, UD_OPS_PATCHES_VERSION) == 0) {
            if (!check_version(build, &file->bytes)) {
                return;
            }
        } else if (slash != NULL && ud_check_patch_name(slash + 1)) {
            ud_patches_add(&build->patches, slash + 1, file->bytes.data, file->bytes.len);
        }
    }
    if (build->patches.len > 0) {
        build->patches.origin = ud_strdup(UD_OPS_PATCHES_DIR " in the VM");
    }
}

static enum ud_code ask_vm(struct ud_build *build, struct ud_error *err)
{
    struct ud_vm_files files;
    struct ud_error why = {0};
    enum ud_code rc = ud_vm_files_read_patches(build->app, build->vm.engine, &files, &why);
    if (rc == UD_ERR_INTERRUPTED || rc == UD_ERR_UNREACHABLE) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "the VM may name patches that these sources lack (%s): %s",
                          UD_OPS_PATCHES_DIR, why.message);
        return UD_OK;
    }
    take_vms_patches(build, &files);
    ud_vm_files_done(&files);
    return UD_OK;
}

enum ud_code ud_build_find_patches(struct ud_build *build, struct ud_error *err)
{
    const bool named = build->options->patches != NULL;
    if (!named && !build->sources.unpatched) {
        ud_patches_done(&build->patches);
    } else if (build->patches.len == 0) {
        UD_TRY(ask_vm(build, err));
    }
    if (build->patches.len == 0) {
        return UD_OK;
    }
    ud_report_message(build->app->report, UD_REPORT_NOTE,
                      "%zu patch%s of the kernel's builder %s applied to the sources (%s)",
                      build->patches.len, build->patches.len == 1 ? "" : "es",
                      build->patches.len == 1 ? "is" : "are", build->patches.origin);
    if (!named) {
        ud_builder_image_want_patch(&build->builder_image);
    }
    return ud_patches_list_files(&build->patches, &build->patched_files, err);
}

/* Runs `patch` in the tree, and releases argv. */
static enum ud_code run_patch(struct ud_build *build, struct ud_strv *argv, int *ret_exit,
                              struct ud_error *err)
{
    const struct ud_build_container_command command = {.argv = argv,
                                                       .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_try(&build->container, &command, ret_exit, err);
    ud_strv_done(argv);
    return rc;
}

/* An image of the user's may lack it; what an engine answers then is not the same everywhere. */
static enum ud_code check_program(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv argv = {0};
    int exit_code = 0;
    ud_strv_add(&argv, "patch");
    ud_strv_add(&argv, "--version");
    UD_TRY(run_patch(build, &argv, &exit_code, err));
    return exit_code == 0
               ? UD_OK
               : ud_fail(err, UD_ERR_BUILD, "Name another builder with --builder, or none.",
                         "the builder %s has no program `patch`", build->builder_image.image);
}

/* The name in the tree is ours: what a patch is called need not be a name for a file here. */
static enum ud_code apply_one(struct ud_build *build, const struct ud_patch *patch,
                              struct ud_error *err)
{
    static const char in_tree[] = "usbipd-desktop.patch";
    struct ud_strv argv = {0};
    int exit_code = 0;
    UD_TRY(ud_build_container_put(&build->container, in_tree, patch->text, patch->len, err));
    ud_strv_add(&argv, "patch");
    ud_strv_add(&argv, "-p1");
    ud_strv_add(&argv, "-N");
    ud_strv_add(&argv, "-i");
    ud_strv_add(&argv, in_tree);
    UD_TRY(run_patch(build, &argv, &exit_code, err));
    if (exit_code == 0) {
        return UD_OK;
    }
    ud_build_container_tell(&build->container);
    const bool is_folder = strcmp(patch->name, build->patches.origin) != 0;
    return ud_fail(err, UD_ERR_SOURCE,
                   "Name the sources that the patches are for with --source, or other patches with "
                   "--patches.",
                   "the patch %s%s%s does not fit the sources %s", patch->name,
                   is_folder ? " of " : "", is_folder ? build->patches.origin : "",
                   build->sources.name);
}

enum ud_code ud_build_apply_patches(struct ud_build *build, struct ud_error *err)
{
    if (build->patches.len == 0) {
        return UD_OK;
    }
    ud_report_step(build->app->report, "Applying the patches");
    UD_TRY(check_program(build, err));
    for (size_t i = 0; i < build->patches.len; i++) {
        UD_TRY(apply_one(build, &build->patches.items[i], err));
    }
    ud_report_step_end(build->app->report, "%zu", build->patches.len);
    return UD_OK;
}
