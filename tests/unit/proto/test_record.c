#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record.h"
#include "util/mem.h"

#define VERSION "1.2.3"

/* The records as text, one a line, so that streams can be compared. */
static enum ud_code note(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct ud_buf *out = ctx;
    (void)err;
    ud_buf_addf(out, "%d|%s|%s|", (int)record->type, record->name, record->text);
    ud_buf_add(out, record->data, record->len);
    ud_buf_addf(out, "|%s|%d|%s\n", ud_verdict_name(record->verdict), record->errnum,
                ud_error_name(record->code));
    return UD_OK;
}

/* Feeds data in pieces of size, then finishes. */
static enum ud_code decode(const char *data, size_t len, size_t size, struct ud_buf *out,
                           struct ud_error *err)
{
    struct ud_record_decoder dec;
    enum ud_code rc = UD_OK;
    ud_record_decoder_init(&dec, VERSION, note, out);
    for (size_t at = 0; at < len && rc == UD_OK; at += size) {
        rc = ud_record_feed(&dec, data + at, size < len - at ? size : len - at, err);
    }
    enum ud_code end = ud_record_finish(&dec, rc == UD_OK ? err : NULL);
    assert_true(rc == UD_OK || end == rc);
    ud_record_decoder_done(&dec);
    return end;
}

static void add_sample(struct ud_buf *buf)
{
    ud_record_add_hello(buf, VERSION);
    ud_record_add_fact(buf, "release", "6.1");
    ud_record_add_fact(buf, "empty", "");
    ud_record_add_blob(buf, "config.gz", "a\0b", 3);
    ud_record_add_blob(buf, "none", "", 0);
    ud_record_add_result(buf, "usb-common", UD_VERDICT_FAILED, 8, "Exec format error");
    ud_record_add_klog(buf, "usb-common", "version magic");
    ud_record_add_end(buf, UD_ERR_REFUSED, "no");
}

static void what_is_written_is_read_in_pieces_of_any_size(void **state)
{
    static const char expected[] = "1||1.2.3||inserted|0|ok\n"
                                   "2|release|6.1||inserted|0|ok\n"
                                   "2|empty|||inserted|0|ok\n"
                                   "3|config.gz||a\0b|inserted|0|ok\n"
                                   "3|none|||inserted|0|ok\n"
                                   "4|usb-common|Exec format error||failed|8|ok\n"
                                   "5|usb-common|version magic||inserted|0|ok\n"
                                   "6||no||inserted|0|refused\n";
    struct ud_buf buf;
    (void)state;
    ud_buf_init(&buf, 4096);
    add_sample(&buf);
    for (size_t size = 1; size <= buf.len; size++) {
        struct ud_buf out;
        ud_buf_init(&out, 4096);
        assert_int_equal(decode(buf.data, buf.len, size, &out, NULL), UD_OK);
        assert_int_equal(out.len, sizeof expected - 1);
        assert_memory_equal(out.data, expected, out.len);
        ud_buf_done(&out);
    }
    ud_buf_done(&buf);
}

static void every_cut_is_noticed(void **state)
{
    struct ud_buf buf;
    (void)state;
    ud_buf_init(&buf, 4096);
    add_sample(&buf);
    for (size_t len = 0; len < buf.len; len++) {
        struct ud_buf out;
        struct ud_error err = {0};
        ud_buf_init(&out, 4096);
        assert_int_equal(decode(buf.data, len, 7, &out, &err), UD_ERR_PROTOCOL);
        assert_non_null(strstr(err.message, "cut off"));
        ud_buf_done(&out);
    }
    ud_buf_done(&buf);
}

static void every_verdict_and_code_comes_back(void **state)
{
    (void)state;
    for (int i = 0; i < UD_VERDICT_COUNT; i++) {
        enum ud_verdict back = UD_VERDICT_COUNT;
        assert_true(ud_verdict_of(ud_verdict_name((enum ud_verdict)i), &back));
        assert_int_equal(back, i);
    }
    for (int i = 0; i < UD_CODE_COUNT; i++) {
        struct ud_buf buf;
        struct ud_buf out;
        ud_buf_init(&buf, 4096);
        ud_buf_init(&out, 4096);
        ud_record_add_hello(&buf, VERSION);
        ud_record_add_end(&buf, (enum ud_code)i, "");
        assert_int_equal(decode(buf.data, buf.len, 100, &out, NULL), UD_OK);
        char *expected = ud_strf("inserted|0|%s\n", ud_error_name((enum ud_code)i));
        assert_non_null(strstr(out.data, expected));
        free(expected);
        ud_buf_done(&out);
        ud_buf_done(&buf);
    }
}

static enum ud_code join(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    (void)err;
    if (record->type == UD_RECORD_BLOB) {
        assert_string_equal(record->name, "file");
        ud_buf_add(ctx, record->data, record->len);
    }
    return UD_OK;
}

static void large_blobs_are_split_and_joined(void **state)
{
    size_t len = 3 * (size_t)UD_RECORD_PAYLOAD_MAX + 17;
    char *data = ud_alloc(len, 1);
    struct ud_record_decoder dec;
    struct ud_buf buf;
    struct ud_buf out;
    (void)state;
    for (size_t i = 0; i < len; i++) {
        data[i] = (char)(i * 31 % 251);
    }
    ud_buf_init(&buf, 2 * len);
    ud_buf_init(&out, len);
    ud_record_add_hello(&buf, VERSION);
    ud_record_add_blob(&buf, "file", data, len);
    ud_record_add_end(&buf, UD_OK, "");
    ud_record_decoder_init(&dec, VERSION, join, &out);
    assert_int_equal(ud_record_feed(&dec, buf.data, buf.len, NULL), UD_OK);
    assert_int_equal(ud_record_finish(&dec, NULL), UD_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.data, data, len);
    ud_record_decoder_done(&dec);
    ud_buf_done(&out);
    ud_buf_done(&buf);
    free(data);
}

static void texts_that_are_too_long_are_cut_not_refused(void **state)
{
    size_t len = 2 * (size_t)UD_RECORD_PAYLOAD_MAX;
    char *text = ud_alloc(len + 1, 1);
    struct ud_buf buf;
    struct ud_buf out;
    (void)state;
    memset(text, 'x', len);
    ud_buf_init(&buf, 8 * len);
    ud_buf_init(&out, 8 * len);
    ud_record_add_hello(&buf, VERSION);
    ud_record_add_fact(&buf, text, text);
    ud_record_add_result(&buf, text, UD_VERDICT_BUSY, -5, text);
    ud_record_add_klog(&buf, "a", text);
    ud_record_add_blob(&buf, text, text, len);
    ud_record_add_end(&buf, UD_ERR_BUSY, text);
    assert_int_equal(decode(buf.data, buf.len, 100000, &out, NULL), UD_OK);
    ud_buf_done(&out);
    ud_buf_done(&buf);
    free(text);
}

/* One record after HELLO, as bytes: type, payload. */
static void expect_refused(const char *header, const char *payload, size_t len, const char *reason)
{
    struct ud_buf buf;
    struct ud_buf out;
    struct ud_error err = {0};
    ud_buf_init(&buf, 4096);
    ud_buf_init(&out, 4096);
    ud_record_add_hello(&buf, VERSION);
    ud_buf_add(&buf, header, UD_RECORD_HEADER_SIZE);
    ud_buf_add(&buf, payload, len);
    assert_int_equal(decode(buf.data, buf.len, 3, &out, &err), UD_ERR_PROTOCOL);
    if (strstr(err.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, reason);
    }
    ud_buf_done(&out);
    ud_buf_done(&buf);
}

#define REFUSED(header, payload, reason) expect_refused(header, payload, sizeof payload - 1, reason)

static void malformed_records_are_refused_with_the_reason(void **state)
{
    (void)state;
    REFUSED("\0\0\0\0\0\0\0\0", "", "type 0");
    REFUSED("\7\0\0\0\0\0\0\0", "", "type 7");
    REFUSED("x\0\0\0\0\0\0\0", "", "type 120");
    REFUSED("\2\0\0\1\0\0\0\0", "", "not zero");
    REFUSED("\2\1\0\0\0\0\0\0", "", "not zero");
    REFUSED("\2\0\0\0\0\4\0\1", "", "262145 bytes");
    REFUSED("\2\0\0\0\377\377\377\377", "", "bytes");
    REFUSED("\1\0\0\0\0\0\0\5", "1.2.3", "second HELLO");
    REFUSED("\2\0\0\0\0\0\0\0", "", "FACT record with too few");
    REFUSED("\2\0\0\0\0\0\0\3", "abc", "FACT record with too few");
    REFUSED("\2\0\0\0\0\0\0\4", "a\0b\0", "FACT record with too many");
    REFUSED("\2\0\0\0\0\0\0\2", "\0b", "empty name");
    REFUSED("\3\0\0\0\0\0\0\1", "a", "BLOB record with too few");
    REFUSED("\3\0\0\0\0\0\0\2", "\0b", "empty name");
    REFUSED("\4\0\0\0\0\0\0\10", "a\0busy\0x", "RESULT record with too few");
    REFUSED("\4\0\0\0\0\0\0\12", "a\0busy\0x\0d", "bad error number");
    REFUSED("\4\0\0\0\0\0\0\15", "a\0busy\09999\0d", "bad error number");
    REFUSED("\4\0\0\0\0\0\0\11", "a\0busy\0\0d", "bad error number");
    REFUSED("\4\0\0\0\0\0\0\12", "a\0lazy\0000\0d", "unknown verdict");
    REFUSED("\4\0\0\0\0\0\0\13", "a\0busy\0000\0d\0", "too many");
    REFUSED("\5\0\0\0\0\0\0\1", "a", "KLOG record with too few");
    REFUSED("\6\0\0\0\0\0\0\0", "", "END record with too few");
    REFUSED("\6\0\0\0\0\0\0\5", "good\0", "unknown error name");
}

static void another_version_is_refused_naming_both(void **state)
{
    struct ud_buf buf;
    struct ud_buf out;
    struct ud_error err = {0};
    (void)state;
    ud_buf_init(&buf, 4096);
    ud_buf_init(&out, 4096);
    ud_record_add_hello(&buf, "1.2.30");
    ud_record_add_end(&buf, UD_OK, "");
    assert_int_equal(decode(buf.data, buf.len, 100, &out, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "\"1.2.30\""));
    assert_non_null(strstr(err.message, "\"1.2.3\""));
    assert_int_equal(out.len, 0);
    ud_buf_done(&out);
    ud_buf_done(&buf);
}

static void what_is_no_stream_at_all_is_refused_at_once(void **state)
{
    static const char text[] = "exec /usbipd/helper: exec format error\n";
    struct ud_record_decoder dec;
    struct ud_error err = {0};
    (void)state;
    ud_record_decoder_init(&dec, VERSION, NULL, NULL);
    assert_int_equal(ud_record_feed(&dec, text, sizeof text, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "something else than records"));
    ud_record_decoder_done(&dec);
}

static void a_record_before_hello_is_refused(void **state)
{
    struct ud_buf buf;
    struct ud_buf out;
    struct ud_error err = {0};
    (void)state;
    ud_buf_init(&buf, 4096);
    ud_buf_init(&out, 4096);
    ud_record_add_fact(&buf, "a", "b");
    assert_int_equal(decode(buf.data, buf.len, 100, &out, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "before its HELLO"));
    ud_buf_done(&out);
    ud_buf_done(&buf);
}

static void bytes_after_end_are_refused(void **state)
{
    struct ud_buf buf;
    struct ud_buf out;
    struct ud_error err = {0};
    (void)state;
    ud_buf_init(&buf, 4096);
    ud_buf_init(&out, 4096);
    add_sample(&buf);
    ud_buf_adds(&buf, "x");
    assert_int_equal(decode(buf.data, buf.len, 1000, &out, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "after its END"));
    ud_buf_done(&out);
    ud_buf_done(&buf);
}

static enum ud_code dislike_facts(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    int *calls = ctx;
    (*calls)++;
    return record->type == UD_RECORD_FACT ? ud_fail(err, UD_ERR_FACTS, NULL, "no facts") : UD_OK;
}

static void a_failing_callback_stops_the_decoder_for_good(void **state)
{
    struct ud_record_decoder dec;
    struct ud_buf buf;
    struct ud_error err = {0};
    int calls = 0;
    (void)state;
    ud_buf_init(&buf, 4096);
    add_sample(&buf);
    ud_record_decoder_init(&dec, VERSION, dislike_facts, &calls);
    assert_int_equal(ud_record_feed(&dec, buf.data, buf.len, &err), UD_ERR_FACTS);
    assert_string_equal(err.message, "no facts");
    memset(&err, 0, sizeof err);
    assert_int_equal(ud_record_feed(&dec, buf.data, buf.len, &err), UD_ERR_FACTS);
    assert_string_equal(err.message, "no facts");
    assert_int_equal(ud_record_finish(&dec, NULL), UD_ERR_FACTS);
    assert_int_equal(calls, 2);
    ud_record_decoder_done(&dec);
    ud_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_in_pieces_of_any_size),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(every_verdict_and_code_comes_back),
        cmocka_unit_test(large_blobs_are_split_and_joined),
        cmocka_unit_test(texts_that_are_too_long_are_cut_not_refused),
        cmocka_unit_test(malformed_records_are_refused_with_the_reason),
        cmocka_unit_test(another_version_is_refused_naming_both),
        cmocka_unit_test(what_is_no_stream_at_all_is_refused_at_once),
        cmocka_unit_test(a_record_before_hello_is_refused),
        cmocka_unit_test(bytes_after_end_are_refused),
        cmocka_unit_test(a_failing_callback_stops_the_decoder_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
