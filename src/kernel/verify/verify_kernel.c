/* What the running kernel says to being given modules at all, and these. */
#include <string.h>

#include "kernel/verify/signing.h"
#include "verify/verify_parts.h"

void ud_verify_loading(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    struct ud_error why = {0};
    ud_verify_check_compared(check, "module support, modules_disabled");
    if (ud_facts_check_loadable(input->facts, &why) != UD_OK) {
        ud_verify_check_fail(check, &why);
    }
}

void ud_verify_signature(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    struct ud_error why = {0};
    const char *enforced = ud_signing_enforced(input->facts);
    ud_verify_check_compared(check, "%s",
                             enforced != NULL ? enforced : "the kernel takes unsigned modules too");
    if (ud_signing_check(input->facts, input->modules, input->count, input->signer_id, &why) !=
        UD_OK) {
        ud_verify_check_fail(check, &why);
    }
}

static void compare_loaded(const struct ud_module *module, const struct ud_loaded_module *loaded,
                           struct ud_verify_check *check)
{
    const char *other = loaded->build_id;
    if (other == NULL || other[0] == '\0' || module->build_id[0] == '\0') {
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, module->name, NULL,
                             "one of that name is loaded, and nothing says which build it is");
    } else if (strcmp(other, module->build_id) != 0) {
        ud_verify_check_find(check, UD_FOUND_WARNING, module->name,
                             "Run `usbipd-desktop unload` first to have this one.",
                             "another build of it is loaded (%.16s, this one is %.16s)", other,
                             module->build_id);
    }
}

void ud_verify_loaded(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    size_t same = 0;
    for (size_t i = 0; i < input->count; i++) {
        const struct ud_module *module = input->modules[i];
        const struct ud_loaded_module *loaded = ud_loaded_find(&input->facts->loaded, module->name);
        if (loaded != NULL) {
            same++;
            compare_loaded(module, loaded, check);
        } else if (ud_builtin_has(&input->facts->builtin, module->name)) {
            ud_verify_check_find(check, UD_FOUND_ERROR, module->name, ud_verify_rebuild,
                                 "the kernel has it built in");
        }
    }
    ud_verify_check_compared(check,
                             "names with /proc/modules and what is built in: %zu of %zu loaded",
                             same, input->count);
}
