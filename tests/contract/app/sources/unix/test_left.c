/* Files that killed runs left among the downloads go when the next download begins. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine_fixture.h"
#include "set_variable.h"

#include "../../unit/platform/tempdir.h"
#include "platform/fs.h"
#include "sources/kept_file.h"
#include "sources/sources.h"
#include "util/mem.h"
#include "util/str.h"

static void what_was_left_goes_with_the_next_download(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/big.tar.xz", .type = "application/x-xz", .body = "bytes"}};
    const struct timespec times[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};
    struct ud_error err = {0};
    struct ud_strv names = {0};
    struct ud_sources sources = {0};
    char *cache = tempdir_new();
    set_variable("XDG_CACHE_HOME", cache);
    struct scripted_engine *server = scripted_engine_start(rules, 1, true);
    char *url = ud_strf("http%s/big.tar.xz", strchr(scripted_engine_endpoint(server), ':'));
    char *dir = ud_sources_cache_dir();
    char *left = ud_fs_join(dir, ".unverified-big.tar.xz.0123456789abcdef.tmp");
    assert_int_equal(ud_fs_mkdirs(dir, &err), UD_OK);
    assert_int_equal(ud_fs_write_atomic(left, "part", 4, &err), UD_OK);
    assert_int_equal(utimensat(AT_FDCWD, left, times, 0), 0);
    const struct ud_app app = {0};
    const struct ud_sources_wish wish = {.source = {.secret = url, .shown = url}};
    if (ud_sources_get_named(&app, &wish, &sources, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 1);
    assert_true(ud_str_starts(names.items[0], ".unverified-big.tar.xz."));
    assert_true(ud_str_ends(sources.path, names.items[0]));
    ud_strv_done(&names);
    ud_sources_done(&sources);
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 0);
    free(left);
    free(dir);
    free(url);
    scripted_engine_stop(server);
    tempdir_free(cache);
}

/* Where nothing can be kept, downloads are in a directory that others use too. */
static void of_what_is_elsewhere_only_ours_goes(void **state)
{
    static const char *const names[] = {".usbipd-desktop.0123456789abcdef.tmp",
                                        ".other.0123456789abcdef.tmp", "usbipd-desktop"};
    const struct timespec times[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};
    struct ud_kept_file kept = {0};
    struct ud_error err = {0};
    const struct ud_app app = {0};
    char *dir = tempdir_new();
    (void)state;
    set_variable("TMPDIR", dir);
    for (size_t i = 0; i < 3; i++) {
        char *path = ud_fs_join(dir, names[i]);
        assert_int_equal(ud_fs_write_atomic(path, "part", 4, &err), UD_OK);
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        free(path);
    }
    assert_int_equal(ud_kept_file_begin(&app, NULL, &kept, &err), UD_OK);
    ud_kept_file_done(&kept);
    struct ud_strv left = {0};
    assert_int_equal(ud_fs_list(dir, &left, &err), UD_OK);
    assert_int_equal(left.len, 2);
    assert_string_equal(left.items[0], names[1]);
    assert_string_equal(left.items[1], names[2]);
    ud_strv_done(&left);
    set_variable("TMPDIR", NULL);
    tempdir_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_left_goes_with_the_next_download),
        cmocka_unit_test(of_what_is_elsewhere_only_ours_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
