#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/procmods.h"

static const char sample[] = "ftdi_sio 65536 1 - Live 0xffffffffc0612000 (OE)\n"
                             "broken line\n"
                             "usbserial 57344 3 ftdi_sio, Live 0xffffffffc05f8000 (E)\n"
                             "coming 16384 1 - Loading 0x0000000000000000\n"
                             "going 16384 0 - Unloading 0x0000000000000000\n"
                             "forever 16384 2 a,b,[permanent], Live 0x0\n"
                             "uncounted 16384 - - Live 0x0";

static void modules_are_found_by_their_whole_name(void **state)
{
    struct ud_slice text = ud_slice_of(sample);
    struct ud_module_line line;
    (void)state;
    assert_true(ud_procmods_find(text, "usbserial", &line));
    assert_int_equal(line.refcount, 3);
    assert_int_equal(line.state, UD_MODULE_LIVE);
    assert_true(ud_slice_equals(line.users, "ftdi_sio,"));
    assert_false(line.permanent);
    assert_false(ud_procmods_find(text, "usbseria", &line));
    assert_int_equal(line.state, UD_MODULE_ABSENT);
    assert_false(ud_procmods_find(text, "broken", &line));
    assert_false(ud_procmods_find(ud_slice_of(""), "a", &line));
}

static void states_are_told_apart(void **state)
{
    struct ud_slice text = ud_slice_of(sample);
    struct ud_module_line line;
    (void)state;
    assert_true(ud_procmods_find(text, "coming", &line));
    assert_int_equal(line.state, UD_MODULE_LOADING);
    assert_true(ud_procmods_find(text, "going", &line));
    assert_int_equal(line.state, UD_MODULE_UNLOADING);
    assert_true(ud_procmods_find(text, "forever", &line));
    assert_true(line.permanent);
    assert_true(ud_procmods_find(text, "uncounted", &line));
    assert_int_equal(line.refcount, 0);
}

static void users_are_listed_without_marks(void **state)
{
    struct ud_slice users = ud_slice_of("a,b_c,[permanent],");
    char user[UD_MODULE_NAME_MAX + 1];
    (void)state;
    assert_true(ud_procmods_next_user(&users, user));
    assert_string_equal(user, "a");
    assert_true(ud_procmods_next_user(&users, user));
    assert_string_equal(user, "b_c");
    assert_false(ud_procmods_next_user(&users, user));
    users = ud_slice_of("-");
    assert_false(ud_procmods_next_user(&users, user));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_found_by_their_whole_name),
        cmocka_unit_test(states_are_told_apart),
        cmocka_unit_test(users_are_listed_without_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
