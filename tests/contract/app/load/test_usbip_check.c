/* What the use case makes of the helper's answers, and of an engine's. */
#include <stdio.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/load/usbip_check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "proto/record.h"
#include "ud_version.h"

#define RAW "application/vnd.docker.raw-stream"
#define CONTAINER "/containers/usbipd-desktop-selftest-"

enum step { PING, INFO, VERSION, IMAGE, IMPORT, CREATE, ATTACH, START, WAIT, STOP, REMOVE, STEPS };

struct trial {
    struct engine_fixture f;
    struct ud_buf records; /* what the helper says */
    struct ud_buf stream;  /* the same as the engine frames it */
    struct ud_usbip_check test;
    struct ud_error err;
};

static void trial_init(struct trial *t)
{
    *t = (struct trial){0};
    ud_buf_init(&t->records, 4096);
    ud_buf_init(&t->stream, 8192);
    ud_record_add_hello(&t->records, UD_VERSION);
}

static void trial_done(struct trial *t)
{
    ud_usbip_check_done(&t->test);
    ud_buf_done(&t->records);
    ud_buf_done(&t->stream);
    engine_fixture_done(&t->f);
}

static enum ud_code run(struct trial *t, unsigned stall_ms)
{
    static struct script_rule rules[STEPS];
    const unsigned char frame[8] = {
        1, 0, 0, 0, 0, 0, (unsigned char)(t->records.len >> 8), (unsigned char)t->records.len};
    ud_buf_add(&t->stream, frame, sizeof frame);
    ud_buf_add(&t->stream, t->records.data, t->records.len);
    rules[PING] = (struct script_rule)PONG;
    rules[INFO] =
        (struct script_rule){.method = "GET",
                             .path = "/info",
                             .body = "{\"OSType\":\"linux\",\"Architecture\":\"x86_64\"}"};
    rules[VERSION] = (struct script_rule){.method = "GET", .path = "/version", .body = "{}"};
    rules[IMAGE] = (struct script_rule){
        .method = "GET", .path = "/images/usbipd-desktop", .status = 404, .body = "{}"};
    rules[IMPORT] = (struct script_rule){
        .method = "POST", .path = "/images/create?fromSrc=-", .body = "{\"status\":\"sha256:1\"}"};
    rules[CREATE] = (struct script_rule){.method = "POST",
                                         .path = "/containers/create?name=usbipd-desktop-selftest-",
                                         .status = 201,
                                         .body = "{\"Id\":\"1\",\"Warnings\":[]}"};
    rules[ATTACH] = (struct script_rule){.method = "POST",
                                         .path = "/attach?stream=1",
                                         .type = RAW,
                                         .framing = SCRIPT_CLOSE,
                                         .body = t->stream.data,
                                         .body_len = t->stream.len,
                                         .stall_body = stall_ms > 0,
                                         .after = "/start"};
    rules[START] = (struct script_rule){.method = "POST", .path = "/start", .status = 204};
    rules[WAIT] = (struct script_rule){
        .method = "POST", .path = "/wait?condition", .body = "{\"StatusCode\":0}"};
    rules[STOP] =
        (struct script_rule){.method = "POST", .path = "/stop", .status = 204, .forever = true};
    rules[REMOVE] =
        (struct script_rule){.method = "DELETE", .path = CONTAINER, .status = 204, .forever = true};
    engine_fixture_init(&t->f, rules, STEPS, true);
    const struct ud_app app = {.report = &t->f.report};
    struct canceller *canceller = stall_ms > 0 ? cancel_after(&t->f.cancel, stall_ms) : NULL;
    enum ud_code rc = ud_usbip_check_run(&app, t->f.engine, &t->test, &t->err);
    if (canceller != NULL) {
        canceller_join(canceller);
    }
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", CONTAINER), 1);
    return rc;
}

static const char *created(struct trial *t)
{
    for (size_t i = 0; i < scripted_engine_count(t->f.script); i++) {
        const struct script_request *request = scripted_engine_request(t->f.script, i);
        if (strstr(request->target, "/containers/create?") != NULL) {
            return request->body;
        }
    }
    fail_msg("no container was created");
    return "";
}

static void add_facts(struct trial *t, const char *port, const char *authorized)
{
    ud_record_add_fact(&t->records, UD_FACT_SELFTEST_PORT, port);
    ud_record_add_fact(&t->records, UD_FACT_SELFTEST_BUSID, "1-1");
    ud_record_add_fact(&t->records, UD_FACT_SELFTEST_MS, "495");
    ud_record_add_fact(&t->records, UD_FACT_SELFTEST_URBS, "12");
    ud_record_add_fact(&t->records, UD_FACT_SELFTEST_AUTHORIZED, authorized);
    ud_record_add_end(&t->records, UD_OK, "");
}

static void what_was_measured_is_passed_on(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    add_facts(&t, "3", "1");
    assert_int_equal(run(&t, 0), UD_OK);
    assert_true(t.test.passed);
    assert_int_equal(t.test.port, 3);
    assert_string_equal(t.test.busid, "1-1");
    assert_int_equal(t.test.milliseconds, 495);
    assert_int_equal(t.test.urbs, 12);
    assert_true(t.test.authorized);
    assert_null(t.test.step);
    assert_non_null(strstr(created(&t), "\"Cmd\":[\"selftest\"]"));
    assert_non_null(strstr(created(&t), "\"Privileged\":true"));
    assert_non_null(strstr(created(&t), "\"PidMode\":\"host\""));
    assert_non_null(strstr(created(&t), "\"NetworkMode\":\"host\""));
    trial_done(&t);
}

static void a_device_that_was_not_authorized_is_told(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    add_facts(&t, "0", "0");
    assert_int_equal(run(&t, 0), UD_OK);
    assert_true(t.test.passed);
    assert_false(t.test.authorized);
    trial_done(&t);
}

static void facts_that_make_no_sense_are_no_success(void **state)
{
    static const char *const ports[] = {"99999", "-1", ""};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct trial t;
        trial_init(&t);
        add_facts(&t, ports[i], "1");
        assert_int_equal(run(&t, 0), UD_ERR_PROTOCOL);
        assert_false(t.test.passed);
        trial_done(&t);
    }
}

static void each_failure_has_its_remedy(void **state)
{
    static const struct {
        const char *step;
        enum ud_code code;
        const char *remedy;
    } cases[] = {
        {UD_SELFTEST_DRIVER, UD_ERR_NOT_FOUND, "Run `usbipd-desktop load` first."},
        {UD_SELFTEST_PORT, UD_ERR_BUSY, "Detach a device"},
        {UD_SELFTEST_ATTACH, UD_ERR_REFUSED, "unload"},
        {UD_SELFTEST_ATTACH, UD_ERR_DENIED, "write to the VM's /sys"},
        {UD_SELFTEST_ENUMERATE, UD_ERR_REFUSED, "unload"},
        {UD_SELFTEST_DETACH, UD_ERR_REFUSED, "Restart the VM"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trial t;
        trial_init(&t);
        ud_record_add_klog(&t.records, "vhci_hcd", "usb 1-1: device not \033accepting address");
        ud_record_add_result(&t.records, cases[i].step, UD_VERDICT_FAILED, 5, "it did not happen");
        ud_record_add_result(&t.records, UD_SELFTEST_DETACH, UD_VERDICT_FAILED, 0, "nor did this");
        ud_record_add_end(&t.records, cases[i].code, "it did not happen");
        assert_int_equal(run(&t, 0), cases[i].code);
        assert_string_equal(t.err.message,
                            "the self-test failed: it did not happen; nor did this. The kernel's "
                            "log says: usb 1-1: device not ?accepting address");
        assert_non_null(strstr(t.err.remedy, cases[i].remedy));
        assert_string_equal(t.test.step, cases[i].step);
        assert_false(t.test.passed);
        trial_done(&t);
    }
}

static void an_answer_that_is_cut_off_is_no_success(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    ud_record_add_fact(&t.records, UD_FACT_SELFTEST_PORT, "0");
    assert_int_equal(run(&t, 0), UD_ERR_PROTOCOL);
    assert_false(t.test.passed);
    trial_done(&t);
}

/* It is asked to end before it is killed: it detaches its device then. */
static void an_interruption_stops_the_helper_first(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    assert_int_equal(run(&t, 300), UD_ERR_INTERRUPTED);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/stop"), 1);
    assert_false(t.test.passed);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_measured_is_passed_on),
        cmocka_unit_test(a_device_that_was_not_authorized_is_told),
        cmocka_unit_test(facts_that_make_no_sense_are_no_success),
        cmocka_unit_test(each_failure_has_its_remedy),
        cmocka_unit_test(an_answer_that_is_cut_off_is_no_success),
        cmocka_unit_test(an_interruption_stops_the_helper_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
