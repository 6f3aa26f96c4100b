/* A program that is talked to through its standard input and output. */
#include <sys/socket.h>
#include <unistd.h>

#include "../program_fixture.h"

static void bytes_go_both_ways_and_half_a_close_is_passed_on(void **state)
{
    static const char *const cat[] = {"cat", NULL};
    char back[8] = "";
    uintptr_t opened = 0;
    (void)state;
    struct ud_program *program = program_open(cat, &opened);
    const int socket = (int)opened;
    assert_int_equal(write(socket, "hello", 5), 5);
    assert_int_equal(shutdown(socket, SHUT_WR), 0);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += (size_t)n) {
        n = read(socket, back + len, sizeof back - len);
        assert_true(n >= 0);
    }
    assert_string_equal(back, "hello");
    program_is_well(program);
    ud_program_free(program);
}

static void what_it_says_of_a_failure_is_kept(void **state)
{
    static const char *const fails[] = {
        "sh", "-c", "head -c 9000 /dev/zero | tr '\\0' x >&2; echo the reason >&2; exit 127", NULL};
    (void)state;
    program_keeps_the_reason(fails);
}

static void one_that_stays_is_ended(void **state)
{
    static const char *const stays[] = {"sh", "-c", "trap '' TERM; while :; do sleep 1; done",
                                        NULL};
    (void)state;
    program_that_stays_is_ended(stays);
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
