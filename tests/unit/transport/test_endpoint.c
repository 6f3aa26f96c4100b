#include "transport/endpoint.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "platform/pipe.h"
#include "util/mem.h"

struct form {
    const char *text;
    bool tls;
    const char *canonical; /* NULL: refused */
};

static const struct form forms[] = {
    {"unix:///var/run/docker.sock", false, "unix:///var/run/docker.sock"},
    {"unix://", false, "unix:///var/run/docker.sock"},
    {"  unix:///a b  ", false, "unix:///a b"},
    {"unix://relative.sock", false, "unix://relative.sock"},
    {"npipe:////./pipe/docker_engine", false, "npipe:////./pipe/docker_engine"},
    {"npipe://./pipe/x", false, "npipe:////./pipe/x"},
    {"npipe://\\\\.\\pipe\\x", false, "npipe:////./pipe/x"},
    {"//./pipe/docker_engine", false, "npipe:////./pipe/docker_engine"},
    {"\\\\.\\pipe\\x", false, "npipe:////./pipe/x"},
    {"//./pipe/", false, NULL},
    {"\\\\server\\pipe\\x", false, NULL},
    {"npipe://", false, "npipe:////./pipe/docker_engine"},
    {"npipe:////server/pipe/x", false, NULL},
    {"npipe:////./pipe/", false, NULL},
    {"tcp://host", false, "tcp://host:2375"},
    {"tcp://host", true, "tcp://host:2376"},
    {"tcp://host:1", true, "tcp://host:1"},
    {"tcp://host:65535/", false, "tcp://host:65535"},
    {"tcp://host:80/a/b/", false, "tcp://host:80/a/b"},
    {"tcp://", false, "tcp://localhost:2375"},
    {"tcp://:99", false, "tcp://localhost:99"},
    {"tcp://[::1]:99", false, "tcp://[::1]:99"},
    {"tcp://[::1]", false, "tcp://[::1]:2375"},
    {"host:99", false, "tcp://host:99"},
    {"host", false, "tcp://host:2375"},
    {":99", false, "tcp://localhost:99"},
    {"tcp://host:", false, NULL},
    {"tcp://host:0", false, NULL},
    {"tcp://host:65536", false, NULL},
    {"tcp://host:1x", false, NULL},
    {"tcp://[::1", false, NULL},
    {"tcp://[]:1", false, NULL},
    {"tcp://[[]", false, NULL},
    {"tcp://[host]:1", false, NULL},
    {"tcp://a]:1", false, NULL},
    {"tcp://[::1]99", false, NULL},
    {"tcp://::1", false, NULL},
    {"tcp://user:pass@host:1", false, NULL},
    {"tcp://host/?x", false, NULL},
    {"tcp://host/ x/", false, NULL},
    {"tcp://h\xc3\xb6st", false, NULL},
    {"ssh://host  /x", false, NULL},
    {"ssh://host", false, "ssh://host"},
    {"ssh://me@host:22/path", false, "ssh://me@host:22/path"},
    {"ssh://host/", false, "ssh://host"},
    {"ssh://host/run/user/1000/podman/podman.sock", false,
     "ssh://host/run/user/1000/podman/podman.sock"},
    {"ssh://host/x;y", false, NULL},
    {"ssh://host/$x", false, NULL},
    {"ssh://host/x'y", false, NULL},
    {"ssh://", false, NULL},
    {"ssh://-oProxyCommand=x", false, NULL},
    {"fd://", false, "fd://"},
    {"http://host", false, NULL},
    {"", false, NULL},
    {"unix:///a\nb", false, NULL},
    {"\x1b[2J", false, NULL},
};

static void each_form_is_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct ud_endpoint ep = {0};
        struct ud_error err = {0};
        enum ud_code rc = ud_endpoint_parse(forms[i].text, forms[i].tls, "--host", &ep, &err);
        if (forms[i].canonical == NULL) {
            assert_int_equal(rc, UD_ERR_USAGE);
            assert_string_not_equal(err.remedy, "");
            assert_null(ep.text);
            continue;
        }
        assert_int_equal(rc, UD_OK);
        assert_string_equal(ep.text, forms[i].canonical);
        assert_string_equal(ep.origin, "--host");
        ud_endpoint_done(&ep);
    }
}

static void passwords_in_an_address_are_refused_and_not_repeated(void **state)
{
    static const char *const texts[] = {
        "tcp://bob:s3cret@host:2375", "bob:s3cret@host:2375",     "tcp://s3cret@host",
        "https://bob:s3cret@host",    "ssh://bob:s3cret@host",    "tcp://host/?token=s3cret",
        "host?token=s3cret",          "https://host/x#s3cret",    "tcp://bob:s3/cret@host",
        "http://bob:x/s3cret@host",   "tcp://bob:s3cret@host:0x",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_endpoint ep = {0};
        struct ud_error err = {0};
        assert_int_equal(ud_endpoint_parse(texts[i], false, "--host", &ep, &err), UD_ERR_USAGE);
        assert_string_not_equal(err.remedy, "");
        if (strstr(err.message, "s3") != NULL || strstr(err.remedy, "s3") != NULL) {
            fail_msg("%s", err.message);
        }
    }
}

static void canonical_text_reads_as_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].canonical == NULL) {
            continue;
        }
        struct ud_endpoint ep = {0};
        assert_int_equal(ud_endpoint_parse(forms[i].canonical, false, "x", &ep, NULL), UD_OK);
        assert_string_equal(ep.text, forms[i].canonical);
        ud_endpoint_done(&ep);
    }
}

static void tcp_parts_are_kept(void **state)
{
    (void)state;
    struct ud_endpoint ep = {0};
    struct ud_endpoint copy = {0};
    assert_int_equal(ud_endpoint_parse("tcp://[fe80::1]:7/b", true, "x", &ep, NULL), UD_OK);
    ud_endpoint_copy(&ep, &copy);
    ud_endpoint_done(&ep);
    assert_int_equal(copy.kind, UD_ENDPOINT_TCP);
    assert_string_equal(copy.host, "fe80::1");
    assert_int_equal(copy.port, 7);
    assert_string_equal(copy.base, "/b");
    assert_true(copy.tls);
    ud_endpoint_done(&copy);
}

static enum ud_code support_of(const char *text, struct ud_error *err)
{
    struct ud_endpoint ep = {0};
    assert_int_equal(ud_endpoint_parse(text, false, "x", &ep, NULL), UD_OK);
    enum ud_code rc = ud_endpoint_check_supported(&ep, err);
    ud_endpoint_done(&ep);
    return rc;
}

static void kinds_not_there_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const refused[] = {"fd://"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct ud_error err = {0};
        assert_int_equal(support_of(refused[i], &err), UD_ERR_USAGE);
        assert_string_not_equal(err.remedy, "");
    }
    struct ud_error err = {0};
    assert_int_equal(support_of("npipe://", &err), ud_pipe_supported() ? UD_OK : UD_ERR_USAGE);
    assert_true(ud_pipe_supported() || strstr(err.message, "no named pipes") != NULL);
    assert_int_equal(support_of("tcp://h", NULL), UD_OK);
    assert_int_equal(support_of("ssh://me@host:2222", NULL), UD_OK);
    assert_int_equal(support_of("unix://", NULL), UD_OK);
}

static void socket_path_may_have_107_bytes(void **state)
{
    (void)state;
    char text[7 + 108 + 1];
    memset(text, 'a', sizeof text);
    memcpy(text, "unix:///", 8);
    struct ud_error err = {0};
    text[7 + 107] = '\0';
    assert_int_equal(support_of(text, &err), UD_OK);
    text[7 + 107] = 'a';
    text[7 + 108] = '\0';
    assert_int_equal(support_of(text, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "108"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_read_or_refused),
        cmocka_unit_test(passwords_in_an_address_are_refused_and_not_repeated),
        cmocka_unit_test(canonical_text_reads_as_itself),
        cmocka_unit_test(tcp_parts_are_kept),
        cmocka_unit_test(kinds_not_there_are_refused_by_name),
        cmocka_unit_test(socket_path_may_have_107_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
