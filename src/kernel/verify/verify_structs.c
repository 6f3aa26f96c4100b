/* Structs that were compiled with the modules, as the kernel's BTF has them: what CRCs
 * do not tell that were taken from the kernel's Module.symvers. */
#include <inttypes.h>

#include "verify/verify_parts.h"

static void verify_structs_say(const struct ud_layouts_verdict *verdict,
                               struct ud_verify_check *check)
{
    size_t structs = 0;
    size_t members = 0;
    for (size_t i = 0; i < verdict->count; i++) {
        structs += verdict->structs[i].state == UD_LAYOUT_UNSEEN ? 0 : 1;
        members += verdict->structs[i].members;
    }
    ud_verify_check_compared(
        check, "sizes of %zu structs and offsets of %zu members with the kernel's BTF", structs,
        members);
    if (structs == 0) {
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "The kernel's BTF has none of the structs.");
    }
}

static void verify_structs_find(const struct ud_layout_verdict *found,
                                struct ud_verify_check *check)
{
    if (found->member == NULL) {
        ud_verify_check_find(
            check, UD_FOUND_ERROR, NULL, ud_verify_exactly,
            "The modules do not fit the kernel: struct %s was compiled with %" PRIu64
            " bytes, that of the kernel has %" PRIu64,
            found->name, found->ours, found->theirs);
    } else {
        ud_verify_check_find(
            check, UD_FOUND_ERROR, NULL, ud_verify_exactly,
            "The modules do not fit the kernel: struct %s was compiled with %s at %" PRIu64
            ", that of the kernel has it at %" PRIu64,
            found->name, found->member, found->ours, found->theirs);
    }
}

void ud_verify_struct_layouts(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    const struct ud_layouts_verdict *verdict = input->layouts_verdict;
    if (input->layouts == NULL) {
        ud_verify_check_compared(check,
                                 "nothing: only `build` knows the structs that it compiles with");
        return;
    }
    if (input->layouts->known == 0) {
        ud_verify_check_compared(check, "nothing: the list of structs could not be compiled");
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "These sources do not define the structs that would be compared.");
        return;
    }
    if (verdict == NULL) {
        ud_verify_check_compared(check, "nothing: the kernel's structs are not known");
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "The VM does not show the kernel's BTF.");
        return;
    }
    verify_structs_say(verdict, check);
    for (size_t i = 0; i < verdict->count; i++) {
        if (verdict->structs[i].state == UD_LAYOUT_DIFFERS) {
            verify_structs_find(&verdict->structs[i], check);
        }
    }
}
