/* Slices: written, found again, damaged, limited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../platform/tempdir.h"
#include "bundle/srctree/srcslice.h"
#include "maketar.h"
#include "platform/fs.h"
#include "pull.h"

static struct ud_error err;

#define ARCHIVE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define RULES "0123456789abcdef"

enum { TAR_MAX = 1 << 20 };

static void write_slice(const char *dir, const char *archive, const char *data, size_t len)
{
    struct ud_srcslice_writer *writer = NULL;
    assert_int_equal(ud_srcslice_create(dir, &writer, &err), UD_OK);
    for (size_t at = 0; at < len; at += 100) {
        size_t n = len - at < 100 ? len - at : 100;
        assert_int_equal(ud_srcslice_add(writer, data + at, n, &err), UD_OK);
    }
    assert_int_equal(ud_srcslice_keep(writer, archive, RULES, &err), UD_OK);
    ud_srcslice_free(writer);
}

static void find(const char *dir, const char *archive, struct ud_srcslice *ret, bool *ret_damaged)
{
    if (ud_srcslice_find(dir, archive, RULES, ret, ret_damaged, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

static size_t count_files(const char *dir)
{
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    size_t count = names.len;
    ud_strv_done(&names);
    return count;
}

static void make_kernel(struct maketar *tar)
{
    maketar_begin(tar, ARCHIVE_FILTER_NONE);
    maketar_add(tar, AE_IFDIR, "linux-6.1/", NULL, NULL, 0);
    maketar_file(tar, "linux-6.1/Makefile", "all:");
    maketar_file(tar, "linux-6.1/drivers/usb/Kconfig", "menu");
    maketar_file(tar, "linux-6.1/scripts/run.sh", "#!/bin/sh");
    maketar_add(tar, AE_IFLNK, "linux-6.1/scripts/link", "../drivers/usb", NULL, 0);
    maketar_add(tar, AE_IFREG, "linux-6.1/scripts/hard", "linux-6.1/scripts/run.sh", NULL, 0);
    maketar_end(tar);
}

static void pull(const struct ud_srctree_options *options, struct ud_buf *ret)
{
    ud_buf_init(ret, TAR_MAX);
    if (pull_tar(options, 700, ret, NULL, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

/* What a slice gives is byte for byte what the archive gave. */
static void a_slice_gives_what_the_archive_gave(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_buf first;
    struct ud_buf second;
    struct ud_srcslice slice;
    bool damaged = false;
    char *dir = tempdir_new();
    make_kernel(&tar);
    struct memory memory = {tar.data, tar.len, 0, 0};
    struct ud_srctree_options options = {.read = memory_read,
                                         .read_ctx = &memory,
                                         .name = "a",
                                         .want = want_all,
                                         .prefix = "linux/",
                                         .uid = 1000,
                                         .gid = 1000};
    pull(&options, &first);
    write_slice(dir, ARCHIVE, first.data, first.len);
    find(dir, ARCHIVE, &slice, &damaged);
    assert_non_null(slice.path);
    options.read = NULL;
    options.path = slice.path;
    options.sha256 = slice.sha256;
    pull(&options, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    ud_buf_done(&first);
    ud_buf_done(&second);
    ud_srcslice_done(&slice);
    free(tar.data);
    tempdir_free(dir);
}

static void another_archive_has_none(void **state)
{
    (void)state;
    struct ud_srcslice slice;
    bool damaged = true;
    char *dir = tempdir_new();
    char *missing = ud_fs_join(dir, "missing");
    write_slice(dir, ARCHIVE, "x", 1);
    find(dir, OTHER, &slice, &damaged);
    assert_null(slice.path);
    assert_false(damaged);
    find(missing, ARCHIVE, &slice, &damaged);
    assert_null(slice.path);
    free(missing);
    tempdir_free(dir);
}

static void damage_one(const char *dir)
{
    struct ud_strv names = {0};
    struct ud_buf bytes;
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 1);
    assert_true(ud_srcslice_is_name(names.items[0]));
    char *path = ud_fs_join(dir, names.items[0]);
    ud_buf_init(&bytes, TAR_MAX);
    assert_int_equal(ud_fs_read(path, &bytes, &err), UD_OK);
    bytes.data[bytes.len / 2] = (char)(bytes.data[bytes.len / 2] ^ 1);
    assert_int_equal(ud_fs_write_atomic(path, bytes.data, bytes.len, &err), UD_OK);
    ud_buf_done(&bytes);
    free(path);
    ud_strv_done(&names);
}

static void a_damaged_one_is_noticed_and_removed(void **state)
{
    (void)state;
    struct ud_srcslice slice;
    bool damaged = false;
    char *dir = tempdir_new();
    write_slice(dir, ARCHIVE, "some text", 9);
    damage_one(dir);
    find(dir, ARCHIVE, &slice, &damaged);
    assert_null(slice.path);
    assert_true(damaged);
    assert_int_equal(count_files(dir), 0);
    tempdir_free(dir);
}

static void what_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct ud_srcslice_writer *writer = NULL;
    char *dir = tempdir_new();
    assert_int_equal(ud_srcslice_create(dir, &writer, &err), UD_OK);
    assert_int_equal(ud_srcslice_add(writer, "abc", 3, &err), UD_OK);
    assert_int_equal(count_files(dir), 1);
    ud_srcslice_free(writer);
    assert_int_equal(count_files(dir), 0);
    tempdir_free(dir);
}

static void only_so_many_are_kept(void **state)
{
    (void)state;
    char text[16];
    char archive[] = ARCHIVE;
    char *dir = tempdir_new();
    for (int i = 0; i < 5; i++) {
        (void)snprintf(text, sizeof text, "%d", i % 10);
        archive[0] = (char)('0' + i);
        write_slice(dir, archive, text, 1);
    }
    ud_srcslice_limit(dir, 3);
    assert_int_equal(count_files(dir), 3);
    tempdir_free(dir);
}

static void names_of_other_files_are_no_slices(void **state)
{
    (void)state;
    assert_true(ud_srcslice_is_name(ARCHIVE "-" RULES "-" OTHER ".tar.zst"));
    assert_false(ud_srcslice_is_name(ARCHIVE "-" RULES "-" OTHER ".tar.xz0"));
    assert_false(ud_srcslice_is_name(ARCHIVE "-" RULES "+" OTHER ".tar.zst"));
    assert_false(ud_srcslice_is_name("." ARCHIVE "-" RULES "-" OTHER ".tar.zs"));
    assert_false(ud_srcslice_is_name(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_gives_what_the_archive_gave),
        cmocka_unit_test(another_archive_has_none),
        cmocka_unit_test(a_damaged_one_is_noticed_and_removed),
        cmocka_unit_test(what_is_given_up_leaves_nothing),
        cmocka_unit_test(only_so_many_are_kept),
        cmocka_unit_test(names_of_other_files_are_no_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
