#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "../tempdir.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "platform/process.h"
#include "util/mem.h"

static char *dir;

static int make_dir(void **state)
{
    (void)state;
    dir = tempdir_new();
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    tempdir_free(dir);
    return 0;
}

static const char *const get[] = {"get", NULL};

/* A program of this text, asked once; it is found in PATH. */
static enum ud_code ask(const char *text, unsigned limit_ms, struct ud_buf *ret, int *ret_exit,
                        struct ud_error *err)
{
    char *path = ud_strf("%s/ud-test-program", dir);
    char *search = ud_strf("%s:/usr/bin:/bin", dir);
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), err), UD_OK);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(setenv("PATH", search, 1), 0);
    const struct ud_process process = {
        .program = "ud-test-program", .arguments = get, .input = "server", .limit_ms = limit_ms};
    enum ud_code rc = ud_process_run(&process, ret, ret_exit, err);
    free(search);
    free(path);
    return rc;
}

static void a_program_answers(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    (void)state;
    ud_buf_init(&said, 1024);
    assert_int_equal(
        ask("#!/bin/sh\necho \"$1 $(cat)\"; echo no >&2; exit 3\n", 5000, &said, &code, &err),
        UD_OK);
    assert_string_equal(said.data, "get server\n");
    assert_int_equal(code, 3);
    ud_buf_done(&said);
}

/* It and what it started; also one that has said all, and does not end. */
static void a_slow_program_is_killed(void **state)
{
    static const char *const texts[] = {"#!/bin/sh\nsleep 60\n", "#!/bin/sh\nexec >&-\nsleep 60\n",
                                        "#!/bin/sh\nwhile :; do echo x; sleep 0.05; done\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ud_buf said;
        struct ud_error err = {0};
        int code = -1;
        const uint64_t begun = ud_host_now_ms();
        ud_buf_init(&said, 1 << 20);
        assert_int_equal(ask(texts[i], 300, &said, &code, &err), UD_ERR_UNREACHABLE);
        assert_non_null(strstr(err.message, "ud-test-program did not answer"));
        assert_true(ud_host_now_ms() - begun < 30000);
        ud_buf_done(&said);
    }
}

static void what_goes_wrong_is_told(void **state)
{
    struct ud_buf said;
    struct ud_error err = {0};
    int code = -1;
    const struct ud_process missing = {
        .program = "ud-no-such-program", .arguments = get, .input = "", .limit_ms = 1000};
    (void)state;
    ud_buf_init(&said, 16);
    assert_int_equal(ud_process_run(&missing, &said, &code, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "ud-no-such-program"));
    assert_int_not_equal(ask("#!/bin/sh\nexec yes\n", 20000, &said, &code, &err), UD_OK);
    ud_buf_clear(&said);
    /* One that reads nothing of what it is told. */
    assert_int_equal(ask("#!/bin/sh\nexec <&-\nexit 0\n", 5000, &said, &code, &err), UD_OK);
    assert_int_equal(code, 0);
    ud_buf_clear(&said);
    assert_int_equal(ask("#!/bin/sh\nkill -9 $$\n", 5000, &said, &code, &err), UD_OK);
    assert_int_equal(code, -1);
    ud_buf_done(&said);
}

static void each_argument_is_a_word_of_its_own(void **state)
{
    static const char *const arguments[] = {"-c", "echo \"$#: $1, $2\"", "sh", "a b", "", NULL};
    const struct ud_process process = {
        .program = "/bin/sh", .arguments = arguments, .input = "", .limit_ms = 30000};
    struct ud_buf said;
    int code = -1;
    (void)state;
    ud_buf_init(&said, 64);
    assert_int_equal(ud_process_run(&process, &said, &code, NULL), UD_OK);
    assert_int_equal(code, 0);
    assert_string_equal(said.data, "2: a b, \n");
    ud_buf_done(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_argument_is_a_word_of_its_own),
        cmocka_unit_test(a_program_answers),
        cmocka_unit_test(a_slow_program_is_killed),
        cmocka_unit_test(what_goes_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
