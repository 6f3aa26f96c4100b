#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs_fixture.h"

static void kind_follows_links_and_info_does_not(void **state)
{
    (void)state;
    char *file = in("file");
    char *link = in("link");
    char *broken = in("broken");
    struct ud_fs_info info;
    write_file(file, "12345");
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(symlink("none", broken), 0);
    assert_int_equal(ud_fs_kind(link), UD_FS_FILE);
    assert_int_equal(ud_fs_kind(broken), UD_FS_NONE);
    assert_int_equal(ud_fs_kind(dir), UD_FS_DIR);
    assert_int_equal(ud_fs_info(link, &info, &err), UD_OK);
    assert_int_equal(info.kind, UD_FS_LINK);
    assert_int_equal(ud_fs_info(file, &info, &err), UD_OK);
    assert_int_equal(info.kind, UD_FS_FILE);
    assert_int_equal(info.size, 5);
    assert_false(info.executable);
    assert_true(info.mtime > 1600000000);
    char *text = NULL;
    assert_int_equal(ud_fs_read_link(link, &text, &err), UD_OK);
    assert_string_equal(text, "file");
    assert_int_equal(ud_fs_read_link(file, &text, &err), UD_ERR_IO);
    free(text);
    free(broken);
    free(link);
    free(file);
}

static void make_old(const char *path)
{
    const struct timespec times[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void only_old_files_with_our_names_are_swept(void **state)
{
    (void)state;
    static const char *const names[] = {".a.0123456789abcdef.tmp", ".b.0123456789abcdef.tmp",
                                        ".c.0123456789abcdef.tmp", ".d.0123456789abcdef.tmp",
                                        ".notes.tmp"};
    char *paths[5];
    char *target = in("target");
    write_file(target, "safe");
    for (size_t i = 0; i < 5; i++) {
        paths[i] = in(names[i]);
    }
    write_file(paths[0], "old");
    write_file(paths[1], "new");
    assert_int_equal(symlink("target", paths[2]), 0);
    assert_int_equal(ud_fs_mkdirs(paths[3], &err), UD_OK);
    write_file(paths[4], "another's");
    for (size_t i = 0; i < 5; i++) {
        if (i != 1) {
            make_old(paths[i]);
        }
    }
    ud_fs_sweep_temps(dir, NULL);
    struct ud_fs_info info;
    static const enum ud_fs_kind expected[] = {UD_FS_NONE, UD_FS_FILE, UD_FS_LINK, UD_FS_DIR,
                                               UD_FS_FILE};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(ud_fs_info(paths[i], &info, &err), UD_OK);
        assert_int_equal(info.kind, expected[i]);
        free(paths[i]);
    }
    assert_content(target, "safe");
    free(target);
}

static void replace_dir_replaces_no_link(void **state)
{
    (void)state;
    char *from = in("from");
    char *data = in("data");
    char *link = in("to");
    struct ud_fs_info info;
    assert_int_equal(ud_fs_mkdirs(from, &err), UD_OK);
    assert_int_equal(ud_fs_mkdirs(data, &err), UD_OK);
    assert_int_equal(symlink("data", link), 0);
    assert_int_not_equal(ud_fs_replace_dir(from, link, &err), UD_OK);
    assert_int_equal(ud_fs_info(link, &info, &err), UD_OK);
    assert_int_equal(info.kind, UD_FS_LINK);
    assert_int_equal(ud_fs_kind(from), UD_FS_DIR);
    free(link);
    free(data);
    free(from);
}

static void remove_tree_does_not_follow_links(void **state)
{
    (void)state;
    char *kept = in("kept/deep");
    char *kept_file = in("kept/deep/file");
    char *tree = in("tree");
    char *sub = in("tree/sub");
    char *link = in("tree/sub/link");
    assert_int_equal(ud_fs_mkdirs(kept, &err), UD_OK);
    write_file(kept_file, "safe");
    assert_int_equal(ud_fs_mkdirs(sub, &err), UD_OK);
    assert_int_equal(symlink(kept, link), 0);
    assert_int_equal(ud_fs_remove_tree(tree, &err), UD_OK);
    assert_int_equal(ud_fs_kind(tree), UD_FS_NONE);
    assert_content(kept_file, "safe");
    assert_int_equal(ud_fs_remove_tree(tree, &err), UD_OK);
    char *top_link = in("toplink");
    assert_int_equal(symlink(kept, top_link), 0);
    assert_int_equal(ud_fs_remove_tree(top_link, &err), UD_OK);
    assert_content(kept_file, "safe");
    free(top_link);
    free(link);
    free(sub);
    free(tree);
    free(kept_file);
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_old_files_with_our_names_are_swept, setup, teardown),
        cmocka_unit_test_setup_teardown(replace_dir_replaces_no_link, setup, teardown),
        cmocka_unit_test_setup_teardown(kind_follows_links_and_info_does_not, setup, teardown),
        cmocka_unit_test_setup_teardown(remove_tree_does_not_follow_links, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
