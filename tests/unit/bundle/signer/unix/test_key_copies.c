/* After a key file was read, no copy of it is left anywhere in this program's memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../../platform/tempdir.h"
#include "bundle/signer/signer.h"

enum { MARK = 32, PIECE = 1 << 20, MASK = 0x5a, PADDING = 300 * 1024 };

static unsigned char hidden[MARK]; /* the mark, masked: the only trace that may be found */
static char *dir;
static char *path;

static void forget(void *data, size_t len)
{
    volatile unsigned char *p = data;
    while (len-- > 0) {
        *p++ = 0;
    }
}

/* A file with the mark, which is longer than one piece that is read at once. */
static int write_key(void **state)
{
    char mark[MARK];
    (void)state;
    dir = tempdir_new();
    path = ud_fs_join(dir, "key.pem");
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    ud_host_random(hidden, sizeof hidden);
    for (size_t i = 0; i < MARK; i++) {
        mark[i] = (char)(hidden[i] ^ MASK);
    }
    for (size_t i = 0; i < PADDING; i++) {
        bool here = i >= PADDING / 2 && i < PADDING / 2 + MARK;
        assert_int_equal(write(fd, here ? &mark[i - PADDING / 2] : "#", 1), 1);
    }
    forget(mark, sizeof mark);
    assert_int_equal(write(fd, "-----BEGIN PRIVATE KEY-----\nAAAA\n", 33), 33);
    assert_int_equal(close(fd), 0);
    return 0;
}

static int remove_key(void **state)
{
    (void)state;
    free(path);
    tempdir_free(dir);
    return 0;
}

static size_t marks_in(const unsigned char *data, size_t len)
{
    size_t found = 0;
    for (size_t i = 0; i + MARK <= len; i++) {
        size_t n = 0;
        while (n < MARK && (data[i + n] ^ MASK) == hidden[n]) {
            n++;
        }
        found += n == MARK;
    }
    return found;
}

/* In all memory that can be written, through /proc: also in what was freed, as far as the
 * allocator still has it. The one of AddressSanitizer has all of it. */
static size_t marks_in_memory(void)
{
    static unsigned char piece[PIECE + MARK];
    size_t found = 0;
    char line[512];
    int memory = open("/proc/self/mem", O_RDONLY);
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_true(memory >= 0 && maps != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long long from = 0;
        unsigned long long to = 0;
        char mode[5] = "";
        if (sscanf(line, "%llx-%llx %4s", &from, &to, mode) != 3 || mode[1] != 'w' ||
            to - from > (1ull << 32)) { /* what a sanitizer reserves */
            continue;
        }
        for (; from < to; from += PIECE) {
            size_t want = to - from < sizeof piece ? (size_t)(to - from) : sizeof piece;
            ssize_t n = pread(memory, piece, want, (off_t)from);
            found += n > 0 ? marks_in(piece, (size_t)n) : 0;
            forget(piece, sizeof piece);
        }
    }
    (void)fclose(maps);
    (void)close(memory);
    return found;
}

static void a_copy_that_is_left_would_be_found(void **state)
{
    (void)state;
    static unsigned char place[MARK];
    volatile unsigned char *copy = place;
    for (size_t i = 0; i < MARK; i++) {
        copy[i] = hidden[i] ^ MASK;
    }
    assert_true(marks_in_memory() > 0);
    forget(place, MARK);
    assert_int_equal(marks_in_memory(), 0);
}

static void a_key_file_leaves_no_copy(void **state)
{
    struct ud_signer *signer = NULL;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(ud_signer_open(path, NULL, &signer, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "holds no private key"));
    assert_int_equal(marks_in_memory(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_is_left_would_be_found),
        cmocka_unit_test(a_key_file_leaves_no_copy),
    };
    return cmocka_run_group_tests_name("bundle.signer.key_copies", tests, write_key, remove_key);
}
