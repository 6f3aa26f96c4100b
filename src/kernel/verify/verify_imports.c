/* Is there what the modules import? */
#include <string.h>

#include "verify/verify_parts.h"

static bool exported_by(const struct ud_module *const *modules, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (ud_module_symbols_find(&modules[i]->exports, name) != NULL) {
            return true;
        }
    }
    return false;
}

static bool exported_by_modules(const struct ud_verify_input *input, const char *name)
{
    return exported_by(input->modules, input->count, name) ||
           exported_by(input->stock, input->stock_count, name);
}

static bool is_needed(const struct ud_module_symbol *import)
{
    return import->undefined && !import->weak;
}

void ud_verify_list_imports(const struct ud_verify_input *input, struct ud_strv *names)
{
    for (size_t i = 0; i < input->count; i++) {
        const struct ud_module_symbols *imports = &input->modules[i]->imports;
        for (size_t k = 0; k < imports->len; k++) {
            const struct ud_module_symbol *import = &imports->items[k];
            if (is_needed(import) && !exported_by_modules(input, import->name)) {
                ud_strv_add(names, import->name);
            }
        }
    }
    ud_strv_sort_unique(names);
}

/* Another of the kernel's own modules imports it, or its list has it. */
static bool known_exported(const struct ud_verify_input *input, const char *name)
{
    for (size_t i = 0; i < input->stock_count; i++) {
        if (ud_module_symbols_find(&input->stock[i]->imports, name) != NULL) {
            return true;
        }
    }
    return input->symvers != NULL && ud_symvers_find(input->symvers, name) != NULL;
}

static bool config_has(const struct ud_verify_input *input, const char *option)
{
    return input->facts->has_config && ud_config_is(&input->facts->config, option, 'y');
}

struct result {
    struct ud_tally missing; /* nobody has it */
    struct ud_tally hidden;  /* it may be data, which the kernel does not list */
    struct ud_tally trimmed; /* it is there, and perhaps not exported */
    struct ud_tally unasked; /* nothing says */
};

/* kallsyms is the kernel's own word. Without KALLSYMS_ALL it lists functions but
 * no data; what is called is a function. */
static void verify_imports_judge(const struct ud_verify_input *input,
                                 const struct ud_module_symbol *import, struct result *result)
{
    const char *name = import->name;
    bool exported = known_exported(input, name);
    if (!is_needed(import) || exported_by_modules(input, name)) {
        return;
    }
    if (input->symvers != NULL && !exported) {
        ud_tally_add(&result->missing, name);
    } else if (input->absent == NULL) {
        if (!exported) {
            ud_tally_add(&result->unasked, name);
        }
    } else if (ud_strv_has(input->absent, name)) {
        if (import->called || config_has(input, "KALLSYMS_ALL")) {
            ud_tally_add(&result->missing, name);
        } else if (!exported) {
            ud_tally_add(&result->hidden, name);
        }
    } else if (!exported && config_has(input, "TRIM_UNUSED_KSYMS")) {
        ud_tally_add(&result->trimmed, name);
    }
}

static void add_findings(const struct ud_module *module, struct result *result,
                         struct ud_verify_check *check)
{
    ud_tally_find(&result->missing, check, UD_FOUND_ERROR, module->name,
                  "Check that sources, configuration and Module.symvers are this kernel's.",
                  "neither the kernel nor another module exports ", "");
    ud_tally_find(&result->hidden, check, UD_FOUND_UNKNOWN, module->name, NULL,
                  "not among the kernel's functions, so perhaps data: ", "");
    ud_tally_find(&result->trimmed, check, UD_FOUND_UNKNOWN, module->name, NULL,
                  "the kernel has them, but exports only what its own modules use "
                  "(CONFIG_TRIM_UNUSED_KSYMS): ",
                  "");
    ud_tally_find(&result->unasked, check, UD_FOUND_UNKNOWN, module->name, NULL,
                  "nothing here says whether the kernel has ", "");
}

static void verify_imports_check_module(const struct ud_verify_input *input,
                                        const struct ud_module *module,
                                        struct ud_verify_check *check)
{
    struct result result = {0};
    struct ud_tally *tallies[] = {&result.missing, &result.hidden, &result.trimmed,
                                  &result.unasked};
    for (size_t i = 0; i < 4; i++) {
        ud_tally_init(tallies[i]);
    }
    for (size_t i = 0; i < module->imports.len; i++) {
        verify_imports_judge(input, &module->imports.items[i], &result);
    }
    add_findings(module, &result, check);
    for (size_t i = 0; i < 4; i++) {
        ud_tally_done(tallies[i]);
    }
}

void ud_verify_imports(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    struct ud_strv names = {0};
    ud_verify_list_imports(input, &names);
    ud_verify_check_compared(check, "%zu symbols with each other's exports%s%s%s", names.len,
                             input->symvers != NULL ? ", Module.symvers" : "",
                             input->stock_count > 0 ? ", the VM's own modules" : "",
                             input->absent != NULL ? " and /proc/kallsyms" : "");
    ud_strv_done(&names);
    for (size_t i = 0; i < input->count; i++) {
        verify_imports_check_module(input, input->modules[i], check);
    }
}
