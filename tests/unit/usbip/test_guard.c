#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/guard.h"
#include "usbip/testdev.h"
#include "util/buf.h"

enum { EPROTO_STATUS = -71 };

struct trial {
    struct ud_guard *guard;
    struct ud_buf kernel; /* what was passed on */
    struct ud_error err;
};

static void trial_init(struct trial *t)
{
    *t = (struct trial){.guard = ud_guard_new()};
    ud_buf_init(&t->kernel, 1 << 20);
}

static void trial_done(struct trial *t)
{
    ud_guard_free(t->guard);
    ud_buf_done(&t->kernel);
}

static enum ud_code server_sends(struct trial *t, const void *bytes, size_t len)
{
    const unsigned char *next = bytes;
    while (len > 0) {
        struct ud_guard_pass pass;
        enum ud_code rc = ud_guard_answer(t->guard, next, len, &pass, &t->err);
        if (rc != UD_OK) {
            return rc;
        }
        assert_in_range(pass.used, 1, len);
        ud_buf_add(&t->kernel, pass.bytes, pass.len);
        next += pass.used;
        len -= pass.used;
    }
    return UD_OK;
}

static void kernel_sends(struct trial *t, const void *bytes, size_t len)
{
    if (ud_guard_command(t->guard, bytes, len, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

/* The last words of the guard, which has passed on nothing. */
static void expect_end(struct trial *t, const void *bytes, size_t len, const char *reason)
{
    size_t passed = t->kernel.len;
    assert_int_equal(server_sends(t, bytes, len), UD_ERR_PROTOCOL);
    if (strstr(t->err.message, reason) == NULL) {
        fail_msg("%s", t->err.message);
    }
    assert_int_equal(t->kernel.len, passed);
    assert_int_equal(server_sends(t, bytes, len), UD_ERR_PROTOCOL);
    assert_int_equal(ud_guard_command(t->guard, bytes, len, NULL), UD_ERR_PROTOCOL);
    assert_int_equal(t->kernel.len, passed);
}

/* ---- whole exchanges, as literal bytes --------------------------------------------- */

/* GET_DESCRIPTOR on endpoint 0, seqnum 0x0d05 of the kernel document's example. */
static const unsigned char control_command[] = {
    0, 0, 0, 1, 0, 0, 0x0d, 0x05, 0, 1, 0, 0x0f, 0, 0, 0, 1, 0,    0, 0, 0, 0, 0, 2, 0,
    0, 0, 0, 4, 0, 0, 0,    0,    0, 0, 0, 0,    0, 0, 0, 0, 0x80, 6, 0, 1, 0, 0, 4, 0,
};
static const unsigned char control_answer[] = {
    0, 0, 0, 3, 0, 0, 0x0d, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0,
    0, 4, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 1, 0, 2,
};

/* Four bytes out to endpoint 2. */
static const unsigned char bulk_command[] = {
    0, 0, 0, 1, 0, 0, 0x0d, 0x06, 0, 1, 0, 0x0f, 0,   0,   0,    0,    0,    0,
    0, 2, 0, 0, 0, 0, 0,    0,    0, 4, 0, 0,    0,   0,   0xff, 0xff, 0xff, 0xff,
    0, 0, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0,    'd', 'a', 't',  'a',
};
static const unsigned char bulk_answer[] = {
    0, 0, 0, 3, 0, 0, 0x0d, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 4, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* Two packets of 8 bytes in from endpoint 1; 3 and 8 bytes come, with nothing between. */
static const unsigned char iso_command[] = {
    0, 0, 0, 1, 0, 0,  0x0d, 0x07, 0, 1, 0, 0x0f, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
    2, 2, 0, 0, 0, 16, 0,    0,    0, 0, 0, 0,    0, 2, 0, 0, 0, 1, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0,  0,    0,    0, 0, 0, 8,    0, 0, 0, 0, 0, 0, 0, 0, /* offset, length, actual,
                                                                             status */
    0, 0, 0, 8, 0, 0,  0,    8,    0, 0, 0, 0,    0, 0, 0, 0,
};
static const unsigned char iso_answer[] = {
    0, 0, 0, 3, 0, 0, 0x0d, 0x07, 0,   0,   0,   0,   0,    0,    0,    0,    0,   0,   0,   0,
    0, 0, 0, 0, 0, 0, 0,    11,   0,   0,   1,   2,   0,    0,    0,    2,    0,   0,   0,   1,
    0, 0, 0, 0, 0, 0, 0,    0,    'a', 'b', 'c', 'A', 'B',  'C',  'D',  'E',  'F', 'G', 'H', /* payload
                                                                                              */
    0, 0, 0, 0, 0, 0, 0,    8,    0,   0,   0,   3,   0xff, 0xff, 0xff, 0x85, /* EREMOTEIO
                                                                               */
    0, 0, 0, 8, 0, 0, 0,    8,    0,   0,   0,   8,   0,    0,    0,    0,
};

static const unsigned char unlink_command[] = {
    0, 0, 0, 2, 0, 0, 0x0d, 0x08, 0, 1, 0, 0x0f, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x0d, 0x05,
    0, 0, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,
};
static const unsigned char unlink_answer_gone[] = {
    0, 0, 0, 4, 0, 0, 0x0d, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x98,
    0, 0, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0,    0,
};
static const unsigned char unlink_answer_late[] = {
    0, 0, 0, 4, 0, 0, 0x0d, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static void all_that_is_right_passes_however_it_is_cut(void **state)
{
    struct ud_buf commands;
    struct ud_buf answers;
    (void)state;
    ud_buf_init(&commands, 4096);
    ud_buf_init(&answers, 4096);
    ud_buf_add(&commands, bulk_command, sizeof bulk_command);
    ud_buf_add(&commands, iso_command, sizeof iso_command);
    ud_buf_add(&commands, control_command, sizeof control_command);
    ud_buf_add(&commands, unlink_command, sizeof unlink_command);
    ud_buf_add(&answers, control_answer, sizeof control_answer);
    ud_buf_add(&answers, iso_answer, sizeof iso_answer);
    ud_buf_add(&answers, unlink_answer_late, sizeof unlink_answer_late);
    ud_buf_add(&answers, bulk_answer, sizeof bulk_answer);
    for (size_t cut = 0; cut < answers.len; cut++) {
        struct trial t;
        size_t at = cut < commands.len ? cut : commands.len;
        trial_init(&t);
        kernel_sends(&t, commands.data, at);
        kernel_sends(&t, commands.data + at, commands.len - at);
        assert_int_equal(ud_guard_outstanding(t.guard), 4);
        assert_int_equal(server_sends(&t, answers.data, cut), UD_OK);
        assert_int_equal(server_sends(&t, answers.data + cut, answers.len - cut), UD_OK);
        assert_int_equal(t.kernel.len, answers.len);
        assert_memory_equal(t.kernel.data, answers.data, answers.len);
        assert_int_equal(ud_guard_outstanding(t.guard), 0);
        assert_int_equal(ud_guard_end(t.guard, NULL), UD_OK);
        trial_done(&t);
    }
    ud_buf_done(&commands);
    ud_buf_done(&answers);
}

static void the_device_of_the_self_test_passes(void **state)
{
    static const char *const setups[] = {
        "\x80\6\0\1\0\0\x40\0", "\0\x09\1\0\0\0\0\0",     "\x80\6\0\2\0\0\xff\0",
        "\x80\6\0\6\0\0\x0a\0", "\x80\6\3\3\x09\4\xff\0",
    };
    struct ud_testdev device;
    struct ud_buf answers;
    struct trial t;
    (void)state;
    trial_init(&t);
    ud_testdev_init(&device, "0123456789abcdef");
    ud_buf_init(&answers, 1 << 16);
    for (uint32_t i = 0; i < sizeof setups / sizeof setups[0]; i++) {
        unsigned char bytes[UD_USBIP_HEADER_SIZE];
        struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT, .seqnum = i, .devid = 1};
        memcpy(header.setup, setups[i], sizeof header.setup);
        header.direction = header.setup[0] >> 7;
        header.length = header.setup[6];
        ud_usbip_encode(&header, bytes);
        kernel_sends(&t, bytes, sizeof bytes);
        assert_int_equal(ud_testdev_answer(&device, &header, &answers, NULL), UD_OK);
    }
    assert_int_equal(server_sends(&t, answers.data, answers.len), UD_OK);
    assert_int_equal(t.kernel.len, answers.len);
    assert_memory_equal(t.kernel.data, answers.data, answers.len);
    assert_int_equal(device.stalls, 1);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    ud_buf_done(&answers);
    trial_done(&t);
}

static void payload_is_not_copied(void **state)
{
    struct ud_guard_pass pass;
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, control_command, sizeof control_command);
    assert_int_equal(server_sends(&t, control_answer, 50), UD_OK);
    assert_int_equal(ud_guard_answer(t.guard, control_answer + 50, 2, &pass, NULL), UD_OK);
    assert_ptr_equal(pass.bytes, control_answer + 50);
    assert_int_equal(pass.len, 2);
    trial_done(&t);
}

static void nothing_of_a_header_passes_before_it_is_whole(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, control_command, sizeof control_command);
    assert_int_equal(server_sends(&t, control_answer, 47), UD_OK);
    assert_int_equal(t.kernel.len, 0);
    assert_int_equal(ud_guard_end(t.guard, &t.err), UD_ERR_PROTOCOL);
    assert_int_equal(server_sends(&t, control_answer + 47, 1), UD_OK);
    assert_int_equal(t.kernel.len, 48);
    assert_int_equal(ud_guard_end(t.guard, NULL), UD_ERR_PROTOCOL);
    trial_done(&t);
}

static void what_should_be_zero_is_made_so(void **state)
{
    unsigned char answer[sizeof control_answer];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, control_command, sizeof control_command);
    memcpy(answer, control_answer, sizeof answer);
    memset(answer + 8, 0x81, 12);  /* devid, direction, endpoint */
    memset(answer + 32, 0xff, 4);  /* number_of_packets: none, as the document has it */
    memset(answer + 28, 0x11, 4);  /* start_frame */
    memset(answer + 36, 0x22, 12); /* error_count, padding */
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    assert_memory_equal(t.kernel.data, control_answer, sizeof control_answer);
    trial_done(&t);
}

/* ---- answers to nothing, and bounds ------------------------------------------------ */

/* An answer with one number changed; at is its place in bytes. */
static void change(unsigned char *bytes, size_t at, uint32_t value)
{
    bytes[at] = (unsigned char)(value >> 24);
    bytes[at + 1] = (unsigned char)(value >> 16);
    bytes[at + 2] = (unsigned char)(value >> 8);
    bytes[at + 3] = (unsigned char)value;
}

static void expect_refusal(const unsigned char *command, size_t command_len,
                           const unsigned char *answer, size_t answer_len, size_t at,
                           uint32_t value, const char *reason)
{
    unsigned char changed[256];
    struct trial t;
    trial_init(&t);
    kernel_sends(&t, command, command_len);
    memcpy(changed, answer, answer_len);
    change(changed, at, value);
    expect_end(&t, changed, answer_len, reason);
    trial_done(&t);
}

static void refuse_control(size_t at, uint32_t value, const char *reason)
{
    expect_refusal(control_command, sizeof control_command, control_answer, sizeof control_answer,
                   at, value, reason);
}

static void refuse_bulk(size_t at, uint32_t value, const char *reason)
{
    expect_refusal(bulk_command, sizeof bulk_command, bulk_answer, sizeof bulk_answer, at, value,
                   reason);
}

static void refuse_iso(size_t at, uint32_t value, const char *reason)
{
    expect_refusal(iso_command, sizeof iso_command, iso_answer, 48, at, value, reason);
}

static void an_answer_to_nothing_ends_it(void **state)
{
    struct trial t;
    (void)state;
    refuse_control(4, 0x0d04, "answers the transfer 3332, which nobody waits for");
    trial_init(&t);
    expect_end(&t, control_answer, sizeof control_answer, "which nobody waits for");
    trial_done(&t);
    trial_init(&t);
    kernel_sends(&t, control_command, sizeof control_command);
    assert_int_equal(server_sends(&t, control_answer, sizeof control_answer), UD_OK);
    expect_end(&t, control_answer, sizeof control_answer, "which nobody waits for");
    trial_done(&t);
}

static void an_answer_before_the_command_is_whole_ends_it(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, bulk_command, sizeof bulk_command - 1);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    expect_end(&t, bulk_answer, sizeof bulk_answer, "which nobody waits for");
    trial_done(&t);
}

static void what_is_no_answer_ends_it(void **state)
{
    (void)state;
    refuse_control(0, 1, "sends a command, not an answer");
    refuse_control(0, 2, "sends a command, not an answer");
    refuse_control(0, 0, "USB/IP has no command 0");
    refuse_control(0, 0x03000000, "USB/IP has no command 50331648");
}

static void more_bytes_than_asked_for_end_it(void **state)
{
    (void)state;
    refuse_control(24, 5, "with 5 bytes where 4 are the most");
    refuse_control(24, 0xffffffff, "a transfer that is too large");
    refuse_control(24, 0x80000000, "a transfer that is too large");
    refuse_bulk(24, 5, "with 5 bytes where 4 are the most");
    refuse_bulk(24, 0xfffffff4, "a transfer that is too large");
    refuse_iso(24, 17, "with 17 bytes where 16 are the most");
}

static void fewer_bytes_pass(void **state)
{
    unsigned char answer[sizeof bulk_answer];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, bulk_command, sizeof bulk_command);
    memcpy(answer, bulk_answer, sizeof answer);
    change(answer, 24, 0);
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    assert_int_equal(t.kernel.len, sizeof answer);
    trial_done(&t);
}

/* CVE-2026-31607. */
static void another_number_of_packets_ends_it(void **state)
{
    (void)state;
    refuse_iso(32, 3, "with 3 isochronous packets where there are 2");
    refuse_iso(32, 1, "with 1 isochronous packets where there are 2");
    refuse_iso(32, 0, "with 0 isochronous packets where there are 2");
    refuse_iso(32, 0xffffffff, "with 0 isochronous packets where there are 2");
    refuse_iso(32, 0x7fffffff, "too many isochronous packets");
    refuse_iso(32, 0x80000000, "too many isochronous packets");
    refuse_control(32, 1, "with 1 isochronous packets where there are 0");
    refuse_bulk(32, 1024, "with 1024 isochronous packets where there are 0");
}

/* ---- isochronous packets ------------------------------------------------------------ */

enum { ISO_PACKETS_AT = 48 + 11 };

/* Header and payload pass, the packets with one number changed do not. */
static void refuse_packets(size_t at, uint32_t value, const char *reason)
{
    unsigned char answer[sizeof iso_answer];
    struct trial t;
    trial_init(&t);
    kernel_sends(&t, iso_command, sizeof iso_command);
    memcpy(answer, iso_answer, sizeof answer);
    change(answer + ISO_PACKETS_AT, at, value);
    assert_int_equal(server_sends(&t, answer, ISO_PACKETS_AT), UD_OK);
    expect_end(&t, answer + ISO_PACKETS_AT, sizeof answer - ISO_PACKETS_AT, reason);
    assert_int_equal(t.kernel.len, ISO_PACKETS_AT);
    trial_done(&t);
}

static void packets_out_of_bounds_end_it(void **state)
{
    (void)state;
    refuse_packets(0, 9, "the isochronous packet 0 is not within the buffer");
    refuse_packets(16, 0xffffffff, "the isochronous packet 1 is not within the buffer");
    refuse_packets(16 + 4, 9, "the isochronous packet 1 is not within the buffer");
    refuse_packets(4, 0xfffffff8, "the isochronous packet 0 is not within the buffer");
    refuse_packets(8, 9, "the isochronous packet 0 has 9 bytes where 8 are the most");
    refuse_packets(8, 0xffffffff, "the isochronous packet 0 has 4294967295 bytes");
}

static void packets_whose_sum_is_another_end_it(void **state)
{
    (void)state;
    refuse_packets(8, 2, "with 11 bytes, and its isochronous packets have 10");
    refuse_packets(8, 4, "with 11 bytes, and its isochronous packets have 12");
}

static void offsets_of_compacted_data_are_set_right(void **state)
{
    unsigned char answer[sizeof iso_answer];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, iso_command, sizeof iso_command);
    memcpy(answer, iso_answer, sizeof answer);
    change(answer + ISO_PACKETS_AT, 4, 3);  /* length as it came */
    change(answer + ISO_PACKETS_AT, 16, 3); /* offset within what came */
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    assert_memory_equal(t.kernel.data, iso_answer, sizeof iso_answer);
    trial_done(&t);
}

static void more_errors_than_packets_are_cut(void **state)
{
    unsigned char answer[sizeof iso_answer];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, iso_command, sizeof iso_command);
    memcpy(answer, iso_answer, sizeof answer);
    change(answer, 36, 0xffffffff);
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    change(answer, 36, 2);
    assert_memory_equal(t.kernel.data, answer, sizeof answer);
    trial_done(&t);
}

/* As jiegec/usbip answers what it cannot do: status 1, nothing else. */
static void a_failure_as_a_whole_is_given_its_packets(void **state)
{
    static const unsigned char packets[] = {
        0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xb9, /* EPROTO */
        0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xb9,
    };
    struct ud_usbip_header header;
    unsigned char answer[48];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, iso_command, sizeof iso_command);
    memcpy(answer, iso_answer, sizeof answer);
    change(answer, 20, 1);
    change(answer, 24, 0);
    change(answer, 32, 0);
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    assert_int_equal(t.kernel.len, 48 + sizeof packets);
    assert_int_equal(ud_usbip_decode((unsigned char *)t.kernel.data, &header, NULL), UD_OK);
    assert_int_equal(header.status, EPROTO_STATUS);
    assert_int_equal(header.packets, 2);
    assert_memory_equal(t.kernel.data + 48, packets, sizeof packets);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    trial_done(&t);
}

static void packets_of_endpoint_0_are_a_leftover(void **state)
{
    unsigned char command[sizeof control_command];
    struct trial t;
    (void)state;
    trial_init(&t);
    memcpy(command, control_command, sizeof command);
    change(command, 32, 8);
    kernel_sends(&t, command, sizeof command);
    assert_int_equal(ud_guard_outstanding(t.guard), 1);
    assert_int_equal(server_sends(&t, control_answer, sizeof control_answer), UD_OK);
    assert_memory_equal(t.kernel.data, control_answer, sizeof control_answer);
    trial_done(&t);
}

/* ---- status ------------------------------------------------------------------------- */

static int32_t passed_status(int32_t status)
{
    struct ud_usbip_header header = {.command = 0};
    unsigned char answer[sizeof bulk_answer];
    struct trial t;
    trial_init(&t);
    kernel_sends(&t, bulk_command, sizeof bulk_command);
    memcpy(answer, bulk_answer, sizeof answer);
    change(answer, 20, (uint32_t)status);
    assert_int_equal(server_sends(&t, answer, sizeof answer), UD_OK);
    assert_int_equal(ud_usbip_decode((unsigned char *)t.kernel.data, &header, NULL), UD_OK);
    trial_done(&t);
    return header.status;
}

static void a_status_that_is_no_errno_becomes_one(void **state)
{
    (void)state;
    assert_int_equal(passed_status(0), 0);
    assert_int_equal(passed_status(-32), -32);
    assert_int_equal(passed_status(-4095), -4095);
    assert_int_equal(passed_status(1), EPROTO_STATUS);
    assert_int_equal(passed_status(-4096), EPROTO_STATUS);
    assert_int_equal(passed_status(INT32_MIN), EPROTO_STATUS);
    assert_int_equal(passed_status(INT32_MAX), EPROTO_STATUS);
    assert_int_equal(passed_status(-115), EPROTO_STATUS);
}

/* ---- unlinking ---------------------------------------------------------------------- */

static void unlinking_trial(struct trial *t)
{
    trial_init(t);
    kernel_sends(t, control_command, sizeof control_command);
    kernel_sends(t, unlink_command, sizeof unlink_command);
    assert_int_equal(ud_guard_outstanding(t->guard), 2);
}

static void an_unlinked_transfer_is_not_answered(void **state)
{
    struct trial t;
    (void)state;
    unlinking_trial(&t);
    assert_int_equal(server_sends(&t, unlink_answer_gone, sizeof unlink_answer_gone), UD_OK);
    assert_memory_equal(t.kernel.data, unlink_answer_gone, sizeof unlink_answer_gone);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    expect_end(&t, control_answer, sizeof control_answer, "which nobody waits for");
    trial_done(&t);
}

static void an_answer_before_that_to_unlinking_passes(void **state)
{
    struct trial t;
    (void)state;
    unlinking_trial(&t);
    assert_int_equal(server_sends(&t, control_answer, sizeof control_answer), UD_OK);
    assert_int_equal(server_sends(&t, unlink_answer_late, sizeof unlink_answer_late), UD_OK);
    assert_int_equal(t.kernel.len, sizeof control_answer + sizeof unlink_answer_late);
    expect_end(&t, unlink_answer_late, sizeof unlink_answer_late, "which nobody gave");
    trial_done(&t);
}

static void an_answer_after_that_to_unlinking_is_dropped_once(void **state)
{
    struct trial t;
    (void)state;
    unlinking_trial(&t);
    assert_int_equal(server_sends(&t, unlink_answer_late, sizeof unlink_answer_late), UD_OK);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    assert_int_equal(server_sends(&t, control_answer, 49), UD_OK);
    assert_int_equal(server_sends(&t, control_answer + 49, sizeof control_answer - 49), UD_OK);
    assert_int_equal(t.kernel.len, sizeof unlink_answer_late);
    kernel_sends(&t, bulk_command, sizeof bulk_command);
    assert_int_equal(server_sends(&t, bulk_answer, sizeof bulk_answer), UD_OK);
    assert_int_equal(t.kernel.len, sizeof unlink_answer_late + sizeof bulk_answer);
    expect_end(&t, control_answer, sizeof control_answer, "which nobody waits for");
    trial_done(&t);
}

static void a_late_isochronous_answer_is_dropped_with_its_packets(void **state)
{
    unsigned char unlink[sizeof unlink_command];
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, iso_command, sizeof iso_command);
    memcpy(unlink, unlink_command, sizeof unlink);
    change(unlink, 20, 0x0d07);
    kernel_sends(&t, unlink, sizeof unlink);
    kernel_sends(&t, bulk_command, sizeof bulk_command);
    assert_int_equal(server_sends(&t, unlink_answer_late, sizeof unlink_answer_late), UD_OK);
    for (size_t i = 0; i < sizeof iso_answer; i++) {
        assert_int_equal(server_sends(&t, iso_answer + i, 1), UD_OK);
    }
    assert_int_equal(t.kernel.len, sizeof unlink_answer_late);
    assert_int_equal(server_sends(&t, bulk_answer, sizeof bulk_answer), UD_OK);
    assert_int_equal(t.kernel.len, sizeof unlink_answer_late + sizeof bulk_answer);
    trial_done(&t);
}

static void answers_are_of_the_kind_of_their_command(void **state)
{
    unsigned char answer[48];
    struct trial t;
    (void)state;
    unlinking_trial(&t);
    memcpy(answer, bulk_answer, sizeof answer);
    change(answer, 4, 0x0d08);
    expect_end(&t, answer, sizeof answer, "which nobody waits for");
    trial_done(&t);
    unlinking_trial(&t);
    memcpy(answer, unlink_answer_gone, sizeof answer);
    change(answer, 4, 0x0d05);
    expect_end(&t, answer, sizeof answer, "which nobody gave");
    trial_done(&t);
}

static void unlinking_what_was_answered_already_is_fine(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    kernel_sends(&t, control_command, sizeof control_command);
    assert_int_equal(server_sends(&t, control_answer, sizeof control_answer), UD_OK);
    kernel_sends(&t, unlink_command, sizeof unlink_command);
    assert_int_equal(server_sends(&t, unlink_answer_late, sizeof unlink_answer_late), UD_OK);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    trial_done(&t);
}

/* ---- numbers and maxima -------------------------------------------------------------- */

static void submit(struct trial *t, uint32_t seqnum)
{
    unsigned char command[sizeof control_command];
    memcpy(command, control_command, sizeof command);
    change(command, 4, seqnum);
    kernel_sends(t, command, sizeof command);
}

static enum ud_code answered(struct trial *t, uint32_t seqnum)
{
    unsigned char answer[sizeof control_answer];
    memcpy(answer, control_answer, sizeof answer);
    change(answer, 4, seqnum);
    return server_sends(t, answer, sizeof answer);
}

static void seqnums_wrap(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    submit(&t, 0xfffffffe);
    submit(&t, 0xffffffff);
    submit(&t, 0);
    submit(&t, 1);
    assert_int_equal(answered(&t, 0), UD_OK);
    assert_int_equal(answered(&t, 0xffffffff), UD_OK);
    assert_int_equal(answered(&t, 1), UD_OK);
    assert_int_equal(answered(&t, 0xfffffffe), UD_OK);
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    trial_done(&t);
}

static void many_are_kept_apart_up_to_the_maximum(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    t.kernel.max = 4 << 20;
    for (uint32_t i = 0; i < UD_GUARD_COMMANDS_MAX; i++) {
        submit(&t, i * 7);
    }
    assert_int_equal(ud_guard_outstanding(t.guard), UD_GUARD_COMMANDS_MAX);
    for (uint32_t i = UD_GUARD_COMMANDS_MAX; i > 0; i -= 2) { /* every other one, backwards */
        assert_int_equal(answered(&t, (i - 1) * 7), UD_OK);
    }
    for (uint32_t i = 1; i < UD_GUARD_COMMANDS_MAX; i += 2) {
        submit(&t, i * 7);
    }
    unsigned char command[sizeof control_command];
    memcpy(command, control_command, sizeof command);
    change(command, 4, 5);
    assert_int_equal(ud_guard_command(t.guard, command, sizeof command, &t.err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "leaves 4096 commands unanswered"));
    assert_int_equal(answered(&t, 7), UD_ERR_PROTOCOL);
    trial_done(&t);
}

static void isochronous_packets_have_a_maximum_too(void **state)
{
    static unsigned char command[48 + UD_USBIP_PACKETS_MAX * UD_USBIP_PACKET_SIZE];
    struct trial t;
    (void)state;
    trial_init(&t);
    memcpy(command, iso_command, 48);
    change(command, 32, UD_USBIP_PACKETS_MAX);
    for (uint32_t i = 0; i < UD_GUARD_PACKETS_MAX / UD_USBIP_PACKETS_MAX; i++) {
        change(command, 4, i);
        kernel_sends(&t, command, sizeof command);
    }
    assert_int_equal(ud_guard_outstanding(t.guard), 64);
    change(command, 4, 64);
    assert_int_equal(ud_guard_command(t.guard, command, sizeof command, &t.err), UD_ERR_PROTOCOL);
    trial_done(&t);
}

static void unlink_late(struct trial *t, uint32_t seqnum)
{
    unsigned char bytes[48];
    submit(t, seqnum);
    memcpy(bytes, unlink_command, sizeof bytes);
    change(bytes, 4, seqnum + 1);
    change(bytes, 20, seqnum);
    kernel_sends(t, bytes, sizeof bytes);
    memcpy(bytes, unlink_answer_late, sizeof bytes);
    change(bytes, 4, seqnum + 1);
    assert_int_equal(server_sends(t, bytes, sizeof bytes), UD_OK);
}

static void of_late_answers_the_newest_are_known(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    for (uint32_t i = 0; i <= UD_GUARD_LATE_MAX; i++) {
        unlink_late(&t, 2 * i);
    }
    assert_int_equal(ud_guard_outstanding(t.guard), 0);
    size_t passed = t.kernel.len;
    assert_int_equal(answered(&t, 2), UD_OK);
    assert_int_equal(answered(&t, 2 * UD_GUARD_LATE_MAX), UD_OK);
    assert_int_equal(t.kernel.len, passed);
    submit(&t, 4); /* the number of one that is awaited, late: the new one counts */
    assert_int_equal(answered(&t, 4), UD_OK);
    assert_int_equal(t.kernel.len, passed + sizeof control_answer);
    assert_int_equal(answered(&t, 0), UD_ERR_PROTOCOL);
    trial_done(&t);
}

static void what_the_kernel_cannot_mean_ends_it(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    assert_int_equal(ud_guard_command(t.guard, control_answer, 48, &t.err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "vhci_hcd sends an answer, not a command"));
    trial_done(&t);
    trial_init(&t);
    assert_int_equal(ud_guard_command(t.guard, iso_answer + 4, 48, &t.err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "vhci_hcd: USB/IP has no command"));
    trial_done(&t);
    trial_init(&t);
    submit(&t, 9);
    unsigned char again[sizeof control_command];
    memcpy(again, control_command, sizeof again);
    change(again, 4, 9);
    assert_int_equal(ud_guard_command(t.guard, again, sizeof again, &t.err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "another command 9 before the first one is answered"));
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_right_passes_however_it_is_cut),
        cmocka_unit_test(the_device_of_the_self_test_passes),
        cmocka_unit_test(payload_is_not_copied),
        cmocka_unit_test(nothing_of_a_header_passes_before_it_is_whole),
        cmocka_unit_test(what_should_be_zero_is_made_so),
        cmocka_unit_test(an_answer_to_nothing_ends_it),
        cmocka_unit_test(an_answer_before_the_command_is_whole_ends_it),
        cmocka_unit_test(what_is_no_answer_ends_it),
        cmocka_unit_test(more_bytes_than_asked_for_end_it),
        cmocka_unit_test(fewer_bytes_pass),
        cmocka_unit_test(another_number_of_packets_ends_it),
        cmocka_unit_test(packets_out_of_bounds_end_it),
        cmocka_unit_test(packets_whose_sum_is_another_end_it),
        cmocka_unit_test(offsets_of_compacted_data_are_set_right),
        cmocka_unit_test(more_errors_than_packets_are_cut),
        cmocka_unit_test(a_failure_as_a_whole_is_given_its_packets),
        cmocka_unit_test(packets_of_endpoint_0_are_a_leftover),
        cmocka_unit_test(a_status_that_is_no_errno_becomes_one),
        cmocka_unit_test(an_unlinked_transfer_is_not_answered),
        cmocka_unit_test(an_answer_before_that_to_unlinking_passes),
        cmocka_unit_test(an_answer_after_that_to_unlinking_is_dropped_once),
        cmocka_unit_test(a_late_isochronous_answer_is_dropped_with_its_packets),
        cmocka_unit_test(answers_are_of_the_kind_of_their_command),
        cmocka_unit_test(unlinking_what_was_answered_already_is_fine),
        cmocka_unit_test(seqnums_wrap),
        cmocka_unit_test(many_are_kept_apart_up_to_the_maximum),
        cmocka_unit_test(isochronous_packets_have_a_maximum_too),
        cmocka_unit_test(of_late_answers_the_newest_are_known),
        cmocka_unit_test(what_the_kernel_cannot_mean_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
