#include "kernel/verify/signing.h"

#include "check.h"
#include "made_module.h"

static const char ours[] = "0102";

static struct ud_facts facts_of(bool enforced)
{
    return (struct ud_facts){
        .release = {.text = "6.1.0-1"}, .modules_supported = true, .sig_enforce = enforced};
}

static struct ud_module module_with(enum ud_modsig_state state, const char *key_id)
{
    struct ud_module module = made_module("vhci_hcd", "6.1.0-1 SMP");
    module.signature = (struct ud_modsig){.state = state, .wrong = "it is cut off", .hash = ""};
    memcpy(module.signature.key_id, key_id, strlen(key_id) + 1);
    return module;
}

static enum ud_code check(const struct ud_facts *facts, enum ud_modsig_state state,
                          const char *key_id, const char *signer_id, struct ud_error *err)
{
    struct ud_module module = module_with(state, key_id);
    const struct ud_module *modules[] = {&module};
    *err = (struct ud_error){0};
    enum ud_code rc = ud_signing_check(facts, modules, 1, signer_id, err);
    ud_module_done(&module);
    return rc;
}

static void tells_what_enforces_signatures(void **state)
{
    static const char config[] = "CONFIG_MODULE_SIG_FORCE=y\n";
    struct ud_facts facts = facts_of(false);
    (void)state;
    assert_null(ud_signing_enforced(&facts));
    facts.lockdown = ud_strdup("none");
    assert_null(ud_signing_enforced(&facts));
    free(facts.lockdown);
    facts.lockdown = ud_strdup("integrity");
    assert_has(ud_signing_enforced(&facts), "locked down");
    facts.sig_enforce = true;
    assert_has(ud_signing_enforced(&facts), "sig_enforce");
    ud_facts_done(&facts);

    facts = facts_of(false);
    assert_ok(ud_config_parse(config, strlen(config), &facts.config, NULL));
    facts.has_config = true;
    assert_has(ud_signing_enforced(&facts), "enforces");
    ud_facts_done(&facts);
}

static void a_kernel_that_enforces_nothing_takes_all_but_broken_ones(void **state)
{
    struct ud_facts facts = facts_of(false);
    struct ud_error err;
    (void)state;
    ud_strv_add(&facts.keys, "ffff");
    assert_ok(check(&facts, UD_MODSIG_NONE, "", "", &err));
    assert_ok(check(&facts, UD_MODSIG_SIGNED, ours, ours, &err));
    assert_int_equal(check(&facts, UD_MODSIG_BROKEN, "", "", &err), UD_ERR_UNFIT);
    assert_has(err.message, "it is cut off");
    ud_facts_done(&facts);
}

static void unsigned_modules_are_refused_with_the_way_out(void **state)
{
    struct ud_facts facts = facts_of(true);
    struct ud_error err;
    (void)state;
    assert_int_equal(check(&facts, UD_MODSIG_NONE, "", "", &err), UD_ERR_UNFIT);
    assert_has(err.message, "vhci_hcd is not signed");
    assert_has(err.message, "6.1.0-1");
    assert_has(err.remedy, "--sign-key");
    assert_has(err.remedy, "mokutil");
    assert_has(err.remedy, "Docker Desktop");
    ud_facts_done(&facts);
}

static void what_the_kernel_does_not_show_is_tried(void **state)
{
    struct ud_facts facts = facts_of(true);
    struct ud_error err;
    (void)state;
    assert_ok(check(&facts, UD_MODSIG_SIGNED, "", ours, &err));
    assert_int_equal(ud_signing_trust(&facts, ours), UD_TRUST_UNKNOWN);
    ud_strv_add(&facts.keys, "ffff");
    assert_int_equal(ud_signing_trust(&facts, ""), UD_TRUST_UNKNOWN);
    assert_ok(check(&facts, UD_MODSIG_SIGNED, "", "", &err));
    ud_facts_done(&facts);
}

static void a_key_that_the_kernel_does_not_have_is_refused_by_its_name(void **state)
{
    struct ud_facts facts = facts_of(true);
    struct ud_error err;
    (void)state;
    ud_strv_add(&facts.keys, "ffff");
    ud_strv_add(&facts.keys, "eeee");
    assert_int_equal(check(&facts, UD_MODSIG_SIGNED, "", ours, &err), UD_ERR_UNFIT);
    assert_has(err.message, "0102");
    assert_has(err.message, "2 keys");
    assert_int_equal(check(&facts, UD_MODSIG_SIGNED, ours, "ffff", &err), UD_ERR_UNFIT);
    ud_strv_add(&facts.keys, ours);
    assert_ok(check(&facts, UD_MODSIG_SIGNED, "", ours, &err));
    assert_ok(check(&facts, UD_MODSIG_SIGNED, ours, "", &err));
    ud_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_enforces_signatures),
        cmocka_unit_test(a_kernel_that_enforces_nothing_takes_all_but_broken_ones),
        cmocka_unit_test(unsigned_modules_are_refused_with_the_way_out),
        cmocka_unit_test(what_the_kernel_does_not_show_is_tried),
        cmocka_unit_test(a_key_that_the_kernel_does_not_have_is_refused_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
