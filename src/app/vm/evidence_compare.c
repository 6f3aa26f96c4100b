#include "vm/evidence.h"

#include "kernel/elf/btf.h"
#include "kernel/elf/kallsyms.h"

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
    input->layouts_verdict = evidence->has_layouts ? &evidence->layouts : NULL;
    input->absent = evidence->has_symbols ? &evidence->absent : NULL;
}
