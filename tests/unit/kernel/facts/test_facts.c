#include "kernel/facts/facts.h"

#include <stdlib.h>

#include "check.h"
#include "util/mem.h"

static void reads_os_release(void **state)
{
    static const char text[] = "PRETTY_NAME=\"Docker Desktop\"\n# ID=no\nID='debian'\n"
                               "VERSION_ID=12\nnonsense\n  HOME_URL=\"x\"\nXID=bad\n"
                               "PRETTY_NAME=\"A \\\"B\\\" \x1b[2J\"\n";
    struct ud_os_release os;
    (void)state;
    ud_os_release_parse(text, strlen(text), &os);
    assert_string_equal(os.id, "debian");
    assert_string_equal(os.version_id, "12");
    assert_string_equal(os.pretty_name, "A \"B\" ?[2J");
    ud_os_release_done(&os);
    ud_os_release_parse("", 0, &os);
    assert_string_equal(os.id, "");
    ud_os_release_done(&os);
    ud_os_release_done(&os);
}

static void reads_lockdown(void **state)
{
    (void)state;
    char *mode = ud_lockdown_parse("none [integrity] confidentiality\n");
    assert_string_equal(mode, "integrity");
    free(mode);
    assert_null(ud_lockdown_parse("none"));
    assert_null(ud_lockdown_parse("[none"));
}

static void says_why_nothing_could_be_loaded(void **state)
{
    struct ud_facts facts = {.modules_supported = true};
    struct ud_error err = {0};
    (void)state;
    assert_ok(ud_facts_check_loadable(&facts, &err));
    /* Signed modules can be. */
    facts.lockdown = ud_strdup("integrity");
    facts.sig_enforce = true;
    assert_ok(ud_facts_check_loadable(&facts, &err));
    facts.modules_disabled = true;
    assert_int_equal(ud_facts_check_loadable(&facts, &err), UD_ERR_FACTS);
    assert_has(err.message, "modules_disabled");
    facts.modules_supported = false;
    assert_int_equal(ud_facts_check_loadable(&facts, &err), UD_ERR_FACTS);
    assert_has(err.message, "without support");
    ud_facts_done(&facts);
    ud_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_os_release),
        cmocka_unit_test(reads_lockdown),
        cmocka_unit_test(says_why_nothing_could_be_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
