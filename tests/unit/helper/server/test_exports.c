#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"
#include "server/resolve.h"
#include "usbip_server.h"

/* Asks the server on the loopback address; addresses are those to be tried. */
static struct answer ask(struct fake *f, unsigned port, const char *addresses)
{
    char line[512];
    fake_init(f);
    (void)snprintf(line, sizeof line, "exports %u %s", port, addresses);
    return fake_run(f, line);
}

static void end(struct fake *f, struct answer *a)
{
    answer_done(a);
    fake_done(f);
}

static void a_server_tells_its_devices(void **state)
{
    struct server s;
    struct fake f;
    (void)state;
    server_start(&s, SERVER_WELL);
    struct answer a = ask(&f, s.port, "127.0.0.1");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact server=127.0.0.1\n");
    assert_has(&a, "fact from=127.0.0.1\n");
    const char *blob = strstr(a.text.data, "blob exports=");
    assert_non_null(blob);
    blob += strlen("blob exports=");
    struct ud_op_reader reader;
    size_t used = 0;
    ud_op_reader_init_list(&reader);
    assert_int_equal(
        ud_op_feed(&reader, blob, a.text.len - (size_t)(blob - a.text.data), &used, NULL), UD_OK);
    assert_true(reader.whole);
    assert_int_equal(used, 12 + UD_OP_RECORD_SIZE + 4);
    assert_string_equal(reader.devices[0].busid, "3-2");
    ud_op_reader_done(&reader);
    assert_string_equal(f.did, ""); /* no namespace is entered */
    end(&f, &a);
    server_stop(&s);
}

static void the_next_address_is_tried(void **state)
{
    struct server s;
    struct fake f;
    (void)state;
    server_start(&s, SERVER_WELL);
    struct answer a = ask(&f, s.port, "127.0.0.2 127.0.0.1");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact server=127.0.0.1\n");
    end(&f, &a);
    server_stop(&s);
}

static void each_address_that_does_not_answer_is_told(void **state)
{
    struct fake f;
    char text[64];
    unsigned port = server_unused_port();
    (void)state;
    struct answer a = ask(&f, port, "127.0.0.1 127.0.0.3");
    assert_int_equal(a.code, UD_ERR_UNREACHABLE);
    (void)snprintf(text, sizeof text,
                   "127.0.0.1 port %u (from 127.0.0.1): connection refused: no "
                   "USB",
                   port);
    assert_non_null(strstr(a.message, text));
    assert_non_null(strstr(a.message, "; 127.0.0.3 port"));
    assert_has(&a, "fact remedy=Start the USB/IP server there, or name its port.\n");
    assert_has_not(&a, "blob");
    end(&f, &a);
}

static void a_server_that_says_nothing_is_given_up(void **state)
{
    struct server s;
    struct fake f;
    (void)state;
    server_start(&s, SERVER_SILENT);
    struct answer a = ask(&f, s.port, "127.0.0.1");
    assert_int_equal(a.code, UD_ERR_UNREACHABLE);
    assert_non_null(
        strstr(a.message, "the connection was accepted, and nothing came within 300 ms"));
    end(&f, &a);
    server_stop(&s);
}

/* A listener whose queue is full drops what comes: as a firewall does. */
static void who_drops_packets_is_told_from_who_refuses(void **state)
{
    struct server s;
    struct fake f;
    int fds[8];
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    s.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s.listener, 0), 0);
    assert_int_equal(getsockname(s.listener, (struct sockaddr *)&address, &len), 0);
    for (int i = 0; i < 8; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    struct answer a = ask(&f, ntohs(address.sin_port), "127.0.0.1");
    assert_int_equal(a.code, UD_ERR_UNREACHABLE);
    assert_non_null(strstr(a.message, "no answer within 300 ms: a firewall drops it"));
    for (int i = 0; i < 8; i++) {
        (void)close(fds[i]);
    }
    (void)close(s.listener);
    end(&f, &a);
}

static void another_protocol_is_told(void **state)
{
    static const struct {
        enum server_manner manner;
        const char *text;
        enum ud_code code;
    } rows[] = {
        {SERVER_HTTP, "HTTP", UD_ERR_PROTOCOL},
        {SERVER_OLD, "version 0x0106", UD_ERR_PROTOCOL},
        {SERVER_CUTS, "closed the connection within its answer", UD_ERR_UNREACHABLE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct server s;
        struct fake f;
        server_start(&s, rows[i].manner);
        struct answer a = ask(&f, s.port, "127.0.0.1");
        assert_int_equal(a.code, rows[i].code);
        if (strstr(a.message, rows[i].text) == NULL) {
            fail_msg("no \"%s\" in: %s", rows[i].text, a.message);
        }
        end(&f, &a);
        server_stop(&s);
    }
}

/* One that speaks another protocol matters more than one that is not there. */
static void the_worst_of_several_decides(void **state)
{
    struct server s;
    struct fake f;
    (void)state;
    server_start(&s, SERVER_HTTP);
    struct answer a = ask(&f, s.port, "127.0.0.1 127.0.0.2");
    assert_int_equal(a.code, UD_ERR_PROTOCOL);
    assert_non_null(strstr(a.message, "connection refused"));
    end(&f, &a);
    server_stop(&s);
}

static void a_signal_ends_the_waiting(void **state)
{
    struct server s;
    struct fake f;
    (void)state;
    server_start(&s, SERVER_SILENT);
    fake_init(&f);
    f.stop_at = 3;
    char line[64];
    (void)snprintf(line, sizeof line, "exports %u 127.0.0.1", s.port);
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_ERR_INTERRUPTED);
    end(&f, &a);
    server_stop(&s);
}

static void arguments_are_checked(void **state)
{
    static const char *const lines[] = {
        "exports",
        "exports 3240",
        "exports 0 127.0.0.1",
        "exports x 1.2.3.4",
        "exports 65536 1.2.3.4",
        "exports 3240 example.org",
        "exports 3240 -x",
        "exports 3240 1.2.3.4%e",
        "exports 3240 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct fake f;
        fake_init(&f);
        struct answer a = fake_run(&f, lines[i]);
        assert_int_equal(a.code, UD_ERR_USAGE);
        assert_int_equal(a.exit_code, 2);
        end(&f, &a);
    }
}

/* ---- resolve ---- */

static void an_address_is_its_own_name(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    struct answer a = fake_run(&f, "resolve 127.0.0.9");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, "fact address=127.0.0.9\n");
    end(&f, &a);
}

static void addresses_come_in_order_and_once(void **state)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four[2] = {
        {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000202)},
        {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000203)},
    };
    struct addrinfo list[5];
    struct ud_strv names = {0};
    (void)state;
    for (int i = 0; i < 5; i++) {
        bool is_six = i == 0 || i == 3;
        list[i] = (struct addrinfo){
            .ai_family = is_six ? AF_INET6 : AF_INET,
            .ai_addr = is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four[i > 1],
            .ai_addrlen = is_six ? sizeof six : sizeof four[0],
            .ai_next = i < 4 ? &list[i + 1] : NULL,
        };
    }
    ud_resolve_collect(list, &names);
    assert_int_equal(names.len, 3);
    assert_string_equal(names.items[0], "10.0.2.2");
    assert_string_equal(names.items[1], "10.0.2.3");
    assert_string_equal(names.items[2], "::1");
    ud_strv_done(&names);
}

static void names_that_are_not_there_are_told_from_servers_that_are_not(void **state)
{
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(ud_resolve_failed("nowhere.test", EAI_NONAME, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "nowhere.test"));
    assert_int_equal(ud_resolve_failed("nowhere.test", EAI_AGAIN, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "no name server answers"));
    assert_int_equal(ud_resolve_failed("nowhere.test", EAI_SYSTEM, &err), UD_ERR_INTERNAL);
}

static void names_are_checked(void **state)
{
    static const char *const lines[] = {"resolve", "resolve a b", "resolve -x", "resolve a/b",
                                        "resolve a;b"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct fake f;
        fake_init(&f);
        struct answer a = fake_run(&f, lines[i]);
        assert_int_equal(a.code, UD_ERR_USAGE);
        end(&f, &a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_tells_its_devices),
        cmocka_unit_test(the_next_address_is_tried),
        cmocka_unit_test(each_address_that_does_not_answer_is_told),
        cmocka_unit_test(a_server_that_says_nothing_is_given_up),
        cmocka_unit_test(who_drops_packets_is_told_from_who_refuses),
        cmocka_unit_test(another_protocol_is_told),
        cmocka_unit_test(the_worst_of_several_decides),
        cmocka_unit_test(a_signal_ends_the_waiting),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(an_address_is_its_own_name),
        cmocka_unit_test(addresses_come_in_order_and_once),
        cmocka_unit_test(names_that_are_not_there_are_told_from_servers_that_are_not),
        cmocka_unit_test(names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
