#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/fs.h"

static void only_the_root_makes_a_path_absolute(void **state)
{
    (void)state;
    assert_true(ud_fs_is_absolute("/"));
    assert_true(ud_fs_is_absolute("/a"));
    assert_false(ud_fs_is_absolute("a/b"));
    assert_false(ud_fs_is_absolute("C:\\a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_root_makes_a_path_absolute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
