#include "docker/engine/demux.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct seen {
    struct ud_buf out;
    struct ud_buf errout;
};

static enum ud_code take(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)err;
    ud_buf_add(ctx, data, len);
    return UD_OK;
}

static void seen_init(struct seen *seen)
{
    ud_buf_init(&seen->out, 1000);
    ud_buf_init(&seen->errout, 1000);
}

static void seen_done(struct seen *seen)
{
    ud_buf_done(&seen->out);
    ud_buf_done(&seen->errout);
}

static void demux_for(struct seen *seen, struct ud_demux *demux)
{
    seen_init(seen);
    ud_demux_init(demux, &(struct ud_sink){take, &seen->out},
                  &(struct ud_sink){take, &seen->errout});
}

static const char stream[] = "\1\0\0\0\0\0\0\3abc"
                             "\2\0\0\0\0\0\0\2xy"
                             "\1\0\0\0\0\0\0\0"
                             "\1\0\0\0\0\0\0\1d";

enum { STREAM_LEN = sizeof stream - 1 };

static void a_stream_may_be_split_at_any_two_places(void **state)
{
    (void)state;
    for (size_t a = 0; a <= STREAM_LEN; a++) {
        for (size_t b = a; b <= STREAM_LEN; b++) {
            struct seen seen;
            struct ud_demux demux;
            demux_for(&seen, &demux);
            assert_int_equal(ud_demux_feed(&demux, stream, a, NULL), UD_OK);
            assert_int_equal(ud_demux_feed(&demux, stream + a, b - a, NULL), UD_OK);
            assert_int_equal(ud_demux_feed(&demux, stream + b, STREAM_LEN - b, NULL), UD_OK);
            assert_int_equal(ud_demux_finish(&demux, NULL), UD_OK);
            assert_string_equal(seen.out.data, "abcd");
            assert_string_equal(seen.errout.data, "xy");
            ud_demux_done(&demux);
            seen_done(&seen);
        }
    }
}

static void an_end_within_a_frame_is_an_error(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= STREAM_LEN; cut++) {
        struct seen seen;
        struct ud_demux demux;
        demux_for(&seen, &demux);
        assert_int_equal(ud_demux_feed(&demux, stream, cut, NULL), UD_OK);
        bool whole = cut == 0 || cut == 11 || cut == 21 || cut == 29 || cut == STREAM_LEN;
        assert_int_equal(ud_demux_finish(&demux, NULL), whole ? UD_OK : UD_ERR_PROTOCOL);
        ud_demux_done(&demux);
        seen_done(&seen);
    }
}

static void what_is_no_header_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"\4\0\0\0\0\0\0\0", "\1\1\0\0\0\0\0\0", "\1\0\0\1\0\0\0\0",
                                      "HTTP/1.1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct seen seen;
        struct ud_demux demux;
        struct ud_error err = {0};
        demux_for(&seen, &demux);
        assert_int_equal(ud_demux_feed(&demux, bad[i], 8, &err), UD_ERR_PROTOCOL);
        ud_demux_done(&demux);
        seen_done(&seen);
    }
}

static void the_daemons_error_is_told_safely(void **state)
{
    (void)state;
    struct seen seen;
    struct ud_demux demux;
    struct ud_error err = {0};
    demux_for(&seen, &demux);
    assert_int_equal(ud_demux_feed(&demux, "\3\0\0\0\0\0\0\5o\x1b[2m", 13, &err), UD_OK);
    assert_int_equal(ud_demux_finish(&demux, &err), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "o?[2m"));
    ud_demux_done(&demux);
    seen_done(&seen);
}

static void the_largest_frame_needs_no_memory(void **state)
{
    (void)state;
    struct ud_demux demux;
    static char chunk[65536];
    ud_demux_init(&demux, NULL, NULL);
    assert_int_equal(ud_demux_feed(&demux, "\1\0\0\0\xff\xff\xff\xff", 8, NULL), UD_OK);
    for (int i = 0; i < 65535; i++) {
        assert_int_equal(ud_demux_feed(&demux, chunk, sizeof chunk, NULL), UD_OK);
    }
    assert_int_equal(demux.left, 65535);
    ud_demux_done(&demux);
}

static enum ud_code refuse(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)ctx;
    (void)data;
    (void)len;
    return ud_fail(err, UD_ERR_IO, NULL, "disk full");
}

static void a_sinks_error_is_passed_on(void **state)
{
    (void)state;
    struct ud_demux demux;
    struct ud_error err = {0};
    ud_demux_init(&demux, &(struct ud_sink){refuse, NULL}, NULL);
    assert_int_equal(ud_demux_feed(&demux, stream, STREAM_LEN, &err), UD_ERR_IO);
    assert_string_equal(err.message, "disk full");
    ud_demux_done(&demux);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_may_be_split_at_any_two_places),
        cmocka_unit_test(an_end_within_a_frame_is_an_error),
        cmocka_unit_test(what_is_no_header_is_an_error),
        cmocka_unit_test(the_daemons_error_is_told_safely),
        cmocka_unit_test(the_largest_frame_needs_no_memory),
        cmocka_unit_test(a_sinks_error_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
