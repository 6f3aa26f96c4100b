#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/run.h"

#include "docker/containers/archive.h"
#include "docker/containers/exec.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define NAME "ud-test-1"
#define OUTPUT "\1\0\0\0\0\0\0\5hello\2\0\0\0\0\0\0\4oops\1\0\0\0\0\0\0\1!"
#define RAW "application/vnd.docker.raw-stream"

enum step { CREATE, UPLOAD, ATTACH, START, WAIT, INSPECT, REMOVE, STEPS };

/* A run in which all goes well; the exit code is 137. */
static const struct script_rule good[STEPS] = {
    [CREATE] = {.method = "POST",
                .path = "/containers/create?name=" NAME,
                .status = 201,
                .body = "{\"Id\":\"1\",\"Warnings\":[\"w\"]}"},
    [UPLOAD] = {.method = "PUT", .path = "/containers/" NAME "/archive?path=%2Fup", .body = ""},
    [ATTACH] = {.method = "POST",
                .path = "/containers/" NAME "/attach?stream=1&stdout=1&stderr=1",
                .type = RAW,
                .framing = SCRIPT_CLOSE,
                .body = OUTPUT,
                .body_len = sizeof OUTPUT - 1,
                .after = "/start",
                .piece = 3},
    [START] = {.method = "POST", .path = "/containers/" NAME "/start", .status = 204},
    [WAIT] = {.method = "POST",
              .path = "/wait?condition=not-running",
              .body = "{\"StatusCode\":137}"},
    [INSPECT] = {.method = "GET",
                 .path = "/containers/" NAME "/json",
                 .body =
                     "{\"Name\":\"/" NAME "\",\"State\":{\"OOMKilled\":true,\"ExitCode\":137}}"},
    [REMOVE] = {.method = "DELETE", .path = "/containers/" NAME "?force=1&v=1", .status = 204},
};

struct feed {
    size_t left;
    size_t given;
};

static enum ud_code give(void *ctx, void *dst, size_t room, size_t *ret_len, struct ud_error *err)
{
    struct feed *feed = ctx;
    (void)err;
    *ret_len = feed->left < room ? feed->left : room;
    memset(dst, 't', *ret_len);
    feed->left -= *ret_len;
    feed->given += *ret_len;
    return UD_OK;
}

struct trial {
    struct engine_fixture f;
    struct ud_buf out;
    struct ud_buf errout;
    struct feed feed;
    struct ud_run_result result;
    struct ud_error err;
    unsigned exit_ms; /* 0: the program's own */
};

static enum ud_code run_with(struct trial *t, const struct script_rule *steps,
                             enum ud_code (*sink)(void *, const void *, size_t, struct ud_error *))
{
    static struct script_rule rules[STEPS + 1];
    rules[0] = (struct script_rule)PONG;
    memcpy(rules + 1, steps, sizeof good);
    t->err = (struct ud_error){0};
    t->feed = (struct feed){.left = 100000};
    ud_buf_init(&t->out, 1000);
    ud_buf_init(&t->errout, 1000);
    engine_fixture_init(&t->f, rules, COUNT(rules), false);
    t->f.exit_ms = t->exit_ms;
    assert_int_equal(engine_fixture_connect(&t->f, &t->err), UD_OK);
    const struct ud_container_spec spec = {.name = NAME, .image = "i"};
    const struct ud_run_upload upload = {"/up", {give, &t->feed, UD_SOURCE_SIZE_UNKNOWN}};
    const struct ud_run run = {.spec = &spec,
                               .uploads = &upload,
                               .upload_count = 1,
                               .out = {sink, &t->out},
                               .errout = {sink, &t->errout}};
    return ud_run(t->f.engine, &run, &t->result, &t->err);
}

static void trial_done(struct trial *t)
{
    ud_buf_done(&t->out);
    ud_buf_done(&t->errout);
    engine_fixture_done(&t->f);
}

static size_t removals(struct trial *t)
{
    return scripted_engine_seen(t->f.script, "DELETE", NAME "?force=1&v=1");
}

static void a_run_gives_output_and_exit_code(void **state)
{
    (void)state;
    static struct trial t;
    assert_int_equal(run_with(&t, good, buffer_sink), UD_OK);
    assert_int_equal(t.result.exit_code, 137);
    assert_true(t.result.oom_killed);
    assert_string_equal(t.out.data, "hello!");
    assert_string_equal(t.errout.data, "oops");
    assert_int_equal(removals(&t), 1);
    assert_string_equal(t.f.warnings, "");
    for (size_t i = 0; i < scripted_engine_count(t.f.script); i++) {
        assert_true(scripted_engine_request(t.f.script, i)->matched);
    }
    const struct script_request *put = scripted_engine_request(t.f.script, 2);
    assert_int_equal(put->body_len, 100000);
    assert_non_null(strstr(put->head, "Content-Type: application/x-tar"));
    const struct script_request *start = scripted_engine_request(t.f.script, 4);
    assert_non_null(strstr(start->target, "/start"));
    assert_non_null(strstr(start->head, "Content-Length: 0"));
    assert_null(strstr(start->head, "form-urlencoded"));
    trial_done(&t);
}

static void each_failing_step_still_removes_the_container(void **state)
{
    (void)state;
    for (int step = UPLOAD; step < REMOVE; step++) {
        for (int how = 0; how < 3; how++) {
            static struct trial t;
            struct script_rule steps[STEPS];
            memcpy(steps, good, sizeof good);
            steps[step].status = 500;
            steps[step].framing = SCRIPT_LENGTH;
            steps[step].after = NULL;
            steps[step].body = "{\"message\":\"planned\"}";
            steps[step].body_len = 0;
            steps[step].drop = how == 1;
            steps[step].forever = how != 0; /* a GET on a kept connection is tried again */
            steps[step].cut_after = how == 2 ? 40 : 0;
            assert_int_not_equal(run_with(&t, steps, buffer_sink), UD_OK);
            assert_int_equal(t.err.code == UD_ERR_ENGINE, how == 0);
            assert_int_equal(removals(&t), 1);
            assert_string_equal(t.f.warnings, "");
            trial_done(&t);
        }
    }
}

static void a_lost_answer_to_create_still_removes_by_name(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[CREATE].drop = true;
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_ERR_UNREACHABLE);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/create"), 1);
    assert_int_equal(removals(&t), 1);
    trial_done(&t);
}

static void a_name_that_is_taken_is_not_removed(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[CREATE].status = 409;
    steps[CREATE].body = "{\"message\":\"name in use\"}";
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_ERR_BUSY);
    assert_int_equal(removals(&t), 0);
    trial_done(&t);
}

static void a_failed_removal_warns_with_the_name(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[REMOVE].status = 500;
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_OK);
    assert_non_null(strstr(t.f.warnings, " rm -f " NAME));
    trial_done(&t);
    steps[REMOVE].status = 409;
    steps[REMOVE].body = "{\"message\":\"removal of container x is already in progress\"}";
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_OK);
    assert_string_equal(t.f.warnings, "");
    trial_done(&t);
    steps[REMOVE].body = "{\"message\":\"device is busy\"}";
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_OK);
    assert_string_not_equal(t.f.warnings, "");
    trial_done(&t);
}

static enum ud_code refuse(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)ctx;
    (void)data;
    (void)len;
    return ud_fail(err, UD_ERR_IO, NULL, "disk full");
}

static void a_sinks_error_ends_the_run(void **state)
{
    (void)state;
    static struct trial t;
    assert_int_equal(run_with(&t, good, refuse), UD_ERR_IO);
    assert_string_equal(t.err.message, "disk full");
    assert_int_equal(removals(&t), 1);
    trial_done(&t);
}

static void garbage_output_ends_the_run(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[ATTACH].body = "this is no multiplexed output";
    steps[ATTACH].body_len = 0;
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_ERR_PROTOCOL);
    assert_int_equal(removals(&t), 1);
    trial_done(&t);
}

static void a_missing_container_costs_no_upload(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[UPLOAD].status = 404;
    steps[UPLOAD].body = "{\"message\":\"No such container\"}";
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_ERR_NOT_FOUND);
    const struct script_request *put = scripted_engine_request(t.f.script, 2);
    assert_string_equal(put->method, "PUT");
    assert_int_equal(put->body_len, 0);
    assert_int_equal(t.feed.given, 0);
    trial_done(&t);
}

static void an_exec_gives_output_and_exit_code(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "POST", .path = "/containers/c/exec", .status = 201, .body = "{\"Id\":\"e\"}"},
        {.method = "POST",
         .path = "/exec/e/start",
         .type = RAW,
         .framing = SCRIPT_CLOSE,
         .body = OUTPUT,
         .body_len = sizeof OUTPUT - 1,
         .piece = 1},
        {.method = "GET", .path = "/exec/e/json", .body = "{\"Running\":true,\"ExitCode\":null}"},
        {.method = "GET", .path = "/exec/e/json", .body = "{\"Running\":false,\"ExitCode\":3}"},
    };
    struct engine_fixture f;
    struct ud_buf out;
    ud_buf_init(&out, 100);
    engine_fixture_init(&f, rules, COUNT(rules), true);
    struct ud_exec exec = {.container = "c", .out = {buffer_sink, &out}};
    ud_strv_add(&exec.argv, "true");
    ud_strv_add(&exec.env, "A=1");
    int code = -1;
    assert_int_equal(ud_exec_run(f.engine, &exec, &code, NULL), UD_OK);
    assert_int_equal(code, 3);
    assert_string_equal(out.data, "hello!");
    assert_string_equal(scripted_engine_request(f.script, 1)->body,
                        "{\"AttachStdout\":true,\"AttachStderr\":true,\"Env\":[\"A=1\"],"
                        "\"Cmd\":[\"true\"]}");
    ud_strv_done(&exec.argv);
    ud_strv_done(&exec.env);
    ud_buf_done(&out);
    engine_fixture_done(&f);
}

/* ---- the end that is told late ---- */

#define RUNNING "{\"Running\":true,\"ExitCode\":null}"
#define ENDED "{\"Running\":false,\"ExitCode\":3}"

/* An exec whose output ends at once and whose end is told after late_ms; 0: never. */
static void exec_rules(struct script_rule rules[5], unsigned late_ms)
{
    const struct script_rule all[5] = {
        PONG,
        {.method = "POST", .path = "/containers/c/exec", .status = 201, .body = "{\"Id\":\"e\"}"},
        {.method = "POST",
         .path = "/exec/e/start",
         .type = RAW,
         .framing = SCRIPT_CLOSE,
         .body = OUTPUT,
         .body_len = sizeof OUTPUT - 1},
        {.method = "GET",
         .path = "/exec/e/json",
         .body = RUNNING,
         .lasts_ms = late_ms,
         .forever = late_ms == 0},
        {.method = "GET", .path = "/exec/e/json", .body = ENDED},
    };
    memcpy(rules, all, sizeof all);
}

/* cancel_ms 0: a program of ours; else one of the user's, who interrupts after that time. */
static enum ud_code late_exec(struct engine_fixture *f, const struct script_rule *rules,
                              unsigned exit_ms, unsigned cancel_ms, int *ret_code,
                              struct ud_error *err)
{
    engine_fixture_init(f, rules, 5, false);
    f->exit_ms = exit_ms;
    assert_int_equal(engine_fixture_connect(f, err), UD_OK);
    struct ud_exec exec = {.container = "c", .users_own = cancel_ms != 0};
    ud_strv_add(&exec.argv, "make");
    struct canceller *canceller = cancel_ms != 0 ? cancel_after(&f->cancel, cancel_ms) : NULL;
    enum ud_code rc = ud_exec_run(f->engine, &exec, ret_code, err);
    if (canceller != NULL) {
        canceller_join(canceller);
    }
    ud_strv_done(&exec.argv);
    return rc;
}

/* With the program's own patience; and few questions for it. */
static void an_exit_code_may_come_two_seconds_late(void **state)
{
    (void)state;
    struct script_rule rules[5];
    struct engine_fixture f;
    struct ud_error err = {0};
    int code = -1;
    exec_rules(rules, 2000);
    assert_int_equal(late_exec(&f, rules, 0, 0, &code, &err), UD_OK);
    assert_int_equal(code, 3);
    assert_in_range(scripted_engine_seen(f.script, "GET", "/exec/e/json"), 3, 12);
    engine_fixture_done(&f);
}

static void an_exec_of_ours_that_never_ends_is_an_error(void **state)
{
    (void)state;
    struct script_rule rules[5];
    struct engine_fixture f;
    struct ud_error err = {0};
    int code = -1;
    exec_rules(rules, 0);
    assert_int_equal(late_exec(&f, rules, 200, 0, &code, &err), UD_ERR_ENGINE);
    assert_string_equal(err.message, "cannot run make in the container c: its output ended but it "
                                     "is still running");
    assert_string_not_equal(err.remedy, "");
    assert_string_equal(f.notes, "");
    assert_int_equal(code, -1);
    engine_fixture_done(&f);
}

static void a_program_of_the_users_is_waited_for_as_long_as_it_runs(void **state)
{
    (void)state;
    struct script_rule rules[5];
    struct engine_fixture f;
    struct ud_error err = {0};
    int code = -1;
    exec_rules(rules, 800);
    assert_int_equal(late_exec(&f, rules, 100, 1500, &code, &err), UD_OK);
    assert_int_equal(code, 3);
    assert_string_equal(f.notes, "the output of make ended but it is still running: waiting for "
                                 "its end (Ctrl-C leaves it alone)\n");
    engine_fixture_done(&f);
}

static void waiting_for_a_users_program_can_be_interrupted(void **state)
{
    (void)state;
    struct script_rule rules[5];
    struct engine_fixture f;
    struct ud_error err = {0};
    int code = -1;
    exec_rules(rules, 0);
    assert_int_equal(late_exec(&f, rules, 100, 400, &code, &err), UD_ERR_INTERRUPTED);
    engine_fixture_done(&f);
}

/* The container of a run: the engine says nothing to the question for its end. */
static void a_container_that_never_ends_is_an_error_and_is_removed(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule steps[STEPS];
    memcpy(steps, good, sizeof good);
    steps[WAIT].stall_body = true;
    steps[WAIT].body = "";
    steps[WAIT].framing = SCRIPT_CLOSE;
    t.exit_ms = 300;
    assert_int_equal(run_with(&t, steps, buffer_sink), UD_ERR_ENGINE);
    assert_string_equal(t.err.message, "cannot wait for the container " NAME ": its output ended "
                                       "but it is still running");
    assert_int_equal(removals(&t), 1);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_gives_output_and_exit_code),
        cmocka_unit_test(each_failing_step_still_removes_the_container),
        cmocka_unit_test(a_lost_answer_to_create_still_removes_by_name),
        cmocka_unit_test(a_name_that_is_taken_is_not_removed),
        cmocka_unit_test(a_failed_removal_warns_with_the_name),
        cmocka_unit_test(a_sinks_error_ends_the_run),
        cmocka_unit_test(garbage_output_ends_the_run),
        cmocka_unit_test(a_missing_container_costs_no_upload),
        cmocka_unit_test(an_exec_gives_output_and_exit_code),
        cmocka_unit_test(an_exit_code_may_come_two_seconds_late),
        cmocka_unit_test(an_exec_of_ours_that_never_ends_is_an_error),
        cmocka_unit_test(a_program_of_the_users_is_waited_for_as_long_as_it_runs),
        cmocka_unit_test(waiting_for_a_users_program_can_be_interrupted),
        cmocka_unit_test(a_container_that_never_ends_is_an_error_and_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
