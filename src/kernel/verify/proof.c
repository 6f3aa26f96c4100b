#include "kernel/verify/proof.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

enum { TEXT_MAX = 1024 };

void ud_proof_take_crcs(const struct ud_crcs *crcs, struct ud_proof *proof)
{
    const struct ud_crc *layout = ud_crcs_find(crcs, "module_layout");
    proof->crcs = crcs->confirmed;
    proof->module_layout = layout != NULL && layout->confirmed;
}

void ud_proof_take_structs(const struct ud_layouts_verdict *verdict, bool struct_module,
                           struct ud_proof *proof)
{
    proof->structs = 0;
    proof->members = 0;
    proof->struct_module = struct_module;
    for (size_t i = 0; verdict != NULL && i < verdict->count; i++) {
        if (verdict->structs[i].state == UD_LAYOUT_EQUAL) {
            proof->structs++;
            proof->members += verdict->structs[i].members;
        }
    }
}

bool ud_proof_has_crcs(const struct ud_proof *proof)
{
    return proof->module_layout && proof->crcs >= UD_PROOF_CRCS_MIN;
}

static bool has_structs(const struct ud_proof *proof)
{
    return proof->struct_module && proof->structs >= UD_PROOF_STRUCTS_MIN;
}

bool ud_proof_is_given(const struct ud_proof *proof)
{
    return ud_proof_has_crcs(proof) || has_structs(proof);
}

const char *ud_proof_verdict_name(const struct ud_proof *proof)
{
    return ud_proof_is_given(proof) ? "proven" : "unproven";
}

static void describe_given(const struct ud_proof *proof, struct ud_buf *text)
{
    if (proof->crcs > 0) {
        ud_buf_addf(text, "%zu CRCs of the kernel's own modules%s", proof->crcs,
                    proof->structs > 0 ? " and " : "");
    }
    if (proof->structs > 0) {
        ud_buf_addf(text, "%zu structs of its BTF", proof->structs);
    }
    ud_buf_adds(text, " are what these sources give");
}

static void describe_missing(const struct ud_proof *proof, struct ud_buf *text)
{
    if (proof->crcs == 0) {
        ud_buf_adds(text, "no CRC of the kernel's own modules was computed from these sources");
    } else {
        ud_buf_addf(text, "only %zu CRCs of the kernel's own modules agree%s, and it takes %d",
                    proof->crcs, proof->module_layout ? "" : " without that of module_layout",
                    UD_PROOF_CRCS_MIN);
    }
    if (proof->structs == 0) {
        ud_buf_adds(text, "; the kernel shows no BTF with the structs");
    } else {
        ud_buf_addf(text, "; only %zu structs of its BTF agree%s, and it takes %d", proof->structs,
                    proof->struct_module ? "" : " without struct module", UD_PROOF_STRUCTS_MIN);
    }
}

char *ud_proof_describe(const struct ud_proof *proof)
{
    struct ud_buf text;
    ud_buf_init(&text, TEXT_MAX);
    if (ud_proof_is_given(proof)) {
        describe_given(proof, &text);
    } else {
        describe_missing(proof, &text);
    }
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

enum ud_code ud_proof_check_crcs(const struct ud_crcs *crcs, const char *remedy,
                                 struct ud_error *err)
{
    char *differing = ud_crcs_describe_differing(crcs);
    if (differing == NULL) {
        return UD_OK;
    }
    enum ud_code rc = ud_fail(err, UD_ERR_UNFIT, remedy,
                              "these sources are not the kernel's, they lack patches of its "
                              "builder: %s",
                              differing);
    free(differing);
    return rc;
}

enum ud_code ud_proof_check(const struct ud_proof *proof, const char *remedy, struct ud_error *err)
{
    if (ud_proof_is_given(proof)) {
        return UD_OK;
    }
    char *missing = ud_proof_describe(proof);
    enum ud_code rc =
        ud_fail(err, UD_ERR_FACTS, remedy,
                "the kernel does not prove that these sources are its own: %s", missing);
    free(missing);
    return rc;
}
