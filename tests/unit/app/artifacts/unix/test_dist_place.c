/* Links where artifacts go, and what killed builds left there. */
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

#include "../platform/fs_fixture.h"
#include "artifacts/dist_place.h"

static void put(const char *name, const char *text)
{
    char *path = in(name);
    char *parent = ud_fs_dirname(path);
    assert_int_equal(ud_fs_mkdirs(parent, &err), UD_OK);
    write_file(path, text);
    free(parent);
    free(path);
}

static void a_link_is_not_followed(void **state)
{
    (void)state;
    char *link = in("6.1.0");
    char *data = in("data");
    assert_int_equal(ud_fs_mkdirs(data, &err), UD_OK);
    assert_int_equal(symlink("data", link), 0);
    assert_int_equal(ud_dist_place_check(link, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "it is a link"));
    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("nowhere", link), 0);
    assert_int_equal(ud_dist_place_check(link, &err), UD_ERR_USAGE);
    free(data);
    free(link);
}

static void a_link_in_it_is_not_ours(void **state)
{
    (void)state;
    char *place = in("6.1.0");
    char *manifest = in("6.1.0/manifest.json");
    put("real.json", "{}");
    assert_int_equal(ud_fs_mkdirs(place, &err), UD_OK);
    assert_int_equal(symlink("../real.json", manifest), 0);
    assert_int_equal(ud_dist_place_check(place, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "manifest.json"));
    free(manifest);
    free(place);
}

static void age(const char *name)
{
    const struct timespec times[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};
    char *path = in(name);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

static void only_old_directories_of_a_build_are_swept(void **state)
{
    (void)state;
    static const char *const left[] = {".6.1.0.0000000000000001.tmp"};
    static const char *const stays[] = {".6.1.0.0000000000000002.tmp", /* young */
                                        ".6.1.1.0000000000000003.tmp", /* of another kernel */
                                        ".6.1.0.0000000000000004.tmp", /* with a note in it */
                                        ".6.1.0.0000000000000005.tmp" /* with a directory */};
    put(".6.1.0.0000000000000001.tmp/vhci-hcd.ko", "");
    put(".6.1.0.0000000000000001.tmp/.usbcore.ko.0123456789abcdef.tmp", "");
    put(".6.1.0.0000000000000002.tmp/vhci-hcd.ko", "");
    put(".6.1.1.0000000000000003.tmp/vhci-hcd.ko", "");
    put(".6.1.0.0000000000000004.tmp/notes", "");
    put(".6.1.0.0000000000000005.tmp/x.ko/deep", "");
    age(left[0]);
    for (size_t i = 1; i < 4; i++) {
        age(stays[i]);
    }
    ud_dist_place_sweep(dir, "6.1.0");
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 4);
    for (size_t i = 0; i < 4; i++) {
        char *path = in(stays[i]);
        assert_int_equal(ud_fs_kind(path), UD_FS_DIR);
        free(path);
    }
    ud_strv_done(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_in_it_is_not_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(only_old_directories_of_a_build_are_swept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
