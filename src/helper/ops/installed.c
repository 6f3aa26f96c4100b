#include "ops/ops.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "insert/insertion.h"
#include "proto/check.h"
#include "proto/installed.h"
#include "proto/ops.h"
#include "sys/modules.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "util/mem.h"

#define MEND "run `usbipd-desktop build` and `usbipd-desktop install`"

/* What the image has for the kernel that runs. */
struct installed {
    char release[sizeof((struct utsname *)0)->release];
    char *version;
    struct ud_installed_kernel kernel; /* release NULL: it has nothing for it */
    char dir[64];                      /* of its modules */
    struct ud_strv others;             /* releases that it has modules for besides */
    bool other_build;                  /* one of them is this release */
};

static void installed_done(struct installed *installed)
{
    free(installed->version);
    ud_installed_kernel_done(&installed->kernel);
    ud_strv_done(&installed->others);
}

/* A kernel of the image; false if there is none of this number, or its text makes no sense. */
static bool installed_read(const char *root, const char *dir, struct ud_installed_kernel *ret)
{
    char path[96];
    struct ud_buf text;
    (void)snprintf(path, sizeof path, "%s/" UD_OPS_KERNEL_FILE, dir);
    ud_buf_init(&text, UD_INSTALLED_TEXT_MAX);
    bool sound = ud_sysfile_read(root, path, &text) == 0 &&
                 ud_installed_kernel_read(text.data, text.len, ret, NULL) == UD_OK;
    ud_buf_done(&text);
    return sound;
}

static void installed_look(const char *root, struct installed *installed)
{
    for (int i = 0; i < UD_INSTALLED_KERNELS_MAX; i++) {
        struct ud_installed_kernel kernel = {0};
        char dir[sizeof installed->dir];
        (void)snprintf(dir, sizeof dir, UD_OPS_KERNELS_DIR "/%d", i);
        if (!installed_read(root, dir, &kernel)) {
            continue;
        }
        const bool is = ud_installed_kernel_is(&kernel, installed->release, installed->version);
        if (is && installed->kernel.release == NULL) {
            installed->kernel = kernel;
            memcpy(installed->dir, dir, sizeof dir);
            continue;
        }
        installed->other_build =
            installed->other_build || strcmp(kernel.release, installed->release) == 0;
        ud_strv_add(&installed->others, kernel.release);
        ud_installed_kernel_done(&kernel);
    }
}

static enum ud_code installed_find(const struct ud_helper *helper, struct installed *ret,
                                   struct ud_error *err)
{
    struct utsname uts;
    if (uname(&uts) != 0 || !ud_check_release(uts.release)) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel's release cannot be used");
    }
    memcpy(ret->release, uts.release, sizeof ret->release);
    /* As the program has written it down. */
    ret->version = ud_strdup(uts.version);
    ud_str_sanitize(ret->version);
    installed_look(helper->root, ret);
    return UD_OK;
}

/* UD_OK if that does no harm: newer kernels may have USB/IP built in. */
static enum ud_code installed_has_nothing(const struct ud_helper *helper,
                                          const struct installed *installed, struct ud_error *err)
{
    if (ud_sysfile_is_dir(helper->root, UD_VHCI_CONTROLLER)) {
        return UD_OK;
    }
    if (installed->other_build) {
        return ud_fail(err, UD_ERR_UNFIT, NULL,
                       "this installation has modules for another build of %s, and the kernel is "
                       "the build %s: " MEND,
                       installed->release, installed->version);
    }
    char *known = ud_strv_join(&installed->others, ", ");
    enum ud_code rc = ud_fail(err, UD_ERR_UNFIT, NULL,
                              "this installation has modules for %s, and the kernel is %s: " MEND,
                              known[0] != '\0' ? known : "no kernel", installed->release);
    free(known);
    return rc;
}

static void installed_say_ready(const struct installed *installed)
{
    (void)fprintf(stderr, UD_OPS_READY "%s\n",
                  installed->kernel.release != NULL
                      ? "the modules are in the kernel"
                      : "the kernel has USB/IP without modules of this installation");
}

/* ---- --check ---- */

static enum ud_code installed_check_modules(const struct ud_helper *helper,
                                            const struct installed *installed, struct ud_error *err)
{
    struct ud_strv missing = {0};
    for (size_t i = 0; i < installed->kernel.modules.len; i++) {
        char name[UD_MODULE_NAME_MAX + 1];
        ud_check_kernel_name(installed->kernel.modules.items[i], name);
        if (ud_modules_state(helper->root, name) != UD_MODULE_LIVE) {
            ud_strv_add(&missing, installed->kernel.modules.items[i]);
        }
    }
    if (missing.len == 0) {
        return UD_OK;
    }
    char *names = ud_strv_join(&missing, ", ");
    enum ud_code rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                              "not in the kernel: %s. A restart of this container inserts them, "
                              "or its log says why not",
                              names);
    free(names);
    ud_strv_done(&missing);
    return rc;
}

static enum ud_code installed_check(const struct ud_helper *helper,
                                    const struct installed *installed, struct ud_error *err)
{
    UD_TRY(installed->kernel.release != NULL ? installed_check_modules(helper, installed, err)
                                             : installed_has_nothing(helper, installed, err));
    installed_say_ready(installed);
    return UD_OK;
}

/* ---- inserting ---- */

/* The VM's own, once its namespaces are entered. What is written there may be read at its next
 * start, if that brings back the same files. */
static void installed_say_own_way(const char *root)
{
    char path[UD_SYSFILE_PATH_MAX];
    struct statvfs fs;
    (void)snprintf(path, sizeof path, "%s/lib/modules", root);
    if (ud_sysfile_is_dir(root, "/etc/modules-load.d") && statvfs(path, &fs) == 0 &&
        (fs.f_flag & ST_RDONLY) == 0) {
        (void)fputs(UD_OPS_OWN_WAY "it has /etc/modules-load.d and a writable /lib/modules\n",
                    stderr);
    }
}

static enum ud_code installed_insert(struct ud_helper *helper, const struct installed *installed,
                                     struct ud_error *err)
{
    if (installed->kernel.release == NULL) {
        UD_TRY(installed_has_nothing(helper, installed, err));
    } else {
        enum ud_code rc =
            ud_insertion_run(helper, installed->dir, (int)installed->kernel.modules.len,
                             installed->kernel.modules.items, false, err);
        if (rc == UD_ERR_DENIED) {
            ud_error_prefix(err, "run the container with --privileged and --pid host");
        }
        UD_TRY(rc);
        installed_say_own_way(helper->root);
    }
    installed_say_ready(installed);
    return UD_OK;
}

/* A process of its own: with its end the lock is free, and the one that stays has not left the
 * container. */
static _Noreturn void installed_become_inserter(struct ud_helper *helper,
                                                const struct installed *installed,
                                                const sigset_t *signals)
{
    struct ud_error err = {0};
    (void)sigprocmask(SIG_SETMASK, signals, NULL);
    enum ud_code rc = installed_insert(helper, installed, &err);
    if (rc != UD_OK) {
        (void)fprintf(stderr, UD_OPS_FAILED "%s: %s\n", ud_error_name(rc), err.message);
    }
    _exit(rc == UD_OK ? 0 : 1);
}

/* Until it is asked to stop, and then until the child has ended. Signals are taken one by one
 * instead of handled, so that none is lost before the wait for the next. */
static void installed_wait(pid_t child, const sigset_t *signals, bool stop)
{
    while (child > 0 || !stop) {
        const int number = sigwaitinfo(signals, NULL);
        if (number == SIGCHLD && waitpid(child, NULL, WNOHANG) == child) {
            child = 0;
        } else if (number > 0 && number != SIGCHLD) {
            stop = true;
            if (child > 0) {
                (void)kill(child, SIGTERM);
            }
        }
    }
}

static enum ud_code installed_stay(struct ud_helper *helper, const struct installed *installed,
                                   struct ud_error *err)
{
    sigset_t signals;
    sigset_t old;
    (void)fprintf(stderr, UD_OPS_KERNEL "%s %s\n", installed->release, installed->version);
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &signals, &old);
    pid_t child = fork();
    if (child < 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot start a process: %s", strerror(errno));
    }
    if (child == 0) {
        installed_become_inserter(helper, installed, &old);
    }
    installed_wait(child, &signals, helper->kernel->stopped(helper->kernel->ctx));
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
    return UD_OK;
}

static enum ud_code installed_run(struct ud_helper *helper, int count, char **args,
                                  struct ud_error *err)
{
    const bool check = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_CHECK);
    struct installed installed = {0};
    if (count != 0) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "installed takes nothing but " UD_OPS_FLAG_CHECK);
    }
    ud_emit_use_words(helper->emit, STDERR_FILENO);
    enum ud_code rc = installed_find(helper, &installed, err);
    if (rc == UD_OK) {
        rc = check ? installed_check(helper, &installed, err)
                   : installed_stay(helper, &installed, err);
    }
    installed_done(&installed);
    return rc;
}

/* As of client, the code is in the words. */
enum ud_code ud_op_installed(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    enum ud_code rc = installed_run(helper, count, args, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, UD_OPS_ERROR "%s", ud_error_name(rc));
    }
    return rc;
}
