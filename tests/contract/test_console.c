/* A process in front of a made-up console. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/exec.h"
#include "docker/containers/run.h"
#include "platform/host.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define UPGRADED                                                                                   \
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"                 \
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
#define FRAMES "\1\0\0\0\0\0\0\5hello\2\0\0\0\0\0\0\4oops\1\0\0\0\0\0\0\1!"

enum { AT_ONCE_MS = 300, AFTER_MS = 150 };

struct fake_console {
    struct ud_console console;
    const char *input; /* given in pieces of 3 bytes, then the end */
    size_t left;
    bool endless; /* the end does not come */
    unsigned rows;
    int resizes; /* times that resized() still says yes */
    int begun;
    int ended;
    enum ud_code begin_code;
    struct ud_cancel *cancel; /* to be requested AFTER_MS after begin, or NULL */
    struct canceller *canceller;
    uint64_t begun_at; /* ms */
    struct ud_buf out;
    struct ud_buf errout;
};

static enum ud_code begin(void *ctx, void (*wake)(void *arg), void *arg, struct ud_error *err)
{
    struct fake_console *f = ctx;
    wake(arg);
    if (f->begin_code != UD_OK) {
        return ud_fail(err, f->begin_code, NULL, "no console");
    }
    f->begun++;
    f->begun_at = ud_host_now_ms();
    if (f->cancel != NULL) {
        f->canceller = cancel_after(f->cancel, AFTER_MS);
    }
    return UD_OK;
}

static void end(void *ctx)
{
    ((struct fake_console *)ctx)->ended++;
}

static size_t read_input(void *ctx, void *dst, size_t room, bool *ret_end)
{
    struct fake_console *f = ctx;
    size_t len = f->left < 3 ? f->left : 3;
    assert_true(len <= room);
    memcpy(dst, f->input, len);
    f->input += len;
    f->left -= len;
    *ret_end = !f->endless && f->left == 0;
    return len;
}

static bool size(void *ctx, unsigned *ret_rows, unsigned *ret_columns)
{
    *ret_rows = ((struct fake_console *)ctx)->rows;
    *ret_columns = 80;
    return true;
}

static bool resized(void *ctx)
{
    struct fake_console *f = ctx;
    if (f->resizes == 0) {
        return false;
    }
    f->resizes--;
    f->rows++;
    return true;
}

static void console_init(struct fake_console *f, bool tty, const char *input)
{
    *f = (struct fake_console){.input = input, .left = strlen(input), .rows = 24};
    ud_buf_init(&f->out, 1 << 20);
    ud_buf_init(&f->errout, 1 << 20);
    f->console = (struct ud_console){.ctx = f,
                                     .tty = tty,
                                     .begin = begin,
                                     .end = end,
                                     .read = read_input,
                                     .size = size,
                                     .resized = resized,
                                     .out = {buffer_sink, &f->out},
                                     .errout = {buffer_sink, &f->errout}};
}

static void console_done(struct fake_console *f)
{
    ud_buf_done(&f->out);
    ud_buf_done(&f->errout);
}

/* ---- exec ---- */

enum exec_step { PING, CREATE, START, RESIZE, INSPECT, EXEC_STEPS };

static const struct script_rule exec_rules[EXEC_STEPS] = {
    [PING] = PONG,
    [CREATE] = {.method = "POST",
                .path = "/containers/c/exec",
                .status = 201,
                .body = "{\"Id\":\"e\"}"},
    [START] = {.method = "POST",
               .path = "/exec/e/start",
               .framing = SCRIPT_RAW,
               .body = UPGRADED,
               .echo = true},
    [RESIZE] = {.method = "POST", .path = "/exec/e/resize", .status = 201, .forever = true},
    [INSPECT] = {.method = "GET",
                 .path = "/exec/e/json",
                 .body = "{\"Running\":false,\"ExitCode\":3}"},
};

struct trial {
    struct engine_fixture f;
    struct fake_console console;
    int exit_code;
    struct ud_error err;
};

static enum ud_code exec_with(struct trial *t, const struct script_rule *rules)
{
    engine_fixture_init(&t->f, rules, EXEC_STEPS, true);
    struct ud_exec exec = {.container = "c"};
    ud_strv_add(&exec.argv, "sh");
    t->exit_code = -1;
    t->err = (struct ud_error){0};
    enum ud_code rc =
        ud_exec_interactive(t->f.engine, &exec, &t->console.console, &t->exit_code, &t->err);
    ud_strv_done(&exec.argv);
    return rc;
}

static void trial_done(struct trial *t)
{
    console_done(&t->console);
    engine_fixture_done(&t->f);
}

static void without_a_terminal_the_streams_are_apart(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule rules[EXEC_STEPS];
    static const char answer[] = UPGRADED FRAMES;
    memcpy(rules, exec_rules, sizeof rules);
    rules[START].body = answer;
    rules[START].body_len = sizeof answer - 1;
    rules[START].piece = 5;
    console_init(&t.console, false, "");
    assert_int_equal(exec_with(&t, rules), UD_OK);
    assert_int_equal(t.exit_code, 3);
    assert_string_equal(t.console.out.data, "hello!");
    assert_string_equal(t.console.errout.data, "oops");
    assert_int_equal(t.console.begun, 1);
    assert_int_equal(t.console.ended, 1);
    assert_string_equal(scripted_engine_request(t.f.script, 1)->body,
                        "{\"AttachStdin\":true,\"DetachKeys\":\"ctrl-^,ctrl-@,ctrl-^,ctrl-@\","
                        "\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":[\"sh\"]}");
    assert_string_equal(scripted_engine_request(t.f.script, 2)->body,
                        "{\"Detach\":false,\"Tty\":false}");
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/resize"), 0);
    trial_done(&t);
}

/* The engine echoes the frames that are typed, and closes when they end. */
static void input_and_its_end_reach_the_engine(void **state)
{
    (void)state;
    static struct trial t;
    console_init(&t.console, false, "");
    t.console.input = FRAMES;
    t.console.left = sizeof FRAMES - 1;
    assert_int_equal(exec_with(&t, exec_rules), UD_OK);
    assert_int_equal(t.exit_code, 3);
    assert_string_equal(t.console.out.data, "hello!");
    assert_string_equal(t.console.errout.data, "oops");
    trial_done(&t);
}

static void a_terminal_has_one_stream_and_a_size(void **state)
{
    (void)state;
    static struct trial t;
    console_init(&t.console, true, "ls\rexit\r");
    t.console.endless = true;
    t.console.resizes = 2;
    struct script_rule rules[EXEC_STEPS];
    memcpy(rules, exec_rules, sizeof rules);
    rules[START].echo = false;
    rules[START].body = UPGRADED "$ ";
    rules[START].framing = SCRIPT_RAW;
    rules[START].piece = 1;
    rules[START].delay_ms = 2;
    assert_int_equal(exec_with(&t, rules), UD_OK);
    assert_string_equal(t.console.out.data, "$ ");
    assert_string_equal(t.console.errout.data, "");
    assert_string_equal(scripted_engine_request(t.f.script, 2)->body,
                        "{\"Detach\":false,\"Tty\":true,\"ConsoleSize\":[24,80]}");
    assert_non_null(strstr(scripted_engine_request(t.f.script, 1)->body, "\"Tty\":true"));
    trial_done(&t);
}

/* The stream stands still until the last size was told. */
static void sizes_are_told_while_it_goes_on_and_again_if_refused(void **state)
{
    (void)state;
    static struct trial t;
    const struct script_rule rules[EXEC_STEPS + 1] = {
        exec_rules[PING],
        exec_rules[CREATE],
        {.method = "POST",
         .path = "/exec/e/start",
         .type = "application/vnd.docker.raw-stream",
         .framing = SCRIPT_CLOSE,
         .body = "done",
         .after = "h=26&w=80"},
        {.method = "POST", .path = "/exec/e/resize", .status = 409},
        {.method = "POST", .path = "/exec/e/resize", .status = 201, .forever = true},
        exec_rules[INSPECT],
    };
    console_init(&t.console, true, "");
    t.console.endless = true;
    t.console.resizes = 2;
    engine_fixture_init(&t.f, rules, COUNT(rules), true);
    struct ud_exec exec = {.container = "c"};
    ud_strv_add(&exec.argv, "sh");
    assert_int_equal(
        ud_exec_interactive(t.f.engine, &exec, &t.console.console, &t.exit_code, &t.err), UD_OK);
    ud_strv_done(&exec.argv);
    assert_string_equal(t.console.out.data, "done");
    assert_true(scripted_engine_seen(t.f.script, "POST", "/resize?h=") >= 2);
    trial_done(&t);
}

static void a_refusal_is_told_in_the_engines_words(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum ud_code code;
    } cases[] = {{404, UD_ERR_NOT_FOUND}, {409, UD_ERR_BUSY}, {500, UD_ERR_ENGINE}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int step = CREATE; step <= START; step++) {
            static struct trial t;
            struct script_rule rules[EXEC_STEPS];
            memcpy(rules, exec_rules, sizeof rules);
            rules[step] = (struct script_rule){.method = "POST",
                                               .path = rules[step].path,
                                               .status = cases[i].status,
                                               .body = "{\"message\":\"container is paused\"}"};
            console_init(&t.console, false, "");
            assert_int_equal(exec_with(&t, rules), cases[i].code);
            assert_non_null(strstr(t.err.message, "cannot run sh in the container c"));
            assert_non_null(strstr(t.err.message, "container is paused"));
            assert_int_equal(t.console.begun, 0);
            assert_int_equal(t.console.ended, 0);
            trial_done(&t);
        }
    }
}

static void an_answer_that_is_no_stream_is_told(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule rules[EXEC_STEPS];
    memcpy(rules, exec_rules, sizeof rules);
    rules[START] = (struct script_rule){.method = "POST", .path = "/start", .body = "{}"};
    console_init(&t.console, false, "");
    assert_int_equal(exec_with(&t, rules), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "not a stream"));
    trial_done(&t);
}

static void the_console_ends_however_it_ends(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule rules[EXEC_STEPS];
    memcpy(rules, exec_rules, sizeof rules);
    rules[START].echo = false;
    rules[START].stall_body = true;
    console_init(&t.console, true, "x"); /* the terminal is closed */
    assert_int_equal(exec_with(&t, rules), UD_ERR_INTERRUPTED);
    assert_int_equal(t.console.ended, 1);
    trial_done(&t);
    rules[START].stall_body = false;
    rules[START].body = UPGRADED "garbage!";
    console_init(&t.console, false, "");
    assert_int_equal(exec_with(&t, rules), UD_ERR_PROTOCOL);
    assert_int_equal(t.console.ended, 1);
    trial_done(&t);
    console_init(&t.console, false, "");
    t.console.begin_code = UD_ERR_IO;
    assert_int_equal(exec_with(&t, rules), UD_ERR_IO);
    assert_int_equal(t.console.ended, 0);
    trial_done(&t);
}

static void a_cancel_while_idle_returns_at_once(void **state)
{
    (void)state;
    static struct trial t;
    struct script_rule rules[EXEC_STEPS];
    memcpy(rules, exec_rules, sizeof rules);
    rules[START].echo = false;
    rules[START].stall_body = true;
    console_init(&t.console, true, "");
    t.console.endless = true;
    t.console.cancel = &t.f.cancel;
    assert_int_equal(exec_with(&t, rules), UD_ERR_INTERRUPTED);
    assert_in_range(ud_host_now_ms() - t.console.begun_at, AFTER_MS - 50, AFTER_MS + AT_ONCE_MS);
    assert_int_equal(t.console.ended, 1);
    canceller_join(t.console.canceller);
    trial_done(&t);
}

/* ---- a run ---- */

enum run_step { R_PING, R_CREATE, R_ATTACH, R_START, R_INSPECT, R_WAIT, R_REMOVE, RUN_STEPS };

static const struct script_rule run_rules[RUN_STEPS] = {
    [R_PING] = PONG,
    [R_CREATE] = {.method = "POST", .path = "/containers/create", .status = 201, .body = "{}"},
    [R_ATTACH] = {.method = "POST",
                  .path = "/containers/n/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys=",
                  .framing = SCRIPT_RAW,
                  .body = UPGRADED,
                  .echo = true},
    [R_START] = {.method = "POST", .path = "/containers/n/start", .status = 204},
    [R_INSPECT] = {.method = "GET",
                   .path = "/containers/n/json",
                   .body = "{\"State\":{\"Running\":false}}"},
    [R_WAIT] = {.method = "POST", .path = "/wait", .body = "{\"StatusCode\":7}"},
    [R_REMOVE] = {.method = "DELETE", .path = "/containers/n?force=1&v=1", .status = 204},
};

static enum ud_code run_with(struct trial *t, const struct script_rule *rules)
{
    engine_fixture_init(&t->f, rules, RUN_STEPS, true);
    const struct ud_container_spec spec = {.name = "n", .image = "i", .open_stdin = true};
    const struct ud_run run = {.spec = &spec, .console = &t->console.console};
    struct ud_run_result result = {.exit_code = -1};
    t->err = (struct ud_error){0};
    enum ud_code rc = ud_run(t->f.engine, &run, &result, &t->err);
    t->exit_code = result.exit_code;
    return rc;
}

static void a_run_with_a_console_gives_the_exit_code(void **state)
{
    (void)state;
    static struct trial t;
    console_init(&t.console, false, "");
    assert_int_equal(run_with(&t, run_rules), UD_OK);
    assert_int_equal(t.exit_code, 7);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/n"), 1);
    assert_non_null(strstr(scripted_engine_request(t.f.script, 1)->body,
                           "\"OpenStdin\":true,\"StdinOnce\":true,\"AttachStdin\":true"));
    trial_done(&t);
}

static void each_failing_step_still_removes_the_container(void **state)
{
    (void)state;
    for (int step = R_ATTACH; step < R_REMOVE; step++) {
        for (int drop = 0; drop < 2; drop++) {
            static struct trial t;
            struct script_rule rules[RUN_STEPS];
            memcpy(rules, run_rules, sizeof rules);
            rules[step].status = 500;
            rules[step].framing = SCRIPT_LENGTH;
            rules[step].body = "{\"message\":\"planned\"}";
            rules[step].echo = false;
            rules[step].drop = drop == 1;
            rules[step].forever = drop == 1;
            console_init(&t.console, false, "");
            assert_int_not_equal(run_with(&t, rules), UD_OK);
            assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/n"), 1);
            assert_int_equal(t.console.begun, t.console.ended);
            trial_done(&t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_terminal_the_streams_are_apart),
        cmocka_unit_test(input_and_its_end_reach_the_engine),
        cmocka_unit_test(a_terminal_has_one_stream_and_a_size),
        cmocka_unit_test(sizes_are_told_while_it_goes_on_and_again_if_refused),
        cmocka_unit_test(a_refusal_is_told_in_the_engines_words),
        cmocka_unit_test(an_answer_that_is_no_stream_is_told),
        cmocka_unit_test(the_console_ends_however_it_ends),
        cmocka_unit_test(a_cancel_while_idle_returns_at_once),
        cmocka_unit_test(a_run_with_a_console_gives_the_exit_code),
        cmocka_unit_test(each_failing_step_still_removes_the_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
