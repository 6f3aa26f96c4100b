/* ud_srctree on a directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/fs.h"
#include "pull.h"

static struct ud_error err;
static char *dir;

static char *in(const char *name)
{
    return ud_fs_join(dir, name);
}

static void put(const char *name, const char *text)
{
    char *path = in(name);
    char *parent = ud_fs_dirname(path);
    assert_int_equal(ud_fs_mkdirs(parent, &err), UD_OK);
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), &err), UD_OK);
    free(parent);
    free(path);
}

static void put_link(const char *name, const char *target)
{
    char *path = in(name);
    assert_int_equal(symlink(target, path), 0);
    free(path);
}

static int setup(void **state)
{
    (void)state;
    dir = ud_fs_temp_sibling("/tmp/usbipd-desktop-test");
    put("scripts/run", "#!/bin/sh\n");
    put("drivers/usb/core/hub.c", "hub");
    put("drivers/usb/Kconfig", "menu");
    put("Makefile", "all:");
    put("B", "");
    put(".git/config", "no");
    put("drivers/\xc3\xa4", "no");
    put_link("scripts/link", "../drivers/usb");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    int failed = ud_fs_remove_tree(dir, &err) != UD_OK;
    free(dir);
    return failed;
}

static void a_directory_comes_in_sorted_order(void **state)
{
    (void)state;
    const struct ud_srctree_options options = {.path = dir, .want = want_all, .prefix = "u/"};
    struct ud_srctree_stats stats;
    struct ud_buf notes;
    ud_buf_init(&notes, 10000);
    char *exec = in("B");
    assert_int_equal(chmod(exec, 0700), 0);
    free(exec);
    for (size_t step = 1; step < 3000; step += 700) {
        ud_buf_clear(&notes);
        assert_int_equal(pull_list(&options, step, &notes, &stats, &err), UD_OK);
        assert_string_equal(notes.data, "f u/B 755 \n"
                                        "f u/Makefile 644 all:\n"
                                        "d u/drivers 755 \n"
                                        "d u/drivers/usb 755 \n"
                                        "f u/drivers/usb/Kconfig 644 menu\n"
                                        "d u/drivers/usb/core 755 \n"
                                        "f u/drivers/usb/core/hub.c 644 hub\n"
                                        "d u/scripts 755 \n"
                                        "s u/scripts/link->../drivers/usb 777 \n"
                                        "f u/scripts/run 755 #!/bin/sh\n\n");
    }
    assert_int_equal(stats.skipped, 1);
    assert_int_equal(stats.selected, 6);
    assert_int_equal(stats.in_bytes, 10 + 3 + 4 + 4);
    ud_buf_done(&notes);
}

static void the_output_depends_on_content_only(void **state)
{
    (void)state;
    const struct ud_srctree_options options = {.path = dir, .want = want_all};
    struct ud_buf one;
    struct ud_buf two;
    ud_buf_init(&one, 1 << 20);
    ud_buf_init(&two, 1 << 20);
    assert_int_equal(pull_tar(&options, 512, &one, NULL, &err), UD_OK);
    assert_int_equal(pull_tar(&options, 4096, &two, NULL, &err), UD_OK);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    ud_buf_done(&two);
    ud_buf_done(&one);
}

static void a_link_out_of_the_tree_is_refused_if_it_is_wanted(void **state)
{
    (void)state;
    put_link("out", "/etc/passwd");
    const struct ud_srctree_options options = {.path = dir, .want = want_all};
    struct ud_buf out;
    ud_buf_init(&out, 1 << 20);
    assert_int_equal(pull_tar(&options, 512, &out, NULL, &err), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "out -> /etc/passwd"));
    ud_buf_done(&out);
}

static void a_digest_of_a_directory_is_a_mistake(void **state)
{
    (void)state;
    struct ud_srctree *source = NULL;
    const struct ud_srctree_options options = {
        .path = dir,
        .want = want_all,
        .sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    assert_int_equal(ud_srctree_open(&options, &source, &err), UD_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_directory_comes_in_sorted_order, setup, teardown),
        cmocka_unit_test_setup_teardown(the_output_depends_on_content_only, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_out_of_the_tree_is_refused_if_it_is_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_digest_of_a_directory_is_a_mistake, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
