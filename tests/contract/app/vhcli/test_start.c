/* With what code vhcli start ends, by what the helper in the client's container says. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/vhcli/vhcli.h"
#include "helper_answer.h"
#include "proto/ops.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define CONTAINER "/containers/" UD_VHCLI_CONTAINER
#define IMAGE                                                                                      \
    "{\"Id\":\"sha256:2\",\"Config\":{\"Labels\":{"                                                \
    "\"io.github.usbipd-desktop.client\":\"vhclientx86_64\"}}}"
#define ENDED "{\"Name\":\"/" UD_VHCLI_CONTAINER "\",\"State\":{\"Running\":false,\"ExitCode\":"

static const char ended_125[] = ENDED "125}}";
static const char ended_126[] = ENDED "126}}";

struct outcome {
    const char *state;
    const char *said; /* on standard error, before the container ended */
    enum ud_code code;
    const char *tells;
};

static const struct outcome outcomes[] = {
    {ended_125, UD_OPS_FAILED "unfit: this image has modules for 6.1.1\n", UD_ERR_UNFIT,
     "exit code 125, saying: usbipd-desktop: error: unfit: this image has modules for 6.1.1"},
    {ended_125,
     UD_OPS_INSERTED "usbcore\n" UD_OPS_SAYS "kernel: vhci_hcd: no symbol version\n" UD_OPS_SAYS
                     "took usbcore out again\n" UD_OPS_FAILED
                     "refused: the kernel refused module vhci-hcd: no: really\n",
     UD_ERR_REFUSED, "took usbcore out again; usbipd-desktop: error: refused: the kernel"},
    {ended_125, UD_OPS_FAILED "denied: run the container with --privileged\n", UD_ERR_DENIED,
     "--privileged"},
    {ended_125, UD_OPS_FAILED "busy: another run holds the lock\n", UD_ERR_BUSY, "the lock"},
    {ended_125, UD_OPS_FAILED "not-found: the kernel has no USB/IP\n", UD_ERR_NOT_FOUND,
     "no USB/IP"},
    /* Somebody stopped the container: that is no Ctrl-C here. */
    {ended_125, UD_OPS_FAILED "interrupted: before the program was started\n", UD_ERR_ENGINE,
     "interrupted"},
    /* An image that was made by an older version. */
    {ended_125, UD_OPS_SAYS "the kernel has no USB/IP\n", UD_ERR_ENGINE, "no USB/IP"},
    {ended_125, UD_OPS_FAILED "magic: what is that\n", UD_ERR_ENGINE, "magic"},
    {ended_125, UD_OPS_FAILED "ok: it is not\n", UD_ERR_ENGINE, "it is not"},
    {ended_125, "", UD_ERR_ENGINE, "saying: nothing"},
    /* The client's own words and code. */
    {ended_125, UD_OPS_STARTED "vhclientx86_64\n" UD_OPS_FAILED "unfit: it says so\n",
     UD_ERR_ENGINE, "it says so"},
    {ended_126, UD_OPS_FAILED "unfit: it says so\n", UD_ERR_ENGINE, "exit code 126"},
};

static enum ud_code start(const struct outcome *outcome, struct ud_error *err)
{
    struct ud_buf probe;
    struct ud_buf log;
    struct engine_fixture f;
    answer_begin_probe(&probe);
    ud_record_add_fact(&probe, UD_FACT_VHCI_DRIVER, "1");
    answer_text(&probe, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", "CONFIG_MODULES=y\n");
    answer_end(&probe, UD_OK, "");
    ud_buf_init(&log, 1 << 20);
    ud_buf_adds(&log, outcome->said);
    answer_frame(&log, 2);
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/images/vhcli", .body = IMAGE},
        {.method = "GET", .path = CONTAINER "/json", .status = 404, .body = "{\"message\":\"\"}"},
        {.method = "GET", .path = CONTAINER "/json", .body = outcome->state, .forever = true},
        {.method = "GET",
         .path = CONTAINER "/logs?",
         .type = "application/vnd.docker.multiplexed-stream",
         .framing = SCRIPT_CLOSE,
         .body = log.data,
         .body_len = log.len,
         .forever = true},
        {.method = "GET", .path = "/networks", .body = "[{\"Name\":\"bridge\"}]"},
        {.method = "POST", .path = CONTAINER "/stop", .status = 304, .forever = true},
        ENGINE_RUN(probe),
        ENGINE_RULES(ENGINE_INFO("")),
    };
    engine_fixture_init(&f, rules, COUNT(rules), false);
    const struct ud_app app = {.report = &f.report};
    const struct ud_vhcli_start_options options = {
        .vm = {.host = scripted_engine_endpoint(f.script)}};
    struct ud_vhcli_started result = {0};
    enum ud_code rc = ud_app_vhcli_start(&app, &options, &result, err);
    assert_int_equal(result.inserted.len, rc == UD_OK ? 1 : 0);
    ud_vhcli_started_done(&result);
    assert_int_equal(scripted_engine_seen(f.script, "POST", "/containers/create"), 2);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", CONTAINER), rc == UD_OK ? 0 : 1);
    engine_fixture_done(&f);
    ud_buf_done(&probe);
    ud_buf_done(&log);
    return rc;
}

static void what_kept_the_client_from_starting_is_the_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        struct ud_error err = {0};
        enum ud_code rc = start(&outcomes[i], &err);
        if (rc != outcomes[i].code || rc != err.code ||
            strstr(err.message, outcomes[i].tells) == NULL) {
            fail_msg("%zu: code %d: %s", i, (int)rc, err.message);
        }
    }
}

/* A client that writes a lot runs all the same; what the helper said first is not lost. */
static void a_log_of_any_length_is_read(void **state)
{
    static const char running[] =
        "{\"Name\":\"/" UD_VHCLI_CONTAINER "\",\"State\":{\"Running\":true}}";
    struct ud_buf said;
    (void)state;
    ud_buf_init(&said, 1 << 20);
    ud_buf_adds(&said, UD_OPS_INSERTED "usbcore\n" UD_OPS_STARTED "vhclientx86_64\n");
    while (said.len < 300 * 1000) {
        ud_buf_adds(&said, "the client has something to say about each of its devices\n");
    }
    for (int i = 0; i < 10000; i++) {
        ud_buf_adds(&said, "and a line without an end");
    }
    const struct outcome chatty = {running, said.data, UD_OK, ""};
    const struct outcome ended = {ended_126, said.data, UD_ERR_ENGINE, ""};
    struct ud_error err = {0};
    assert_int_equal(start(&chatty, &err), UD_OK);
    assert_int_equal(start(&ended, &err), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "exit code 126, saying: the client has something"));
    ud_buf_done(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_kept_the_client_from_starting_is_the_code),
        cmocka_unit_test(a_log_of_any_length_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
