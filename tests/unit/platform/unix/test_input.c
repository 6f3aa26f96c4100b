/* Standard input beside other work, and the terminal handed over. What changes
 * standard input runs in a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "input_queue.h"
#include "platform/input.h"
#include "platform/signals.h"
#include "platform/term_raw.h"

static void count(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

/* ---- the queue ---- */

static void bytes_come_out_in_order_around_the_end_of_the_ring(void **state)
{
    static struct ud_input_queue queue;
    static char out[UD_INPUT_QUEUE_SIZE];
    atomic_int wakes = 0;
    bool end = true;
    (void)state;
    ud_input_queue_init(&queue, count, &wakes);
    unsigned char next_in = 0;
    unsigned char next_out = 0;
    for (int round = 0; round < 200; round++) {
        char piece[1000];
        for (size_t i = 0; i < sizeof piece; i++) {
            piece[i] = (char)next_in++;
        }
        assert_true(ud_input_queue_put(&queue, piece, sizeof piece));
        size_t n = ud_input_queue_take(&queue, out, round % 7 == 0 ? sizeof out : 900, &end);
        assert_false(end);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal((unsigned char)out[i], next_out++);
        }
    }
    assert_true(atomic_load(&wakes) >= 200);
    ud_input_queue_end(&queue);
    size_t rest = ud_input_queue_take(&queue, out, sizeof out, &end);
    assert_true(end);
    assert_true(rest < sizeof out);
    assert_int_equal(ud_input_queue_take(&queue, out, sizeof out, &end), 0);
    assert_true(end);
    ud_input_queue_done(&queue);
}

static void the_end_comes_after_the_bytes(void **state)
{
    static struct ud_input_queue queue;
    atomic_int wakes = 0;
    bool end = false;
    char out[2];
    (void)state;
    ud_input_queue_init(&queue, count, &wakes);
    assert_true(ud_input_queue_put(&queue, "abc", 3));
    ud_input_queue_end(&queue);
    assert_int_equal(ud_input_queue_take(&queue, out, 2, &end), 2);
    assert_false(end);
    assert_int_equal(ud_input_queue_take(&queue, out, 2, &end), 1);
    assert_true(end);
    ud_input_queue_resize(&queue);
    assert_true(ud_input_queue_resized(&queue));
    assert_false(ud_input_queue_resized(&queue));
    ud_input_queue_close(&queue);
    int before = atomic_load(&wakes);
    ud_input_queue_resize(&queue);
    assert_int_equal(atomic_load(&wakes), before);
    assert_false(ud_input_queue_put(&queue, "x", 1));
    ud_input_queue_done(&queue);
}

struct filler {
    struct ud_input_queue *queue;
    bool open;
};

static void fill(void *arg)
{
    static const char much[UD_INPUT_QUEUE_SIZE + 1];
    struct filler *filler = arg;
    filler->open = ud_input_queue_put(filler->queue, much, sizeof much);
}

static void a_full_queue_waits_for_room_or_the_end(void **state)
{
    (void)state;
    for (int closing = 0; closing < 2; closing++) {
        static struct ud_input_queue queue;
        static char out[UD_INPUT_QUEUE_SIZE];
        atomic_int wakes = 0;
        bool end = false;
        struct ud_thread *thread = NULL;
        struct filler filler = {&queue, false};
        ud_input_queue_init(&queue, count, &wakes);
        assert_int_equal(ud_thread_start(fill, &filler, &thread, NULL), UD_OK);
        while (atomic_load(&wakes) == 0) {
            usleep(1000);
        }
        if (closing) {
            ud_input_queue_close(&queue);
        } else {
            assert_int_equal(ud_input_queue_take(&queue, out, sizeof out, &end), sizeof out);
        }
        ud_thread_join(thread);
        assert_int_equal(filler.open, !closing);
        ud_input_queue_done(&queue);
    }
}

/* ---- standard input ---- */

static int exit_status(void (*child)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(99);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Waits for n bytes or the end. */
static size_t take(struct ud_input *input, char *dst, size_t room, bool *ret_end)
{
    size_t n = 0;
    for (int i = 0; i < 5000 && n < room && !*ret_end; i++) {
        n += ud_input_take(input, dst + n, room - n, ret_end);
        usleep(1000);
    }
    return n;
}

static void piped(void)
{
    int fds[2];
    char text[8] = {0};
    bool end = false;
    atomic_int wakes = 0;
    struct ud_input *input = NULL;
    if (pipe(fds) != 0 || dup2(fds[0], STDIN_FILENO) < 0 || ud_term_in_is_tty() ||
        ud_input_open(count, &wakes, &input, NULL) != UD_OK) {
        _exit(1);
    }
    (void)!write(fds[1], "ab\0c", 4);
    bool sound = take(input, text, 4, &end) == 4 && memcmp(text, "ab\0c", 4) == 0 && !end;
    (void)close(fds[1]);
    sound = sound && take(input, text, 4, &end) == 0 && end && atomic_load(&wakes) >= 2;
    ud_input_close(input);
    _exit(sound ? 0 : 2);
}

static void input_from_a_pipe_comes_with_its_end(void **state)
{
    (void)state;
    assert_int_equal(exit_status(piped), 0);
}

/* The thread must not take what the next program is to get. */
static void closed_while_nothing_comes(void)
{
    int fds[2];
    char text[8];
    atomic_int wakes = 0;
    struct ud_input *input = NULL;
    if (pipe(fds) != 0 || dup2(fds[0], STDIN_FILENO) < 0 ||
        ud_input_open(count, &wakes, &input, NULL) != UD_OK) {
        _exit(1);
    }
    usleep(20000);
    ud_input_close(input);
    (void)!write(fds[1], "next", 4);
    _exit(read(STDIN_FILENO, text, 4) == 4 && atomic_load(&wakes) == 0 ? 0 : 2);
}

static void closing_does_not_wait_for_input(void **state)
{
    (void)state;
    assert_int_equal(exit_status(closed_while_nothing_comes), 0);
}

/* ---- a terminal ---- */

static int open_terminal(int *ret_master)
{
    char name[64];
    *ret_master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*ret_master >= 0);
    assert_int_equal(grantpt(*ret_master), 0);
    assert_int_equal(unlockpt(*ret_master), 0);
    assert_int_equal(ptsname_r(*ret_master, name, sizeof name), 0);
    int slave = open(name, O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    return slave;
}

static int terminal_master;

static void on_terminal(void)
{
    int slave = open_terminal(&terminal_master);
    (void)setsid();
    (void)ioctl(slave, TIOCSCTTY, 0);
    (void)dup2(slave, STDIN_FILENO);
    (void)dup2(slave, STDOUT_FILENO);
}

static bool is_raw(void)
{
    struct termios mode;
    return tcgetattr(STDIN_FILENO, &mode) == 0 && (mode.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

static void resized_terminal(void)
{
    struct ud_term_size size = {0};
    struct winsize new_size = {.ws_row = 30, .ws_col = 100};
    atomic_int wakes = 0;
    struct ud_input *input = NULL;
    on_terminal();
    if (!ud_term_in_is_tty() || ud_term_size(&size) ||
        ud_input_open(count, &wakes, &input, NULL) != UD_OK || ud_input_resized(input)) {
        _exit(1);
    }
    (void)ioctl(terminal_master, TIOCSWINSZ, &new_size);
    bool told = false;
    for (int i = 0; i < 2000 && !told; i++) {
        told = ud_input_resized(input);
        usleep(1000);
    }
    bool sound = told && ud_term_size(&size) && size.rows == 30 && size.columns == 100;
    ud_input_close(input);
    _exit(sound ? 0 : 2);
}

static void a_change_of_size_is_told(void **state)
{
    (void)state;
    assert_int_equal(exit_status(resized_terminal), 0);
}

static void raw_and_back(void)
{
    char text[8] = {0};
    bool end = false;
    atomic_int wakes = 0;
    struct ud_input *input = NULL;
    on_terminal();
    bool sound = !is_raw() && ud_term_raw_enter(NULL) == UD_OK && is_raw() &&
                 ud_input_open(count, &wakes, &input, NULL) == UD_OK;
    (void)!write(terminal_master, "\3\r", 2);
    sound = sound && take(input, text, 2, &end) == 2 && memcmp(text, "\3\r", 2) == 0;
    ud_input_close(input);
    ud_term_raw_leave();
    sound = sound && !is_raw();
    ud_term_raw_leave();
    sound = sound && ud_term_raw_enter(NULL) == UD_OK && is_raw();
    ud_term_raw_leave();
    _exit(sound && !is_raw() ? 0 : 2);
}

static void keys_are_bytes_in_raw_mode_and_the_mode_is_put_back(void **state)
{
    (void)state;
    assert_int_equal(exit_status(raw_and_back), 0);
}

static void no_terminal(void)
{
    int fds[2];
    struct ud_error err = {0};
    if (pipe(fds) != 0 || dup2(fds[0], STDIN_FILENO) < 0) {
        _exit(1);
    }
    _exit(ud_term_raw_enter(&err) == UD_ERR_IO && err.message[0] != '\0' ? 0 : 2);
}

static void only_a_terminal_can_be_raw(void **state)
{
    (void)state;
    assert_int_equal(exit_status(no_terminal), 0);
}

static void end_by_exit(void)
{
    exit(0);
}

static void end_at_once(void)
{
    ud_signals_exit_now(0);
}

static void end_by_fault(void)
{
    (void)raise(SIGSEGV);
}

static void end_by_quit(void)
{
    (void)raise(SIGQUIT);
}

/* The child's terminal is looked at when it has ended. */
static void the_mode_is_restored_however_the_program_ends(void **state)
{
    static const struct {
        void (*end)(void);
        int status;
    } ways[] = {{end_by_exit, 0},
                {end_at_once, 0},
                {end_by_fault, 1000 + SIGSEGV},
                {end_by_quit, 1000 + SIGQUIT}};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int master = -1;
        int slave = open_terminal(&master);
        struct termios before;
        struct termios after;
        int status = 0;
        assert_int_equal(tcgetattr(slave, &before), 0);
        pid_t pid = fork();
        if (pid == 0) {
            (void)dup2(slave, STDIN_FILENO);
            (void)signal(SIGSEGV, SIG_DFL); /* cmocka's would stay */
            if (ud_term_raw_enter(NULL) != UD_OK || !is_raw()) {
                _exit(98);
            }
            ways[i].end();
            _exit(99);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        assert_int_equal(status, ways[i].status);
        assert_int_equal(tcgetattr(slave, &after), 0);
        assert_int_equal(after.c_lflag, before.c_lflag);
        assert_int_equal(after.c_iflag, before.c_iflag);
        assert_int_equal(after.c_oflag, before.c_oflag);
        (void)close(slave);
        (void)close(master);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_out_in_order_around_the_end_of_the_ring),
        cmocka_unit_test(the_end_comes_after_the_bytes),
        cmocka_unit_test(a_full_queue_waits_for_room_or_the_end),
        cmocka_unit_test(input_from_a_pipe_comes_with_its_end),
        cmocka_unit_test(closing_does_not_wait_for_input),
        cmocka_unit_test(a_change_of_size_is_told),
        cmocka_unit_test(keys_are_bytes_in_raw_mode_and_the_mode_is_put_back),
        cmocka_unit_test(only_a_terminal_can_be_raw),
        cmocka_unit_test(the_mode_is_restored_however_the_program_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
