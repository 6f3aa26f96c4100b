#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/testdev.h"

struct trial {
    struct ud_testdev device;
    struct ud_usbip_header answer;
    struct ud_buf bytes; /* header and payload of the answer */
};

static void trial_init(struct trial *t)
{
    ud_testdev_init(&t->device, "0123456789abcdef");
    ud_buf_init(&t->bytes, UD_TESTDEV_ANSWER_MAX);
}

static void trial_done(struct trial *t)
{
    ud_buf_done(&t->bytes);
}

static void give(struct trial *t, const struct ud_usbip_header *header)
{
    ud_buf_clear(&t->bytes);
    assert_int_equal(ud_testdev_answer(&t->device, header, &t->bytes, NULL), UD_OK);
    assert_true(t->bytes.len >= UD_USBIP_HEADER_SIZE);
    const unsigned char *bytes = (const unsigned char *)t->bytes.data;
    assert_int_equal(ud_usbip_decode(bytes, &t->answer, NULL), UD_OK);
    assert_int_equal(t->answer.seqnum, header->seqnum);
    assert_int_equal(t->answer.devid, 0);
}

/* setup is a request's 8 bytes; its direction is the URB's. */
static void ask(struct trial *t, const char *setup)
{
    struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT, .seqnum = 5, .devid = 3};
    memcpy(header.setup, setup, sizeof header.setup);
    header.direction = header.setup[0] >> 7;
    header.length = (uint32_t)(header.setup[6] | header.setup[7] << 8);
    give(t, &header);
    assert_int_equal(t->answer.command, UD_USBIP_RET_SUBMIT);
}

static void expect(struct trial *t, const char *setup, const void *data, size_t len)
{
    ask(t, setup);
    assert_int_equal(t->answer.status, 0);
    assert_int_equal(t->answer.length, len);
    assert_int_equal(t->bytes.len, UD_USBIP_HEADER_SIZE + len);
    if (len > 0) {
        assert_memory_equal(t->bytes.data + UD_USBIP_HEADER_SIZE, data, len);
    }
}

static void expect_stall(struct trial *t, const char *setup)
{
    ask(t, setup);
    assert_int_equal(t->answer.status, UD_USBIP_STALL);
    assert_int_equal(t->answer.length, 0);
    assert_int_equal(t->bytes.len, UD_USBIP_HEADER_SIZE);
}

#define DEVICE "\x12\1\0\2\0\0\0\x40\x09\x12\1\0\0\1\1\2\3\1"
#define CONFIGURATION "\x09\2\x12\0\1\1\0\xc0\0\x09\4\0\0\0\xff\xff\xff\0"

static void descriptors_are_given_up_to_the_length_asked_for(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    expect(&t, "\x80\6\0\1\0\0\x40\0", DEVICE, 18);
    expect(&t, "\x80\6\0\1\0\0\x08\0", DEVICE, 8);
    expect(&t, "\x80\6\0\2\0\0\x09\0", CONFIGURATION, 9);
    expect(&t, "\x80\6\0\2\0\0\xff\xff", CONFIGURATION, 18);
    expect(&t, "\x80\6\0\3\0\0\xff\0", "\4\3\x09\4", 4);
    expect(&t, "\x80\6\2\3\x09\4\xff\0", "\x14\3s\0e\0l\0f\0-\0t\0e\0s\0t\0", 20);
    expect(&t, "\x80\6\3\3\x09\4\6\0", "\x22\3\x30\0\x31\0", 6);
    expect(&t, "\x80\6\3\3\x09\4\0\0", "", 0);
    assert_int_equal(t.device.urbs, 8);
    assert_int_equal(t.device.stalls, 0);
    trial_done(&t);
}

static void the_buffer_bounds_the_answer_too(void **state)
{
    struct trial t;
    struct ud_usbip_header header = {
        .command = UD_USBIP_CMD_SUBMIT, .direction = UD_USBIP_IN, .length = 4};
    (void)state;
    trial_init(&t);
    memcpy(header.setup, "\x80\6\0\1\0\0\x40\0", 8);
    give(&t, &header);
    assert_int_equal(t.answer.length, 4);
    assert_int_equal(t.bytes.len, UD_USBIP_HEADER_SIZE + 4);
    trial_done(&t);
}

static void what_it_does_not_know_is_stalled(void **state)
{
    static const char *const unknown[] = {
        "\x80\6\0\6\0\0\x0a\0",   /* device qualifier */
        "\x80\6\0\x0f\0\0\5\0",   /* BOS */
        "\x80\6\1\1\0\0\x12\0",   /* a second device descriptor */
        "\x80\6\1\2\0\0\x09\0",   /* a second configuration */
        "\x80\6\xee\3\0\0\x12\0", /* Microsoft's string */
        "\x81\6\0\1\0\0\x12\0",   /* of an interface */
        "\xc0\6\0\1\0\0\x12\0",   /* the vendor's, not the standard's */
        "\0\x09\2\0\0\0\0\0",     /* configuration 2 */
        "\0\5\7\0\0\0\0\0",       /* an address: the controller's business */
        "\x82\0\0\0\x81\0\2\0",   /* endpoint 1 */
        "\x81\0\0\0\0\0\2\0",     /* the interface, before there is one */
        "\1\x0b\0\0\0\0\0\0",     "\x81\x0a\0\0\0\0\1\0",
    };
    struct trial t;
    (void)state;
    trial_init(&t);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        expect_stall(&t, unknown[i]);
    }
    assert_int_equal(t.device.configuration, 0);
    assert_int_equal(t.device.stalls, sizeof unknown / sizeof unknown[0]);
    trial_done(&t);
}

static void once_configured_it_has_an_interface(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    expect(&t, "\x80\x08\0\0\0\0\1\0", "\0", 1);
    expect(&t, "\0\x09\1\0\0\0\0\0", "", 0);
    expect(&t, "\x80\x08\0\0\0\0\1\0", "\1", 1);
    expect(&t, "\x80\0\0\0\0\0\2\0", "\1\0", 2);
    expect(&t, "\x81\0\0\0\0\0\2\0", "\0\0", 2);
    expect(&t, "\x82\0\0\0\x80\0\2\0", "\0\0", 2);
    expect(&t, "\1\x0b\0\0\0\0\0\0", "", 0);
    expect(&t, "\x81\x0a\0\0\0\0\1\0", "\0", 1);
    expect_stall(&t, "\1\x0b\1\0\0\0\0\0");
    expect_stall(&t, "\x81\0\0\0\1\0\2\0");
    expect(&t, "\0\x09\0\0\0\0\0\0", "", 0);
    expect_stall(&t, "\x81\0\0\0\0\0\2\0");
    trial_done(&t);
}

static void a_direction_that_is_not_the_requests_is_stalled(void **state)
{
    struct trial t;
    struct ud_usbip_header header = {
        .command = UD_USBIP_CMD_SUBMIT, .direction = UD_USBIP_OUT, .length = 18};
    (void)state;
    trial_init(&t);
    memcpy(header.setup, "\x80\6\0\1\0\0\x12\0", 8);
    give(&t, &header);
    assert_int_equal(t.answer.status, UD_USBIP_STALL);
    header.direction = UD_USBIP_IN;
    header.endpoint = 1;
    give(&t, &header);
    assert_int_equal(t.answer.status, UD_USBIP_STALL);
    assert_int_equal(t.bytes.len, UD_USBIP_HEADER_SIZE);
    trial_done(&t);
}

static void unlinking_comes_too_late(void **state)
{
    const struct ud_usbip_header header = {
        .command = UD_USBIP_CMD_UNLINK, .seqnum = 9, .unlinked = 8};
    struct trial t;
    (void)state;
    trial_init(&t);
    give(&t, &header);
    assert_int_equal(t.answer.command, UD_USBIP_RET_UNLINK);
    assert_int_equal(t.answer.status, 0);
    assert_int_equal(t.device.urbs, 0);
    trial_done(&t);
}

static void an_answer_is_no_command(void **state)
{
    const struct ud_usbip_header header = {.command = UD_USBIP_RET_SUBMIT};
    struct trial t;
    (void)state;
    trial_init(&t);
    assert_int_equal(ud_testdev_answer(&t.device, &header, &t.bytes, NULL), UD_ERR_PROTOCOL);
    assert_int_equal(t.bytes.len, 0);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_are_given_up_to_the_length_asked_for),
        cmocka_unit_test(the_buffer_bounds_the_answer_too),
        cmocka_unit_test(what_it_does_not_know_is_stalled),
        cmocka_unit_test(once_configured_it_has_an_interface),
        cmocka_unit_test(a_direction_that_is_not_the_requests_is_stalled),
        cmocka_unit_test(unlinking_comes_too_late),
        cmocka_unit_test(an_answer_is_no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
