/* Which kernels' modules an installation has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "install/kernels.h"
#include "kernel/elf/module.h"
#include "platform/fs.h"
#include "util/mem.h"

#define MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"

static void put(struct ud_install_set *set, const char *release, const char *version,
                const char *data)
{
    struct ud_install_kernel kernel = {
        .head = {.release = ud_strdup(release), .version = ud_strdup(version)}};
    ud_strv_add(&kernel.head.modules, "tiny");
    ud_install_kernel_add(&kernel, "tiny.ko", data, strlen(data));
    ud_install_set_put(set, &kernel);
    assert_int_equal(kernel.count, 0);
    assert_null(kernel.head.release);
}

static void expect_kernels(const struct ud_install_set *set, const char *expected)
{
    struct ud_strv releases = {0};
    ud_install_set_releases(set, &releases);
    char *text = ud_strv_join(&releases, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&releases);
}

static void a_new_kernel_is_the_first(void **state)
{
    struct ud_install_set set = {0};
    (void)state;
    put(&set, "6.1", "#1", "a");
    put(&set, "6.2", "#1", "b");
    expect_kernels(&set, "6.2 6.1");
    ud_install_set_done(&set);
}

static void the_same_kernel_takes_the_place_of_what_it_had(void **state)
{
    struct ud_install_set set = {0};
    (void)state;
    put(&set, "6.1", "#1", "a");
    put(&set, "6.2", "#1", "b");
    put(&set, "6.1", "#1", "c");
    expect_kernels(&set, "6.2 6.1");
    assert_string_equal(set.items[1].files[0].bytes.data, "c");
    ud_install_set_done(&set);
}

static void another_build_of_a_release_is_another_kernel(void **state)
{
    struct ud_install_set set = {0};
    (void)state;
    put(&set, "6.1", "#1", "a");
    put(&set, "6.1", "#2", "b");
    assert_int_equal(set.count, 2);
    expect_kernels(&set, "6.1");
    ud_install_set_done(&set);
}

static void the_oldest_makes_room_for_a_ninth(void **state)
{
    static const char *const releases[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    struct ud_install_set set = {0};
    (void)state;
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        put(&set, releases[i], "#1", "x");
    }
    expect_kernels(&set, "9 8 7 6 5 4 3 2");
    ud_install_set_done(&set);
}

static void the_builds_of_its_modules_are_told(void **state)
{
    struct ud_install_set set = {0};
    struct ud_install_kernel kernel = {
        .head = {.release = ud_strdup("6.1"), .version = ud_strdup("#1")}};
    struct ud_module module = {0};
    struct ud_buf bytes;
    (void)state;
    ud_buf_init(&bytes, UD_MODULE_FILE_MAX);
    assert_int_equal(ud_fs_read(MODULE, &bytes, NULL), UD_OK);
    assert_int_equal(ud_module_parse(bytes.data, bytes.len, MODULE, &module, NULL), UD_OK);
    ud_strv_add(&kernel.head.modules, "tiny");
    ud_install_kernel_add(&kernel, "tiny.ko", bytes.data, bytes.len);
    put(&set, "6.2", "#1", "no module");
    ud_install_set_put(&set, &kernel);
    char *expected = ud_strf("tiny=%s", module.build_id);
    char *ids = ud_install_set_build_ids(&set);
    assert_true(module.build_id[0] != '\0');
    assert_string_equal(ids, expected);
    free(ids);
    free(expected);
    ud_module_done(&module);
    ud_buf_done(&bytes);
    ud_install_set_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_kernel_is_the_first),
        cmocka_unit_test(the_same_kernel_takes_the_place_of_what_it_had),
        cmocka_unit_test(another_build_of_a_release_is_another_kernel),
        cmocka_unit_test(the_oldest_makes_room_for_a_ninth),
        cmocka_unit_test(the_builds_of_its_modules_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
