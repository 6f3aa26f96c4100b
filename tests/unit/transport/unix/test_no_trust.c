/* A system without certificates that it trusts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http_internal.h"
#include "util/mem.h"

/* A GET of url, on a system that has what trust says; no one listens at the port. */
static enum ud_code get_with(const struct ud_endpoint *endpoint, const char *url,
                             struct ud_host_trust trust, struct ud_error *err)
{
    struct ud_http *http = NULL;
    struct ud_http_response response = {0};
    const struct ud_http_config config = {.endpoint = endpoint};
    const struct ud_http_request request = {.method = "GET", .url = url};
    assert_int_equal(ud_http_new(&config, &http, NULL), UD_OK);
    ud_host_trust_done(&http->trust);
    http->trust = trust;
    enum ud_code rc = ud_http_perform(http, &request, &response, err);
    ud_http_free(http);
    return rc;
}

static void assert_no_trust(const struct ud_error *err)
{
    assert_non_null(strstr(err->message, "no file of trusted certificates"));
    assert_non_null(strstr(err->remedy, "SSL_CERT_FILE"));
    assert_non_null(strstr(err->remedy, "ca-certificates"));
}

static void the_web_needs_a_bundle(void **state)
{
    (void)state;
    struct ud_error err = {0};
    const struct ud_host_trust none = {0};
    assert_int_equal(get_with(NULL, "https://127.0.0.1:1/x", none, &err), UD_ERR_SOURCE);
    assert_no_trust(&err);
    assert_non_null(strstr(err.message, "https://127.0.0.1:1/x"));
    static const char *const not_lacking[] = {"nothing", "file", "directory", "store"};
    for (size_t i = 0; i < 4; i++) {
        const struct ud_host_trust trust = {.file = i == 1 ? ud_strdup("/none.pem") : NULL,
                                            .dir = i == 2 ? ud_strdup("/none") : NULL,
                                            .in_system = i == 3};
        const char *url = i == 0 ? "http://127.0.0.1:1/x" : "https://127.0.0.1:1/x";
        assert_int_equal(get_with(NULL, url, trust, &err), UD_ERR_SOURCE);
        if (strstr(err.message, "no file of trusted") != NULL) {
            fail_msg("%s: %s", not_lacking[i], err.message);
        }
    }
}

static void an_engine_needs_one_where_it_is_checked_and_has_no_file_of_its_own(void **state)
{
    (void)state;
    struct ud_error err = {0};
    struct ud_endpoint endpoint = {0};
    const struct ud_host_trust none = {0};
    assert_int_equal(ud_endpoint_parse("tcp://127.0.0.1:1", true, "--host", &endpoint, NULL),
                     UD_OK);
    endpoint.tls_verify = true;
    assert_int_equal(get_with(&endpoint, "/x", none, &err), UD_ERR_UNREACHABLE);
    assert_no_trust(&err);
    endpoint.tls_verify = false;
    assert_int_equal(get_with(&endpoint, "/x", none, &err), UD_ERR_UNREACHABLE);
    assert_null(strstr(err.message, "no file of trusted"));
    endpoint.tls_verify = true;
    endpoint.ca_file = ud_strdup("/none/ca.pem");
    assert_int_equal(get_with(&endpoint, "/x", none, &err), UD_ERR_UNREACHABLE);
    assert_null(strstr(err.message, "no file of trusted"));
    ud_endpoint_done(&endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_web_needs_a_bundle),
        cmocka_unit_test(an_engine_needs_one_where_it_is_checked_and_has_no_file_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
