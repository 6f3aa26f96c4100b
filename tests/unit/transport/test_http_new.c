#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_internal.h"

static unsigned connect_ms(const struct ud_http_config *config)
{
    struct ud_http *http = NULL;
    assert_int_equal(ud_http_new(config, &http, NULL), UD_OK);
    unsigned ms = http->connect_timeout_ms;
    ud_http_free(http);
    return ms;
}

static void the_web_has_longer_to_connect_than_an_engine(void **state)
{
    (void)state;
    struct ud_endpoint endpoint = {0};
    assert_int_equal(ud_endpoint_parse("tcp://127.0.0.1:1", false, "x", &endpoint, NULL), UD_OK);
    assert_int_equal(connect_ms(&(struct ud_http_config){.endpoint = &endpoint}), 5000);
    assert_int_equal(connect_ms(&(struct ud_http_config){0}), 30000);
    assert_int_equal(connect_ms(&(struct ud_http_config){.connect_timeout_ms = 7}), 7);
    ud_endpoint_done(&endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_web_has_longer_to_connect_than_an_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
