#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/keep.h"
#include "util/patience.h"

static const struct ud_usbip_device devices[] = {
    {.busid = "1-1", .busnum = 1, .devnum = 2, .vendor = 0x0403, .product = 0x6001},
    {.busid = "1-2", .busnum = 1, .devnum = 3, .vendor = 0x0403, .product = 0x6010},
    {.busid = "1-3", .busnum = 1, .devnum = 4, .vendor = 0x0403, .product = 0x6010},
};
enum { COUNT = sizeof devices / sizeof devices[0] };

static struct ud_keep_choice choice_of(const char *first, const char *second)
{
    struct ud_keep_choice choice = {.count = 0};
    assert_int_equal(ud_keep_choice_add(&choice, first, NULL), UD_OK);
    if (second != NULL) {
        assert_int_equal(ud_keep_choice_add(&choice, second, NULL), UD_OK);
    }
    return choice;
}

static void the_first_that_fits_is_taken(void **state)
{
    size_t device = 9;
    size_t selector = 9;
    (void)state;
    struct ud_keep_choice choice = choice_of("1209:0001", "0403:6001");
    assert_int_equal(ud_keep_choose(&choice, devices, COUNT, &device, &selector, NULL), UD_OK);
    assert_int_equal(device, 0);
    assert_int_equal(selector, 1);
    choice = choice_of("1-2", NULL);
    assert_int_equal(ud_keep_choose(&choice, devices, COUNT, &device, &selector, NULL), UD_OK);
    assert_int_equal(device, 1);
}

static void what_does_not_fit_is_told(void **state)
{
    struct ud_error err = {0};
    size_t device = 0;
    size_t selector = 0;
    (void)state;
    struct ud_keep_choice choice = choice_of("1209:0001", "1209:0002");
    assert_int_equal(ud_keep_choose(&choice, devices, COUNT, &device, &selector, &err),
                     UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "1209:0001"));
    choice = choice_of("0403:6010", "0403:6001"); /* two fit the first */
    assert_int_equal(ud_keep_choose(&choice, devices, COUNT, &device, &selector, &err),
                     UD_ERR_USAGE);
}

static void selectors_have_a_maximum(void **state)
{
    struct ud_keep_choice choice = {.count = 0};
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(ud_keep_choice_add(&choice, "", &err), UD_ERR_USAGE);
    for (size_t i = 0; i < UD_KEEP_SELECTORS_MAX; i++) {
        assert_int_equal(ud_keep_choice_add(&choice, "1-1", &err), UD_OK);
    }
    assert_int_equal(ud_keep_choice_add(&choice, "1-1", &err), UD_ERR_USAGE);
}

/* The pause after code, or 0 if that is the end. */
static unsigned after(struct ud_keep_pace *pace, enum ud_code code)
{
    unsigned ms = 0;
    return ud_keep_goes_on(pace, code, &ms) ? ms : 0;
}

static void a_device_that_was_lost_is_sought_at_once(void **state)
{
    struct ud_keep_pace pace = {.attached = false};
    (void)state;
    assert_int_equal(after(&pace, UD_OK), UD_PATIENCE_KEEP_SOON_MS);
    for (int i = 0; i < 100; i++) { /* the server answers: it is not there yet */
        assert_int_equal(after(&pace, UD_ERR_NOT_FOUND), UD_PATIENCE_KEEP_LOOK_MS);
    }
}

static void pauses_grow_while_nothing_answers(void **state)
{
    struct ud_keep_pace pace = {.attached = true};
    unsigned before = 0;
    unsigned total = 0;
    (void)state;
    for (int i = 0; i < 20; i++) {
        unsigned ms = after(&pace, UD_ERR_UNREACHABLE);
        assert_true(ms > before || ms == UD_PATIENCE_KEEP_LAST_MS);
        before = ms;
        total += ms;
    }
    assert_int_equal(before, UD_PATIENCE_KEEP_LAST_MS);
    assert_true(total > 5 * 60 * 1000);
    assert_int_equal(after(&pace, UD_ERR_NOT_FOUND),
                     UD_PATIENCE_KEEP_LOOK_MS); /* it answers again */
    assert_int_equal(after(&pace, UD_ERR_UNREACHABLE), 2 * UD_PATIENCE_KEEP_LOOK_MS);
}

static void at_first_something_has_to_be_there(void **state)
{
    static const enum ud_code codes[] = {UD_ERR_NOT_FOUND, UD_ERR_UNREACHABLE};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ud_keep_pace pace = {.attached = false};
        struct ud_keep_pace patient = {.patient = true};
        assert_int_equal(after(&pace, codes[i]), 0);
        assert_int_not_equal(after(&patient, codes[i]), 0);
    }
    struct ud_keep_pace pace = {.attached = false};
    assert_int_not_equal(after(&pace, UD_ERR_BUSY), 0); /* it will be given back */
}

static void refusals_in_a_row_are_the_end(void **state)
{
    static const enum ud_code codes[] = {UD_ERR_REFUSED, UD_ERR_ENGINE};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ud_keep_pace pace = {.attached = true};
        assert_int_not_equal(after(&pace, codes[i]), 0);
        assert_int_not_equal(after(&pace, codes[i]), 0);
        assert_int_not_equal(after(&pace, UD_OK), 0); /* it went well in between */
        assert_int_not_equal(after(&pace, codes[i]), 0);
        assert_int_not_equal(after(&pace, codes[i]), 0);
        assert_int_equal(after(&pace, codes[i]), 0);
    }
}

static void what_does_not_pass_is_the_end(void **state)
{
    static const enum ud_code codes[] = {UD_ERR_PROTOCOL, UD_ERR_USAGE, UD_ERR_DENIED, UD_ERR_UNFIT,
                                         UD_ERR_INTERRUPTED};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct ud_keep_pace pace = {.attached = true};
        assert_int_equal(after(&pace, codes[i]), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_fits_is_taken),
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(selectors_have_a_maximum),
        cmocka_unit_test(a_device_that_was_lost_is_sought_at_once),
        cmocka_unit_test(pauses_grow_while_nothing_answers),
        cmocka_unit_test(at_first_something_has_to_be_there),
        cmocka_unit_test(refusals_in_a_row_are_the_end),
        cmocka_unit_test(what_does_not_pass_is_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
