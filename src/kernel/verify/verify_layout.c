/* struct module, which the kernel itself compares only where there are CRCs. */
#include <inttypes.h>

#include "verify/verify_parts.h"

/* A layout to compare with, and whose it is. */
struct witness {
    struct ud_module_layout layout;
    const char *before, *name; /* "the VM's own ", "dummy" */
};

static struct ud_module_layout layout_of(const struct ud_module *module)
{
    return (struct ud_module_layout){
        .size = module->struct_size,
        .has_init = module->has_init,
        .has_exit = module->has_exit,
        .init_offset = module->init_offset,
        .exit_offset = module->exit_offset,
    };
}

/* A module without an init or exit function says nothing of where the pointer is. */
static bool offset_differs(bool known, uint64_t mine, bool also_known, uint64_t other)
{
    return known && also_known && mine != other;
}

/* Whether it differs; the first difference is said. */
static bool verify_layout_compare(const struct ud_module *module, const struct witness *witness,
                                  struct ud_verify_check *check)
{
    const struct ud_module_layout mine = layout_of(module);
    const struct ud_module_layout *other = &witness->layout;
    if (mine.size != other->size) {
        ud_verify_check_find(check, UD_FOUND_ERROR, module->name, ud_verify_exactly,
                             "its struct module has %" PRIu64
                             " bytes, that of %s%.64s has %" PRIu64,
                             mine.size, witness->before, witness->name, other->size);
        return true;
    }
    if (offset_differs(mine.has_init, mine.init_offset, other->has_init, other->init_offset)) {
        ud_verify_check_find(check, UD_FOUND_ERROR, module->name, ud_verify_exactly,
                             "its struct module has init at %" PRIu64
                             ", that of %s%.64s at %" PRIu64,
                             mine.init_offset, witness->before, witness->name, other->init_offset);
        return true;
    }
    if (offset_differs(mine.has_exit, mine.exit_offset, other->has_exit, other->exit_offset)) {
        ud_verify_check_find(check, UD_FOUND_ERROR, module->name, ud_verify_exactly,
                             "its struct module has exit at %" PRIu64
                             ", that of %s%.64s at %" PRIu64,
                             mine.exit_offset, witness->before, witness->name, other->exit_offset);
        return true;
    }
    return false;
}

/* Another configuration differs from each witness in the same way: it is said of one. */
static void compare_with_all(const struct ud_verify_input *input, const struct ud_module *module,
                             struct ud_verify_check *check)
{
    bool differs = false;
    for (size_t i = 0; i < input->stock_count && !differs; i++) {
        const struct witness stock = {layout_of(input->stock[i]), "the VM's own ",
                                      input->stock[i]->name};
        differs = verify_layout_compare(module, &stock, check);
    }
    if (input->btf != NULL && !differs) {
        const struct witness btf = {*input->btf, "the kernel", "'s BTF"};
        (void)verify_layout_compare(module, &btf, check);
    }
}

static void verify_layout_say(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    struct ud_buf text;
    ud_buf_init(&text, 1024);
    if (input->stock_count > 0) {
        ud_buf_addf(&text, "%zu of the VM's own modules", input->stock_count);
    }
    if (input->btf != NULL) {
        ud_buf_addf(&text, "%sthe kernel's BTF (%" PRIu64 " bytes", text.len > 0 ? " and " : "",
                    input->btf->size);
        if (input->btf->has_init) {
            ud_buf_addf(&text, ", init at %" PRIu64, input->btf->init_offset);
        }
        if (input->btf->has_exit) {
            ud_buf_addf(&text, ", exit at %" PRIu64, input->btf->exit_offset);
        }
        ud_buf_adds(&text, ")");
    }
    ud_verify_check_compared(check, "size, init and exit with %s", text.data);
    ud_buf_done(&text);
}

void ud_verify_struct_module(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    if (input->stock_count == 0 && input->btf == NULL) {
        ud_verify_check_compared(check, "size, init and exit; those of the kernel are not known");
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "The VM shows neither a module of its own nor the kernel's BTF.");
        return;
    }
    verify_layout_say(input, check);
    for (size_t i = 0; i < input->count; i++) {
        compare_with_all(input, input->modules[i], check);
    }
}
