/* read --patches: what a VM says of the changes to its kernel's sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"
#include "proto/ops.h"

static void the_version_and_all_patches_are_sent_by_name(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, UD_OPS_PATCHES_VERSION, "6.12.76\n");
    fake_text(&f, UD_OPS_PATCHES_DIR "/0002-b.patch", "two");
    fake_text(&f, UD_OPS_PATCHES_DIR "/0001-a.patch", "one");
    fake_text(&f, UD_OPS_PATCHES_DIR "/README", "no patch");
    fake_text(&f, UD_OPS_PATCHES_DIR "/.hidden.patch", "no");
    fake_text(&f, UD_OPS_PATCHES_DIR "/a b.patch", "no");
    struct answer a = fake_run(&f, "read --patches");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "fact file=/src/kernel-version\nblob file=6.12.76\n\n"
                                     "fact file=/src/patches/0001-a.patch\nblob file=one\n"
                                     "fact file=/src/patches/0002-b.patch\nblob file=two\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_system_without_any_sends_none(void **state)
{
    (void)state;
    fake_expect_silence("read --patches");
}

/* More than a kernel ever had are not cut off without a word. */
static void too_many_are_refused(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    for (int i = 0; i <= UD_OPS_PATCHES_MAX; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s/%04d.patch", UD_OPS_PATCHES_DIR, i);
        fake_text(&f, path, "x");
    }
    struct answer a = fake_run(&f, "read --patches");
    assert_int_equal(a.code, UD_ERR_IO);
    answer_done(&a);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_and_all_patches_are_sent_by_name),
        cmocka_unit_test(a_system_without_any_sends_none),
        cmocka_unit_test(too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
