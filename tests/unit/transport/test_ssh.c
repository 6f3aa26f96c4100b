/* The command for an engine over ssh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ssh.h"

static void expect_command(const char *endpoint, size_t way, const char *control_path,
                           const char *expected)
{
    struct ud_endpoint ep = {0};
    struct ud_strv words = {0};
    assert_int_equal(ud_endpoint_parse(endpoint, false, "--host", &ep, NULL), UD_OK);
    ud_ssh_command(&ep, way, control_path, &words);
    char *text = ud_strv_join(&words, "|");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&words);
    ud_endpoint_done(&ep);
}

static void each_part_is_a_word(void **state)
{
    (void)state;
    expect_command("ssh://host", 0, NULL,
                   "ssh|-T|-o|ConnectTimeout=30|--|host|docker system dial-stdio");
    expect_command("ssh://me@host:2222/run/d.sock", 0, "/run/user/1/ssh-%C",
                   "ssh|-T|-o|ConnectTimeout=30|-o|ControlMaster=auto|-o|"
                   "ControlPath=/run/user/1/ssh-%C|-o|ControlPersist=15|-p|2222|--|me@host|"
                   "docker --host unix:///run/d.sock system dial-stdio");
    expect_command("ssh://[::1]", 1, NULL,
                   "ssh|-T|-o|ConnectTimeout=30|--|::1|podman system dial-stdio");
}

static void each_way_reaches_the_socket_that_is_named(void **state)
{
    (void)state;
    for (size_t way = 0; way < ud_ssh_ways(); way++) {
        struct ud_endpoint ep = {0};
        struct ud_strv words = {0};
        assert_int_equal(ud_endpoint_parse("ssh://h/a/b.sock", false, "--host", &ep, NULL), UD_OK);
        ud_ssh_command(&ep, way, NULL, &words);
        assert_non_null(strstr(words.items[words.len - 1], "/a/b.sock"));
        assert_null(strchr(words.items[words.len - 1], '%'));
        ud_strv_done(&words);
        ud_endpoint_done(&ep);
    }
}

static void settings_tell_of_shared_logins(void **state)
{
    (void)state;
    assert_true(ud_ssh_shares_login("user me\ncontrolmaster auto\ncontrolpath /tmp/x\nport 22\n"));
    assert_false(ud_ssh_shares_login("controlmaster false\ncontrolpath none\n"));
    assert_false(ud_ssh_shares_login("user me\n"));
    assert_false(ud_ssh_shares_login(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_a_word),
        cmocka_unit_test(each_way_reaches_the_socket_that_is_named),
        cmocka_unit_test(settings_tell_of_shared_logins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
