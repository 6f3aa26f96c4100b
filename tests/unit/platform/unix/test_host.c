#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/host.h"
#include "tempdir.h"
#include "util/mem.h"
#include "util/str.h"

static void assert_text(char *found, const char *expected)
{
    if (expected == NULL) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_string_equal(found, expected);
    }
    free(found);
}

static void env_tells_unset_from_empty(void **state)
{
    (void)state;
    unsetenv("UD_TEST_VARIABLE");
    assert_text(ud_host_env("UD_TEST_VARIABLE"), NULL);
    setenv("UD_TEST_VARIABLE", "", 1);
    assert_text(ud_host_env("UD_TEST_VARIABLE"), "");
    setenv("UD_TEST_VARIABLE", "x\xc3\xa4", 1);
    assert_text(ud_host_env("UD_TEST_VARIABLE"), "x\xc3\xa4");
}

static void places_follow_the_environment(void **state)
{
    (void)state;
    setenv("HOME", "/home/someone", 1);
    unsetenv("DOCKER_CONFIG");
    assert_text(ud_host_home(), "/home/someone");
    assert_text(ud_host_docker_config_dir(), "/home/someone/.docker");
    setenv("DOCKER_CONFIG", "/etc/dc", 1);
    assert_text(ud_host_docker_config_dir(), "/etc/dc");
    setenv("XDG_RUNTIME_DIR", "/run/mine", 1);
    assert_text(ud_host_runtime_dir(), "/run/mine");
}

static void cache_dir_ignores_a_relative_xdg_cache_home(void **state)
{
    (void)state;
    if (strcmp(ud_host_os(), "linux") != 0) {
        print_message("SKIPPED: NOT LINUX\n");
        skip();
    }
    setenv("HOME", "/home/someone", 1);
    unsetenv("XDG_CACHE_HOME");
    assert_text(ud_host_cache_dir(), "/home/someone/.cache/usbipd-desktop");
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_text(ud_host_cache_dir(), "/home/someone/.cache/usbipd-desktop");
    setenv("XDG_CACHE_HOME", "/c", 1);
    assert_text(ud_host_cache_dir(), "/c/usbipd-desktop");
}

static void home_comes_from_the_user_database_too(void **state)
{
    (void)state;
    unsetenv("HOME");
    char *home = ud_host_home();
    assert_non_null(home);
    assert_int_equal(home[0], '/');
    free(home);
}

static void clocks_and_identity_make_sense(void **state)
{
    (void)state;
    uint64_t before = ud_host_now_ms();
    usleep(3000);
    assert_true(ud_host_now_ms() > before);
    assert_true(ud_host_wall_time() > 1600000000);
    assert_int_equal(ud_host_pid(), (uint64_t)getpid());
    assert_true(ud_host_peak_memory() > 100000);
    assert_string_not_equal(ud_host_arch(), "unknown");
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[600] = {0};
    unsigned char b[600] = {0};
    ud_host_random(a, sizeof a);
    ud_host_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 520, b + 520, 80);
}

static void boot_id_is_stable(void **state)
{
    (void)state;
    char *one = ud_host_boot_id();
    char *two = ud_host_boot_id();
    if (one == NULL) {
        assert_null(two);
        print_message("SKIPPED: NO BOOT ID HERE\n");
        skip();
    }
    assert_string_equal(one, two);
    assert_null(strchr(one, '\n'));
    free(one);
    free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(env_tells_unset_from_empty),
        cmocka_unit_test(places_follow_the_environment),
        cmocka_unit_test(cache_dir_ignores_a_relative_xdg_cache_home),
        cmocka_unit_test(home_comes_from_the_user_database_too),
        cmocka_unit_test(clocks_and_identity_make_sense),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(boot_id_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
