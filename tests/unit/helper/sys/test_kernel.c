/* The kernel that the helper runs on, where a filter answers in place of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fake.h"
#include "sys/kernel.h"

#define MODULE "not a module, which the filter does not mind"

enum { WHOLE = EDOM, IN_PART = ERANGE };

/* From here on finit_module has this outcome. init_module has WHOLE if it gets as many bytes as
 * MODULE has, and else IN_PART: the kernel itself is never asked. */
static int kernel_is_filtered(int finit_errno)
{
    const uint32_t len_at = offsetof(struct seccomp_data, args[1]);
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)finit_errno),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, len_at), /* the lower half, on a little-endian machine */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sizeof MODULE - 1, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | WHOLE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | IN_PART),
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0
               ? 0
               : errno;
}

/* What inserting the file gives in a process of its own with that filter. 255: there is no filter.
 */
static int outcome(const struct fake *f, const char *name, int finit_errno)
{
    char path[128];
    int status = 0;
    (void)snprintf(path, sizeof path, "%s/%s", f->root, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct ud_kernel *kernel = ud_kernel_real();
        _exit(kernel_is_filtered(finit_errno) == 0 ? kernel->insert(kernel->ctx, fd) : 255);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    (void)close(fd);
    return WEXITSTATUS(status);
}

/* SELinux judges the label of the module's file; without a file it judges the process. */
static void a_file_that_is_denied_is_inserted_from_memory(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/module", MODULE);
    fake_text(&f, "/empty", "");
    assert_int_equal(outcome(&f, "module", EACCES), WHOLE);
    assert_int_equal(outcome(&f, "empty", EACCES), EACCES);
    fake_done(&f);
}

static void any_other_refusal_is_final(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/module", MODULE);
    assert_int_equal(outcome(&f, "module", EPERM), EPERM);
    assert_int_equal(outcome(&f, "module", ENOEXEC), ENOEXEC);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_denied_is_inserted_from_memory),
        cmocka_unit_test(any_other_refusal_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
