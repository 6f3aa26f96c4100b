/* The times that engines write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "docker/engine/engine_time.h"

static void times_are_read_in_every_zone(void **state)
{
    (void)state;
    assert_int_equal(ud_engine_time_parse("1970-01-02T00:00:00Z"), 86400);
    assert_int_equal(ud_engine_time_parse("2026-11-20T10:00:00Z"), 1795168800);
    assert_int_equal(ud_engine_time_parse("2026-11-20T10:00:00.123456789Z"), 1795168800);
    assert_int_equal(ud_engine_time_parse("2026-11-20T12:30:00.1+02:30"), 1795168800);
    assert_int_equal(ud_engine_time_parse("2026-11-19T23:00:00-11:00"), 1795168800);
    assert_int_equal(ud_engine_time_parse("2024-02-29T23:59:59Z"), 1709251199);
    assert_int_equal(ud_engine_time_parse("2024-03-01T00:00:00Z"), 1709251200);
}

static void what_is_no_time_is_0(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "now",
                                        "0001-01-01T00:00:00Z",
                                        "2026-11-20",
                                        "2026-11-20T10:00Z",
                                        "2026-13-20T10:00:00Z",
                                        "2026-11-20T10:00:00",
                                        "2026-11-20T10:00:00+02",
                                        "2026-11-20T10:00:00Zx"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (ud_engine_time_parse(texts[i]) != 0) {
            fail_msg("%s", texts[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_in_every_zone),
        cmocka_unit_test(what_is_no_time_is_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
