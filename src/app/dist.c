#include "dist.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/digest.h"
#include "kernel/signing.h"
#include "kernel/verify.h"
#include "platform/fs.h"
#include "util/mem.h"

static const char rebuild_remedy[] = "Build again with `usbipd-desktop build`.";

void ud_dist_done(struct ud_dist *dist)
{
    for (size_t i = 0; i < dist->count; i++) {
        ud_buf_done(&dist->modules[i].bytes);
        ud_module_done(&dist->modules[i].module);
    }
    free(dist->modules);
    free(dist->dir);
    ud_manifest_done(&dist->manifest);
    *dist = (struct ud_dist){0};
}

static bool has_manifest(const char *dir)
{
    char *path = ud_fs_join(dir, "manifest.json");
    bool yes = ud_fs_kind(path) == UD_FS_FILE;
    free(path);
    return yes;
}

enum ud_code ud_dist_find(const char *input, const char *release, char **ret, struct ud_error *err)
{
    const char *top = input != NULL ? input : "dist";
    if (has_manifest(top)) {
        *ret = ud_strdup(top);
        return UD_OK;
    }
    char *dir = ud_fs_join(top, release);
    if (has_manifest(dir)) {
        *ret = dir;
        return UD_OK;
    }
    free(dir);
    return ud_fail(err, UD_ERR_NOT_FOUND,
                   "Run `usbipd-desktop build`, or name the directory with --input.",
                   "%s has no modules for the kernel %s", top, release);
}

static enum ud_code check_bytes(const struct ud_manifest_module *said, const struct ud_buf *bytes,
                                const char *path, struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(bytes->data, bytes->len, hex);
    if (bytes->len == said->size && strcmp(hex, said->sha256) == 0) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_UNFIT, rebuild_remedy,
                   "%s is not the file that was built: it has %zu bytes and SHA-256 %.16s…, the "
                   "manifest says %llu and %.16s…",
                   path, bytes->len, hex, (unsigned long long)said->size, said->sha256);
}

static enum ud_code read_module(const char *dir, const struct ud_manifest_module *said,
                                struct ud_dist_module *ret, struct ud_error *err)
{
    char *path = ud_fs_join(dir, said->file);
    ret->name = said->name;
    ud_buf_init(&ret->bytes, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_fs_read(path, &ret->bytes, err);
    if (rc == UD_OK) {
        rc = check_bytes(said, &ret->bytes, path, err);
    }
    if (rc == UD_OK) {
        rc = ud_module_parse(ret->bytes.data, ret->bytes.len, path, &ret->module, err);
    }
    free(path);
    return rc;
}

static enum ud_code read_all(const char *dir, struct ud_dist *dist, struct ud_error *err)
{
    char *path = ud_fs_join(dir, "manifest.json");
    enum ud_code rc = ud_manifest_read(path, &dist->manifest, err);
    free(path);
    UD_TRY(rc);
    dist->modules = ud_alloc(dist->manifest.module_count, sizeof *dist->modules);
    for (size_t i = 0; i < dist->manifest.module_count; i++) {
        struct ud_dist_module *module = &dist->modules[dist->count++];
        UD_TRY(read_module(dir, &dist->manifest.modules[i], module, err));
    }
    return UD_OK;
}

enum ud_code ud_dist_read(const char *dir, struct ud_dist *ret, struct ud_error *err)
{
    struct ud_dist dist = {.dir = ud_strdup(dir)};
    enum ud_code rc = read_all(dir, &dist, err);
    if (rc == UD_OK) {
        *ret = dist;
    } else {
        ud_dist_done(&dist);
    }
    return rc;
}

enum ud_code ud_dist_check(const struct ud_dist *dist, const struct ud_facts *facts,
                           struct ud_error *err)
{
    const struct ud_module **modules = ud_alloc(dist->count, sizeof(struct ud_module *));
    const char **names = ud_alloc(dist->count, sizeof(char *));
    for (size_t i = 0; i < dist->count; i++) {
        modules[i] = &dist->modules[i].module;
        names[i] = dist->modules[i].name;
    }
    const struct ud_verify_input input = {
        .facts = facts,
        .modules = modules,
        .count = dist->count,
        .names = names,
        .allow_no_crcs = true, /* whoever built them so asked for it then */
    };
    struct ud_findings findings = {0};
    enum ud_code rc = ud_verify_modules(&input, &findings, err);
    ud_findings_done(&findings);
    if (rc == UD_OK) {
        rc = ud_signing_check(facts, modules, dist->count, dist->manifest.signer_key_id, err);
    }
    free(modules);
    free(names);
    return rc;
}

static const struct ud_plan_item *item_of(const struct ud_plan *plan, const char *name)
{
    for (int i = 0; plan != NULL && i < UD_PLAN_MODULE_COUNT; i++) {
        if (ud_module_name_equal(name, ud_plan_module_name((enum ud_plan_module)i))) {
            return &plan->items[i];
        }
    }
    return NULL;
}

bool ud_dist_is_wanted(const struct ud_plan *plan, const char *name)
{
    const struct ud_plan_item *item = item_of(plan, name);
    return item == NULL || item->origin == UD_ORIGIN_BUILD;
}

bool ud_dist_is_wanted_later(const struct ud_plan *plan, const char *name)
{
    const struct ud_plan_item *item = item_of(plan, name);
    return item == NULL || item->origin == UD_ORIGIN_BUILD || item->origin == UD_ORIGIN_LOADED;
}
