#include "usbip/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void reads_what_users_write(void **state)
{
    static const struct {
        const char *text, *host;
        unsigned port;
        bool numeric;
        const char *again;
    } good[] = {
        {"box", "box", 3240, false, "box:3240"},
        {"box.example:13240", "box.example", 13240, false, "box.example:13240"},
        {"10.0.2.2", "10.0.2.2", 3240, true, "10.0.2.2:3240"},
        {"10.0.2.2:1", "10.0.2.2", 1, true, "10.0.2.2:1"},
        {"::1", "::1", 3240, true, "[::1]:3240"},
        {"[fe80::1%eth0]:65535", "fe80::1%eth0", 65535, true, "[fe80::1%eth0]:65535"},
        {"[::1]", "::1", 3240, true, "[::1]:3240"},
        {"host.docker.internal", "host.docker.internal", 3240, false, "host.docker.internal:3240"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct ud_usbip_server server;
        struct ud_error err = {0};
        if (ud_usbip_server_parse(good[i].text, &server, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        assert_string_equal(server.host, good[i].host);
        assert_int_equal(server.port, good[i].port);
        assert_int_equal(ud_usbip_server_is_numeric(&server), good[i].numeric);
        char *text = ud_usbip_server_text(server.host, server.port);
        assert_string_equal(text, good[i].again);
        free(text);
    }
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const bad[] = {"",      ":3240", "box:",    "box:0",   "box:65536",
                                      "box:x", "[::1",  "[::1]x1", "[]:3240", "-option",
                                      "a b",   "a/b",   "a;b",     "[]",      "\xc3\xa4"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ud_usbip_server server;
        struct ud_error err = {0};
        if (ud_usbip_server_parse(bad[i], &server, &err) != UD_ERR_USAGE) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_string_not_equal(err.remedy, "");
    }
    char long_name[400];
    struct ud_usbip_server server;
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(ud_usbip_server_parse(long_name, &server, NULL), UD_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_users_write),
        cmocka_unit_test(refuses_what_is_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
