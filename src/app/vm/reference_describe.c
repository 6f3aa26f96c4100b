#include "vm/reference.h"

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
static void compare_types(struct ud_witness *witness, const struct ud_layouts *ours,
                          struct ud_error *err)
{
    const struct ud_buf *btf = &witness->btf;
    enum ud_code rc = read_struct_module(btf, &witness->layout, err);
    witness->has_layout = rc == UD_OK;
    if ((rc == UD_OK || rc == UD_ERR_NOT_FOUND) && ours != NULL) {
        witness->has_layouts =
            ud_layouts_compare(ours, btf->data, btf->len, &witness->layouts, err) == UD_OK;
    }
}

static void look_up_imports(struct ud_witness *witness, const struct ud_verify_input *input)
{
    struct ud_strv names = {0};
    ud_strv_done(&witness->absent);
    ud_verify_list_imports(input, &names);
    ud_kallsyms_absent(witness->symbols.data, witness->symbols.len, &names, &witness->absent);
    ud_strv_done(&names);
}

void ud_witness_testify(struct ud_witness *witness, const struct ud_app *app,
                        struct ud_verify_input *input)
{
    struct ud_error why = {0};
    witness->has_layout = false;
    witness->has_layouts = false;
    if (witness->btf.len > 0) {
        compare_types(witness, input->layouts, &why);
    }
    if (why.code != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN, "nothing to compare with: %s", why.message);
    }
    input->stock = witness->stock_list;
    input->stock_count = witness->stock_count;
    if (witness->has_symbols) {
        look_up_imports(witness, input);
    }
    input->btf = witness->has_layout ? &witness->layout : NULL;
    input->layouts_verdict = witness->has_layouts ? &witness->layouts : NULL;
    input->absent = witness->has_symbols ? &witness->absent : NULL;
}
