#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/usbip.h"

/* GET_DESCRIPTOR of the device, 64 bytes, as Linux' vhci_hcd sends it first. */
static const unsigned char submit[UD_USBIP_HEADER_SIZE] = {
    0,    0,    0,    1,    0, 0, 0, 7, 0,    1, 0, 2,  0, 0, 0,  1, /* command to direction */
    0,    0,    0,    0,    0, 0, 2, 0, 0,    0, 0, 64, 0, 0, 0,  0, /* endpoint to start_frame */
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 6, 0, 1,  0, 0, 64, 0, /* packets, interval, setup */
};

static const unsigned char answer[UD_USBIP_HEADER_SIZE] = {
    0, 0, 0, 3, 0,    0,    0,    7,    0, 0, 0, 0, 0, 0, 0, 0, /* command to direction */
    0, 0, 0, 0, 0xff, 0xff, 0xff, 0xe0, 0, 0, 1, 2, 0, 0, 0, 9, /* endpoint to start_frame */
    0, 0, 0, 3, 0,    0,    0,    4,    0, 0, 0, 0, 0, 0, 0, 0, /* packets, errors, padding */
};

static const unsigned char unlink_command[UD_USBIP_HEADER_SIZE] = {
    0, 0, 0, 2, 0, 0, 0, 8, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 7};

static const unsigned char unlink_answer[UD_USBIP_HEADER_SIZE] = {
    0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x98};

static struct ud_usbip_header decoded(const unsigned char *bytes)
{
    struct ud_usbip_header header = {0};
    struct ud_error err = {0};
    if (ud_usbip_decode(bytes, &header, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return header;
}

static void a_submitted_urb_is_read(void **state)
{
    static const unsigned char setup[] = {0x80, 6, 0, 1, 0, 0, 64, 0};
    const struct ud_usbip_header header = decoded(submit);
    (void)state;
    assert_int_equal(header.command, UD_USBIP_CMD_SUBMIT);
    assert_int_equal(header.seqnum, 7);
    assert_int_equal(header.devid, 0x10002);
    assert_int_equal(header.direction, UD_USBIP_IN);
    assert_int_equal(header.endpoint, 0);
    assert_int_equal(header.flags, 0x200);
    assert_int_equal(header.length, 64);
    assert_int_equal(header.packets, 0);
    assert_memory_equal(header.setup, setup, sizeof setup);
    assert_int_equal(ud_usbip_command_payload(&header), 0);
}

static void answers_and_unlinks_are_read(void **state)
{
    (void)state;
    struct ud_usbip_header header = decoded(answer);
    assert_int_equal(header.command, UD_USBIP_RET_SUBMIT);
    assert_int_equal(header.status, UD_USBIP_STALL);
    assert_int_equal(header.length, 258);
    assert_int_equal(header.start_frame, 9);
    assert_int_equal(header.packets, 3);
    assert_int_equal(header.error_count, 4);
    header = decoded(unlink_command);
    assert_int_equal(header.command, UD_USBIP_CMD_UNLINK);
    assert_int_equal(header.unlinked, 7);
    assert_int_equal(header.endpoint, 3);
    header = decoded(unlink_answer);
    assert_int_equal(header.command, UD_USBIP_RET_UNLINK);
    assert_int_equal(header.status, UD_USBIP_UNLINKED);
}

static void what_was_read_is_written_as_it_was(void **state)
{
    const unsigned char *const all[] = {answer, unlink_command, unlink_answer};
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct ud_usbip_header header = decoded(all[i]);
        ud_usbip_encode(&header, bytes);
        assert_memory_equal(bytes, all[i], sizeof bytes);
    }
    const struct ud_usbip_header header = decoded(submit);
    ud_usbip_encode(&header, bytes);
    assert_memory_equal(bytes, submit, 32);
    assert_memory_equal(bytes + 32, "\0\0\0\0", 4); /* none, however it was written */
    assert_memory_equal(bytes + 36, submit + 36, 12);
}

static void what_follows_a_command_is_counted(void **state)
{
    (void)state;
    struct ud_usbip_header header = decoded(submit);
    header.direction = UD_USBIP_OUT;
    assert_int_equal(ud_usbip_command_payload(&header), 64);
    header.packets = 2;
    assert_int_equal(ud_usbip_command_payload(&header), 96);
    header.direction = UD_USBIP_IN;
    assert_int_equal(ud_usbip_command_payload(&header), 32);
    header = decoded(unlink_command);
    assert_int_equal(ud_usbip_command_payload(&header), 0);
}

static void headers_that_cannot_be_are_refused(void **state)
{
    static const struct {
        size_t at;
        unsigned char value;
        const char *why;
    } bad[] = {
        {3, 0, "no command 0"}, {3, 5, "no command 5"},  {0, 1, "no command"},
        {15, 2, "neither in"},  {19, 16, "an endpoint"}, {24, 1, "too large"},
        {32, 0, "packets"},     {24, 0xff, "too large"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ud_usbip_header header = {.seqnum = 99};
        struct ud_error err = {0};
        unsigned char bytes[UD_USBIP_HEADER_SIZE];
        memcpy(bytes, submit, sizeof bytes);
        bytes[bad[i].at] = bad[i].value;
        assert_int_equal(ud_usbip_decode(bytes, &header, &err), UD_ERR_PROTOCOL);
        assert_non_null(strstr(err.message, bad[i].why));
        assert_int_equal(header.seqnum, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_submitted_urb_is_read),
        cmocka_unit_test(answers_and_unlinks_are_read),
        cmocka_unit_test(what_was_read_is_written_as_it_was),
        cmocka_unit_test(what_follows_a_command_is_counted),
        cmocka_unit_test(headers_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
