/* Named pipes are Windows'. */
#include "platform/pipe.h"

bool ud_pipe_supported(void)
{
    return false;
}

enum ud_code ud_pipe_open(const char *path, unsigned busy_ms, struct ud_pipe **ret,
                          uintptr_t *ret_socket, struct ud_error *err)
{
    (void)busy_ms;
    (void)ret;
    (void)ret_socket;
    return ud_fail(err, UD_ERR_USAGE, NULL, "%s: this system has no named pipes", path);
}

enum ud_code ud_pipe_check(struct ud_pipe *pipe, struct ud_error *err)
{
    (void)pipe;
    (void)err;
    return UD_OK;
}

void ud_pipe_count(struct ud_pipe *pipe, uint64_t *ret_in, uint64_t *ret_out)
{
    (void)pipe;
    *ret_in = 0;
    *ret_out = 0;
}

void ud_pipe_free(struct ud_pipe *pipe)
{
    (void)pipe;
}

void ud_pipe_list_engines(struct ud_strv *ret)
{
    (void)ret;
}
