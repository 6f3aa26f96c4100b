/* Runs a command on a terminal of its own and does to it what standard input
 * says, a line for each step:
 *
 *     expect TEXT     wait until the output, from the end of the last match on, has TEXT
 *     send TEXT       type it; \r, \n, \\ and \xHH are understood
 *     resize ROWS COLUMNS
 *     signal NUMBER   to the command
 *     mode            wait until the terminal is as it was before the command ran
 *     hangup          close the terminal
 *     end CODE        wait for the command's end; 128 and the number for a signal
 *
 *   pty LOG COMMAND...
 *
 * The output goes to the file LOG. Exit code 0 if all steps went well. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1 << 20, STEP_MS = 60000, LINE_MAX_LEN = 1024 };

struct pty {
    int master;
    int slave; /* held open, to look at its mode */
    pid_t child;
    struct termios before;
    char output[OUTPUT_MAX + 1];
    size_t len;
    size_t seen; /* what expect has used up */
    int log;
};

static struct pty pty;

static long now_ms(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void take_output(int ms)
{
    struct pollfd poller = {.fd = pty.master, .events = POLLIN};
    if (poll(&poller, 1, ms) <= 0) {
        return;
    }
    ssize_t n = read(pty.master, pty.output + pty.len, OUTPUT_MAX - pty.len);
    if (n > 0) {
        (void)!write(pty.log, pty.output + pty.len, (size_t)n);
        pty.len += (size_t)n;
        pty.output[pty.len] = '\0';
    }
}

static size_t unescape(const char *text, char *ret)
{
    size_t len = 0;
    for (; *text != '\0'; text++) {
        char c = *text;
        if (c == '\\' && text[1] != '\0') {
            c = *++text;
            c = c == 'r' ? '\r' : c;
            c = c == 'n' ? '\n' : c;
            if (c == 'x') {
                char hex[3] = {text[1], text[2], '\0'};
                c = (char)strtol(hex, NULL, 16);
                text += 2;
            }
        }
        ret[len++] = c;
    }
    return len;
}

static bool expect(const char *text)
{
    long deadline = now_ms() + STEP_MS;
    while (now_ms() < deadline) {
        const char *found = strstr(pty.output + pty.seen, text);
        if (found != NULL) {
            pty.seen = (size_t)(found - pty.output) + strlen(text);
            return true;
        }
        take_output(100);
    }
    return false;
}

static bool type(const char *text)
{
    char bytes[LINE_MAX_LEN];
    size_t len = unescape(text, bytes);
    return write(pty.master, bytes, len) == (ssize_t)len;
}

static bool resize(const char *text)
{
    struct winsize size = {0};
    return sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) == 2 &&
           ioctl(pty.master, TIOCSWINSZ, &size) == 0;
}

static bool restored(void)
{
    long deadline = now_ms() + STEP_MS;
    while (now_ms() < deadline) {
        struct termios mode;
        if (tcgetattr(pty.slave, &mode) == 0 && mode.c_lflag == pty.before.c_lflag &&
            mode.c_iflag == pty.before.c_iflag && mode.c_oflag == pty.before.c_oflag) {
            return true;
        }
        take_output(50);
    }
    return false;
}

static bool ended(int code)
{
    long deadline = now_ms() + STEP_MS;
    int status = 0;
    pid_t pid = 0;
    while (pid == 0 && now_ms() < deadline) {
        pid = waitpid(pty.child, &status, WNOHANG);
        if (pty.master >= 0) {
            take_output(20);
        } else {
            (void)poll(NULL, 0, 20);
        }
    }
    int got = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (pid != pty.child || got != code) {
        (void)fprintf(stderr, "pty: %s, exit code %d\n", pid == 0 ? "still runs" : "ended", got);
        return false;
    }
    return true;
}

static bool hang_up(void)
{
    (void)close(pty.slave);
    (void)close(pty.master);
    pty.master = -1;
    return true;
}

static bool is(const char *line, const char *word, const char **ret_rest)
{
    size_t len = strlen(word);
    *ret_rest = line + len + (line[len] == ' ' ? 1 : 0);
    return strncmp(line, word, len) == 0 && (line[len] == ' ' || line[len] == '\0');
}

static bool step(const char *line)
{
    const char *rest = NULL;
    if (is(line, "expect", &rest)) {
        return expect(rest);
    }
    if (is(line, "send", &rest)) {
        return type(rest);
    }
    if (is(line, "resize", &rest)) {
        return resize(rest);
    }
    if (is(line, "signal", &rest)) {
        return kill(pty.child, atoi(rest)) == 0;
    }
    if (is(line, "mode", &rest)) {
        return restored();
    }
    if (is(line, "hangup", &rest)) {
        return hang_up();
    }
    return is(line, "end", &rest) && ended(atoi(rest));
}

/* Whoever runs the tests may ignore signals, as nohup does; what a user starts does not. */
static void heed_signals(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)signal(numbers[i], SIG_DFL);
    }
}

static void run_child(char **command)
{
    heed_signals();
    (void)setsid();
    (void)ioctl(pty.slave, TIOCSCTTY, 0);
    for (int fd = 0; fd <= 2; fd++) {
        (void)dup2(pty.slave, fd);
    }
    (void)execvp(command[0], command);
    _exit(127);
}

static bool start(char **command)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char name[64];
    pty.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty.master < 0 || grantpt(pty.master) != 0 || unlockpt(pty.master) != 0 ||
        ptsname_r(pty.master, name, sizeof name) != 0) {
        return false;
    }
    pty.slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty.slave < 0 || ioctl(pty.master, TIOCSWINSZ, &size) != 0 ||
        tcgetattr(pty.slave, &pty.before) != 0) {
        return false;
    }
    pty.child = fork();
    if (pty.child == 0) {
        run_child(command);
    }
    return pty.child > 0;
}

/* In the way that lets the command tidy up, so that one failure does not cause others. */
static void give_up(void)
{
    enum { TIDY_TRIES = 500 };
    (void)kill(pty.child, SIGTERM);
    for (int i = 0; i < TIDY_TRIES && waitpid(pty.child, NULL, WNOHANG) == 0; i++) {
        take_output(20);
    }
    (void)kill(pty.child, SIGKILL);
}

int main(int argc, char **argv)
{
    char line[LINE_MAX_LEN];
    if (argc < 3) {
        (void)fprintf(stderr, "usage: pty LOG COMMAND...\n");
        return 2;
    }
    pty.log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (pty.log < 0 || !start(argv + 2)) {
        perror("pty");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        (void)fprintf(stderr, "pty: %s\n", line);
        if (line[0] != '\0' && !step(line)) {
            (void)fprintf(stderr, "pty: failed: %s\n", line);
            give_up();
            return 1;
        }
    }
    return 0;
}
