/* CRCs that a build has found, kept for the next one of the same inputs. */
#include "build/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/crcs_dir.h"
#include "kernel/verify/verify.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "sources/kept_file.h"
#include "util/mem.h"
#include "vm/crcs_from_modules.h"
#include "vm/vm_modules.h"

char *ud_crcs_dir(void)
{
    char *cache = ud_host_cache_dir();
    char *dir = cache != NULL ? ud_fs_join(cache, "crcs") : NULL;
    free(cache);
    return dir;
}

/* "<inputs>-<SHA-256 of the file>.symvers": by the first it is found, by the second taken. */
#define CRCS_SUFFIX ".symvers"

static char *crcs_kept_name(const struct ud_build *build, const char *sha256)
{
    return ud_strf("%s-%s" CRCS_SUFFIX, build->cache.crcs, sha256);
}

/* The inputs of the modules: those of the CRCs, and the CRCs. */
static void crcs_kept_identify(struct ud_build *build)
{
    char found[UD_DIGEST_HEX_SIZE];
    ud_digest_of(build->symvers_text.data, build->symvers_text.len, found);
    char *text = ud_strf("%s|%s", build->cache.crcs, found);
    ud_digest_of(text, strlen(text), build->cache.inputs);
    free(text);
}

/* The first line of a file says how many of the CRCs were confirmed, and what of: the proof that
 * was found with them (kernel/verify/proof.h). Files of before have none. */
#define CRCS_PROOF_LINE "# confirmed %zu %d\n"

static void crcs_kept_take_proof(struct ud_buf *text, struct ud_proof *proof)
{
    const char *end =
        text->len > 0 && text->data[0] == '#' ? memchr(text->data, '\n', text->len) : NULL;
    size_t crcs = 0;
    int layout = 0;
    if (end == NULL) {
        return;
    }
    if (sscanf(text->data, CRCS_PROOF_LINE, &crcs, &layout) == 2) {
        proof->crcs = crcs;
        proof->module_layout = layout != 0;
    }
    const size_t line = (size_t)(end + 1 - text->data);
    memmove(text->data, text->data + line, text->len - line + 1);
    text->len -= line;
}

/* CRCs that do not prove what they have to are found anew, with more beside them. */
static bool crcs_kept_is_enough(const struct ud_build *build, const struct ud_proof *proof)
{
    return !build->sources.unproven || ud_proof_has_crcs(proof);
}

static bool crcs_kept_read_file(struct ud_build *build, const char *path)
{
    struct ud_error why = {0};
    struct ud_proof proof = {0};
    enum ud_code rc = ud_fs_read(path, &build->symvers_text, &why);
    if (rc == UD_OK) {
        crcs_kept_take_proof(&build->symvers_text, &proof);
    }
    if (rc == UD_OK && crcs_kept_is_enough(build, &proof)) {
        rc = ud_symvers_parse(build->symvers_text.data, build->symvers_text.len, path,
                              &build->symvers, &why);
        if (rc == UD_OK) {
            build->result->proof = proof;
            return true;
        }
    }
    ud_buf_clear(&build->symvers_text);
    if (rc != UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_WARN, "the kept CRCs cannot be used: %s",
                          why.message);
    }
    return false;
}

/* Where name is that of a file of these inputs, the file in new memory, if its bytes are
 * those that were kept. */
static char *crcs_kept_take(const struct ud_build *build, const char *dir, const char *name)
{
    const char *dash = strchr(name, '-');
    char *sha256 = dash != NULL ? ud_strndup(dash + 1, UD_DIGEST_HEX_SIZE - 1) : ud_strdup("");
    char *expected = crcs_kept_name(build, sha256);
    char *path = NULL;
    if (ud_digest_is_hex(sha256) && strcmp(name, expected) == 0) {
        path = ud_fs_join(dir, name);
        if (!ud_kept_file_take(build->app, path, sha256, NULL)) {
            free(path);
            path = NULL;
        }
    }
    free(expected);
    free(sha256);
    return path;
}

/* The file with CRCs of these inputs in new memory, or NULL. */
static char *crcs_kept_find(const struct ud_build *build)
{
    struct ud_strv names = {0};
    struct ud_error ignored = {0};
    char *dir = ud_crcs_dir();
    char *path = NULL;
    if (dir != NULL && ud_fs_kind(dir) == UD_FS_DIR && ud_fs_list(dir, &names, &ignored) != UD_OK) {
        /* They are found anew, and then it is told why they cannot be kept. */
    }
    for (size_t i = 0; i < names.len && path == NULL; i++) {
        path = crcs_kept_take(build, dir, names.items[i]);
    }
    ud_strv_done(&names);
    free(dir);
    return path;
}

void ud_build_recall_crcs(struct ud_build *build)
{
    struct ud_build_cache *cache = &build->cache;
    /* Without CRCs the inputs are not those of the modules, but what CRCs follow from. */
    memcpy(cache->crcs, cache->inputs, sizeof cache->crcs);
    cache->inputs[0] = '\0';
    char *path = cache->crcs[0] != '\0' ? crcs_kept_find(build) : NULL;
    if (path != NULL && crcs_kept_read_file(build, path)) {
        ud_report_message(build->app->report, UD_REPORT_DETAIL, "the CRCs are kept in %s", path);
        ud_exports_free(build->exports);
        build->exports = NULL;
        build->result->crcs = (struct ud_crc_counts){
            .needed = build->symvers.len,
            .kept = build->symvers.len,
        };
        ud_build_fill_kbuild(build);
        crcs_kept_identify(build);
    }
    free(path);
}

static void crcs_kept_write(const struct ud_build *build, const char *dir)
{
    const struct ud_proof *proof = &build->result->proof;
    char sha256[UD_DIGEST_HEX_SIZE];
    struct ud_error why = {0};
    char *text = ud_strf(CRCS_PROOF_LINE "%s", proof->crcs, proof->module_layout ? 1 : 0,
                         build->symvers_text.data);
    ud_digest_of(text, strlen(text), sha256);
    char *name = crcs_kept_name(build, sha256);
    char *path = ud_fs_join(dir, name);
    if (ud_fs_mkdirs(dir, &why) != UD_OK ||
        ud_fs_write_atomic(path, text, strlen(text), &why) != UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_WARN, "the CRCs are not kept: %s",
                          why.message);
    }
    free(path);
    free(name);
    free(text);
}

void ud_build_keep_crcs(struct ud_build *build)
{
    char *dir = ud_crcs_dir();
    if (build->cache.crcs[0] != '\0' && dir != NULL) {
        ud_fs_sweep_temps(dir, NULL);
        crcs_kept_write(build, dir);
        crcs_kept_identify(build);
    }
    free(dir);
}

static void list_imports(const struct ud_build *build, struct ud_strv *ret)
{
    const struct ud_module **modules = ud_alloc(build->built_count + 1, sizeof(struct ud_module *));
    for (size_t i = 0; i < build->built_count; i++) {
        modules[i] = &build->built[i].module;
    }
    const struct ud_verify_input input = {.modules = modules, .count = build->built_count};
    ud_verify_list_imports(&input, ret);
    free(modules);
}

/* What the modules import, and the CRC that the kernel asks of every module. */
static enum ud_code list_needed(struct ud_build *build, struct ud_strv *ret, struct ud_error *err)
{
    enum ud_code rc = ud_build_fetch(build, err);
    if (rc == UD_OK) {
        list_imports(build, ret);
        ud_strv_add(ret, "module_layout");
        ud_strv_sort_unique(ret);
    }
    ud_build_forget(build);
    return rc;
}

/* Those that ours depend on: only their own files tell that they export. */
static enum ud_code add_exporters(struct ud_build *build, struct ud_crcs *crcs,
                                  struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    ud_vm_modules_list(facts, &build->result->plan, true, &paths);
    enum ud_code rc =
        ud_vm_modules_read(build->app, build->vm.engine, facts, true, &paths, &files, err);
    for (size_t i = 0; i < files.count && rc == UD_OK; i++) {
        const struct ud_buf *bytes = &files.items[i].bytes;
        struct ud_module module = {0};
        rc = ud_module_parse(bytes->data, bytes->len, paths.items[i], &module, err);
        if (rc == UD_OK) {
            rc = ud_crcs_add_exports(crcs, &module, paths.items[i], err);
        }
        ud_module_done(&module);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    return rc;
}

/* Where a Module.symvers is there, the CRCs are only computed to prove the sources. */
static enum ud_code crcs_of_list(const struct ud_build *build, const struct ud_strv *needed,
                                 struct ud_crcs *crcs, struct ud_error *err)
{
    for (size_t i = 0; i < needed->len; i++) {
        const struct ud_symver *symver = ud_symvers_find(&build->symvers, needed->items[i]);
        if (symver != NULL) {
            UD_TRY(ud_crcs_add(crcs, symver->name, symver->crc, UD_CRC_OF_MODULES, "Module.symvers",
                               err));
        }
    }
    return UD_OK;
}

static enum ud_code crcs_search(struct ud_build *build, const struct ud_strv *needed,
                                struct ud_crcs *crcs, struct ud_error *err)
{
    ud_report_step(build->app->report, "Asking the VM's own modules for CRCs");
    UD_TRY(add_exporters(build, crcs, err));
    UD_TRY(ud_crcs_from_modules(build->app, build->vm.engine, &build->result->facts, needed, crcs,
                                err));
    ud_report_step_end(build->app->report, "%zu of %zu symbols",
                       ud_crcs_count(crcs, needed, UD_CRC_OF_MODULES), needed->len);
    return UD_OK;
}

static enum ud_code judge_missing(const struct ud_build *build, const struct ud_strv *missing,
                                  struct ud_error *err)
{
    if (missing->len == 0) {
        return UD_OK;
    }
    char *names = ud_strv_join(missing, ", ");
    enum ud_code rc = UD_OK;
    if (build->options->allow_missing_crcs) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "building without the CRCs of %zu symbols (%s): the kernel may refuse "
                          "the modules",
                          missing->len, names);
    } else {
        rc = ud_acquire_fail(&build->acquire, UD_ROUTE_SYMVERS, UD_ERR_FACTS, err);
        ud_error_prefix(err,
                        "the kernel checks the CRC of every symbol (CONFIG_MODVERSIONS), and for "
                        "%zu of them none could be found (%s)",
                        missing->len, names);
    }
    free(names);
    return rc;
}

static enum ud_code crcs_compute(struct ud_build *build, const struct ud_strv *needed,
                                 struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_strv missing = {0};
    ud_crcs_missing(crcs, needed, &missing);
    enum ud_code rc = ud_build_compute_crcs(build, needed, &missing, crcs, err);
    ud_strv_done(&missing);
    if (rc == UD_OK) {
        ud_crcs_missing(crcs, needed, &missing);
        rc = judge_missing(build, &missing, err);
        ud_strv_done(&missing);
    }
    return rc;
}

static enum ud_code crcs_keep(struct ud_build *build, const struct ud_strv *needed,
                              const struct ud_crcs *crcs, struct ud_error *err)
{
    size_t len = 0;
    build->result->crcs = (struct ud_crc_counts){
        .needed = needed->len,
        .of_modules = ud_crcs_count(crcs, needed, UD_CRC_OF_MODULES),
        .computed = ud_crcs_count(crcs, needed, UD_CRC_COMPUTED),
        .confirmed = crcs->confirmed,
    };
    char *text = ud_crcs_to_symvers(crcs, &len);
    ud_buf_add(&build->symvers_text, text, len);
    enum ud_code rc = ud_symvers_parse(text, len, "the list of CRCs", &build->symvers, err);
    free(text);
    if (rc == UD_OK && build->result->crcs.of_modules + build->result->crcs.computed ==
                           build->result->crcs.needed) {
        ud_build_keep_crcs(build);
    }
    return rc;
}

enum ud_code ud_build_find_crcs(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv needed = {0};
    struct ud_crcs crcs = {0};
    const bool given = build->symvers_text.len > 0;
    enum ud_code rc = list_needed(build, &needed, err);
    if (rc == UD_OK) {
        rc = given ? crcs_of_list(build, &needed, &crcs, err)
                   : crcs_search(build, &needed, &crcs, err);
    }
    if (rc == UD_OK) {
        rc = crcs_compute(build, &needed, &crcs, err);
    }
    if (rc == UD_OK && !given) {
        rc = crcs_keep(build, &needed, &crcs, err);
    }
    ud_strv_done(&needed);
    ud_crcs_done(&crcs);
    return rc;
}
