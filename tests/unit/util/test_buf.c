#include "util/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void content_is_always_ended_by_a_nul(void **state)
{
    (void)state;
    struct ud_buf buf;
    ud_buf_init(&buf, 100);
    assert_string_equal(buf.data, "");
    ud_buf_add(&buf, "ab\0c", 4);
    ud_buf_addf(&buf, "-%d", 7);
    assert_int_equal(buf.len, 6);
    assert_memory_equal(buf.data, "ab\0c-7", 7);
    ud_buf_done(&buf);
}

static void adding_past_the_maximum_adds_nothing_and_is_remembered(void **state)
{
    (void)state;
    struct ud_buf buf;
    struct ud_error err = {0};
    ud_buf_init(&buf, 4);
    ud_buf_adds(&buf, "abcd");
    assert_int_equal(ud_buf_check(&buf, "the answer", &err), UD_OK);
    ud_buf_adds(&buf, "e");
    ud_buf_addf(&buf, "%s", "");
    assert_string_equal(buf.data, "abcd");
    assert_int_equal(ud_buf_check(&buf, "the answer", &err), UD_ERR_PROTOCOL);
    assert_string_equal(err.message, "the answer is larger than 4 bytes");
    ud_buf_clear(&buf);
    assert_int_equal(ud_buf_check(&buf, "the answer", &err), UD_OK);
    ud_buf_done(&buf);
}

static void dropping_from_the_front_keeps_the_rest(void **state)
{
    (void)state;
    struct ud_buf buf;
    ud_buf_init(&buf, 100);
    ud_buf_adds(&buf, "hello");
    ud_buf_drop_front(&buf, 2);
    assert_string_equal(buf.data, "llo");
    ud_buf_drop_front(&buf, 99);
    assert_string_equal(buf.data, "");
    ud_buf_done(&buf);
}

static void taking_hands_over_the_memory(void **state)
{
    (void)state;
    struct ud_buf buf;
    size_t len = 0;
    ud_buf_init(&buf, 100);
    ud_buf_adds(&buf, "mine");
    char *text = ud_buf_take(&buf, &len);
    assert_string_equal(text, "mine");
    assert_int_equal(len, 4);
    assert_int_equal(buf.len, 0);
    free(text);
    ud_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_is_always_ended_by_a_nul),
        cmocka_unit_test(adding_past_the_maximum_adds_nothing_and_is_remembered),
        cmocka_unit_test(dropping_from_the_front_keeps_the_rest),
        cmocka_unit_test(taking_hands_over_the_memory),
    };
    return cmocka_run_group_tests_name("util.buf", tests, NULL, NULL);
}
