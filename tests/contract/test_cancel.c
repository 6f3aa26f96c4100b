#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/container.h"
#include "docker/containers/run.h"
#include "docker/images/image.h"
#include "platform/host.h"
#include "transport/http.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

/* What may pass from the request to the return, on a loaded machine. */
enum { AT_ONCE_MS = 200, AFTER_MS = 400 };

static void a_stalled_answer_is_left_at_once(void **state)
{
    (void)state;
    static const struct script_rule stalls[] = {
        {.method = "GET", .path = "/images/x/json", .stall = true},
        {.method = "GET", .path = "/images/x/json", .framing = SCRIPT_CLOSE, .stall_body = true},
        {.method = "GET",
         .path = "/images/x/json",
         .framing = SCRIPT_CLOSE,
         .body = "{",
         .stall_body = true},
    };
    for (size_t i = 0; i < COUNT(stalls); i++) {
        const struct script_rule rules[] = {PONG, stalls[i]};
        struct engine_fixture f;
        struct ud_image image = {0};
        struct ud_error err = {0};
        engine_fixture_init(&f, rules, COUNT(rules), true);
        uint64_t begin = ud_host_now_ms();
        struct canceller *c = cancel_after(&f.cancel, AFTER_MS);
        assert_int_equal(ud_image_inspect(f.engine, "x", &image, &err), UD_ERR_INTERRUPTED);
        assert_in_range(ud_host_now_ms() - begin, AFTER_MS - 20, AFTER_MS + AT_ONCE_MS);
        canceller_join(c);
        /* Further requests are not even sent. */
        size_t count = scripted_engine_count(f.script);
        assert_int_equal(ud_image_inspect(f.engine, "x", &image, &err), UD_ERR_INTERRUPTED);
        assert_int_equal(scripted_engine_count(f.script), count);
        engine_fixture_done(&f);
    }
}

static void a_running_container_is_removed_after_a_cancel(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "POST", .path = "/containers/create", .status = 201, .body = "{\"Id\":\"1\"}"},
        {.method = "POST",
         .path = "/attach",
         .framing = SCRIPT_CLOSE,
         .body = "\1\0\0\0\0\0\0\1x",
         .body_len = 9,
         .stall_body = true},
        {.method = "POST", .path = "/start", .status = 204},
        {.method = "DELETE", .path = "/containers/n", .status = 204, .delay_ms = 100},
    };
    struct engine_fixture f;
    struct ud_error err = {0};
    struct ud_buf out;
    ud_buf_init(&out, 100);
    engine_fixture_init(&f, rules, COUNT(rules), true);
    const struct ud_container_spec spec = {.name = "n", .image = "i"};
    const struct ud_run run = {.spec = &spec, .out = {buffer_sink, &out}};
    struct ud_run_result result = {0};
    uint64_t begin = ud_host_now_ms();
    struct canceller *c = cancel_after(&f.cancel, AFTER_MS);
    assert_int_equal(ud_run(f.engine, &run, &result, &err), UD_ERR_INTERRUPTED);
    assert_in_range(ud_host_now_ms() - begin, AFTER_MS - 20, AFTER_MS + 100 + AT_ONCE_MS);
    canceller_join(c);
    assert_string_equal(out.data, "x");
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/containers/n"), 1);
    assert_string_equal(f.warnings, "");
    ud_buf_done(&out);
    engine_fixture_done(&f);
}

static void create_is_finished_after_a_cancel(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "POST",
         .path = "/containers/create",
         .status = 201,
         .body = "{\"Id\":\"1\"}",
         .delay_ms = 250},
        {.method = "DELETE", .path = "/containers/n", .status = 204},
    };
    struct engine_fixture f;
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    const struct ud_container_spec spec = {.name = "n", .image = "i"};
    struct canceller *c = cancel_after(&f.cancel, 50);
    assert_int_equal(ud_container_create(f.engine, &spec, &err), UD_OK);
    canceller_join(c);
    assert_int_equal(ud_container_start(f.engine, "n", &err), UD_ERR_INTERRUPTED);
    assert_int_equal(ud_container_remove(f.engine, "n", &err), UD_OK);
    engine_fixture_done(&f);
}

static void a_pause_ends_at_a_cancel(void **state)
{
    (void)state;
    static struct ud_cancel cancel;
    const struct ud_http_config config = {.cancel = &cancel};
    struct ud_http *web = NULL;
    struct ud_error err = {0};
    assert_int_equal(ud_http_new(&config, &web, &err), UD_OK);
    uint64_t begin = ud_host_now_ms();
    assert_int_equal(ud_http_pause(web, 60, &err), UD_OK);
    assert_in_range(ud_host_now_ms() - begin, 59, 60 + AT_ONCE_MS);
    begin = ud_host_now_ms();
    struct canceller *c = cancel_after(&cancel, AFTER_MS);
    assert_int_equal(ud_http_pause(web, 5000, &err), UD_ERR_INTERRUPTED);
    assert_in_range(ud_host_now_ms() - begin, AFTER_MS - 20, AFTER_MS + AT_ONCE_MS);
    canceller_join(c);
    ud_http_free(web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stalled_answer_is_left_at_once),
        cmocka_unit_test(a_running_container_is_removed_after_a_cancel),
        cmocka_unit_test(create_is_finished_after_a_cancel),
        cmocka_unit_test(a_pause_ends_at_a_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
