#include "ops/ops.h"
#include "selftest/selftest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "sys/waiting.h"

static enum ud_code choose_port(struct ud_selftest *test, uint32_t from, struct ud_error *err)
{
    struct ud_vhci_choice ports;
    int why = ud_vhci_free_ports(test->helper->root, "hs", from, &ports);
    if (why != 0) {
        return ud_selftest_failed(test, UD_SELFTEST_PORT, UD_ERR_REFUSED, why, err,
                                  "the status of vhci_hcd's ports cannot be read: %s",
                                  strerror(why));
    }
    if (ports.free == 0) {
        return ud_selftest_failed(test, UD_SELFTEST_PORT, UD_ERR_BUSY, 0, err,
                                  "all %u ports for USB 2 devices are in use", (unsigned)ports.all);
    }
    test->port = ports.port;
    return UD_OK;
}

static enum ud_code selftest_refused(const struct ud_selftest *test, int why, struct ud_error *err)
{
    bool denied = why == EACCES || why == EPERM || why == EROFS;
    ud_selftest_send_log(test);
    return ud_selftest_failed(test, UD_SELFTEST_ATTACH, denied ? UD_ERR_DENIED : UD_ERR_REFUSED,
                              why, err, "the kernel did not take the device on port %u: %s",
                              (unsigned)test->port, strerror(why));
}

/* Somebody else may take the chosen port meanwhile: then the next. */
static enum ud_code selftest_attach(struct ud_selftest *test, int fd, struct ud_error *err)
{
    const struct ud_kernel *kernel = test->helper->kernel;
    uint32_t from = 0;
    for (;;) {
        UD_TRY(choose_port(test, from, err));
        test->begun_ms = ud_wait_now_ms();
        int why = kernel->attach(kernel->ctx, test->port, fd, test->devid, UD_TESTDEV_SPEED);
        if (why != EBUSY) {
            return why == 0 ? UD_OK : selftest_refused(test, why, err);
        }
        from = test->port + 1;
    }
}

static void send_facts(const struct ud_selftest *test)
{
    struct ud_emit *emit = test->helper->emit;
    char text[32];
    (void)snprintf(text, sizeof text, "%u", (unsigned)test->port);
    ud_emit_fact(emit, UD_FACT_SELFTEST_PORT, text);
    ud_emit_fact(emit, UD_FACT_SELFTEST_BUSID, test->busid);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)test->took_ms);
    ud_emit_fact(emit, UD_FACT_SELFTEST_MS, text);
    (void)snprintf(text, sizeof text, "%u", test->urbs);
    ud_emit_fact(emit, UD_FACT_SELFTEST_URBS, text);
    ud_emit_fact(emit, UD_FACT_SELFTEST_AUTHORIZED, test->authorized ? "1" : "0");
}

static enum ud_code make_up(struct ud_selftest *test, struct ud_error *err)
{
    unsigned char random[UD_TESTDEV_SERIAL_MAX / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random ||
        getrandom(&test->devid, sizeof test->devid, 0) != (ssize_t)sizeof test->devid) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "the kernel gives no random numbers: %s",
                       strerror(errno));
    }
    ud_str_hex(random, sizeof random, test->serial);
    return UD_OK;
}

/* The kernel has its end from attaching on; ours is the only other one, so that
 * the connection ends with this process. */
static enum ud_code attach_and_await(struct ud_selftest *test, int kernel_end, struct ud_error *err)
{
    const struct ud_kernel *kernel = test->helper->kernel;
    kernel->log_mark(kernel->ctx);
    enum ud_code rc = selftest_attach(test, kernel_end, err);
    (void)close(kernel_end);
    if (rc != UD_OK) {
        ud_serving_stop(&test->serving);
        return rc;
    }
    rc = ud_selftest_await(test, err);
    enum ud_code after = ud_selftest_detach(test, rc == UD_OK ? err : NULL);
    if (rc == UD_OK && after == UD_OK) {
        send_facts(test);
    } else if (rc != UD_OK && test->serving.failed.code != UD_OK) {
        ud_error_prefix(err, "%s", test->serving.failed.message);
    }
    return rc != UD_OK ? rc : after;
}

static enum ud_code selftest_run(struct ud_selftest *test, struct ud_error *err)
{
    int ends[2];
    UD_TRY(make_up(test, err));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "cannot make a pair of sockets: %s",
                       strerror(errno));
    }
    enum ud_code rc = ud_serving_start(&test->serving, ends[1], test->serial, err);
    if (rc != UD_OK) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return rc;
    }
    return attach_and_await(test, ends[0], err);
}

enum ud_code ud_op_selftest(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_selftest test = {.helper = helper};
    const struct ud_kernel *kernel = helper->kernel;
    (void)args;
    if (count != 0) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s takes nothing", UD_OP_SELFTEST);
    }
    UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
    UD_TRY(kernel->lock(kernel->ctx, err));
    if (!ud_sysfile_is_dir(helper->root, UD_VHCI_CONTROLLER)) {
        return ud_selftest_failed(&test, UD_SELFTEST_DRIVER, UD_ERR_NOT_FOUND, ENOENT, err,
                                  "the kernel has no USB/IP: there is no device vhci_hcd.0");
    }
    return selftest_run(&test, err);
}
