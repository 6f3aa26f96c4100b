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
#include "sys/modules.h"

#define NAMES "module usbcore\nmodule vhci-hcd\n"

/* A kernel of the image, with both modules; NULL: the running one's. */
static void image_kernel(const struct fake *f, int number, const char *release, const char *version)
{
    struct utsname uts;
    char path[128];
    char text[512];
    assert_int_equal(uname(&uts), 0);
    (void)snprintf(text, sizeof text, "release %s\nversion %s\n" NAMES,
                   release != NULL ? release : uts.release,
                   version != NULL ? version : uts.version);
    (void)snprintf(path, sizeof path, UD_OPS_KERNELS_DIR "/%d/" UD_OPS_KERNEL_FILE, number);
    fake_text(f, path, text);
    (void)snprintf(path, sizeof path, UD_OPS_KERNELS_DIR "/%d/usbcore.ko", number);
    fake_text(f, path, "usbcore");
    (void)snprintf(path, sizeof path, UD_OPS_KERNELS_DIR "/%d/vhci-hcd.ko", number);
    fake_text(f, path, "vhci-hcd");
}

/* In a process of its own, whose standard error is the pipe. */
static _Noreturn void be_the_helper(struct fake *f, const char *argument, int pipe_end)
{
    const struct ud_kernel kernel = fake_kernel(f);
    struct ud_emit emit;
    struct ud_helper helper = {.root = f->root, .kernel = &kernel, .emit = &emit};
    struct ud_strv argv = {0};
    ud_strv_add(&argv, "helper");
    ud_strv_add(&argv, UD_OP_INSTALLED);
    if (argument != NULL) {
        ud_strv_add(&argv, argument);
    }
    (void)dup2(pipe_end, STDERR_FILENO);
    ud_emit_init(&emit, STDOUT_FILENO);
    int code = ud_helper_run(&helper, "test", (int)argv.len, argv.items);
    ud_emit_done(&emit);
    _exit(code);
}

static bool is_over(const char *said)
{
    const char *ready = strstr(said, UD_OPS_READY);
    const char *failed = strstr(said, UD_OPS_FAILED);
    const char *last = ready != NULL ? ready : failed;
    return last != NULL && strchr(last, '\n') != NULL;
}

/* What it says, with its last line whole; then it is asked to stop. Its exit code. */
static int run(struct fake *f, const char *argument, char *said, size_t size)
{
    int ends[2];
    int status = 0;
    size_t len = 0;
    ssize_t n = 1;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        be_the_helper(f, argument, ends[1]);
    }
    (void)close(ends[1]);
    said[0] = '\0';
    while (n > 0 && !is_over(said)) {
        n = read(ends[0], said + len, size - 1 - len);
        len += n > 0 ? (size_t)n : 0;
        said[len] = '\0';
    }
    if (argument == NULL) {
        assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* it stays */
        assert_int_equal(kill(pid, SIGTERM), 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    (void)close(ends[0]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect_said(const char *said, const char *text)
{
    if (strstr(said, text) == NULL) {
        fail_msg("no \"%s\" in: %s", text, said);
    }
}

/* The helper's process has changed the files, and not what this one knows of its modules. */
static void expect_loaded(const struct fake *f, const char *name, bool loaded)
{
    assert_int_equal(ud_modules_state(f->root, name) == UD_MODULE_LIVE, loaded);
}

static void the_modules_of_this_kernel_are_inserted_and_it_stays(void **state)
{
    struct fake f;
    struct utsname uts;
    char said[4096];
    char kernel[256];
    (void)state;
    fake_init(&f);
    assert_int_equal(uname(&uts), 0);
    image_kernel(&f, 0, "1.2.3-other", NULL);
    image_kernel(&f, 1, NULL, "#2 another build");
    image_kernel(&f, 2, NULL, NULL);
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    (void)snprintf(kernel, sizeof kernel, UD_OPS_KERNEL "%s %s\n", uts.release, uts.version);
    assert_int_equal(strncmp(said, kernel, strlen(kernel)), 0);
    expect_said(said, UD_OPS_INSERTED "usbcore\n" UD_OPS_INSERTED "vhci-hcd\n" UD_OPS_READY);
    expect_loaded(&f, "usbcore", true);
    expect_loaded(&f, "vhci_hcd", true);
    fake_done(&f);
}

static void what_is_loaded_is_not_touched(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    fake_load(&f, "usbcore", 0);
    fake_load(&f, "vhci_hcd", 0);
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    assert_null(strstr(said, UD_OPS_INSERTED));
    expect_said(said, UD_OPS_READY);
    fake_done(&f);
}

static void on_another_kernel_nothing_is_inserted(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, "1.2.3-other", NULL);
    image_kernel(&f, 1, "1.2.4-other", NULL);
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_FAILED "unfit: this installation has modules for 1.2.3-other, "
                                    "1.2.4-other, and the kernel is ");
    expect_said(said, "run `usbipd-desktop build` and `usbipd-desktop install`\n");
    assert_null(strstr(said, UD_OPS_INSERTED));
    expect_loaded(&f, "usbcore", false);
    assert_int_equal(run(&f, "--check", said, sizeof said), UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "unfit: ");
    fake_done(&f);
}

static void another_build_of_the_release_is_another_kernel(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, "#2 another build");
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_FAILED "unfit: this installation has modules for another build of ");
    expect_loaded(&f, "usbcore", false);
    fake_done(&f);
}

static void a_kernel_with_usbip_of_its_own_is_well(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, "1.2.3-other", NULL);
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "16\n");
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_READY "the kernel has USB/IP without");
    assert_int_equal(run(&f, "--check", said, sizeof said), 0);
    expect_said(said, UD_OPS_READY "the kernel has USB/IP without");
    expect_loaded(&f, "usbcore", false);
    fake_done(&f);
}

static void a_refusal_is_told_and_undone(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    f.fail_insert = "vhci_hcd";
    f.insert_errno = ENOEXEC;
    f.log = "vhci_hcd: no symbol version for module_layout\n";
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_SAYS "kernel: vhci_hcd: no symbol version for module_layout\n");
    expect_said(said, UD_OPS_SAYS "took usbcore out again\n");
    expect_said(said, UD_OPS_FAILED "refused: the kernel refused module vhci-hcd");
    expect_loaded(&f, "usbcore", false);
    assert_int_equal(run(&f, "--check", said, sizeof said), UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "not-found: not in the kernel: usbcore, vhci-hcd. ");
    fake_done(&f);
}

static void without_privilege_the_remedy_is_named(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    f.enter_code = UD_ERR_DENIED;
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_FAILED "denied: run the container with --privileged and --pid host: ");
    fake_done(&f);
}

static void who_is_asked_to_stop_rolls_back(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    f.stop_at = 3;
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_FAILED "interrupted: ");
    expect_loaded(&f, "usbcore", false);
    fake_done(&f);
}

static void the_check_sees_what_is_in_the_kernel(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    fake_load(&f, "usbcore", 0);
    assert_int_equal(run(&f, "--check", said, sizeof said), UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "not-found: not in the kernel: vhci-hcd. ");
    fake_load(&f, "vhci_hcd", 0);
    assert_int_equal(run(&f, "--check", said, sizeof said), 0);
    assert_string_equal(said, UD_OPS_READY "the modules are in the kernel\n");
    fake_done(&f);
}

static void a_way_of_the_systems_own_is_told(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    assert_null(strstr(said, UD_OPS_OWN_WAY));
    fake_text(&f, "/etc/modules-load.d/x.conf", "");
    fake_text(&f, "/lib/modules/x", "");
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_OWN_WAY "it has /etc/modules-load.d and a writable /lib/modules\n");
    fake_done(&f);
}

static void lists_that_make_no_sense_are_passed_over(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    fake_text(&f, UD_OPS_KERNELS_DIR "/0/" UD_OPS_KERNEL_FILE, "release ../..\nversion x\n" NAMES);
    image_kernel(&f, 1, NULL, NULL);
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, UD_OPS_READY);
    fake_forget(&f, UD_OPS_KERNELS_DIR "/1");
    assert_int_equal(run(&f, NULL, said, sizeof said), 0);
    expect_said(said, "this installation has modules for no kernel, and the kernel is ");
    fake_done(&f);
}

static void what_it_does_not_take_is_refused(void **state)
{
    struct fake f;
    char said[4096];
    (void)state;
    fake_init(&f);
    image_kernel(&f, 0, NULL, NULL);
    assert_int_equal(run(&f, "usbcore", said, sizeof said), UD_OPS_SHELL_FAILED);
    expect_said(said, UD_OPS_FAILED "usage: installed takes nothing but --check\n");
    expect_loaded(&f, "usbcore", false);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_modules_of_this_kernel_are_inserted_and_it_stays),
        cmocka_unit_test(what_is_loaded_is_not_touched),
        cmocka_unit_test(on_another_kernel_nothing_is_inserted),
        cmocka_unit_test(another_build_of_the_release_is_another_kernel),
        cmocka_unit_test(a_kernel_with_usbip_of_its_own_is_well),
        cmocka_unit_test(a_refusal_is_told_and_undone),
        cmocka_unit_test(without_privilege_the_remedy_is_named),
        cmocka_unit_test(who_is_asked_to_stop_rolls_back),
        cmocka_unit_test(the_check_sees_what_is_in_the_kernel),
        cmocka_unit_test(a_way_of_the_systems_own_is_told),
        cmocka_unit_test(lists_that_make_no_sense_are_passed_over),
        cmocka_unit_test(what_it_does_not_take_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
