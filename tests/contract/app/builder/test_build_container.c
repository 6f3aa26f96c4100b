/* Which commands in which containers get to know of proxies, and that nothing that stays does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "builder/build_container.h"
#include "platform/fs.h"
#include "set_variable.h"
#include "state_home.h"
#include "util/mem.h"
#include "util/str.h"

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
    {.method = "HEAD", .path = "/archive", .status = 404, .forever = true},
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

static void run_in(struct engine_fixture *f, enum ud_role role, const char *ca_file)
{
    struct ud_build_container container;
    struct ud_error err = {0};
    struct ud_strv argv = {0};
    struct ud_strv env = {0};
    int exit_code = -1;
    const struct ud_app app = {.report = &f->report, .ca_file = ca_file};
    ud_strv_add(&argv, "apt-get");
    ud_strv_add(&env, "LC_ALL=C");
    engine_fixture_init(f, rules, COUNT(rules), true);
    const struct ud_build_container_image image = {.id = "base", .goarch = "amd64"};
    assert_int_equal(ud_build_container_open(&app, f->engine, role, &image, &container, &err),
                     UD_OK);
    const struct ud_build_container_command command = {.argv = &argv, .env = &env};
    if (ud_build_container_try(&container, &command, &exit_code, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(exit_code, 0);
    assert_int_equal(ud_build_container_forget_web(&container, &err), UD_OK);
    ud_build_container_close(&container);
    ud_strv_done(&argv);
    ud_strv_done(&env);
}

/* Whether the body of a request to that target has this text. */
static bool was_sent(struct scripted_engine *script, const char *method, const char *target,
                     const char *text)
{
    for (size_t i = 0; i < scripted_engine_count(script); i++) {
        const struct script_request *request = scripted_engine_request(script, i);
        const struct ud_slice body = {request->body, request->body_len};
        if (strcmp(request->method, method) == 0 && strstr(request->target, target) != NULL &&
            ud_slice_has(body, text)) {
            return true;
        }
    }
    return false;
}

static void who_downloads_is_told_of_proxies(void **state)
{
    static const enum ud_role roles[] = {UD_ROLE_TOOLCHAIN, UD_ROLE_PACKAGES, UD_ROLE_BUILD};
    char *home = state_home_new();
    (void)state;
    set_variable("SSL_CERT_FILE", "");
    set_variable("HTTPS_PROXY", PROXY);
    for (size_t i = 0; i < COUNT(roles); i++) {
        struct engine_fixture f = {0};
        run_in(&f, roles[i], NULL);
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

/* Many have set it, and it names no proxy. */
static void where_no_proxy_is_wanted_is_not_a_proxy(void **state)
{
    char *home = state_home_new();
    struct engine_fixture f = {0};
    (void)state;
    set_variable("NO_PROXY", "localhost,127.0.0.1");
    run_in(&f, UD_ROLE_TOOLCHAIN, NULL);
    assert_string_equal(f.warnings, "");
    assert_true(was_sent(f.script, "POST", "/exec", "\"NO_PROXY=localhost,127.0.0.1\""));
    engine_fixture_done(&f);
    set_variable("NO_PROXY", "");
    state_home_free(home);
}

static char *write_pem(const char *home, const char *name, const char *content)
{
    char *path = ud_fs_join(home, name);
    char *text = ud_strf("-----BEGIN CERTIFICATE-----\n%s\n", content);
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), NULL), UD_OK);
    free(text);
    return path;
}

static void who_downloads_trusts_the_named_authorities(void **state)
{
    static const enum ud_role roles[] = {UD_ROLE_TOOLCHAIN, UD_ROLE_PACKAGES, UD_ROLE_BUILD};
    char *home = state_home_new();
    char *named = write_pem(home, "named.pem", "NAMED");
    char *variable = write_pem(home, "variable.pem", "VARIABLE");
    (void)state;
    set_variable("SSL_CERT_FILE", variable);
    for (size_t i = 0; i < COUNT(roles); i++) {
        const bool downloads = roles[i] != UD_ROLE_BUILD;
        struct engine_fixture f = {0};
        run_in(&f, roles[i], named);
        assert_int_equal(was_sent(f.script, "PUT", "/archive", "NAMED"), downloads);
        assert_int_equal(was_sent(f.script, "PUT", "/archive", "VARIABLE"), downloads);
        assert_int_equal(
            was_sent(f.script, "POST", "/exec", "SSL_CERT_FILE=/usbipd-web/authorities.pem"),
            downloads);
        assert_int_equal(was_sent(f.script, "POST", "/exec", "\"rm\",\"-rf\",\"/usbipd-web\""),
                         downloads);
        assert_null(strstr(request_to(f.script, "/containers/create")->body, "/usbipd-web"));
        assert_string_equal(f.warnings, "");
        engine_fixture_done(&f);
    }
    set_variable("SSL_CERT_FILE", "");
    free(variable);
    free(named);
    state_home_free(home);
}

static void a_variable_that_names_no_certificates_is_in_no_ones_way(void **state)
{
    char *home = state_home_new();
    struct engine_fixture f = {0};
    (void)state;
    set_variable("SSL_CERT_FILE", "/none/of/them.pem");
    run_in(&f, UD_ROLE_TOOLCHAIN, NULL);
    assert_non_null(strstr(f.warnings, "do not get SSL_CERT_FILE: "));
    assert_non_null(strstr(f.warnings, "/none/of/them.pem"));
    assert_false(was_sent(f.script, "POST", "/exec", "usbipd-web"));
    engine_fixture_done(&f);
    set_variable("SSL_CERT_FILE", "");
    state_home_free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_downloads_is_told_of_proxies),
        cmocka_unit_test(where_no_proxy_is_wanted_is_not_a_proxy),
        cmocka_unit_test(who_downloads_trusts_the_named_authorities),
        cmocka_unit_test(a_variable_that_names_no_certificates_is_in_no_ones_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
