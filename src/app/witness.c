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

static void take(const struct ud_app *app, const struct ud_vm_files *files, struct ud_witness *ret)
{
    ret->stock = ud_alloc(files->count, sizeof *ret->stock);
    ret->stock_list = ud_alloc(files->count, sizeof *ret->stock_list);
    for (size_t i = 0; i < files->count; i++) {
        const struct ud_vm_file *file = &files->items[i];
        struct ud_error why = {0};
        if (strcmp(file->path, UD_OPS_BTF) == 0) {
            ret->has_btf = read_btf(&file->bytes, &ret->btf, &why) == UD_OK;
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

static enum ud_code read_files(const struct ud_app *app, struct ud_engine *engine,
                               const struct ud_facts *facts, const struct ud_plan *plan,
                               struct ud_witness *ret, struct ud_error *err)
{
    struct ud_strv chosen = {0};
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    struct ud_error why = {0};
    enum ud_code rc = UD_OK;
    ud_witness_choose(facts, plan, &chosen);
    for (size_t i = 0; i < chosen.len; i++) {
        ud_strv_addf(&paths, "%s/%s", facts->modules_dir, chosen.items[i]);
    }
    if (facts->has_btf) {
        ud_strv_add(&paths, UD_OPS_BTF);
    }
    if (paths.len > 0) {
        rc = ud_vm_files_read(app, engine, &paths, &files, &why);
    }
    if (is_the_end(rc)) {
        rc = ud_fail(err, rc, why.remedy, "%s", why.message);
    } else if (rc != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "the VM's own modules and types cannot be compared with: %s",
                          why.message);
        rc = UD_OK;
    } else {
        take(app, &files, ret);
    }
    ud_vm_files_done(&files);
    ud_strv_done(&chosen);
    ud_strv_done(&paths);
    return rc;
}

/* A name that the helper would refuse is none that a kernel has. */
static void set_aside(const struct ud_strv *names, struct ud_strv *good, struct ud_strv *bad)
{
    for (size_t i = 0; i < names->len; i++) {
        ud_strv_add(ud_check_symbol_name(names->items[i]) ? good : bad, names->items[i]);
    }
}

static enum ud_code ask_symbols(const struct ud_app *app, struct ud_engine *engine,
                                const struct ud_verify_input *input, struct ud_witness *ret,
                                struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_strv good = {0};
    struct ud_error why = {0};
    ud_verify_list_imports(input, &names);
    set_aside(&names, &good, &ret->absent);
    enum ud_code rc = ud_witness_symbols(app, engine, &good, &ret->absent, &why);
    if (is_the_end(rc)) {
        rc = ud_fail(err, rc, why.remedy, "%s", why.message);
    } else if (rc != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "what the modules import cannot be compared with the kernel: %s",
                          why.message);
        rc = UD_OK;
    } else {
        ret->asked = true;
    }
    ud_strv_sort_unique(&ret->absent);
    ud_strv_done(&names);
    ud_strv_done(&good);
    return rc;
}

static enum ud_code ask(const struct ud_app *app, struct ud_engine *engine,
                        const struct ud_plan *plan, struct ud_verify_input *input,
                        struct ud_witness *ret, struct ud_error *err)
{
    UD_TRY(read_files(app, engine, input->facts, plan, ret, err));
    input->stock = ret->stock_list;
    input->stock_count = ret->stock_count;
    input->btf = ret->has_btf ? &ret->btf : NULL;
    UD_TRY(ask_symbols(app, engine, input, ret, err));
    input->absent = ret->asked ? &ret->absent : NULL;
    return UD_OK;
}

enum ud_code ud_witness_ask(const struct ud_app *app, struct ud_engine *engine,
                            const struct ud_plan *plan, struct ud_verify_input *input,
                            struct ud_witness *ret, struct ud_error *err)
{
    *ret = (struct ud_witness){0};
    enum ud_code rc = ask(app, engine, plan, input, ret, err);
    if (rc != UD_OK) {
        ud_witness_done(ret);
    }
    return rc;
}
