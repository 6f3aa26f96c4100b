/* The types that a module brings (section .BTF). Modules of `build` bring none. A kernel with
 * CONFIG_DEBUG_INFO_BTF_MODULES refuses a module whose types do not go with its own, unless it has
 * CONFIG_MODULE_ALLOW_BTF_MISMATCH (kernel/bpf/btf.c, 6.12); all others pass over them. */
#include "kernel/elf/btf.h"
#include "verify/verify_parts.h"

static size_t count_with_types(const struct ud_verify_input *input)
{
    size_t count = 0;
    for (size_t i = 0; i < input->count; i++) {
        count += input->modules[i]->btf != NULL ? 1 : 0;
    }
    return count;
}

static bool passes_over_types(const struct ud_facts *facts)
{
    return facts->has_config && !ud_config_is(&facts->config, "DEBUG_INFO_BTF_MODULES", 'y');
}

static void compare_types_of(const struct ud_verify_input *input, const struct ud_module *module,
                             struct ud_verify_check *check)
{
    static const char remedy[] = "Take the section out of the module (objcopy "
                                 "--remove-section=.BTF) before it is signed, or "
                                 "use the modules of `usbipd-desktop build`, which have none.";
    const struct ud_facts *facts = input->facts;
    const bool tolerant =
        facts->has_config && ud_config_is(&facts->config, "MODULE_ALLOW_BTF_MISMATCH", 'y');
    struct ud_error why = {0};
    enum ud_code rc = ud_btf_check_split(input->types->data, input->types->len, module->btf,
                                         module->btf_len, &why);
    if (rc == UD_ERR_UNFIT) {
        ud_verify_check_find(check, tolerant ? UD_FOUND_WARNING : UD_FOUND_ERROR, module->name,
                             remedy, "its types (section .BTF) are not of this kernel's build: %s",
                             why.message);
    } else if (rc != UD_OK) {
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, module->name, NULL, "%s", why.message);
    }
}

void ud_verify_btf(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    const size_t count = count_with_types(input);
    if (count == 0) {
        ud_verify_check_compared(check, "nothing: the modules bring no types that refer to a "
                                        "kernel's (section .BTF)");
        return;
    }
    if (passes_over_types(input->facts)) {
        ud_verify_check_compared(check, "nothing: the kernel passes over types of modules");
        return;
    }
    if (input->types == NULL) {
        ud_verify_check_compared(check, "nothing: the kernel's types are not known");
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "The VM does not show the kernel's BTF.");
        return;
    }
    ud_verify_check_compared(check, "types of %zu modules with the kernel's BTF", count);
    for (size_t i = 0; i < input->count; i++) {
        if (input->modules[i]->btf != NULL) {
            compare_types_of(input, input->modules[i], check);
        }
    }
}
