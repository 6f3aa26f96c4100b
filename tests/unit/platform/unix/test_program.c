/* A program that is talked to through its standard input and output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/program.h"

static struct ud_program *open_it(const char *const *argv, int *ret_socket)
{
    struct ud_program *program = NULL;
    struct ud_error err = {0};
    uintptr_t socket = 0;
    if (ud_program_open(argv, &program, &socket, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    *ret_socket = (int)socket;
    return program;
}

static void bytes_go_both_ways_and_half_a_close_is_passed_on(void **state)
{
    static const char *const cat[] = {"cat", NULL};
    char back[8] = "";
    const char *says = NULL;
    int exit_code = -1;
    int socket = -1;
    (void)state;
    struct ud_program *program = open_it(cat, &socket);
    assert_int_equal(write(socket, "hello", 5), 5);
    assert_int_equal(shutdown(socket, SHUT_WR), 0);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += (size_t)n) {
        n = read(socket, back + len, sizeof back - len);
        assert_true(n >= 0);
    }
    assert_string_equal(back, "hello");
    assert_false(ud_program_failed(program, &exit_code, &says));
    ud_program_free(program);
}

static void what_it_says_of_a_failure_is_kept(void **state)
{
    static const char *const fails[] = {
        "sh", "-c", "head -c 9000 /dev/zero | tr '\\0' x >&2; echo the reason >&2; exit 127", NULL};
    const char *says = NULL;
    int exit_code = 0;
    int socket = -1;
    (void)state;
    struct ud_program *program = open_it(fails, &socket);
    assert_true(ud_program_failed(program, &exit_code, &says));
    assert_int_equal(exit_code, 127);
    assert_non_null(strstr(says, "xthe reason\n"));
    assert_true(strlen(says) <= 4096);
    ud_program_free(program);
}

static void one_that_stays_is_ended(void **state)
{
    static const char *const stays[] = {"sh", "-c", "trap '' TERM; while :; do sleep 1; done",
                                        NULL};
    const char *says = NULL;
    int exit_code = 0;
    int socket = -1;
    (void)state;
    struct ud_program *program = open_it(stays, &socket);
    assert_false(ud_program_failed(program, &exit_code, &says));
    ud_program_free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_and_half_a_close_is_passed_on),
        cmocka_unit_test(what_it_says_of_a_failure_is_kept),
        cmocka_unit_test(one_that_stays_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
