#include "vm/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/decompress.h"
#include "kernel/elf/btf.h"
#include "kernel/elf/kallsyms.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/vm_files.h"
#include "vm/vm_modules.h"

void ud_evidence_done(struct ud_evidence *evidence)
{
    for (size_t i = 0; i < evidence->stock_count; i++) {
        ud_module_done(&evidence->stock[i]);
    }
    free(evidence->stock);
    free(evidence->stock_list);
    ud_buf_done(&evidence->btf);
    ud_buf_done(&evidence->symbols);
    ud_strv_done(&evidence->absent);
    *evidence = (struct ud_evidence){0};
}

static enum ud_code read_stock(const struct ud_vm_file *file, struct ud_module *ret,
                               struct ud_error *err)
{
    struct ud_buf bytes;
    ud_buf_init(&bytes, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_decompress(file->path, file->bytes.data, file->bytes.len, &bytes, err);
    if (rc == UD_OK) {
        rc = ud_module_parse(bytes.data, bytes.len, file->path, ret, err);
    }
    ud_buf_done(&bytes);
    return rc;
}

/* Leaves a zeroed one, which is only to be released. */
static struct ud_buf evidence_move(struct ud_buf *buf)
{
    struct ud_buf moved = *buf;
    *buf = (struct ud_buf){0};
    return moved;
}

static void take_stock(const struct ud_app *app, const struct ud_vm_file *file,
                       struct ud_evidence *ret)
{
    struct ud_error why = {0};
    if (read_stock(file, &ret->stock[ret->stock_count], &why) != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN, "nothing to compare with: %s", why.message);
        return;
    }
    ret->stock_list[ret->stock_count] = &ret->stock[ret->stock_count];
    ret->stock_count++;
}

static void evidence_take(const struct ud_app *app, struct ud_vm_files *files,
                          struct ud_evidence *ret)
{
    ret->stock = ud_alloc(files->count + 1, sizeof *ret->stock);
    ret->stock_list = ud_alloc(files->count + 1, sizeof *ret->stock_list);
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->items[i].path, UD_OPS_BTF) == 0) {
            ret->btf = evidence_move(&files->items[i].bytes);
        } else {
            take_stock(app, &files->items[i], ret);
        }
    }
    ret->has_symbols = files->has_symbols;
    ret->symbols = evidence_move(&files->symbols);
}

/* Whether the engine no longer answers, or the user has had enough. */
static bool is_the_end(enum ud_code rc)
{
    return rc == UD_ERR_INTERRUPTED || rc == UD_ERR_UNREACHABLE;
}

static void list_paths(const struct ud_facts *facts, const struct ud_plan *plan,
                       const struct ud_strv *needed, struct ud_strv *paths)
{
    struct ud_strv chosen = {0};
    ud_evidence_choose(facts, plan, needed, &chosen);
    for (size_t i = 0; i < chosen.len; i++) {
        ud_strv_addf(paths, "%s/%s", facts->modules_dir, chosen.items[i]);
    }
    if (facts->has_btf) {
        ud_strv_add(paths, UD_OPS_BTF);
    }
    ud_strv_done(&chosen);
}

/* Without the files the symbols can still be had: an engine may refuse to show the VM's modules
 * from outside and from inside. */
static enum ud_code evidence_ask(const struct ud_app *app, struct ud_engine *engine,
                                 const struct ud_strv *paths, struct ud_vm_files *ret,
                                 struct ud_error *err)
{
    const struct ud_strv none = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_vm_files_read(app, engine, paths, true, ret, &why);
    if (rc != UD_OK && !is_the_end(rc) && paths->len > 0) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "the VM's own modules and types cannot be compared with: %s",
                          why.message);
        rc = ud_vm_files_read(app, engine, &none, true, ret, &why);
    }
    if (is_the_end(rc)) {
        return ud_error_pass(err, &why);
    }
    if (!ret->has_symbols) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "what the modules import cannot be compared with the kernel: %s",
                          rc != UD_OK ? why.message : "/proc/kallsyms cannot be read");
    }
    return UD_OK;
}

enum ud_code ud_evidence_ask(const struct ud_app *app, struct ud_engine *engine,
                             const struct ud_facts *facts, const struct ud_plan *plan,
                             const struct ud_strv *needed, struct ud_evidence *ret,
                             struct ud_error *err)
{
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    *ret = (struct ud_evidence){0};
    list_paths(facts, plan, needed, &paths);
    enum ud_code rc = evidence_ask(app, engine, &paths, &files, err);
    if (rc == UD_OK) {
        evidence_take(app, &files, ret);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    return rc;
}

enum { OWN_MAX = 16, NEEDED_MAX = 32, SMALL_MAX = 6 };

/* A few KiB each, in most kernels, and with both an init and an exit function. What
 * they import is among what USB's modules import, as far as that goes. */
static const char *const small[] = {"dummy",      "virtio_balloon",
                                    "loop",       "virtio_blk",
                                    "virtio_net", "virtio_console",
                                    "veth",       "tun",
                                    "nbd",        "msr",
                                    "cpuid",      "fuse"};

static void evidence_choose_add(const struct ud_facts *facts, const char *name, struct ud_strv *ret)
{
    const struct ud_dep *dep = ud_deps_find(&facts->deps, name);
    /* What lies elsewhere, in updates/ or extra/, may be from somebody else. */
    if (dep != NULL && ud_str_starts(dep->path, "kernel/") && !ud_strv_has(ret, dep->path)) {
        ud_strv_add(ret, dep->path);
    }
}

static void add_any(const struct ud_facts *facts, struct ud_strv *ret)
{
    for (size_t i = 0; i < facts->deps.len && ret->len == 0; i++) {
        const struct ud_dep *dep = &facts->deps.items[i];
        if (dep->needs.len == 0 && ud_str_starts(dep->path, "kernel/")) {
            ud_strv_add(ret, dep->path);
        }
    }
}

/* A driver of ours imports from these, wherever they lie; a symbol's exporter is always named by
 * the module that imports it, so what they need themselves is not read. */
static void add_needed(const struct ud_facts *facts, const struct ud_strv *needed,
                       struct ud_strv *ret)
{
    const size_t most = ret->len + NEEDED_MAX;
    for (size_t i = 0; i < needed->len && ret->len < most; i++) {
        const struct ud_dep *dep = ud_deps_find(&facts->deps, needed->items[i]);
        if (dep != NULL && !ud_strv_has(ret, dep->path)) {
            ud_strv_add(ret, dep->path);
        }
    }
}

void ud_evidence_choose(const struct ud_facts *facts, const struct ud_plan *plan,
                        const struct ud_strv *needed, struct ud_strv *ret)
{
    struct ud_strv own = {0};
    if (plan != NULL) {
        ud_vm_modules_list(facts, plan, true, &own);
    }
    for (size_t i = 0; i < own.len && i < OWN_MAX; i++) {
        ud_strv_add(ret, own.items[i]);
    }
    ud_strv_done(&own);
    if (needed != NULL) {
        add_needed(facts, needed, ret);
    }
    const size_t most = ret->len + SMALL_MAX;
    for (size_t i = 0; i < sizeof small / sizeof *small && ret->len < most; i++) {
        evidence_choose_add(facts, small[i], ret);
    }
    add_any(facts, ret);
}

static enum ud_code read_struct_module(const struct ud_buf *btf, struct ud_module_layout *ret,
                                       struct ud_error *err)
{
    struct ud_btf_member members[] = {{.name = "init"}, {.name = "exit"}};
    struct ud_module_layout layout = {0};
    UD_TRY(ud_btf_struct(btf->data, btf->len, "module", &layout.size, members, 2, err));
    layout.has_init = members[0].found;
    layout.init_offset = members[0].offset;
    layout.has_exit = members[1].found;
    layout.exit_offset = members[1].offset;
    *ret = layout;
    return UD_OK;
}

/* A BTF that has no one struct module may still have the others. */
static void compare_types(struct ud_evidence *evidence, const struct ud_layouts *ours,
                          struct ud_error *err)
{
    const struct ud_buf *btf = &evidence->btf;
    enum ud_code rc = read_struct_module(btf, &evidence->layout, err);
    evidence->has_layout = rc == UD_OK;
    if ((rc == UD_OK || rc == UD_ERR_NOT_FOUND) && ours != NULL) {
        evidence->has_layouts =
            ud_layouts_compare(ours, btf->data, btf->len, &evidence->layouts, err) == UD_OK;
    }
}

static void look_up_imports(struct ud_evidence *evidence, const struct ud_verify_input *input)
{
    struct ud_strv names = {0};
    ud_strv_done(&evidence->absent);
    ud_verify_list_imports(input, &names);
    ud_kallsyms_absent(evidence->symbols.data, evidence->symbols.len, &names, &evidence->absent);
    ud_strv_done(&names);
}

void ud_evidence_compare(struct ud_evidence *evidence, const struct ud_app *app,
                         struct ud_verify_input *input)
{
    struct ud_error why = {0};
    evidence->has_layout = false;
    evidence->has_layouts = false;
    if (evidence->btf.len > 0) {
        compare_types(evidence, input->layouts, &why);
    }
    if (why.code != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN, "nothing to compare with: %s", why.message);
    }
    input->stock = evidence->stock_list;
    input->stock_count = evidence->stock_count;
    if (evidence->has_symbols) {
        look_up_imports(evidence, input);
    }
    input->btf = evidence->has_layout ? &evidence->layout : NULL;
    input->types = evidence->btf.len > 0 ? &evidence->btf : NULL;
    input->layouts_verdict = evidence->has_layouts ? &evidence->layouts : NULL;
    input->absent = evidence->has_symbols ? &evidence->absent : NULL;
}
