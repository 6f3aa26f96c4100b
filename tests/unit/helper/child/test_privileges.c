#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/privileges.h"

/* The number behind a name in this process's status, whose base is 16. */
static unsigned long long status_of(const char *name)
{
    char line[256];
    unsigned long long value = ~0ULL;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            value = strtoull(line + strlen(name) + 1, NULL, 16);
        }
    }
    (void)fclose(file);
    return value;
}

/* 0 if all is as wanted, in a process that has nothing to lose. */
static int check_after_dropping(void)
{
    const unsigned long long before = status_of("CapEff");
    static const int lost[] = {CAP_SYS_MODULE, CAP_SYS_ADMIN, CAP_SYS_RAWIO,
                               CAP_SYS_PTRACE, CAP_SYS_BOOT,  CAP_MKNOD};
    if (ud_child_drop_privileges() != 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        const unsigned long long bit = 1ULL << lost[i];
        if ((status_of("CapEff") & bit) != 0 || (status_of("CapPrm") & bit) != 0 ||
            (status_of("CapBnd") & bit) != 0) {
            return 2;
        }
    }
    const unsigned long long kept = 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_NET_BIND_SERVICE;
    if ((status_of("CapEff") & kept) != (before & kept) || status_of("CapInh") != 0 ||
        status_of("NoNewPrivs") != 1) {
        return 3;
    }
    return 0;
}

static void what_a_container_does_not_need_is_gone(void **state)
{
    int status = -1;
    (void)state;
    if (geteuid() != 0) {
        (void)fprintf(stderr, "only root has something to drop\n");
        skip();
    }
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(check_after_dropping());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_container_does_not_need_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
