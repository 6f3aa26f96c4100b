/* The operation shell. It is run in a child, since its standard input and output
 * are the user's; the VM is this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "fake.h"
#include "proto/ops.h"

enum { OUTPUT_MAX = 4096, WAIT_MS = 20000 };

struct session {
    pid_t helper;
    int in;  /* what is typed */
    int out; /* what is seen; the same as in on a terminal */
    int err;
    char text[OUTPUT_MAX];
    size_t len;
};

static void become_helper(struct fake *f, char **argv)
{
    struct ud_kernel kernel = {.ctx = f, .enter = fake_enter, .stopped = fake_stopped};
    struct ud_emit emit;
    struct ud_helper helper = {.root = f->root, .kernel = &kernel, .emit = &emit};
    int argc = 0;
    while (argv[argc] != NULL) {
        argc++;
    }
    ud_emit_init(&emit, STDOUT_FILENO);
    int code = ud_helper_run(&helper, "test", argc, argv);
    ud_emit_done(&emit);
    _exit(strcmp(f->did, "enter-shell") == 0 || code == UD_OPS_SHELL_FAILED ? code : 99);
}

static void start_piped(struct session *s, struct fake *f, char **argv)
{
    int in[2];
    int out[2];
    int err[2];
    *s = (struct session){0};
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err), 0);
    s->helper = fork();
    if (s->helper == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)dup2(err[1], STDERR_FILENO);
        for (int fd = 3; fd < 64; fd++) {
            (void)close(fd);
        }
        become_helper(f, argv);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    s->in = in[1];
    s->out = out[0];
    s->err = err[0];
}

static void start_on_terminal(struct session *s, struct fake *f, char **argv)
{
    char name[64];
    *s = (struct session){.err = -1};
    s->in = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    s->out = s->in;
    assert_true(s->in >= 0);
    assert_int_equal(unlockpt(s->in), 0);
    assert_int_equal(ptsname_r(s->in, name, sizeof name), 0);
    s->helper = fork();
    if (s->helper == 0) {
        (void)setsid();
        (void)close(s->in);
        int slave = open(name, O_RDWR);
        for (int fd = 0; fd <= 2; fd++) {
            (void)dup2(slave, fd);
        }
        (void)close(slave);
        become_helper(f, argv);
    }
}

/* Reads until the text is there; NULL: to the end. */
static void see(struct session *s, int fd, const char *text)
{
    time_t deadline = time(NULL) + WAIT_MS / 1000;
    while (text == NULL || strstr(s->text, text) == NULL) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        if (time(NULL) > deadline) {
            fail_msg("no \"%s\" in \"%s\"", text != NULL ? text : "end", s->text);
        }
        if (poll(&poller, 1, 100) <= 0) {
            continue;
        }
        ssize_t n = read(fd, s->text + s->len, OUTPUT_MAX - 1 - s->len);
        if (n <= 0) {
            assert_null(text);
            return;
        }
        s->len += (size_t)n;
        s->text[s->len] = '\0';
    }
}

static void type(struct session *s, const char *text)
{
    assert_int_equal(write(s->in, text, strlen(text)), (ssize_t)strlen(text));
}

static int exit_code(struct session *s)
{
    int status = 0;
    assert_int_equal(waitpid(s->helper, &status, 0), s->helper);
    if (s->in >= 0) {
        (void)close(s->in);
    }
    if (s->err >= 0) {
        (void)close(s->err);
        (void)close(s->out);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#define ARGV(...)                                                                                  \
    (char *[])                                                                                     \
    {                                                                                              \
        (char[]){"helper"}, (char[]){"shell"}, __VA_ARGS__, NULL                                   \
    }
#define W(text) ((char[]){text})

static void a_programs_streams_and_exit_code_are_its_own(void **state)
{
    struct fake f;
    struct session s;
    (void)state;
    fake_init(&f);
    start_piped(&s, &f, ARGV(W("/bin/sh"), W("-c"), W("cat; echo bad >&2; exit 7")));
    type(&s, "one\ntwo");
    (void)close(s.in);
    s.in = -1;
    see(&s, s.out, NULL);
    assert_string_equal(s.text, "one\ntwo");
    s.len = 0;
    see(&s, s.err, NULL);
    assert_string_equal(s.text, "bad\n");
    assert_int_equal(exit_code(&s), 7);
    fake_done(&f);
}

static int code_of(char **argv, enum ud_code enter, const char *says)
{
    struct fake f;
    struct session s;
    fake_init(&f);
    f.enter_code = enter;
    start_piped(&s, &f, argv);
    (void)close(s.in);
    s.in = -1;
    see(&s, s.err, NULL);
    if (strstr(s.text, says) == NULL) {
        fail_msg("no \"%s\" in \"%s\"", says, s.text);
    }
    fake_done(&f);
    return exit_code(&s);
}

static void what_cannot_be_run_has_the_usual_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(code_of(ARGV(W("no-such-program")), UD_OK, "cannot run no-such-program"), 127);
    assert_int_equal(code_of(ARGV(W("/etc/passwd")), UD_OK, "cannot run /etc/passwd"), 126);
    assert_int_equal(code_of(ARGV(W("/bin/sh"), W("-c"), W("kill -KILL $$")), UD_OK, ""), 137);
    assert_int_equal(code_of(ARGV(W("true")), UD_ERR_DENIED, "no entry"), 125);
    assert_int_equal(code_of(ARGV(W("--size")), UD_OK, "ROWSxCOLUMNS"), 125);
    assert_int_equal(code_of(ARGV(W("--size"), W("0x80")), UD_OK, "ROWSxCOLUMNS"), 125);
    assert_int_equal(code_of(ARGV(W("--size"), W("24x80x1"), W("true")), UD_OK, "ROWS"), 125);
    assert_int_equal(code_of(ARGV(W("--size"), W("24x10001"), W("true")), UD_OK, "ROWS"), 125);
    assert_int_equal(code_of(ARGV(W("--size"), W("24x80"), W("true")), UD_OK, ""), 0);
}

static void the_environment_is_not_the_containers(void **state)
{
    struct fake f;
    struct session s;
    (void)state;
    fake_init(&f);
    (void)setenv("SECRET", "x", 1);
    (void)setenv("TERM", "dumb", 1);
    start_piped(&s, &f, ARGV(W("env")));
    see(&s, s.out, NULL);
    assert_null(strstr(s.text, "SECRET"));
    assert_non_null(strstr(s.text, "TERM=dumb\n"));
    assert_non_null(strstr(s.text, "PATH=/usr/local/sbin:"));
    assert_non_null(strstr(s.text, "HOME=/"));
    assert_int_equal(exit_code(&s), 0);
    fake_done(&f);
}

static void without_a_program_the_shell_reads_commands(void **state)
{
    struct fake f;
    struct session s;
    char *argv[] = {W("helper"), W("shell"), NULL};
    (void)state;
    fake_init(&f);
    start_piped(&s, &f, argv);
    type(&s, "echo $((40 + 2))\nexit 5\n");
    see(&s, s.out, NULL);
    assert_string_equal(s.text, "42\n");
    assert_int_equal(exit_code(&s), 5);
    fake_done(&f);
}

static void signals_are_passed_on(void **state)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct fake f;
        struct session s;
        fake_init(&f);
        start_piped(&s, &f, ARGV(W("/bin/sh"), W("-c"), W("echo on; sleep 100 & wait")));
        see(&s, s.out, "on");
        assert_int_equal(kill(s.helper, numbers[i]), 0);
        assert_int_equal(exit_code(&s), 128 + numbers[i]);
        fake_done(&f);
    }
}

static void a_terminal_has_a_name_a_size_and_keys(void **state)
{
    struct fake f;
    struct session s;
    struct winsize size = {.ws_row = 30, .ws_col = 100};
    (void)state;
    fake_init(&f);
    start_on_terminal(&s, &f,
                      ARGV(W("--size"), W("24x80"), W("/bin/sh"), W("-c"),
                           W("tty; stty size; read x; stty size; cat; exit 3")));
    see(&s, s.out, "/dev/pts/");
    see(&s, s.out, "24 80\r\n");
    assert_int_equal(ioctl(s.in, TIOCSWINSZ, &size), 0);
    struct timespec moment = {.tv_nsec = 200 * 1000000};
    (void)nanosleep(&moment, NULL);
    type(&s, "\r");
    see(&s, s.out, "30 100\r\n");
    /* What comes while dash starts a program is lost to it: cat has to be there. */
    type(&s, "there\r");
    see(&s, s.out, "there\r\nthere\r\n");
    type(&s, "\3");
    see(&s, s.out, "^C");
    assert_int_equal(exit_code(&s), 128 + SIGINT);
    fake_done(&f);
}

static void the_last_words_on_a_terminal_arrive(void **state)
{
    struct fake f;
    struct session s;
    (void)state;
    fake_init(&f);
    start_on_terminal(&s, &f, ARGV(W("/bin/sh"), W("-c"), W("seq 300; printf done; exit 2")));
    see(&s, s.out, "300\r\ndone");
    assert_int_equal(exit_code(&s), 2);
    fake_done(&f);
}

static void losing_the_terminal_ends_the_program(void **state)
{
    struct fake f;
    struct session s;
    (void)state;
    fake_init(&f);
    start_on_terminal(&s, &f, ARGV(W("/bin/sh"), W("-c"), W("echo on; sleep 100")));
    see(&s, s.out, "on");
    (void)close(s.in);
    s.in = -1;
    assert_int_equal(exit_code(&s), 128 + SIGHUP);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_programs_streams_and_exit_code_are_its_own),
        cmocka_unit_test(what_cannot_be_run_has_the_usual_exit_codes),
        cmocka_unit_test(the_environment_is_not_the_containers),
        cmocka_unit_test(without_a_program_the_shell_reads_commands),
        cmocka_unit_test(signals_are_passed_on),
        cmocka_unit_test(a_terminal_has_a_name_a_size_and_keys),
        cmocka_unit_test(the_last_words_on_a_terminal_arrive),
        cmocka_unit_test(losing_the_terminal_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
