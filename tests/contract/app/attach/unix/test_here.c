/* A USB/IP server that this machine reaches: asked, and attached through the engine's
 * connection, which a scripted engine plays together with the helper at its end. */
#include "app/attach/attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper_answer.h"
#include "../../../../unit/helper/usbip_server.h"
#include "attach/here.h"
#include "proto/device_report.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define UPGRADED                                                                                   \
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"                 \
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"

enum { RUNS_MAX = 6 };

struct trial {
    struct engine_fixture f;
    struct server s;
    struct ud_buf answers[RUNS_MAX];
    size_t runs;
    struct script_rule rules[40];
    unsigned attached; /* how often it was told of */
    char server[64];
    struct ud_error err;
};

/* ---- the server ---- */

static enum ud_code ask(const char *remote, struct ud_error *err)
{
    struct ud_usbip_server server;
    struct ud_usbip_device *devices = NULL;
    size_t count = 0;
    char *address = NULL;
    UD_TRY(ud_here_server(remote, &server, err));
    enum ud_code rc = ud_here_list(&server, NULL, &devices, &count, &address, err);
    free(devices);
    free(address);
    return rc;
}

static void its_list_is_read(void **state)
{
    struct server s;
    struct ud_usbip_server server;
    struct ud_usbip_device *devices = NULL;
    struct ud_error err = {0};
    size_t count = 0;
    char *address = NULL;
    char remote[32];
    (void)state;
    server_start(&s, SERVER_WELL);
    (void)snprintf(remote, sizeof remote, "127.0.0.1:%u", s.port);
    assert_int_equal(ud_here_server(remote, &server, &err), UD_OK);
    assert_int_equal(ud_here_list(&server, NULL, &devices, &count, &address, &err), UD_OK);
    assert_int_equal(count, 1);
    assert_string_equal(devices[0].busid, "3-2");
    assert_string_equal(address, "127.0.0.1");
    free(devices);
    free(address);
    server_stop(&s);
}

static void what_is_no_server_is_told_apart(void **state)
{
    static const struct {
        enum server_manner manner;
        enum ud_code code;
    } cases[] = {{SERVER_HTTP, UD_ERR_PROTOCOL},
                 {SERVER_OLD, UD_ERR_PROTOCOL},
                 {SERVER_CUTS, UD_ERR_UNREACHABLE}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct server s;
        struct ud_error err = {0};
        char remote[32];
        server_start(&s, cases[i].manner);
        (void)snprintf(remote, sizeof remote, "127.0.0.1:%u", s.port);
        assert_int_equal(ask(remote, &err), cases[i].code);
        assert_non_null(strstr(err.message, "from this machine"));
        server_stop(&s);
    }
}

static void where_nobody_listens_is_told(void **state)
{
    struct ud_error err = {0};
    char remote[32];
    (void)state;
    (void)snprintf(remote, sizeof remote, "127.0.0.1:%u", server_unused_port());
    assert_int_equal(ask(remote, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "refused"));
    assert_int_equal(ask("no-such-name.invalid", &err), UD_ERR_NOT_FOUND);
    assert_int_equal(ask("a b", &err), UD_ERR_USAGE);
}

static void a_refused_import_says_why(void **state)
{
    static const struct {
        enum server_manner manner;
        enum ud_code code;
    } cases[] = {{SERVER_BUSY, UD_ERR_BUSY},
                 {SERVER_UNKNOWN, UD_ERR_NOT_FOUND},
                 {SERVER_OTHER_BUSID, UD_ERR_PROTOCOL}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct server s;
        struct ud_usbip_server server;
        struct ud_usbip_device device;
        struct ud_tcp *tcp = NULL;
        struct ud_error err = {0};
        server_start(&s, cases[i].manner);
        (void)snprintf(server.host, sizeof server.host, "127.0.0.1");
        server.port = (uint16_t)s.port;
        assert_int_equal(ud_here_import(&server, "3-2", NULL, &tcp, &device, &err), cases[i].code);
        assert_null(tcp);
        server_stop(&s);
    }
}

/* ---- the tunnel ---- */

static struct ud_buf *begin(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    return answer;
}

/* What the kernel has before: USB/IP, and nothing attached. */
static void answer_look(struct trial *t)
{
    struct ud_buf *answer = begin(t);
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, "1");
    answer_text(answer, UD_BLOB_DEVICES, "");
    answer_end(answer, UD_OK, "");
    t->rules[t->runs - 1] = (struct script_rule)ENGINE_RUN(*answer);
}

/* A run of tunnel: the stream of the engine, whose standard error has the records, and before
 * these a question of the kernel's, if there is one, in standard output. */
static void answer_tunnel(struct trial *t, enum ud_code code, const char *message)
{
    static const char device[] = "port 0\nhub hs\nspeed 3\nstate 6\nserver 127.0.0.1 3240 3-2\n"
                                 "path here\nbusid 1-1\nids 1209:0001 0100\n"
                                 "interface 0 usb:v1209p0001 testdriver\n";
    struct ud_buf *answer = begin(t);
    answer_text(answer, UD_BLOB_DEVICES, device);
    ud_record_add_fact(answer, UD_FACT_ATTACHED, "3-2");
    ud_record_add_end(answer, code, message);
    answer_frame(answer, 2);
    struct ud_buf whole;
    struct ud_buf question;
    struct ud_usbip_header header = {.command = UD_USBIP_CMD_SUBMIT,
                                     .seqnum = 1,
                                     .direction = UD_USBIP_IN,
                                     .length = 18,
                                     .setup = {0x80, 6, 0, 1, 0, 0, 18, 0}};
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    ud_usbip_encode(&header, bytes);
    ud_buf_init(&question, 1 << 16);
    ud_buf_add(&question, bytes, sizeof bytes);
    answer_frame(&question, 1);
    ud_buf_init(&whole, 1 << 20);
    ud_buf_adds(&whole, UPGRADED);
    ud_buf_add(&whole, question.data, question.len);
    ud_buf_add(&whole, answer->data, answer->len);
    ud_buf_done(answer);
    ud_buf_done(&question);
    *answer = whole;
    t->rules[t->runs - 1] = (struct script_rule){.method = "POST",
                                                 .path = "/attach?",
                                                 .body = answer->data,
                                                 .body_len = answer->len,
                                                 .framing = SCRIPT_RAW};
}

/* ---- what is kept attached by the VM ---- */

static void put_kept(struct ud_buf *answer, const char *serial)
{
    char *device = ud_strf("port 0\nhub hs\nspeed 3\nstate 6\nserver 10.0.2.2 3240 1-1\npath kept\n"
                           "busid 1-1\nids 0403:6001 0400\nserial %s\n"
                           "interface 0 usb:v0403p6001 ftdi_sio\n",
                           serial);
    ud_record_add_fact(answer, UD_FACT_SERVER, "10.0.2.2");
    answer_text(answer, UD_BLOB_DEVICES, device);
    free(device);
}

/* A run of keep: a device with another serial number first. */
static void answer_keep(struct trial *t)
{
    struct ud_buf *answer = begin(t);
    struct ud_buf whole;
    put_kept(answer, "WRONG");
    ud_record_add_klog(answer, "vhci_hcd", "usb 1-1: device descriptor read/64, error -71");
    ud_record_add_fact(answer, UD_FACT_WAITING, "the device has the serial number WRONG");
    put_kept(answer, "RIGHT");
    ud_record_add_fact(answer, UD_FACT_ATTACHED, "1-1");
    ud_record_add_fact(answer, UD_FACT_LOST, "the server ended the connection");
    ud_record_add_end(answer, UD_ERR_PROTOCOL, "an answer that nobody asked for");
    answer_frame(answer, 1);
    ud_buf_init(&whole, 1 << 20);
    ud_buf_adds(&whole, UPGRADED);
    ud_buf_add(&whole, answer->data, answer->len);
    ud_buf_done(answer);
    *answer = whole;
    t->rules[t->runs - 1] = (struct script_rule){.method = "POST",
                                                 .path = "/attach?",
                                                 .body = answer->data,
                                                 .body_len = answer->len,
                                                 .framing = SCRIPT_RAW};
}

/* A run of keep that tells without end: after the answer's beginning, the fact again and again. */
static void answer_keep_endless(struct trial *t, const char *fact, struct ud_buf *endless)
{
    struct ud_buf *answer = begin(t);
    struct ud_buf whole;
    answer_frame(answer, 1);
    ud_buf_init(&whole, 1 << 20);
    ud_buf_adds(&whole, UPGRADED);
    ud_buf_add(&whole, answer->data, answer->len);
    ud_buf_done(answer);
    *answer = whole;
    ud_buf_init(endless, 1 << 20);
    while (endless->len < 60 * 1000) {
        ud_record_add_fact(endless, fact, "again");
    }
    answer_frame(endless, 1);
    t->rules[t->runs - 1] = (struct script_rule){.method = "POST",
                                                 .path = "/attach?",
                                                 .body = answer->data,
                                                 .body_len = answer->len,
                                                 .endless = endless->data,
                                                 .endless_len = endless->len,
                                                 .framing = SCRIPT_RAW};
}

static enum ud_code on_kept(void *ctx, const struct ud_attached *attached, struct ud_error *err)
{
    struct trial *t = ctx;
    (void)err;
    t->attached++;
    assert_string_equal(attached->report.devices[0].serial, "RIGHT");
    assert_string_equal(attached->server, "10.0.2.2:3240");
    return UD_OK;
}

static enum ud_code on_attached(void *ctx, const struct ud_attached *attached, struct ud_error *err)
{
    struct trial *t = ctx;
    (void)err;
    t->attached++;
    (void)snprintf(t->server, sizeof t->server, "%s", attached->server);
    assert_string_equal(attached->report.devices[0].path, "here");
    assert_int_equal(attached->missing.len, 0);
    return UD_OK;
}

static void engine_start(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    memcpy(t->rules + t->runs, always, sizeof always);
    engine_fixture_init(&t->f, t->rules, COUNT(always) + t->runs, false);
}

static enum ud_code keep(struct trial *t)
{
    struct ud_attached attached = {0};
    engine_start(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_attach_options options = {
        .vm = {.host = scripted_engine_endpoint(t->f.script)},
        .remote = "10.0.2.2",
        .hardware_id = "0403:6001:RIGHT",
        .via = UD_VIA_VM,
        .auto_attach = true,
        .attached = on_kept,
        .ctx = t,
    };
    return ud_app_attach(&app, &options, &attached, &t->err);
}

static enum ud_code attach(struct trial *t, bool again)
{
    struct ud_attached attached = {0};
    char remote[32];
    engine_start(t);
    (void)snprintf(remote, sizeof remote, "127.0.0.1:%u", t->s.port);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_attach_options options = {
        .vm = {.host = scripted_engine_endpoint(t->f.script)},
        .remote = remote,
        .hardware_id = "1209:0001",
        .via = UD_VIA_HERE,
        .auto_attach = again,
        .attached = on_attached,
        .ctx = t,
    };
    enum ud_code rc = ud_app_attach(&app, &options, &attached, &t->err);
    assert_int_equal(attached.report.count, 0);
    return rc;
}

static void finish(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "POST", "/containers/create"), t->runs);
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/"), t->runs);
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    engine_fixture_done(&t->f);
    server_stop(&t->s);
}

static void a_device_comes_through_the_engine(void **state)
{
    static struct trial t;
    (void)state;
    server_start(&t.s, SERVER_WELL);
    answer_look(&t);
    answer_tunnel(&t, UD_OK, "");
    if (attach(&t, false) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(t.attached, 1);
    assert_memory_equal(t.server, "127.0.0.1:", 10);
    assert_non_null(
        strstr(engine_created(t.f.script, 1), "\"tunnel\",\"196615\",\"3\",\"3-2\",\"127.0.0.1\""));
    assert_non_null(strstr(engine_created(t.f.script, 1), "\"OpenStdin\":true"));
    assert_non_null(strstr(engine_created(t.f.script, 1), "\"Privileged\":true"));
    finish(&t);
}

static void its_loss_is_an_error_that_says_why(void **state)
{
    static struct trial t;
    (void)state;
    server_start(&t.s, SERVER_WELL);
    answer_look(&t);
    answer_tunnel(&t, UD_ERR_UNREACHABLE, "the server ended the connection");
    assert_int_equal(attach(&t, false), UD_ERR_UNREACHABLE);
    assert_int_equal(t.attached, 1);
    assert_string_equal(t.err.message, "the server ended the connection");
    finish(&t);
}

static void what_is_lost_comes_again(void **state)
{
    static struct trial t;
    (void)state;
    server_start(&t.s, SERVER_WELL);
    answer_look(&t);
    answer_tunnel(&t, UD_ERR_UNREACHABLE, "the server ended the connection");
    answer_tunnel(&t, UD_OK, "");
    if (attach(&t, true) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(t.attached, 2);
    assert_non_null(strstr(t.f.notes, "the device is gone: the server ended the connection"));
    finish(&t);
}

static void a_server_that_cheats_is_not_attached_again(void **state)
{
    static struct trial t;
    (void)state;
    server_start(&t.s, SERVER_WELL);
    answer_look(&t);
    answer_tunnel(&t, UD_ERR_PROTOCOL, "an answer that nobody asked for");
    assert_int_equal(attach(&t, true), UD_ERR_PROTOCOL);
    assert_int_equal(t.attached, 1);
    finish(&t);
}

/* What the first device told is not taken for the second's, nor the kernel's lines for the end's.
 */
static void what_a_failed_time_told_is_forgotten(void **state)
{
    static struct trial t;
    (void)state;
    server_start(&t.s, SERVER_WELL);
    answer_look(&t);
    answer_keep(&t);
    assert_int_equal(keep(&t), UD_ERR_PROTOCOL);
    assert_int_equal(t.attached, 1);
    assert_string_equal(t.err.message, "an answer that nobody asked for");
    assert_non_null(
        strstr(engine_created(t.f.script, 1), "\"keep\",\"0403:6001:RIGHT\",\"--\",\"3240\""));
    assert_non_null(strstr(engine_created(t.f.script, 1), "\"OpenStdin\":true"));
    finish(&t);
}

/* For weeks is not without bounds. */
static void a_helper_that_tells_without_end_is_left(void **state)
{
    static const struct {
        const char *fact;
        const char *says;
    } cases[] = {
        {"anything", "the helper in the VM sent more than 5184 facts"},
        {UD_FACT_LOST, "reports more events than devices can cause"},
        {UD_FACT_WAITING, "reports more events than devices can cause"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        static struct trial t;
        struct ud_buf endless;
        t = (struct trial){0};
        server_start(&t.s, SERVER_WELL);
        answer_look(&t);
        answer_keep_endless(&t, cases[i].fact, &endless);
        assert_int_equal(keep(&t), UD_ERR_PROTOCOL);
        if (strstr(t.err.message, cases[i].says) == NULL) {
            fail_msg("%s: %s", cases[i].fact, t.err.message);
        }
        finish(&t);
        ud_buf_done(&endless);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_list_is_read),
        cmocka_unit_test(what_is_no_server_is_told_apart),
        cmocka_unit_test(where_nobody_listens_is_told),
        cmocka_unit_test(a_refused_import_says_why),
        cmocka_unit_test(a_device_comes_through_the_engine),
        cmocka_unit_test(its_loss_is_an_error_that_says_why),
        cmocka_unit_test(what_is_lost_comes_again),
        cmocka_unit_test(a_server_that_cheats_is_not_attached_again),
        cmocka_unit_test(what_a_failed_time_told_is_forgotten),
        cmocka_unit_test(a_helper_that_tells_without_end_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
