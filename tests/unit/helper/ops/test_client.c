#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/utsname.h>
#include <sys/wait.h>

#include "fake.h"
#include "proto/ops.h"

/* A module file where an image of the running kernel's release has it. */
static void image_file(const struct fake *f, const char *name)
{
    struct utsname uts;
    char path[256];
    assert_int_equal(uname(&uts), 0);
    (void)snprintf(path, sizeof path, "/lib/modules/%s/" UD_OPS_EXTRA "/%s.ko", uts.release, name);
    fake_text(f, path, name);
}

/* Standard error of the run goes to a file; its text is returned. Words are
 * separated by blanks. */
static int run(struct fake *f, const char *line, char *said, size_t size)
{
    const struct ud_kernel kernel = fake_kernel(f);
    struct ud_emit emit;
    struct ud_helper helper = {.root = f->root, .kernel = &kernel, .emit = &emit};
    struct ud_strv argv = {0};
    struct ud_slice rest = ud_slice_of(line);
    FILE *file = tmpfile();
    int old = dup(STDERR_FILENO);
    ud_strv_add(&argv, "helper");
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ' ') {
            n++;
        }
        ud_strv_addn(&argv, rest.ptr, n);
        n += n < rest.len ? 1 : 0;
        rest = (struct ud_slice){rest.ptr + n, rest.len - n};
    }
    assert_non_null(file);
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    ud_emit_init(&emit, STDOUT_FILENO);
    int code = ud_helper_run(&helper, "test", (int)argv.len, argv.items);
    ud_emit_done(&emit);
    assert_int_equal(dup2(old, STDERR_FILENO), STDERR_FILENO);
    (void)close(old);
    ssize_t n = pread(fileno(file), said, size - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    (void)fclose(file);
    ud_strv_done(&argv);
    return code;
}

static void expect_said(const char *said, const char *text)
{
    if (strstr(said, text) == NULL) {
        fail_msg("no \"%s\" in: %s", text, said);
    }
}

static void missing_modules_are_inserted_before_the_program_runs(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_file(&f, "usb-common");
    image_file(&f, "usbcore");
    fake_load(&f, "usb_common", 0);
    assert_int_equal(run(&f, "client usb-common usbcore -- /bin/true", said, sizeof said), 0);
    assert_string_equal(f.did, "lock +usbcore");
    assert_string_equal(said, UD_OPS_SAYS "inserted usbcore\n" UD_OPS_STARTED "/bin/true\n");
    fake_done(&f);
}

static void a_kernel_with_usbip_needs_nothing(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    assert_int_equal(run(&f, "client usbcore -- /bin/true", said, sizeof said), 0);
    assert_int_equal(run(&f, "client -- /bin/true", said, sizeof said), 0);
    assert_string_equal(f.did, "");
    assert_string_equal(said, UD_OPS_STARTED "/bin/true\n");
    fake_done(&f);
}

static void the_exit_code_is_the_programs(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    assert_int_equal(run(&f, "client -- /bin/false", said, sizeof said), 1);
    assert_int_equal(run(&f, "client -- /bin/sh -c exit\t42", said, sizeof said), 42);
    assert_int_equal(run(&f, "client -- /bin/sh -c kill\t-9\t$$", said, sizeof said), 137);
    assert_int_equal(run(&f, "client -- /no/such/program", said, sizeof said), 127);
    assert_string_equal(said,
                        UD_OPS_SAYS "cannot run /no/such/program: No such file or directory\n");
    assert_int_equal(run(&f, "client -- /etc/passwd", said, sizeof said), 126);
    fake_done(&f);
}

static void without_usbip_and_modules_it_is_not_started(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    assert_int_equal(run(&f, "client -- /bin/true", said, sizeof said), UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "not-found: the kernel has no USB/IP");
    expect_said(said, "run `usbipd-desktop load`");
    fake_text(&f, "/lib/modules/1.2.3-other/" UD_OPS_EXTRA "/usbcore.ko", "usbcore");
    assert_int_equal(run(&f, "client usbcore -- /bin/true", said, sizeof said),
                     UD_OPS_SHELL_FAILED);
    expect_said(said,
                UD_OPS_FAILED "unfit: this image has modules for 1.2.3-other, and the kernel is ");
    assert_string_equal(f.did, "");
    fake_done(&f);
}

static void a_refusal_is_told_with_the_kernels_words_and_undone(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_file(&f, "usbcore");
    image_file(&f, "vhci-hcd");
    f.fail_insert = "vhci_hcd";
    f.insert_errno = ENOEXEC;
    f.log = "vhci_hcd: no symbol version for module_layout\n";
    assert_int_equal(run(&f, "client usbcore vhci-hcd -- /bin/true", said, sizeof said),
                     UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_SAYS "kernel: vhci_hcd: no symbol version for module_layout\n");
    expect_said(said, UD_OPS_SAYS "took usbcore out again\n");
    expect_said(said, UD_OPS_FAILED "refused: the kernel refused module vhci-hcd");
    assert_null(strstr(said, UD_OPS_STARTED));
    fake_done(&f);
}

static void without_privilege_the_remedy_is_named(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_file(&f, "usbcore");
    f.fail_insert = "usbcore";
    f.insert_errno = EPERM;
    assert_int_equal(run(&f, "client usbcore -- /bin/true", said, sizeof said),
                     UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "denied: run the container with --privileged: ");
    fake_done(&f);
}

static void what_it_does_not_take_is_refused(void **state)
{
    static const char *const bad[] = {"client", "client usbcore", "client usbcore --", "client --"};
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(run(&f, bad[i], said, sizeof said), UD_OPS_SHELL_FAILED);
        expect_said(said, UD_OPS_FAILED "usage: client takes [MODULE ...] -- PROGRAM");
    }
    assert_int_equal(run(&f, "client ../x -- /bin/true", said, sizeof said), UD_OPS_SHELL_FAILED);
    assert_string_equal(f.did, "");
    fake_done(&f);
}

/* A child of ours stands for the helper, so that it can be signalled. */
static void signals_are_passed_on(void **state)
{
    struct fake f;
    int ends[2];
    int status = 0;
    char byte = 0;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char said[4096];
        (void)dup2(ends[1], STDOUT_FILENO);
        _exit(run(&f,
                  "client -- /bin/sh -c trap\t'exit\t33'\tUSR1;echo;while\t:;do\tsleep\t0.1;done",
                  said, sizeof said));
    }
    assert_int_equal(read(ends[0], &byte, 1), 1); /* it has its trap */
    assert_int_equal(kill(pid, SIGUSR1), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 33);
    (void)close(ends[0]);
    (void)close(ends[1]);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_modules_are_inserted_before_the_program_runs),
        cmocka_unit_test(a_kernel_with_usbip_needs_nothing),
        cmocka_unit_test(the_exit_code_is_the_programs),
        cmocka_unit_test(without_usbip_and_modules_it_is_not_started),
        cmocka_unit_test(a_refusal_is_told_with_the_kernels_words_and_undone),
        cmocka_unit_test(without_privilege_the_remedy_is_named),
        cmocka_unit_test(what_it_does_not_take_is_refused),
        cmocka_unit_test(signals_are_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
