/* A lock that says whether a process lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs_fixture.h"

#include "platform/lock_file.h"

static void a_lock_is_seen_until_it_is_given_up(void **state)
{
    (void)state;
    char *path = in("lock");
    struct ud_lock_file *lock = NULL;
    struct ud_lock_file *second = NULL;
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_UNKNOWN);
    assert_int_equal(ud_lock_file_take(path, &lock, &err), UD_OK);
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_HELD);
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_HELD); /* asking gives nothing up */
    assert_int_equal(ud_lock_file_take(path, &second, &err), UD_ERR_BUSY);
    ud_lock_file_free(lock);
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_FREE);
    assert_int_equal(ud_lock_file_take(path, &lock, &err), UD_OK);
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_HELD);
    ud_lock_file_free(lock);
    free(path);
}

static void a_place_that_is_none_is_unknown(void **state)
{
    (void)state;
    char *path = in("no/such/lock");
    struct ud_lock_file *lock = NULL;
    assert_int_equal(ud_lock_file_take(path, &lock, &err), UD_ERR_NOT_FOUND);
    assert_int_equal(ud_lock_file_state(path), UD_LOCK_UNKNOWN);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lock_is_seen_until_it_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_that_is_none_is_unknown, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
