#include "artifacts/dist_place.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "app/artifacts/manifest.h"
#include "platform/fs.h"
#include "util/str.h"

#define MANIFEST "manifest.json"

static const char place_remedy[] =
    "Choose another place with --output, or move away what is there.";

static bool dist_place_is_file(const char *dir, const char *name)
{
    struct ud_fs_info info = {0};
    char *path = ud_fs_join(dir, name);
    bool is = ud_fs_info(path, &info, NULL) == UD_OK && info.kind == UD_FS_FILE;
    free(path);
    return is;
}

static bool manifest_names(const struct ud_manifest *manifest, const char *name)
{
    bool names = strcmp(name, MANIFEST) == 0;
    for (size_t i = 0; i < manifest->module_count && !names; i++) {
        names = strcmp(name, manifest->modules[i].file) == 0;
    }
    return names;
}

static enum ud_code dist_place_refuse(const char *dir, const char *name, const char *why,
                                      struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE, place_remedy, "%s is not replaced: it holds %s, which %s",
                   dir, name, why);
}

static enum ud_code check_names(const char *dir, const struct ud_strv *names,
                                const struct ud_manifest *manifest, struct ud_error *err)
{
    for (size_t i = 0; i < names->len; i++) {
        const char *name = names->items[i];
        if (!manifest_names(manifest, name) || !dist_place_is_file(dir, name)) {
            return dist_place_refuse(dir, name, "`build` did not write", err);
        }
    }
    return UD_OK;
}

static enum ud_code check_entries(const char *dir, const struct ud_strv *names,
                                  struct ud_error *err)
{
    struct ud_manifest manifest = {0};
    struct ud_error why = {0};
    if (names->len == 0) {
        return UD_OK;
    }
    if (!dist_place_is_file(dir, MANIFEST)) {
        const char *name = names->items[0];
        return dist_place_refuse(dir, name, "`build` did not write", err);
    }
    char *path = ud_fs_join(dir, MANIFEST);
    enum ud_code rc = ud_manifest_read(path, &manifest, &why);
    free(path);
    if (rc != UD_OK) {
        return ud_fail(err, UD_ERR_USAGE, place_remedy, "%s is not replaced: %s", dir, why.message);
    }
    rc = check_names(dir, names, &manifest, err);
    ud_manifest_done(&manifest);
    return rc;
}

enum ud_code ud_dist_place_check(const char *dir, struct ud_error *err)
{
    static const char *const kinds[] = {[UD_FS_FILE] = "a file",
                                        [UD_FS_LINK] = "a link",
                                        [UD_FS_OTHER] = "neither a file nor a directory"};
    struct ud_fs_info info = {0};
    struct ud_strv names = {0};
    UD_TRY(ud_fs_info(dir, &info, err));
    if (info.kind == UD_FS_NONE) {
        return UD_OK;
    }
    if (info.kind != UD_FS_DIR) {
        return ud_fail(err, UD_ERR_USAGE, place_remedy, "%s is not replaced: it is %s", dir,
                       kinds[info.kind]);
    }
    UD_TRY(ud_fs_list(dir, &names, err));
    enum ud_code rc = check_entries(dir, &names, err);
    ud_strv_done(&names);
    return rc;
}

/* Written so far: modules, the manifest last, and the file that was being written. */
static bool dist_place_is_unfinished(const char *dir)
{
    struct ud_strv names = {0};
    bool is = ud_fs_list(dir, &names, NULL) == UD_OK;
    for (size_t i = 0; i < names.len && is; i++) {
        const char *name = names.items[i];
        is = dist_place_is_file(dir, name) &&
             (strcmp(name, MANIFEST) == 0 || ud_str_ends(name, ".ko") ||
              ud_fs_is_temp_name(name, NULL));
    }
    ud_strv_done(&names);
    return is;
}

static bool dist_place_is_left(const char *path)
{
    struct ud_fs_info info = {0};
    return ud_fs_info(path, &info, NULL) == UD_OK && info.kind == UD_FS_DIR &&
           ud_fs_temp_is_left(&info) && dist_place_is_unfinished(path);
}

void ud_dist_place_sweep(const char *top, const char *release)
{
    struct ud_strv names = {0};
    if (ud_fs_list(top, &names, NULL) != UD_OK) {
        return;
    }
    for (size_t i = 0; i < names.len; i++) {
        char *path = ud_fs_join(top, names.items[i]);
        if (ud_fs_is_temp_name(names.items[i], release) && dist_place_is_left(path)) {
            (void)!ud_fs_remove_tree(path, NULL);
        }
        free(path);
    }
    ud_strv_done(&names);
}
