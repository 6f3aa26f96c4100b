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

static void secrets_are_not_shown(void **state)
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
        char *shown = ud_url_redact(pairs[i][0]);
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
    char *shown = ud_url_redact(url);
    assert_int_equal(strlen(shown), 400);
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_escaped),
        cmocka_unit_test(path_names_keep_their_separators_only),
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(long_urls_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
