#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs_fixture.h"
#include "platform/file.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "util/str.h"

static size_t count_names(const char *path)
{
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_list(path, &names, &err), UD_OK);
    size_t n = names.len;
    ud_strv_done(&names);
    return n;
}

static void write_atomic_creates_and_replaces(void **state)
{
    (void)state;
    char *path = in("file");
    write_file(path, "old");
    write_file(path, "new and longer");
    assert_content(path, "new and longer");
    assert_int_equal(count_names(dir), 1);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0600, 0600);
    free(path);
}

static void write_atomic_leaves_nothing_when_the_rename_fails(void **state)
{
    (void)state;
    char *path = in("occupied");
    char *inner = in("occupied/x");
    assert_int_equal(ud_fs_mkdirs(path, &err), UD_OK);
    write_file(inner, "x");
    assert_int_not_equal(ud_fs_write_atomic(path, "new", 3, &err), UD_OK);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(count_names(dir), 1);
    assert_content(inner, "x");
    free(inner);
    free(path);
}

static void write_atomic_into_a_missing_directory_is_not_found(void **state)
{
    (void)state;
    char *path = in("no/file");
    assert_int_equal(ud_fs_write_atomic(path, "new", 3, &err), UD_ERR_NOT_FOUND);
    free(path);
}

static void read_takes_no_more_than_the_maximum(void **state)
{
    (void)state;
    char *path = in("file");
    write_file(path, "0123456789");
    struct ud_buf buf;
    ud_buf_init(&buf, 12);
    ud_buf_adds(&buf, "ab");
    assert_int_equal(ud_fs_read(path, &buf, &err), UD_OK);
    assert_string_equal(buf.data, "ab0123456789");
    assert_int_equal(ud_fs_read(path, &buf, &err), UD_ERR_IO);
    assert_string_equal(buf.data, "ab0123456789");
    assert_false(buf.overflow);
    ud_buf_done(&buf);
    free(path);
}

static void read_tells_missing_from_directories(void **state)
{
    (void)state;
    char *path = in("none");
    struct ud_buf buf;
    ud_buf_init(&buf, 10);
    assert_int_equal(ud_fs_read(path, &buf, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(ud_fs_read(dir, &buf, &err), UD_ERR_IO);
    ud_buf_done(&buf);
    free(path);
}

static void mkdirs_makes_all_and_accepts_what_is_there(void **state)
{
    (void)state;
    char *deep = in("a/b//c/");
    char *file = in("file");
    char *below = in("file/x");
    assert_int_equal(ud_fs_mkdirs(deep, &err), UD_OK);
    assert_int_equal(ud_fs_mkdirs(deep, &err), UD_OK);
    assert_int_equal(ud_fs_kind(deep), UD_FS_DIR);
    write_file(file, "");
    assert_int_not_equal(ud_fs_mkdirs(below, &err), UD_OK);
    free(below);
    free(file);
    free(deep);
}

static void list_is_sorted_and_keeps_unicode(void **state)
{
    (void)state;
    static const char *const names[] = {"z", "\xc3\xa4 \xf0\x9f\x90\xb3", "B", "a"};
    for (size_t i = 0; i < 4; i++) {
        char *path = in(names[i]);
        write_file(path, names[i]);
        assert_content(path, names[i]);
        free(path);
    }
    struct ud_strv found = {0};
    ud_strv_add(&found, "before");
    assert_int_equal(ud_fs_list(dir, &found, &err), UD_OK);
    assert_int_equal(found.len, 5);
    assert_string_equal(found.items[0], "before");
    assert_string_equal(found.items[1], "B");
    assert_string_equal(found.items[2], "a");
    assert_string_equal(found.items[3], "z");
    assert_string_equal(found.items[4], names[1]);
    ud_strv_done(&found);
}

static void replace_dir_onto_nothing_and_onto_content(void **state)
{
    (void)state;
    char *from = in("from");
    char *to = in("to");
    char *from_file = in("from/new");
    char *to_new = in("to/new");
    char *to_old = in("to/old");
    assert_int_equal(ud_fs_mkdirs(from, &err), UD_OK);
    write_file(from_file, "1");
    assert_int_equal(ud_fs_replace_dir(from, to, &err), UD_OK);
    assert_content(to_new, "1");
    assert_int_equal(rename(to_new, to_old), 0);
    assert_int_equal(ud_fs_mkdirs(from, &err), UD_OK);
    write_file(from_file, "2");
    assert_int_equal(ud_fs_replace_dir(from, to, &err), UD_OK);
    assert_content(to_new, "2");
    assert_int_equal(ud_fs_kind(to_old), UD_FS_NONE);
    assert_int_equal(count_names(dir), 1);
    assert_int_equal(ud_fs_replace_dir(from, to, &err), UD_ERR_NOT_FOUND);
    assert_content(to_new, "2");
    free(to_old);
    free(to_new);
    free(from_file);
    free(to);
    free(from);
}

static void long_paths_work(void **state)
{
    (void)state;
    char *path = ud_strdup(dir);
    for (int i = 0; i < 12; i++) {
        char *longer = ud_strf("%s/%0100d", path, i);
        free(path);
        path = longer;
    }
    char *file = ud_fs_join(path, "file");
    assert_int_equal(ud_fs_mkdirs(path, &err), UD_OK);
    write_file(file, "far");
    assert_content(file, "far");
    free(file);
    free(path);
}

static void free_bytes_asks_the_nearest_directory_that_exists(void **state)
{
    (void)state;
    char *missing = in("not/yet/there");
    uint64_t here = 0;
    uint64_t there = 0;
    assert_int_equal(ud_fs_free_bytes(dir, &here, &err), UD_OK);
    assert_int_equal(ud_fs_free_bytes(missing, &there, &err), UD_OK);
    assert_true(here > 0);
    assert_true(there > 0);
    free(missing);
}

static void assert_dirname(const char *path, const char *expected)
{
    char *found = ud_fs_dirname(path);
    assert_string_equal(found, expected);
    free(found);
}

static void paths_are_taken_apart(void **state)
{
    (void)state;
    assert_dirname("a/b/c", "a/b");
    assert_dirname("a/b/", "a");
    assert_dirname("a//b", "a");
    assert_dirname("a", ".");
    assert_dirname("/a", "/");
    assert_dirname("/", "/");
    assert_false(ud_fs_is_absolute("a/b"));
    char *joined = ud_fs_join("a/", "b");
    assert_string_equal(joined, "a/b");
    free(joined);
    joined = ud_fs_join("", "b");
    assert_string_equal(joined, "b");
    free(joined);
}

static void temp_siblings_differ_and_stay_in_the_directory(void **state)
{
    (void)state;
    char *one = ud_fs_temp_sibling("/x/y/name");
    char *two = ud_fs_temp_sibling("/x/y/name");
    assert_string_not_equal(one, two);
    assert_true(ud_str_starts(one, "/x/y/.name."));
    char *bare = ud_fs_temp_sibling("name");
    assert_true(ud_str_starts(bare, ".name."));
    free(bare);
    free(two);
    free(one);
    char name[251];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char *path = in(name);
    write_file(path, "long name");
    assert_content(path, "long name");
    free(path);
}

static void names_of_temporary_files_are_known(void **state)
{
    (void)state;
    char *temp = ud_fs_temp_sibling("6.1.0");
    assert_true(ud_fs_is_temp_name(temp, NULL));
    assert_true(ud_fs_is_temp_name(temp, "6.1.0"));
    assert_false(ud_fs_is_temp_name(temp, "6.1"));
    assert_false(ud_fs_is_temp_name(temp, "6.1.00"));
    assert_false(ud_fs_is_temp_name(temp + 1, NULL));
    free(temp);
    static const char *const others[] = {"",
                                         ".tmp",
                                         "..0123456789abcdef.tmp",
                                         ".x.0123456789abcde.tmp",
                                         ".x.0123456789abcdeg.tmp",
                                         ".x.0123456789ABCDEF.tmp",
                                         ".x0123456789abcdef0.tmp",
                                         ".x.0123456789abcdef.tmp.old",
                                         "x.0123456789abcdef.tmp"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (ud_fs_is_temp_name(others[i], NULL)) {
            fail_msg("%s", others[i]);
        }
    }
}

static void a_file_of_today_is_not_left(void **state)
{
    (void)state;
    const int64_t now = ud_host_wall_time();
    const struct ud_fs_info young = {.kind = UD_FS_FILE, .mtime = now - 60};
    const struct ud_fs_info old = {.kind = UD_FS_FILE, .mtime = now - 25 * 60 * 60};
    const struct ud_fs_info future = {.kind = UD_FS_FILE, .mtime = now + 25 * 60 * 60};
    assert_false(ud_fs_temp_is_left(&young));
    assert_true(ud_fs_temp_is_left(&old));
    assert_true(ud_fs_temp_is_left(&future));
    char *path = in(".x.0123456789abcdef.tmp");
    write_file(path, "being written");
    ud_fs_sweep_temps(dir, NULL);
    assert_int_equal(ud_fs_kind(path), UD_FS_FILE);
    free(path);
}

static void replace_dir_replaces_no_file(void **state)
{
    (void)state;
    char *from = in("from");
    char *to = in("to");
    assert_int_equal(ud_fs_mkdirs(from, &err), UD_OK);
    write_file(to, "mine");
    assert_int_not_equal(ud_fs_replace_dir(from, to, &err), UD_OK);
    assert_content(to, "mine");
    assert_int_equal(ud_fs_kind(from), UD_FS_DIR);
    free(to);
    free(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(write_atomic_creates_and_replaces, setup, teardown),
        cmocka_unit_test_setup_teardown(write_atomic_leaves_nothing_when_the_rename_fails, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(write_atomic_into_a_missing_directory_is_not_found, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(read_takes_no_more_than_the_maximum, setup, teardown),
        cmocka_unit_test_setup_teardown(read_tells_missing_from_directories, setup, teardown),
        cmocka_unit_test_setup_teardown(mkdirs_makes_all_and_accepts_what_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(list_is_sorted_and_keeps_unicode, setup, teardown),
        cmocka_unit_test_setup_teardown(replace_dir_onto_nothing_and_onto_content, setup, teardown),
        cmocka_unit_test_setup_teardown(replace_dir_replaces_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_temporary_files_are_known, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_of_today_is_not_left, setup, teardown),
        cmocka_unit_test_setup_teardown(long_paths_work, setup, teardown),
        cmocka_unit_test_setup_teardown(free_bytes_asks_the_nearest_directory_that_exists, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(paths_are_taken_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(temp_siblings_differ_and_stay_in_the_directory, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
