#include "platform/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "unix_fail.h"

static int fd_of(enum ud_term_stream stream)
{
    return stream == UD_TERM_OUT ? STDOUT_FILENO : STDERR_FILENO;
}

void ud_term_main_args(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
}

/* A stream that was closed when the program started must not become the next
 * file or socket that is opened. What stands in for it can only be used the wrong
 * way round, so that using it still fails. */
void ud_term_init(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            return;
        }
    }
}

bool ud_term_is_tty(enum ud_term_stream stream)
{
    return isatty(fd_of(stream)) == 1;
}

bool ud_term_has_escapes(enum ud_term_stream stream)
{
    const char *term = getenv("TERM");
    return ud_term_is_tty(stream) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

unsigned ud_term_width(enum ud_term_stream stream)
{
    enum { USUAL = 80 };
    struct winsize size = {0};
    if (ioctl(fd_of(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return USUAL;
    }
    return size.ws_col;
}

/* Another program may have made the terminal non-blocking for all. */
static void wait_writable(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    (void)poll(&poller, 1, -1);
}

enum ud_code ud_term_write(enum ud_term_stream stream, const void *data, size_t len,
                           struct ud_error *err)
{
    int fd = fd_of(stream);
    const char *next = data;
    while (len > 0) {
        ssize_t n = write(fd, next, len);
        if (n >= 0) {
            next += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            wait_writable(fd);
        } else if (errno != EINTR) {
            return ud_unix_fail(err, errno, "cannot write to standard %s",
                                stream == UD_TERM_OUT ? "output" : "error");
        }
    }
    return UD_OK;
}
