/* Systems for which nothing is built are recognized, and others are not. */
#include "kernel/facts/systems.h"

#include "check.h"

static void systems_are_recognized_by_what_they_say(void **state)
{
    static const struct {
        const char *release, *os;
        bool modules, enforced;
        const char *name; /* its beginning; NULL: none of them */
        bool no_build;
    } cases[] = {
        {"7.0.11-orbstack-00360-gc9a0de2cd7e4", "debian", true, false, "OrbStack", true},
        {"6.18.45-talos", "talos", true, true, "Talos Linux", true},
        {"6.18.45-talos", "talos", true, false, NULL, false}, /* the user switched it off */
        {"6.12.28", "", false, false, "a kernel without modules", true},
        {"6.12.70-haos", "haos", true, false, "Home Assistant OS", false},
        {"6.1.141", "bottlerocket", true, false, "Bottlerocket", false},
        {"6.1.0-57-cloud-amd64", "debian", true, true, NULL, false},
        {"6.6.87.2-microsoft-standard-WSL2", "ubuntu", true, false, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_facts facts = {.modules_supported = cases[i].modules,
                                 .sig_enforce = cases[i].enforced,
                                 .os = {.id = (char *)cases[i].os}};
        assert_ok(ud_release_parse(cases[i].release, NULL, cases[i].os, &facts.release, NULL));
        const struct ud_system *system = ud_system_find(&facts);
        if (cases[i].name == NULL) {
            assert_null(system);
        } else {
            assert_non_null(system);
            assert_has(system->name, cases[i].name);
            assert_int_equal(system->no_build, cases[i].no_build);
            assert_true(strlen(system->what) > 0 && strlen(system->todo) > 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_are_recognized_by_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
