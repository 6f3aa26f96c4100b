#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/vhci_status.h"

#define HEADER "hub port sta spd dev      sockfd local_busid\n"

static void ports_are_read_by_the_header(void **state)
{
    static const char text[] = HEADER "hs  0000 006 003 00010004 000003 1-1\n"
                                      "ss  0008 004 000 00000000 000000 0-0\n";
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    (void)state;
    ud_vhci_reader_init(&reader, ud_slice_of(text));
    assert_true(ud_vhci_reader_next(&reader, &port));
    assert_string_equal(port.hub, "hs");
    assert_int_equal(port.port, 0);
    assert_int_equal(port.state, UD_VHCI_USED);
    assert_int_equal(port.speed, 3);
    assert_int_equal(port.devid, 0x10004);
    assert_string_equal(port.busid, "1-1");
    assert_true(ud_vhci_reader_next(&reader, &port));
    assert_string_equal(port.hub, "ss");
    assert_int_equal(port.port, 8);
    assert_int_equal(port.state, UD_VHCI_FREE);
    assert_false(ud_vhci_reader_next(&reader, &port));
    assert_false(ud_vhci_reader_bad(&reader));
}

static void columns_may_be_in_another_order(void **state)
{
    static const char text[] = "prt sta spd dev socket local_busid\n"
                               "010 005 000 00000000 ffff8800 0-0\n";
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    (void)state;
    ud_vhci_reader_init(&reader, ud_slice_of(text));
    assert_true(ud_vhci_reader_next(&reader, &port));
    assert_string_equal(port.hub, "");
    assert_int_equal(port.port, 10);
    assert_int_equal(port.state, UD_VHCI_RESERVED);
}

static void several_controllers_follow_each_other(void **state)
{
    static const char text[] = HEADER "hs  0000 004 000 00000000 000000 0-0\n"
                                      "\n" HEADER "ss  0024 007 005 00030002 000005 6-1.4\n";
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    (void)state;
    ud_vhci_reader_init(&reader, ud_slice_of(text));
    assert_true(ud_vhci_reader_next(&reader, &port));
    assert_true(ud_vhci_reader_next(&reader, &port));
    assert_int_equal(port.port, 24);
    assert_int_equal(port.state, UD_VHCI_ERROR);
    assert_string_equal(port.busid, "6-1.4");
    assert_false(ud_vhci_reader_next(&reader, &port));
    assert_false(ud_vhci_reader_bad(&reader));
}

static void lines_that_do_not_fit_the_header_are_bad(void **state)
{
    static const char *const bad[] = {
        "hs  0000 004 000 00000000 000000 0-0\n",            /* no header */
        HEADER "hs 0000 004 000 00000000 000000\n",          /* a field is missing */
        HEADER "hs 0000 004 000 00000000 000000 0-0 more\n", /* one too many */
        HEADER "hs 0000 x 000 00000000 000000 0-0\n",
        HEADER "hs 99999999999 004 000 00000000 000000 0-0\n",
        HEADER "hs 4294967296 004 000 00000000 000000 0-0\n",
        HEADER "hs 0000 004 000 0000000g 000000 0-0\n",
        HEADER "hubhubhub 0000 004 000 00000000 000000 0-0\n",
        "hub port spd\nhs 0000 000\n", /* no state: a port in use would look free */
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ud_vhci_reader reader;
        struct ud_vhci_port port;
        ud_vhci_reader_init(&reader, ud_slice_of(bad[i]));
        assert_false(ud_vhci_reader_next(&reader, &port));
        assert_true(ud_vhci_reader_bad(&reader));
        assert_false(ud_vhci_reader_next(&reader, &port));
    }
}

static void nothing_is_no_port_and_not_bad(void **state)
{
    struct ud_vhci_reader reader;
    struct ud_vhci_port port;
    (void)state;
    ud_vhci_reader_init(&reader, ud_slice_of(""));
    assert_false(ud_vhci_reader_next(&reader, &port));
    assert_false(ud_vhci_reader_bad(&reader));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_are_read_by_the_header),
        cmocka_unit_test(columns_may_be_in_another_order),
        cmocka_unit_test(several_controllers_follow_each_other),
        cmocka_unit_test(lines_that_do_not_fit_the_header_are_bad),
        cmocka_unit_test(nothing_is_no_port_and_not_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
