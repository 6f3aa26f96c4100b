/* A container or an image that has our name and is somebody else's is left alone. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "app/engine/roles.h"
#include "app/vhcli/vhcli.h"
#include "transport/stream.h"
#include "util/strv.h"
#include "vhcli/parts.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define CONTAINER "/containers/" UD_VHCLI_CONTAINER
#define LABELS "\"io.github.usbipd-desktop\":\"1\",\"io.github.usbipd-desktop.role\":\"vhcli\""
#define FOUND(running, labels)                                                                     \
    "{\"Id\":\"abc\",\"Name\":\"/" UD_VHCLI_CONTAINER "\",\"State\":{\"Running\":" running         \
    ",\"Status\":\"exited\"},\"Config\":{\"Labels\":{" labels "}}}"

/* Each use of the container, by its number. */
static enum ud_code use(size_t which, const struct ud_app *app,
                        const struct ud_engine_choice *choice, struct ud_error *err)
{
    struct ud_buf out;
    struct ud_strv argv = {0};
    const struct ud_console console = {0};
    struct ud_vhcli_started started = {0};
    bool was_there = false;
    int code = 0;
    enum ud_code rc = UD_OK;
    ud_buf_init(&out, 4096);
    const struct ud_sink sink = {buffer_sink, &out};
    ud_strv_add(&argv, "true");
    switch (which) {
    case 0:
        rc = ud_app_vhcli_stop(app, choice, &was_there, err);
        break;
    case 1:
        rc = ud_app_vhcli_logs(app, choice, false, &sink, &sink, err);
        break;
    case 2:
        rc = ud_app_vhcli_command(app, choice, "LIST", &sink, &sink, &code, err);
        break;
    case 3:
        rc = ud_app_vhcli_exec(app, choice, &argv, &console, &code, err);
        break;
    default:
        rc =
            ud_app_vhcli_start(app, &(struct ud_vhcli_start_options){.vm = *choice}, &started, err);
        ud_vhcli_started_done(&started);
        break;
    }
    ud_strv_done(&argv);
    ud_buf_done(&out);
    return rc;
}

enum { USES = 5 };

static void a_container_of_another_is_not_touched(void **state)
{
    (void)state;
    static const char *const containers[] = {FOUND("true", ""), FOUND("false", ""),
                                             FOUND("true", "\"role\":\"vhcli\""),
                                             FOUND("false", "\"io.github.usbipd-desktop\":\"1\"")};
    for (size_t i = 0; i < COUNT(containers) * USES; i++) {
        struct engine_fixture f;
        struct ud_error err = {0};
        const struct script_rule rules[] = {
            PONG,
            {.method = "GET", .path = "/containers/json", .body = "[]"},
            {.method = "GET", .path = "/images/json", .body = "[]"},
            {.method = "GET",
             .path = "/images/vhcli",
             .body = "{\"Id\":\"sha256:2\",\"Config\":{\"Labels\":{"
                     "\"io.github.usbipd-desktop.client\":\"c\"}}}"},
            {.method = "GET", .path = CONTAINER "/json", .body = containers[i / USES]}};
        char *home = state_home_new();
        engine_fixture_init(&f, rules, COUNT(rules), false);
        const struct ud_app app = {.report = &f.report};
        const struct ud_engine_choice choice = {.host = scripted_engine_endpoint(f.script)};
        enum ud_code rc = use(i % USES, &app, &choice, &err);
        if (rc != UD_ERR_BUSY || strstr(err.message, UD_VHCLI_CONTAINER) == NULL ||
            strstr(err.remedy, "docker rename") == NULL) {
            fail_msg("%zu: code %d: %s", i, (int)rc, err.message);
        }
        assert_int_equal(scripted_engine_seen(f.script, "POST", ""), 0);
        assert_int_equal(scripted_engine_seen(f.script, "DELETE", ""), 0);
        engine_fixture_done(&f);
        state_home_free(home);
    }
}

/* By its id: the name may be another's a moment later. */
static void ours_is_stopped_and_removed_by_its_id(void **state)
{
    (void)state;
    struct engine_fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = CONTAINER "/json", .body = FOUND("true", LABELS)},
        {.method = "POST", .path = "/containers/abc/stop", .status = 204},
        {.method = "DELETE", .path = "/containers/abc?", .status = 204}};
    char *home = state_home_new();
    engine_fixture_init(&f, rules, COUNT(rules), false);
    const struct ud_app app = {.report = &f.report};
    const struct ud_engine_choice choice = {.host = scripted_engine_endpoint(f.script)};
    bool was_there = false;
    if (ud_app_vhcli_stop(&app, &choice, &was_there, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(was_there);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/containers/abc?"), 1);
    engine_fixture_done(&f);
    state_home_free(home);
}

/* What the user made, also on top of one of ours: then it has our labels. */
static void an_image_of_another_keeps_its_name(void **state)
{
    (void)state;
    static const char *const images[] = {
        "{\"Id\":\"sha256:1\",\"Comment\":\"\"}",
        "{\"Id\":\"sha256:1\",\"Comment\":\"mine\",\"Config\":{\"Labels\":{" LABELS "}}}"};
    for (size_t i = 0; i < COUNT(images); i++) {
        struct engine_fixture f;
        struct ud_error err = {0};
        struct ud_vhcli_image made = {0};
        const struct script_rule rules[] = {
            PONG,
            {.method = "GET", .path = "/containers/json", .body = "[]"},
            {.method = "GET", .path = "/images/json", .body = "[]"},
            {.method = "GET", .path = "/images/mine:1/json", .body = images[i]}};
        char *home = state_home_new();
        engine_fixture_init(&f, rules, COUNT(rules), false);
        const struct ud_app app = {.report = &f.report};
        const struct ud_vhcli_image_options options = {
            .vm = {.host = scripted_engine_endpoint(f.script)}, .tag = "mine:1"};
        enum ud_code rc = ud_app_vhcli_image(&app, &options, &made, &err);
        if (rc != UD_ERR_USAGE || strstr(err.message, "mine:1") == NULL ||
            strstr(err.remedy, "--tag") == NULL) {
            fail_msg("code %d: %s", (int)rc, err.message);
        }
        assert_int_equal(scripted_engine_seen(f.script, "POST", ""), 0);
        assert_int_equal(scripted_engine_seen(f.script, "DELETE", ""), 0);
        engine_fixture_done(&f);
        state_home_free(home);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_of_another_is_not_touched),
        cmocka_unit_test(ours_is_stopped_and_removed_by_its_id),
        cmocka_unit_test(an_image_of_another_keeps_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
