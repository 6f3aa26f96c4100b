/* What is expected of ud_program on every system; the programs that it starts differ. */
#ifndef PROGRAM_FIXTURE_H
#define PROGRAM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/host.h"
#include "platform/program.h"

static inline struct ud_program *program_open(const char *const *argv, uintptr_t *ret_socket)
{
    struct ud_program *program = NULL;
    struct ud_error err = {0};
    if (ud_program_open(argv, &program, ret_socket, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return program;
}

static inline void program_is_well(struct ud_program *program)
{
    const char *says = NULL;
    int exit_code = -1;
    assert_false(ud_program_failed(program, &exit_code, &says));
}

/* fails: writes 9000 times x and "the reason" to standard error, and ends with 127. */
static inline void program_keeps_the_reason(const char *const *fails)
{
    const char *says = NULL;
    int exit_code = 0;
    uintptr_t socket = 0;
    struct ud_program *program = program_open(fails, &socket);
    assert_true(ud_program_failed(program, &exit_code, &says));
    assert_int_equal(exit_code, 127);
    assert_non_null(strstr(says, "xthe reason\n"));
    assert_true(strlen(says) <= 4096);
    ud_program_free(program);
}

static inline void program_that_stays_is_ended(const char *const *stays)
{
    uintptr_t socket = 0;
    struct ud_program *program = program_open(stays, &socket);
    program_is_well(program);
    const uint64_t begun = ud_host_now_ms();
    ud_program_free(program);
    assert_true(ud_host_now_ms() - begun < 60000);
}

#endif
