#include "ops/shell.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "ops/ops.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

static bool shell_take_number(const char *text, size_t len, unsigned short *ret)
{
    uint64_t number = 0;
    char *copy = ud_strndup(text, len);
    bool good = ud_str_to_u64(copy, &number) && number >= 1 && number <= UD_OPS_SHELL_SIZE_MAX;
    free(copy);
    *ret = (unsigned short)number;
    return good;
}

/* "24x80" for standard input's terminal, which the engine makes with no size. */
static enum ud_code shell_take_size(int *count, char ***args, struct ud_error *err)
{
    struct winsize size = {0};
    if (!ud_helper_take_flag(count, args, UD_OPS_FLAG_SIZE)) {
        return UD_OK;
    }
    const char *text = *count > 0 ? (*args)[0] : "";
    const char *x = strchr(text, 'x');
    if (x == NULL || !shell_take_number(text, (size_t)(x - text), &size.ws_row) ||
        !shell_take_number(x + 1, strlen(x + 1), &size.ws_col)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s takes ROWSxCOLUMNS", UD_OPS_FLAG_SIZE);
    }
    (void)ioctl(STDIN_FILENO, TIOCSWINSZ, &size);
    *count -= 1;
    *args += 1;
    return UD_OK;
}

/* The user's terminal only passes bytes on: what they mean is up to the VM's. */
static void make_raw(struct ud_relay *relay)
{
    struct termios modes;
    if (tcgetattr(relay->in, &modes) == 0) {
        cfmakeraw(&modes);
        (void)tcsetattr(relay->in, TCSANOW, &modes);
    }
    (void)fcntl(relay->in, F_SETFL, fcntl(relay->in, F_GETFL) | O_NONBLOCK);
    (void)fcntl(relay->out, F_SETFL, fcntl(relay->out, F_GETFL) | O_NONBLOCK);
}

/* A terminal of the VM's own between the two has a name there, which the
 * container's has not: without it `tty` and much else would not work. In a VM
 * that has none to give, the container's has to do. */
static int open_terminal(struct ud_relay *relay)
{
    int slave = -1;
    if (isatty(STDIN_FILENO) != 1) {
        return -1;
    }
    return ud_shell_pty(STDIN_FILENO, &relay->master, &slave) == 0 ? slave : STDIN_FILENO;
}

static enum ud_code shell_run(struct ud_helper *helper, struct ud_relay *relay, char **argv,
                              struct ud_error *err)
{
    sigset_t old;
    int terminal = open_terminal(relay);
    if (relay->master >= 0) {
        make_raw(relay);
    }
    UD_TRY(ud_child_fork(helper->kernel, relay, &old, err));
    if (relay->child == 0) {
        ud_shell_become(argv, terminal, &old);
    }
    if (relay->master >= 0) {
        (void)close(terminal);
    }
    helper->exit_code = ud_child_wait(relay, UD_PATIENCE_SHELL_S, &old);
    if (relay->master >= 0) {
        (void)close(relay->master);
    }
    return UD_OK;
}

enum ud_code ud_op_shell(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_relay *relay = ud_relay_new();
    enum ud_code rc = shell_take_size(&count, &args, err);
    if (rc == UD_OK) {
        rc = helper->kernel->enter(helper->kernel->ctx, UD_REACH_ALL, err);
    }
    if (rc == UD_OK) {
        rc = shell_run(helper, relay, args, err);
    }
    free(relay);
    return rc;
}
