#include "transport/cancel.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void count(void *arg)
{
    ++*(int *)arg;
}

static void watchers_are_woken_until_they_leave(void **state)
{
    (void)state;
    static struct ud_cancel cancel;
    int a = 0;
    int b = 0;
    ud_cancel_watch(&cancel, count, &a);
    ud_cancel_watch(&cancel, count, &b);
    assert_false(ud_cancel_requested(&cancel));
    assert_int_equal(ud_cancel_check(&cancel, NULL), UD_OK);
    ud_cancel_request(&cancel);
    ud_cancel_unwatch(&cancel, &a);
    ud_cancel_request(&cancel);
    assert_int_equal(a, 1);
    assert_int_equal(b, 2);
    assert_true(ud_cancel_requested(&cancel));
    assert_int_equal(ud_cancel_check(&cancel, NULL), UD_ERR_INTERRUPTED);
}

static void too_many_watchers_do_no_harm(void **state)
{
    (void)state;
    static struct ud_cancel cancel;
    int counts[UD_CANCEL_WATCHERS + 2] = {0};
    for (size_t i = 0; i < UD_CANCEL_WATCHERS + 2; i++) {
        ud_cancel_watch(&cancel, count, &counts[i]);
    }
    ud_cancel_request(&cancel);
    assert_int_equal(counts[UD_CANCEL_WATCHERS - 1], 1);
    assert_int_equal(counts[UD_CANCEL_WATCHERS], 0);
    ud_cancel_unwatch(&cancel, &counts[UD_CANCEL_WATCHERS]);
}

static void none_is_never_requested(void **state)
{
    (void)state;
    assert_false(ud_cancel_requested(NULL));
    assert_int_equal(ud_cancel_check(NULL, NULL), UD_OK);
    ud_cancel_watch(NULL, count, NULL);
    ud_cancel_unwatch(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watchers_are_woken_until_they_leave),
        cmocka_unit_test(too_many_watchers_do_no_harm),
        cmocka_unit_test(none_is_never_requested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
