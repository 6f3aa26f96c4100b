#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/host.h"
#include "platform/process.h"

/* Commands of cmd, as words. */
static const char *const echo[] = {"/c", "echo", "hello&", "exit", "3", NULL};
static const char *const loop[] = {"/c", "for", "/l", "%i", "in", "(0,0,1)", "do", "@rem", NULL};

static enum ud_code ask(const char *program, const char *const *arguments, unsigned limit_ms,
                        struct ud_buf *ret, int *ret_exit, struct ud_error *err)
{
    const struct ud_process process = {
        .program = program, .arguments = arguments, .input = "server", .limit_ms = limit_ms};
    return ud_process_run(&process, ret, ret_exit, err);
}

static void a_program_answers(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    (void)state;
    ud_buf_init(&said, 1024);
    if (ask("cmd", echo, 30000, &said, &code, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_non_null(strstr(said.data, "hello"));
    assert_int_equal(code, 3);
    ud_buf_done(&said);
}

/* Its file may be named whole, as docker's plugin is. */
static void a_name_with_its_suffix_is_the_same(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    (void)state;
    ud_buf_init(&said, 1024);
    if (ask("cmd.exe", echo, 30000, &said, &code, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_non_null(strstr(said.data, "hello"));
    ud_buf_done(&said);
}

static void a_slow_program_is_killed(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    const uint64_t begun = ud_host_now_ms();
    (void)state;
    ud_buf_init(&said, 1024);
    assert_int_equal(ask("cmd", loop, 500, &said, &code, &err), UD_ERR_UNREACHABLE);
    assert_true(ud_host_now_ms() - begun < 60000);
    ud_buf_done(&said);
}

static void a_missing_program_is_told(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    (void)state;
    ud_buf_init(&said, 1024);
    assert_int_equal(ask("ud-no-such-program", echo, 1000, &said, &code, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "ud-no-such-program.exe"));
    ud_buf_done(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_answers),
        cmocka_unit_test(a_name_with_its_suffix_is_the_same),
        cmocka_unit_test(a_slow_program_is_killed),
        cmocka_unit_test(a_missing_program_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
