/* A program that is talked to through its standard input and output: this one, with arguments. */
#include <stdio.h>

#include <winsock2.h>

#include <fcntl.h>
#include <io.h>

#include "../program_fixture.h"

static const char *self;

/* ---- the child ---- */

static int child_cat(void)
{
    char piece[4096];
    int n = 0;
    (void)_setmode(0, _O_BINARY);
    (void)_setmode(1, _O_BINARY);
    while ((n = _read(0, piece, sizeof piece)) > 0) {
        if (_write(1, piece, (unsigned)n) != n) {
            return 1;
        }
    }
    return 0;
}

static int child_fail(void)
{
    (void)_setmode(2, _O_BINARY);
    for (int i = 0; i < 9000; i++) {
        (void)fputc('x', stderr);
    }
    (void)fputs("the reason\n", stderr);
    return 127;
}

static int child_words(int argc, char **argv)
{
    (void)_setmode(1, _O_BINARY);
    for (int i = 2; i < argc; i++) {
        (void)printf("[%s]", argv[i]);
    }
    return 0;
}

static int child(int argc, char **argv)
{
    if (strcmp(argv[1], "cat") == 0) {
        return child_cat();
    }
    if (strcmp(argv[1], "fail") == 0) {
        return child_fail();
    }
    if (strcmp(argv[1], "words") == 0) {
        return child_words(argc, argv);
    }
    Sleep(INFINITE);
    return 0;
}

/* ---- the tests ---- */

/* All that comes, up to size - 1 bytes. */
static size_t receive(SOCKET socket, char *ret, size_t size)
{
    size_t len = 0;
    for (int n = 1; n > 0 && len + 1 < size; len += (size_t)n) {
        n = recv(socket, ret + len, (int)(size - 1 - len), 0);
        assert_true(n >= 0);
    }
    ret[len] = '\0';
    return len;
}

static void bytes_go_both_ways_and_half_a_close_is_passed_on(void **state)
{
    const char *const cat[] = {self, "cat", NULL};
    char back[16];
    uintptr_t opened = 0;
    (void)state;
    struct ud_program *program = program_open(cat, &opened);
    const SOCKET socket = (SOCKET)opened;
    assert_int_equal(send(socket, "hello", 5, 0), 5);
    assert_int_equal(shutdown(socket, SD_SEND), 0);
    assert_int_equal(receive(socket, back, sizeof back), 5);
    assert_string_equal(back, "hello");
    program_is_well(program);
    ud_program_free(program);
}

/* More than all the buffers between hold, so that both directions have to move. */
static void a_megabyte_comes_back(void **state)
{
    enum { MANY = 1024 * 1024, PIECE = 8192 };
    const char *const cat[] = {self, "cat", NULL};
    static char piece[PIECE];
    size_t sent = 0;
    size_t got = 0;
    uintptr_t opened = 0;
    (void)state;
    struct ud_program *program = program_open(cat, &opened);
    const SOCKET socket = (SOCKET)opened;
    while (got < MANY) {
        if (sent < MANY) {
            memset(piece, (int)(sent / PIECE), sizeof piece);
            assert_int_equal(send(socket, piece, sizeof piece, 0), PIECE);
            sent += PIECE;
            if (sent == MANY) {
                assert_int_equal(shutdown(socket, SD_SEND), 0);
            }
        }
        const int n = recv(socket, piece, sizeof piece, 0);
        assert_true(n > 0);
        for (int i = 0; i < n; i++) {
            assert_int_equal((unsigned char)piece[i], (got + (size_t)i) / PIECE % 256);
        }
        got += (size_t)n;
    }
    assert_int_equal(recv(socket, piece, sizeof piece, 0), 0);
    ud_program_free(program);
}

static void words_arrive_as_they_were(void **state)
{
    const char *const words[] = {self,       "words",         "plain", "",         "two words",
                                 "a\"quote", "back\\slash\\", "b \\",  "c\\\\\"d", NULL};
    char back[256];
    uintptr_t opened = 0;
    (void)state;
    struct ud_program *program = program_open(words, &opened);
    (void)receive((SOCKET)opened, back, sizeof back);
    assert_string_equal(back, "[plain][][two words][a\"quote][back\\slash\\][b \\][c\\\\\"d]");
    ud_program_free(program);
}

static void what_it_says_of_a_failure_is_kept(void **state)
{
    const char *const fails[] = {self, "fail", NULL};
    (void)state;
    program_keeps_the_reason(fails);
}

static void one_that_stays_is_ended(void **state)
{
    const char *const stays[] = {self, "stay", NULL};
    (void)state;
    program_that_stays_is_ended(stays);
}

static void a_missing_program_is_told(void **state)
{
    const char *const missing[] = {"ud-no-such-program", NULL};
    struct ud_program *program = NULL;
    struct ud_error err = {0};
    uintptr_t socket = 0;
    (void)state;
    assert_int_equal(ud_program_open(missing, &program, &socket, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "ud-no-such-program.exe"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_and_half_a_close_is_passed_on),
        cmocka_unit_test(a_megabyte_comes_back),
        cmocka_unit_test(words_arrive_as_they_were),
        cmocka_unit_test(what_it_says_of_a_failure_is_kept),
        cmocka_unit_test(one_that_stays_is_ended),
        cmocka_unit_test(a_missing_program_is_told),
    };
    if (argc > 1) {
        return child(argc, argv);
    }
    self = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
