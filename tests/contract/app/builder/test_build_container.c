/* Which commands in which containers get to know of proxies, and that nothing that stays does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "builder/build_container.h"
#include "set_variable.h"
#include "state_home.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define PASSWORD "s3cret"
#define PROXY "http://me:" PASSWORD "@127.0.0.1:3128"

static const struct script_rule rules[] = {
    PONG,
    {.method = "GET", .path = "/networks/bridge", .body = "{}", .forever = true},
    {.method = "POST",
     .path = "/containers/create",
     .status = 201,
     .body = "{\"Id\":\"1\"}",
     .forever = true},
    {.method = "PUT", .path = "/archive", .body = "", .forever = true},
    {.method = "POST",
     .path = "/containers/",
     .status = 201,
     .body = "{\"Id\":\"e\"}",
     .forever = true},
    {.method = "POST",
     .path = "/exec/e/start",
     .type = "application/vnd.docker.raw-stream",
     .framing = SCRIPT_CLOSE,
     .body = "",
     .forever = true},
    {.method = "GET",
     .path = "/exec/e/json",
     .body = "{\"Running\":false,\"ExitCode\":0}",
     .forever = true},
    {.method = "DELETE", .path = "/containers/", .status = 204, .forever = true},
};

static const struct script_request *request_to(struct scripted_engine *script, const char *target)
{
    for (size_t i = 0; i < scripted_engine_count(script); i++) {
        const struct script_request *request = scripted_engine_request(script, i);
        if (strstr(request->target, target) != NULL) {
            return request;
        }
    }
    fail_msg("there was no request to %s", target);
    return NULL;
}

static void run_in(struct engine_fixture *f, enum ud_role role)
{
    struct ud_build_container container;
    struct ud_error err = {0};
    struct ud_strv argv = {0};
    struct ud_strv env = {0};
    int exit_code = -1;
    const struct ud_app app = {.report = &f->report};
    ud_strv_add(&argv, "apt-get");
    ud_strv_add(&env, "LC_ALL=C");
    engine_fixture_init(f, rules, COUNT(rules), true);
    assert_int_equal(
        ud_build_container_open(&app, f->engine, role, "base", "amd64", &container, &err), UD_OK);
    const struct ud_build_container_command command = {.argv = &argv, .env = &env};
    if (ud_build_container_try(&container, &command, &exit_code, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(exit_code, 0);
    ud_build_container_close(&container);
    ud_strv_done(&argv);
    ud_strv_done(&env);
}

static void who_downloads_is_told_of_proxies(void **state)
{
    static const enum ud_role roles[] = {UD_ROLE_TOOLCHAIN, UD_ROLE_PACKAGES, UD_ROLE_BUILD};
    char *home = state_home_new();
    (void)state;
    set_variable("HTTPS_PROXY", PROXY);
    for (size_t i = 0; i < COUNT(roles); i++) {
        struct engine_fixture f = {0};
        run_in(&f, roles[i]);
        const char *exec = request_to(f.script, "/exec")->body;
        assert_non_null(strstr(exec, "LC_ALL=C"));
        if (roles[i] == UD_ROLE_BUILD) { /* it has no network */
            assert_null(strstr(exec, "proxy"));
            assert_string_equal(f.warnings, "");
        } else {
            assert_non_null(strstr(exec, "\"https_proxy=" PROXY "\",\"HTTPS_PROXY=" PROXY "\""));
            assert_non_null(strstr(f.warnings, "own loopback address"));
        }
        /* What is committed as an image, and what is told. */
        assert_null(strstr(request_to(f.script, "/containers/create")->body, "proxy"));
        assert_null(strstr(f.warnings, PASSWORD));
        engine_fixture_done(&f);
    }
    set_variable("HTTPS_PROXY", "");
    state_home_free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_downloads_is_told_of_proxies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
