/* Paths, places and arguments as Windows has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <windows.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "platform/term.h"

static void assert_text(char *found, const char *expected)
{
    assert_non_null(found);
    assert_string_equal(found, expected);
    free(found);
}

static void a_drive_or_a_server_makes_a_path_absolute(void **state)
{
    (void)state;
    static const char *const absolute[] = {"C:\\a", "c:/a", "\\\\server\\share\\a",
                                           "//server/share", "\\\\?\\C:\\a"};
    static const char *const relative[] = {"a", "\\a", "/a", "C:a", "C:", ""};
    for (size_t i = 0; i < sizeof absolute / sizeof absolute[0]; i++) {
        assert_true(ud_fs_is_absolute(absolute[i]));
    }
    for (size_t i = 0; i < sizeof relative / sizeof relative[0]; i++) {
        assert_false(ud_fs_is_absolute(relative[i]));
    }
}

static void roots_are_not_taken_apart(void **state)
{
    (void)state;
    assert_text(ud_fs_dirname("C:\\a\\b"), "C:\\a");
    assert_text(ud_fs_dirname("C:\\a"), "C:\\");
    assert_text(ud_fs_dirname("C:\\"), "C:\\");
    assert_text(ud_fs_dirname("C:a"), "C:");
    assert_text(ud_fs_dirname("\\\\server\\share\\a"), "\\\\server\\share\\");
    assert_text(ud_fs_dirname("\\\\?\\C:\\a"), "\\\\?\\C:\\");
    assert_text(ud_fs_join("C:\\a", "b"), "C:\\a\\b");
    assert_text(ud_fs_join("C:/a/", "b"), "C:/a/b");
}

static void places_follow_the_environment(void **state)
{
    (void)state;
    (void)SetEnvironmentVariableW(L"USERPROFILE", L"C:\\Users\\J\u00fcrgen \u6f22");
    (void)SetEnvironmentVariableW(L"LOCALAPPDATA", L"D:\\Local");
    (void)SetEnvironmentVariableW(L"DOCKER_CONFIG", NULL);
    assert_text(ud_host_home(), "C:\\Users\\J\xc3\xbcrgen \xe6\xbc\xa2");
    assert_text(ud_host_docker_config_dir(), "C:\\Users\\J\xc3\xbcrgen \xe6\xbc\xa2\\.docker");
    assert_text(ud_host_cache_dir(), "D:\\Local\\usbipd-desktop\\cache");
    (void)SetEnvironmentVariableW(L"LOCALAPPDATA", NULL);
    (void)SetEnvironmentVariableW(L"DOCKER_CONFIG", L"E:\\dc");
    assert_text(ud_host_docker_config_dir(), "E:\\dc");
    char *cache = ud_host_cache_dir();
    assert_non_null(strstr(cache, "AppData\\Local\\usbipd-desktop\\cache"));
    free(cache);
    (void)SetEnvironmentVariableW(L"UD_TEST", L"");
    assert_text(ud_host_env("UD_TEST"), "");
    (void)SetEnvironmentVariableW(L"UD_TEST", NULL);
    assert_null(ud_host_env("UD_TEST"));
}

static void the_system_keeps_the_certificates_that_it_trusts(void **state)
{
    (void)state;
    struct ud_host_trust trust;
    (void)SetEnvironmentVariableW(L"SSL_CERT_FILE", NULL);
    ud_host_trust(&trust);
    assert_true(trust.in_system);
    assert_null(trust.file);
    ud_host_trust_done(&trust);
    (void)SetEnvironmentVariableW(L"SSL_CERT_FILE", L"C:\\my certs.pem");
    ud_host_trust(&trust);
    assert_string_equal(trust.file, "C:\\my certs.pem");
    assert_null(trust.dir);
    ud_host_trust_done(&trust);
    (void)SetEnvironmentVariableW(L"SSL_CERT_FILE", NULL);
}

static void arguments_are_those_of_the_real_command_line(void **state)
{
    (void)state;
    int argc = 0;
    char **argv = NULL;
    ud_term_main_args(&argc, &argv);
    assert_true(argc >= 1);
    assert_non_null(strstr(argv[0], "test_unit_platform_paths"));
}

static void the_machine_is_known(void **state)
{
    (void)state;
    assert_string_equal(ud_host_os(), "windows");
    assert_string_not_equal(ud_host_arch(), "unknown");
    assert_true(ud_host_wall_time() > 1600000000);
    assert_int_equal(ud_host_pid(), GetCurrentProcessId());
    char *text = ud_host_error_text(ERROR_FILE_NOT_FOUND);
    assert_true(text[0] != '\0' && strpbrk(text, "\r\n") == NULL);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drive_or_a_server_makes_a_path_absolute),
        cmocka_unit_test(roots_are_not_taken_apart),
        cmocka_unit_test(places_follow_the_environment),
        cmocka_unit_test(the_system_keeps_the_certificates_that_it_trusts),
        cmocka_unit_test(arguments_are_those_of_the_real_command_line),
        cmocka_unit_test(the_machine_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
