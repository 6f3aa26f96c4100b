#include "transport/url.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void parameters_are_escaped(void **state)
{
    (void)state;
    struct ud_buf buf;
    ud_buf_init(&buf, 1000);
    ud_buf_adds(&buf, "/x");
    ud_url_param(&buf, "a", "b c&d=\"\xc3\xa4\"+/%");
    ud_url_param(&buf, "none", NULL);
    ud_url_param(&buf, "e", "A-z_0.9~");
    assert_string_equal(buf.data, "/x?a=b%20c%26d%3D%22%C3%A4%22%2B%2F%25&e=A-z_0.9~");
    ud_buf_done(&buf);
}

static void path_names_keep_their_separators_only(void **state)
{
    (void)state;
    struct ud_buf buf;
    ud_buf_init(&buf, 1000);
    ud_url_escape_path(&buf, "ghcr.io/a:1@sha256:0?#% \r\n");
    assert_string_equal(buf.data, "ghcr.io/a:1@sha256:0%3F%23%25%20%0D%0A");
    ud_buf_done(&buf);
}

static void urls_are_shown_without_what_may_be_secret(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https://user:pw@host/p/x.tar.xz", "https://host/p/x.tar.xz"},
        {"https://token@host:8080/x", "https://host:8080/x"},
        {"https://u@p@host", "https://host"},
        {"https://u:p@[::1]:80/x", "https://[::1]:80/x"},
        {"https://host/x?token=1&y=2", "https://host/x?..."},
        {"https://u:p@host?x", "https://host?..."},
        {"https://host/x#part", "https://host/x#..."},
        {"https://host/x#a?b", "https://host/x#..."},
        {"https://host/a@b", "https://host/a@b"},
        /* A password with a '/', '?' or '#' that is not escaped. */
        {"https://user:p/w@host/x", "https://..."},
        {"https://user:p?w@host/x", "https://..."},
        {"https://user:1#w@host/x", "https://..."},
        {"https://u@p/w@host/x", "https://..."},
        {"ftp://user:pw@host/x", "ftp://host/x"},
        {"HTTPS://user:pw@host/x", "HTTPS://host/x"},
        {"/a/file?with#odd@names", "/a/file?with#odd@names"},
        {"C:\\x", "C:\\x"},
        {"https://host/\x1b[2J", "https://host/?[2J"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct ud_url url;
        ud_url_init(&url, pairs[i][0]);
        assert_string_equal(url.secret, pairs[i][0]);
        assert_string_equal(url.shown, pairs[i][1]);
        ud_url_done(&url);
    }
}

static void a_url_below_another_keeps_both_of_its_sides(void **state)
{
    (void)state;
    struct ud_url base;
    struct ud_url url;
    ud_url_init(&base, "https://user:pw@host/k");
    ud_url_init_below(&url, &base, "/v6.x/linux.tar.xz");
    assert_string_equal(url.secret, "https://user:pw@host/k/v6.x/linux.tar.xz");
    assert_string_equal(url.shown, "https://host/k/v6.x/linux.tar.xz");
    ud_url_done(&url);
    ud_url_done(&base);
}

/* Files are named by it: nothing else of a URL may get there. */
static void the_file_name_is_the_last_of_the_path(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https://h/a/x.tar.xz", "x.tar.xz"},
        {"https://h/a/x.tar.xz?token=a/b", "x.tar.xz"},
        {"https://h/a/x.tar.xz#a/b", "x.tar.xz"},
        {"https://h/a/", ""},
        {"https://user:pw@h", ""},
        {"https://user:pw@h?a/b", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct ud_url url;
        ud_url_init(&url, pairs[i][0]);
        char *name = ud_url_file_name(&url);
        assert_string_equal(name, pairs[i][1]);
        free(name);
        ud_url_done(&url);
    }
}

static void urls_in_a_text_are_shown_so_too(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Get \"https://u:p@h/x?sig=1\": EOF", "Get \"https://h/x?...\": EOF"},
        {"(http://u:p@h) and https://h/?a b", "(http://h) and https://h/?... b"},
        {"no URL: a@b, ://x", "no URL: a@b, ://x"},
        {"a\nb", "a\nb"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *shown = ud_url_redact_text(pairs[i][0]);
        assert_string_equal(shown, pairs[i][1]);
        free(shown);
    }
}

static void secrets_of_a_target_are_not_shown(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"/v1.41/x?identitytoken=abc&y=1", "/v1.41/x?identitytoken=***&y=1"},
        {"https://user:pw@host/p?X-Amz-Signature=1&sig=2",
         "https://host/p?X-Amz-Signature=***&sig=***"},
        {"https://u@p@host", "https://host"},
        {"https://host/a@b", "https://host/a@b"},
        {"/images/create?fromImage=a&tag=b", "/images/create?fromImage=a&tag=b"},
        {"/x?PassWord=1", "/x?PassWord=***"},
        {"/x\x1b[2J", "/x?[2J"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *shown = ud_url_redact_target(pairs[i][0]);
        assert_string_equal(shown, pairs[i][1]);
        free(shown);
    }
}

static void long_urls_are_cut(void **state)
{
    (void)state;
    char url[5000];
    memset(url, 'a', sizeof url);
    url[sizeof url - 1] = '\0';
    char *shown = ud_url_redact_target(url);
    assert_int_equal(strlen(shown), 400);
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_escaped),
        cmocka_unit_test(path_names_keep_their_separators_only),
        cmocka_unit_test(urls_are_shown_without_what_may_be_secret),
        cmocka_unit_test(a_url_below_another_keeps_both_of_its_sides),
        cmocka_unit_test(the_file_name_is_the_last_of_the_path),
        cmocka_unit_test(urls_in_a_text_are_shown_so_too),
        cmocka_unit_test(secrets_of_a_target_are_not_shown),
        cmocka_unit_test(long_urls_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
