/* Runs a command whose kernel denies it calls, as SELinux does, with "permission denied":
 *
 *   deny file COMMAND...    finit_module, which takes a module's file
 *   deny both COMMAND...    init_module too, which takes its bytes
 *
 * Exit status: that of the command; 127 if it cannot be run so. For root. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int deny(unsigned int call, unsigned int other)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

int main(int argc, char **argv)
{
    if (argc < 3 || (strcmp(argv[1], "file") != 0 && strcmp(argv[1], "both") != 0)) {
        (void)fputs("usage: deny file|both COMMAND...\n", stderr);
        return 127;
    }
    const int both = strcmp(argv[1], "both") == 0;
    if (deny(SYS_finit_module, both ? SYS_init_module : SYS_finit_module) != 0) {
        perror("deny: no filter");
        return 127;
    }
    (void)execv(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
