#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/vhci_status.h"

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

static struct ud_vhci_choice choose(const char *text, uint32_t from)
{
    struct ud_vhci_choice ports;
    assert_true(ud_vhci_choose(ud_slice_of(text), "hs", from, &ports));
    return ports;
}

static void high_speed_takes_the_lowest_free_usb_2_port(void **state)
{
    static const char text[] = HEADER "hs  0000 006 003 00010004 000003 1-1\n"
                                      "hs  0001 007 000 00000000 000000 0-0\n"
                                      "hs  0003 004 000 00000000 000000 0-0\n"
                                      "hs  0002 004 000 00000000 000000 0-0\n"
                                      "ss  0008 004 000 00000000 000000 0-0\n" HEADER
                                      "hs  0016 004 000 00000000 000000 0-0\n"
                                      "ss  0024 004 000 00000000 000000 0-0\n";
    struct ud_vhci_choice ports = choose(text, 0);
    (void)state;
    assert_int_equal(ports.all, 5);
    assert_int_equal(ports.free, 3);
    assert_int_equal(ports.port, 2);
    assert_int_equal(choose(text, 3).port, 3);
    assert_int_equal(choose(text, 4).port, 16);
    assert_int_equal(choose(text, 17).free, 0);
}

static void super_speed_takes_the_lowest_free_usb_3_port(void **state)
{
    static const char text[] = HEADER "hs  0000 004 000 00000000 000000 0-0\n"
                                      "ss  0008 006 005 00010004 000003 2-1\n"
                                      "ss  0009 004 000 00000000 000000 0-0\n" HEADER
                                      "ss  0024 004 000 00000000 000000 0-0\n";
    struct ud_vhci_choice ports;
    (void)state;
    assert_true(ud_vhci_choose(ud_slice_of(text), "ss", 0, &ports));
    assert_int_equal(ports.all, 3);
    assert_int_equal(ports.free, 2);
    assert_int_equal(ports.port, 9);
}

static void without_hubs_every_port_takes_high_speed(void **state)
{
    static const char text[] = "prt sta spd dev socket local_busid\n"
                               "000 006 002 00010002 ffff8800 1-1\n"
                               "001 004 000 00000000 00000000 0-0\n";
    struct ud_vhci_choice ports = choose(text, 0);
    (void)state;
    assert_int_equal(ports.all, 2);
    assert_int_equal(ports.free, 1);
    assert_int_equal(ports.port, 1);
    assert_false(ud_vhci_choose(ud_slice_of(HEADER "hs 0000\n"), "hs", 0, &ports));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_are_read_by_the_header),
        cmocka_unit_test(columns_may_be_in_another_order),
        cmocka_unit_test(several_controllers_follow_each_other),
        cmocka_unit_test(lines_that_do_not_fit_the_header_are_bad),
        cmocka_unit_test(nothing_is_no_port_and_not_bad),
        cmocka_unit_test(high_speed_takes_the_lowest_free_usb_2_port),
        cmocka_unit_test(super_speed_takes_the_lowest_free_usb_3_port),
        cmocka_unit_test(without_hubs_every_port_takes_high_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
