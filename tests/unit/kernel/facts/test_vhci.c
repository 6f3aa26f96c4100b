#include "kernel/facts/vhci.h"

#include "check.h"

static const char status_6[] = "hub port sta spd dev      sockfd local_busid\n"
                               "hs  0000 006 003 00010002 000003 1-1\n"
                               "hs  0001 004 000 00000000 000000 0-0\n"
                               "ss  0008 005 000 00000000 000000 0-0\n"
                               "ss  0009 004 000 00000000 000000 0-0\n";

static void reads_status(void **state)
{
    struct ud_vhci_ports ports = {0};
    (void)state;
    assert_ok(ud_vhci_parse(status_6, strlen(status_6), &ports, NULL));
    assert_int_equal(ports.len, 4);
    assert_int_equal(ports.items[0].state, UD_VHCI_USED);
    assert_int_equal(ports.items[0].speed, 3);
    assert_int_equal(ports.items[0].devid, 0x10002);
    assert_string_equal(ports.items[0].busid, "1-1");
    assert_false(ud_vhci_is_super_speed(&ports.items[0]));
    assert_true(ud_vhci_is_super_speed(&ports.items[2]));
    assert_string_equal(ud_vhci_state_name(ports.items[2].state), "reserved");
    assert_string_equal(ports.items[2].busid, "");
    assert_int_equal(ud_vhci_in_use(&ports), 2);
    ud_vhci_ports_done(&ports);
}

static void reads_several_controllers_in_a_row_or_one_by_one(void **state)
{
    static const char more[] = "hub port sta spd dev      sockfd local_busid\n"
                               "hs  0016 007 002 00010003 000004 3-1.2\n";
    char both[1024];
    struct ud_vhci_ports ports = {0};
    (void)state;
    (void)strcpy(both, status_6);
    (void)strcat(both, more);
    assert_ok(ud_vhci_parse(both, strlen(both), &ports, NULL));
    assert_int_equal(ports.len, 5);
    ud_vhci_ports_done(&ports);
    assert_ok(ud_vhci_parse(more, strlen(more), &ports, NULL));
    assert_ok(ud_vhci_parse(status_6, strlen(status_6), &ports, NULL));
    assert_int_equal(ports.len, 5);
    assert_int_equal(ports.items[4].port, 16);
    assert_string_equal(ports.items[4].busid, "3-1.2");
    ud_vhci_ports_done(&ports);
}

static void reads_the_form_without_hubs(void **state)
{
    static const char old[] = "port sta spd dev      socket           local_busid\n"
                              "0000 004 000 00000000 0000000000000000 0-0\n";
    struct ud_vhci_ports ports = {0};
    (void)state;
    assert_ok(ud_vhci_parse(old, strlen(old), &ports, NULL));
    assert_int_equal(ports.len, 1);
    assert_int_equal(ports.items[0].state, UD_VHCI_FREE);
    ud_vhci_ports_done(&ports);
}

static void refuses_what_is_no_status(void **state)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"", "no line for a port"},
        {"hello\n", "no line for a port"},
        {"hub port spd\nhs 0 000\n", "no line for a port"},
        {"hub port sta spd dev sockfd local_busid\nhs 0 004 000 0 0\n", "no line for a port"},
        {"hub port sta spd dev sockfd local_busid\nhs 0 009 000 0 0 0-0\n", "state"},
        {"hub port sta spd dev sockfd local_busid\nxx 0 004 000 0 0 0-0\n", "hub"},
        {"hub port sta spd dev sockfd local_busid\nhs 99999 004 000 0 0 0-0\n", "port number"},
        {"hub port sta spd dev sockfd local_busid\nhs 0 006 000 zz 0 1-1\n", "no line for a port"},
        {"hub port sta spd dev sockfd local_busid\nhs 0 006 000 0 0 a\x1b[\n", "bus id"},
        {"hub port sta spd dev sockfd local_busid\nhs 0 004 0 0 0 0-0\nhs 0 004 0 0 0 0-0\n",
         "port number"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ud_vhci_ports ports = {0};
        struct ud_error err = {0};
        assert_int_equal(ud_vhci_parse(bad[i].text, strlen(bad[i].text), &ports, &err),
                         UD_ERR_PROTOCOL);
        assert_has(err.message, bad[i].part);
        ud_vhci_ports_done(&ports);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_status),
        cmocka_unit_test(reads_several_controllers_in_a_row_or_one_by_one),
        cmocka_unit_test(reads_the_form_without_hubs),
        cmocka_unit_test(refuses_what_is_no_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
