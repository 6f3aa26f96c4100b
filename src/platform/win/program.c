/* Not yet on Windows: a child's standard handles are no sockets there. */
#include "platform/program.h"

bool ud_program_supported(void)
{
    return false;
}

enum ud_code ud_program_open(const char *const *argv, struct ud_program **ret,
                             uintptr_t *ret_socket, struct ud_error *err)
{
    (void)ret;
    (void)ret_socket;
    return ud_fail(err, UD_ERR_USAGE, NULL, "%s cannot be talked to on this system", argv[0]);
}

bool ud_program_failed(struct ud_program *program, int *ret_exit, const char **ret_says)
{
    (void)program;
    (void)ret_exit;
    (void)ret_says;
    return false;
}

void ud_program_free(struct ud_program *program)
{
    (void)program;
}
