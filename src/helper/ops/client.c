#include "ops/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "child/child.h"
#include "child/privileges.h"
#include "insert/insertion.h"
#include "proto/check.h"
#include "proto/ops.h"
#include "sys/sysfile.h"

#define VHCI_DEVICE "/sys/devices/platform/vhci_hcd.0"

enum { RELEASES_SHOWN = 8 };

static enum ud_code no_modules(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                   "the kernel has no USB/IP (no device vhci_hcd.0), and this image holds no "
                   "modules for it: run `usbipd-desktop load`, then start the container again");
}

/* The VM may have got another kernel since the image was made. */
static enum ud_code other_kernel(const char *root, const char *release, struct ud_error *err)
{
    struct ud_strv releases = {0};
    ud_sysfile_list(root, "/lib/modules", RELEASES_SHOWN, &releases);
    char *known = ud_strv_join(&releases, ", ");
    enum ud_code rc =
        ud_fail(err, UD_ERR_UNFIT, NULL,
                "this image has modules for %s, and the kernel is %s: make the image again with "
                "`usbipd-desktop build` and `usbipd-desktop image vhcli`",
                known[0] != '\0' ? known : "no kernel", release);
    free(known);
    ud_strv_done(&releases);
    return rc;
}

static enum ud_code insert_missing(struct ud_helper *helper, int count, char **names,
                                   struct ud_error *err)
{
    struct utsname uts;
    char dir[UD_SYSFILE_PATH_MAX];
    if (ud_sysfile_exists(helper->root, VHCI_DEVICE)) {
        return UD_OK;
    }
    if (count == 0) {
        return no_modules(err);
    }
    if (uname(&uts) != 0 || !ud_check_release(uts.release)) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel's release cannot be used");
    }
    (void)snprintf(dir, sizeof dir, "/lib/modules/%s/" UD_OPS_EXTRA, uts.release);
    if (!ud_sysfile_is_dir(helper->root, dir)) {
        return other_kernel(helper->root, uts.release, err);
    }
    enum ud_code rc = ud_insertion_run(helper, dir, count, names, true, err);
    if (rc == UD_ERR_DENIED) {
        ud_error_prefix(err, "run the container with --privileged");
    }
    return rc;
}

/* The parent learns from the pipe whether the program could be run: it is closed
 * by a successful exec, and else brings the error number. */
static _Noreturn void client_become(char **argv, int pipe_end, const sigset_t *signals)
{
    int terminal = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : -1;
    ud_child_take_terminal(terminal);
    ud_child_reset_signals(signals);
    int why = ud_child_drop_privileges();
    if (why == 0) {
        (void)execvp(argv[0], argv);
        why = errno;
    }
    if (write(pipe_end, &why, sizeof why) != (ssize_t)sizeof why) {
        _exit(ud_child_cannot_run(EACCES));
    }
    _exit(ud_child_cannot_run(why));
}

static void tell_start(char **argv, int pipe_end)
{
    int why = 0;
    ssize_t n = read(pipe_end, &why, sizeof why);
    if (n == (ssize_t)sizeof why) {
        (void)fprintf(stderr, UD_OPS_SAYS "cannot run %s: %s\n", argv[0], strerror(why));
    } else {
        (void)fprintf(stderr, UD_OPS_STARTED "%s\n", argv[0]);
    }
}

static enum ud_code run_program(struct ud_helper *helper, char **argv, struct ud_error *err)
{
    int ends[2];
    sigset_t old;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot make a pipe: %s", strerror(errno));
    }
    struct ud_relay *relay = ud_relay_new();
    enum ud_code rc = ud_child_fork(helper->kernel, relay, &old, err);
    if (rc == UD_OK && relay->child == 0) {
        client_become(argv, ends[1], &old);
    }
    (void)close(ends[1]);
    if (rc == UD_OK) {
        tell_start(argv, ends[0]);
        helper->exit_code = ud_child_wait(relay, INT_MAX, &old);
    }
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
    (void)close(ends[0]);
    free(relay);
    return rc;
}

static enum ud_code client_run(struct ud_helper *helper, int count, char **args,
                               struct ud_error *err)
{
    const int modules = ud_helper_count_before_dashes(count, args);
    if (modules + 1 >= count) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "client takes [MODULE ...] -- PROGRAM");
    }
    ud_emit_use_words(helper->emit, STDERR_FILENO);
    UD_TRY(insert_missing(helper, modules, args, err));
    return run_program(helper, args + modules + 1, err);
}

/* The code has to be in the words: there is nothing else for it to be in. */
enum ud_code ud_op_client(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    enum ud_code rc = client_run(helper, count, args, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, UD_OPS_ERROR "%s", ud_error_name(rc));
    }
    return rc;
}
