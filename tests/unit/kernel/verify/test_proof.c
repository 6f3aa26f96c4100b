/* What counts as a proof that sources are a kernel's, and how the lack of one is said. */
#include "kernel/verify/proof.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

/* count symbols that both know, module_layout among them, of which so many differ. */
static void fill(struct ud_crcs *crcs, size_t count, size_t differ)
{
    for (size_t i = 0; i < count; i++) {
        char name[32] = "module_layout";
        if (i > 0) {
            (void)snprintf(name, sizeof name, "symbol_%zu", i);
        }
        assert_ok(ud_crcs_add(crcs, name, 7, UD_CRC_OF_MODULES, "kernel/a.ko", NULL));
        assert_ok(ud_crcs_add(crcs, name, i >= count - differ ? 8 : 7, UD_CRC_COMPUTED,
                              "kernel/a.c", NULL));
    }
}

static struct ud_proof proof_of(size_t crcs, bool module_layout, size_t structs, bool struct_module)
{
    return (struct ud_proof){.crcs = crcs,
                             .module_layout = module_layout,
                             .structs = structs,
                             .members = structs,
                             .struct_module = struct_module};
}

static void each_witness_is_enough(void **state)
{
    static const struct {
        struct ud_proof proof;
        bool given;
        const char *says;
    } cases[] = {
        {{.crcs = UD_PROOF_CRCS_MIN, .module_layout = true},
         true,
         "50 CRCs of the kernel's own modules are what these sources give"},
        {{.structs = UD_PROOF_STRUCTS_MIN, .struct_module = true},
         true,
         "30 structs of its BTF are what these sources give"},
        {{.crcs = 412, .module_layout = true, .structs = 52, .struct_module = true},
         true,
         "412 CRCs of the kernel's own modules and 52 structs of its BTF are what"},
        {{.crcs = UD_PROOF_CRCS_MIN - 1, .module_layout = true},
         false,
         "only 49 CRCs of the kernel's own modules agree, and it takes 50; the kernel shows no "
         "BTF"},
        {{.crcs = 412}, false, "agree without that of module_layout"},
        {{.structs = 52}, false, "only 52 structs of its BTF agree without struct module"},
        {{.structs = UD_PROOF_STRUCTS_MIN - 1, .struct_module = true},
         false,
         "no CRC of the kernel's own modules was computed from these sources; only 29 structs"},
        {{0}, false, "no CRC"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_error err = {0};
        char *text = ud_proof_describe(&cases[i].proof);
        assert_has(text, cases[i].says);
        assert_int_equal(ud_proof_is_given(&cases[i].proof), cases[i].given);
        assert_string_equal(ud_proof_verdict_name(&cases[i].proof),
                            cases[i].given ? "proven" : "unproven");
        assert_int_equal(ud_proof_check(&cases[i].proof, "Do it.", &err),
                         cases[i].given ? UD_OK : UD_ERR_FACTS);
        if (!cases[i].given) {
            assert_has(err.message, text);
            assert_string_equal(err.remedy, "Do it.");
        }
        free(text);
    }
}

static void crcs_that_agree_are_counted(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_proof proof = proof_of(0, false, 0, false);
    (void)state;
    fill(&crcs, 60, 0);
    assert_ok(ud_crcs_add(&crcs, "only_computed", 1, UD_CRC_COMPUTED, "a.c", NULL));
    assert_ok(ud_crcs_add(&crcs, "only_own", 1, UD_CRC_OF_MODULES, "a.ko", NULL));
    assert_ok(ud_proof_check_crcs(&crcs, "Ask.", NULL));
    ud_proof_take_crcs(&crcs, &proof);
    assert_int_equal(proof.crcs, 60);
    assert_true(proof.module_layout);
    assert_true(ud_proof_has_crcs(&proof));
    ud_crcs_done(&crcs);
}

/* As sources give with one patch that adds a member to a struct. */
static void altered_crcs_are_refused_with_their_number(void **state)
{
    struct ud_crcs crcs = {0};
    struct ud_error err = {0};
    (void)state;
    fill(&crcs, 412, 37);
    assert_int_equal(ud_proof_check_crcs(&crcs, "Ask its builder.", &err), UD_ERR_UNFIT);
    assert_has(err.message, "37 of 412 CRCs differ (symbol_375, ");
    assert_has(err.message, ", …); they give symbol_375 the CRC 0x00000008 (kernel/a.c), the "
                            "kernel's own modules have 0x00000007 (kernel/a.ko)");
    assert_has(err.message, "not the kernel's, they lack patches of its builder: 37 of 412");
    assert_string_equal(err.remedy, "Ask its builder.");
    ud_crcs_done(&crcs);
}

static void structs_that_are_equal_are_counted(void **state)
{
    struct ud_layouts_verdict verdict = {.count = 40};
    struct ud_proof proof = proof_of(3, true, 9, false);
    (void)state;
    for (size_t i = 0; i < verdict.count; i++) {
        verdict.structs[i].state = i < 33 ? UD_LAYOUT_EQUAL : UD_LAYOUT_UNSEEN;
        verdict.structs[i].members = 2;
    }
    ud_proof_take_structs(&verdict, true, &proof);
    assert_int_equal(proof.structs, 33);
    assert_int_equal(proof.members, 66);
    assert_int_equal(proof.crcs, 3);
    assert_true(ud_proof_is_given(&proof));
    ud_proof_take_structs(NULL, false, &proof);
    assert_int_equal(proof.structs, 0);
    assert_false(ud_proof_is_given(&proof));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_witness_is_enough),
        cmocka_unit_test(crcs_that_agree_are_counted),
        cmocka_unit_test(altered_crcs_are_refused_with_their_number),
        cmocka_unit_test(structs_that_are_equal_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
