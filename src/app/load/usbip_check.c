#include "app/load/usbip_check.h"

#include <stdlib.h>
#include <string.h>

#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/facts_fill.h"
#include "vm/helper_call.h"
#include "vm/helper_image.h"

#define RELOAD                                                                                     \
    "Run `usbipd-desktop unload` and `usbipd-desktop load` and try again; if it fails again, "     \
    "build "                                                                                       \
    "the modules again from the sources of exactly this kernel."

/* What the helper answered. */
struct outcome {
    const struct ud_app *app;
    struct ud_facts_fill facts;
    struct ud_strv steps; /* that failed, and why, in this order */
    struct ud_strv reasons;
    struct ud_strv klog;
};

static const struct {
    const char *step;
    const char *remedy;
} remedies[] = {
    {UD_SELFTEST_DRIVER, "Run `usbipd-desktop load` first."},
    {UD_SELFTEST_PORT, "Detach a device, then try again."},
    {UD_SELFTEST_ATTACH, RELOAD},
    {UD_SELFTEST_ENUMERATE, RELOAD},
    {UD_SELFTEST_DETACH, "Restart the VM, then run `usbipd-desktop load`."},
};

static enum ud_code usbip_check_on_record(void *ctx, const struct ud_record *record,
                                          struct ud_error *err)
{
    struct outcome *outcome = ctx;
    if (record->type == UD_RECORD_RESULT) {
        ud_strv_add(&outcome->steps, record->name);
        ud_strv_add(&outcome->reasons, record->text);
    } else if (record->type == UD_RECORD_KLOG) {
        ud_report_message(outcome->app->report, UD_REPORT_DETAIL, "kernel: %s", record->text);
        ud_strv_add(&outcome->klog, record->text);
    } else {
        return ud_facts_fill_record(&outcome->facts, record, err);
    }
    return UD_OK;
}

static enum ud_code usbip_check_call_helper(struct ud_engine *engine, struct outcome *outcome,
                                            struct ud_error *err)
{
    char *image = NULL;
    UD_TRY(ud_helper_image_ensure(outcome->app, engine, &image, err));
    struct ud_helper_call call = {
        .role = UD_ROLE_SELFTEST, .image = image, .record = usbip_check_on_record, .ctx = outcome};
    ud_strv_add(&call.args, UD_OP_SELFTEST);
    enum ud_code rc = ud_helper_call_run(engine, &call, err);
    ud_strv_done(&call.args);
    free(image);
    return rc;
}

static const char *usbip_check_remedy_of(const char *step, enum ud_code rc)
{
    if (rc == UD_ERR_DENIED) {
        return "Use an engine whose privileged containers may write to the VM's /sys.";
    }
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++) {
        if (strcmp(remedies[i].step, step) == 0) {
            return remedies[i].remedy;
        }
    }
    return NULL;
}

/* What did not happen, what did not happen after that either, and the kernel's log. */
static enum ud_code usbip_check_explain(const struct outcome *outcome, enum ud_code rc,
                                        struct ud_error *err)
{
    if (outcome->steps.len == 0) {
        return rc;
    }
    char *reasons = ud_strv_join(&outcome->reasons, "; ");
    char *lines = ud_strv_join(&outcome->klog, "; ");
    ud_str_sanitize(reasons);
    ud_str_sanitize(lines);
    rc = ud_fail(err, rc, usbip_check_remedy_of(outcome->steps.items[0], rc),
                 "the self-test failed: %s%s%s", reasons,
                 lines[0] != '\0' ? ". The kernel's log says: " : "", lines);
    free(reasons);
    free(lines);
    return rc;
}

static bool usbip_check_take_number(const struct ud_facts_fill *facts, const char *key,
                                    uint64_t max, uint64_t *ret)
{
    const char *text = ud_facts_fill_get(facts, key);
    return text != NULL && ud_str_to_u64(text, ret) && *ret <= max;
}

static enum ud_code take_facts(const struct ud_facts_fill *facts, struct ud_usbip_check *ret,
                               struct ud_error *err)
{
    const char *busid = ud_facts_fill_get(facts, UD_FACT_SELFTEST_BUSID);
    uint64_t port = 0;
    uint64_t authorized = 0;
    if (busid == NULL ||
        !usbip_check_take_number(facts, UD_FACT_SELFTEST_PORT, UD_VHCI_PORTS_MAX, &port) ||
        !usbip_check_take_number(facts, UD_FACT_SELFTEST_MS, UINT32_MAX, &ret->milliseconds) ||
        !usbip_check_take_number(facts, UD_FACT_SELFTEST_URBS, UINT32_MAX, &ret->urbs) ||
        !usbip_check_take_number(facts, UD_FACT_SELFTEST_AUTHORIZED, 1, &authorized)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper in the VM did not say how the self-test went");
    }
    ret->port = (unsigned)port;
    ret->authorized = authorized == 1;
    ret->busid = ud_strdup(busid);
    ret->passed = true;
    return UD_OK;
}

enum ud_code ud_usbip_check_run(const struct ud_app *app, struct ud_engine *engine,
                                struct ud_usbip_check *ret, struct ud_error *err)
{
    struct outcome outcome = {.app = app};
    ud_report_step(app->report, "Attaching a device to test USB/IP");
    enum ud_code rc = usbip_check_call_helper(engine, &outcome, err);
    if (rc == UD_OK) {
        rc = take_facts(&outcome.facts, ret, err);
    } else {
        rc = usbip_check_explain(&outcome, rc, err);
        ret->step = outcome.steps.len > 0 ? ud_strdup(outcome.steps.items[0]) : NULL;
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
    }
    ud_facts_fill_done(&outcome.facts);
    ud_strv_done(&outcome.steps);
    ud_strv_done(&outcome.reasons);
    ud_strv_done(&outcome.klog);
    return rc;
}

void ud_usbip_check_done(struct ud_usbip_check *test)
{
    free(test->busid);
    free(test->step);
    *test = (struct ud_usbip_check){0};
}
