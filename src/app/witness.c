#include "witness.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/decompress.h"
#include "kernel/btf.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vm_files.h"

void ud_witness_done(struct ud_witness *witness)
{
    for (size_t i = 0; i < witness->stock_count; i++) {
        ud_module_done(&witness->stock[i]);
    }
    free(witness->stock);
    free(witness->stock_list);
    ud_strv_done(&witness->absent);
    *witness = (struct ud_witness){0};
}

static enum ud_code read_btf(const struct ud_buf *bytes, struct ud_module_layout *ret,
                             struct ud_error *err)
{
    struct ud_btf_member members[] = {{.name = "init"}, {.name = "exit"}};
    struct ud_module_layout layout = {0};
    UD_TRY(ud_btf_struct(bytes->data, bytes->len, "module", &layout.size, members, 2, err));
    layout.has_init = members[0].found;
    layout.init_offset = members[0].offset;
    layout.has_exit = members[1].found;
    layout.exit_offset = members[1].offset;
    *ret = layout;
    return UD_OK;
}

static enum ud_code compare_layouts(const struct ud_buf *bytes, const struct ud_layouts *ours,
                                    struct ud_witness *ret, struct ud_error *err)
{
    if (ours == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_layouts_compare(ours, bytes->data, bytes->len, &ret->layouts, err));
    ret->has_layouts = true;
    return UD_OK;
}

/* A BTF that has no one struct module may still have the others. */
static void take_btf(const struct ud_buf *bytes, const struct ud_layouts *ours,
                     struct ud_witness *ret, struct ud_error *err)
{
    ret->has_btf = read_btf(bytes, &ret->btf, err) == UD_OK;
    if (err->code == UD_OK || err->code == UD_ERR_NOT_FOUND) {
        (void)compare_layouts(bytes, ours, ret, err);
    }
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

static void take(const struct ud_app *app, const struct ud_vm_files *files,
                 const struct ud_layouts *ours, struct ud_witness *ret)
{
    ret->stock = ud_alloc(files->count + 1, sizeof *ret->stock);
    ret->stock_list = ud_alloc(files->count + 1, sizeof *ret->stock_list);
    for (size_t i = 0; i < files->count; i++) {
        const struct ud_vm_file *file = &files->items[i];
        struct ud_error why = {0};
        if (strcmp(file->path, UD_OPS_BTF) == 0) {
            take_btf(&file->bytes, ours, ret, &why);
        } else if (read_stock(file, &ret->stock[ret->stock_count], &why) == UD_OK) {
            ret->stock_list[ret->stock_count] = &ret->stock[ret->stock_count];
            ret->stock_count++;
        }
        if (why.code != UD_OK) {
            ud_report_message(app->report, UD_REPORT_WARN, "nothing to compare with: %s",
                              why.message);
        }
    }
}

/* Whether the engine no longer answers, or the user has had enough. */
static bool is_the_end(enum ud_code rc)
{
    return rc == UD_ERR_INTERRUPTED || rc == UD_ERR_UNREACHABLE;
}

static void list_paths(const struct ud_facts *facts, const struct ud_plan *plan,
                       struct ud_strv *paths)
{
    struct ud_strv chosen = {0};
    ud_witness_choose(facts, plan, &chosen);
    for (size_t i = 0; i < chosen.len; i++) {
        ud_strv_addf(paths, "%s/%s", facts->modules_dir, chosen.items[i]);
    }
    if (facts->has_btf) {
        ud_strv_add(paths, UD_OPS_BTF);
    }
    ud_strv_done(&chosen);
}

/* A name that the helper would refuse is none that a kernel has. */
static void list_names(const struct ud_verify_input *input, struct ud_strv *good,
                       struct ud_strv *bad)
{
    struct ud_strv names = {0};
    ud_verify_list_imports(input, &names);
    for (size_t i = 0; i < names.len; i++) {
        ud_strv_add(ud_check_symbol_name(names.items[i]) ? good : bad, names.items[i]);
    }
    ud_strv_done(&names);
}

/* Without the files the names can still be looked up: an engine may refuse to show
 * the VM's modules from outside and from inside. */
static enum ud_code ask(const struct ud_app *app, struct ud_engine *engine,
                        const struct ud_strv *paths, const struct ud_strv *names,
                        struct ud_vm_files *ret, struct ud_error *err)
{
    const struct ud_strv none = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_vm_files_read(app, engine, paths, names, ret, &why);
    if (rc != UD_OK && !is_the_end(rc) && paths->len > 0) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "the VM's own modules and types cannot be compared with: %s",
                          why.message);
        rc = ud_vm_files_read(app, engine, &none, names, ret, &why);
    }
    if (is_the_end(rc)) {
        return ud_fail(err, rc, why.remedy, "%s", why.message);
    }
    if (!ret->asked && names->len > 0) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "what the modules import cannot be compared with the kernel: %s",
                          rc != UD_OK ? why.message : "/proc/kallsyms cannot be read");
    }
    return UD_OK;
}

static enum ud_code fill(const struct ud_app *app, struct ud_engine *engine,
                         const struct ud_plan *plan, const struct ud_verify_input *input,
                         struct ud_witness *ret, struct ud_error *err)
{
    struct ud_strv paths = {0};
    struct ud_strv names = {0};
    struct ud_vm_files files = {0};
    list_paths(input->facts, plan, &paths);
    list_names(input, &names, &ret->absent);
    enum ud_code rc = ask(app, engine, &paths, &names, &files, err);
    if (rc == UD_OK) {
        take(app, &files, input->layouts, ret);
        ret->asked = files.asked || names.len == 0;
        for (size_t i = 0; i < files.absent.len; i++) {
            ud_strv_add(&ret->absent, files.absent.items[i]);
        }
        ud_strv_sort_unique(&ret->absent);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    ud_strv_done(&names);
    return rc;
}

enum ud_code ud_witness_ask(const struct ud_app *app, struct ud_engine *engine,
                            const struct ud_plan *plan, struct ud_verify_input *input,
                            struct ud_witness *ret, struct ud_error *err)
{
    *ret = (struct ud_witness){0};
    enum ud_code rc = fill(app, engine, plan, input, ret, err);
    if (rc != UD_OK) {
        ud_witness_done(ret);
        return rc;
    }
    input->stock = ret->stock_list;
    input->stock_count = ret->stock_count;
    input->btf = ret->has_btf ? &ret->btf : NULL;
    input->layouts_verdict = ret->has_layouts ? &ret->layouts : NULL;
    input->absent = ret->asked ? &ret->absent : NULL;
    return UD_OK;
}
