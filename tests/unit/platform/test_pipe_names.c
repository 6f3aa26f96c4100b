#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "platform/pipe.h"

static void engines_are_told_from_other_pipes(void **state)
{
    (void)state;
    static const char *const engines[] = {"docker_engine", "dockerDesktopLinuxEngine",
                                          "dockerDesktopWindowsEngine", "podman-machine-default",
                                          "Rancher-Desktop"};
    static const char *const others[] = {
        "lsass", "", "dockerBackendApiServer", "dockerVpnkit", "dockerBuildKit", "InitShutdown"};
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        assert_true(ud_pipe_name_is_engines(engines[i]));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(ud_pipe_name_is_engines(others[i]));
    }
}

static void advice_is_for_systems_with_pipes(void **state)
{
    (void)state;
    char *advice = ud_pipe_advice();
    assert_int_equal(advice != NULL, ud_pipe_supported());
    free(advice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_are_told_from_other_pipes),
        cmocka_unit_test(advice_is_for_systems_with_pipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
