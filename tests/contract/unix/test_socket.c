/* What goes wrong with the socket of an engine, as a user reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "transport/http.h"

static enum ud_code get_from(const char *endpoint, const char *url, struct ud_http_response *ret,
                             struct ud_error *err)
{
    struct ud_endpoint ep = {0};
    struct ud_http *http = NULL;
    assert_int_equal(ud_endpoint_parse(endpoint, false, "--host", &ep, NULL), UD_OK);
    const struct ud_http_config config = {.endpoint = &ep, .connect_timeout_ms = 1000};
    assert_int_equal(ud_http_new(&config, &http, err), UD_OK);
    const struct ud_http_request request = {.method = "GET", .url = url};
    enum ud_code rc = ud_http_perform(http, &request, ret, err);
    ud_http_free(http);
    ud_endpoint_done(&ep);
    return rc;
}

static void the_reason_and_remedy_are_named(void **state)
{
    (void)state;
    char dir[] = "/tmp/ud-http-XXXXXX";
    char text[200];
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    assert_non_null(mkdtemp(dir));
    (void)snprintf(text, sizeof text, "unix://%s/none.sock", dir);
    assert_int_equal(get_from(text, "/", &response, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "none.sock"));
    assert_non_null(strstr(err.message, "(--host)"));
    assert_non_null(strstr(err.message, "does not exist"));
    struct scripted_engine *script = scripted_engine_start(NULL, 0, false);
    (void)snprintf(text, sizeof text, "%s", scripted_engine_endpoint(script));
    char moved[sizeof dir + 20];
    (void)snprintf(moved, sizeof moved, "%s/stale.sock", dir);
    assert_int_equal(rename(text + strlen("unix://"), moved), 0);
    scripted_engine_stop(script);
    (void)snprintf(text, sizeof text, "unix://%s", moved);
    assert_int_equal(get_from(text, "/", &response, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "nothing listens"));
    assert_int_equal(chmod(dir, 0), 0);
    if (geteuid() == 0) {
        (void)fprintf(stderr, "SKIPPED FOR ROOT: permission denied on the socket\n");
    } else {
        assert_int_equal(get_from(text, "/", &response, &err), UD_ERR_UNREACHABLE);
        assert_non_null(strstr(err.remedy, "group docker"));
    }
    assert_int_equal(chmod(dir, 0700), 0);
    (void)unlink(moved);
    (void)rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reason_and_remedy_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
