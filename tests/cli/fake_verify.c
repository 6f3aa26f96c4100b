/* A made-up verification: all well, partly unknown, or with errors. */
#include <stdlib.h>
#include <string.h>

#include "app/verify.h"
#include "fake_data.h"
#include "util/mem.h"
#include "util/report.h"

static void fill_modules(struct ud_verify_result *ret)
{
    static const char *const names[] = {"usbip-core", "vhci-hcd"};
    ret->module_count = 2;
    ret->modules = ud_alloc(2, sizeof *ret->modules);
    for (size_t i = 0; i < 2; i++) {
        ret->modules[i] = (struct ud_verified_module){
            .name = ud_strdup(names[i]),
            .file = ud_strf("%s.ko", names[i]),
            .build_id = ud_strdup(i == 0 ? "ab12" : ""),
            .vermagic = ud_strdup("6.1.0-56-cloud-amd64 SMP mod_unload modversions "),
        };
    }
}

static void fill_crcs(struct ud_findings *findings, bool bad)
{
    struct ud_verify_check *check = ud_findings_check(findings, "crcs");
    ud_verify_check_compared(check, "20 of 30 with 6 of the VM's own modules");
    if (bad) {
        ud_verify_check_find(check, UD_FOUND_ERROR, "usbip_core", "Build it again.",
                             "the kernel has other CRCs for kfree: it was built otherwise");
        ud_verify_check_find(check, UD_FOUND_ERROR, "vhci_hcd\033[31m", "Build it again.",
                             "the kernel has other CRCs for kfree: it was built otherwise");
    }
    ud_verify_check_find(check, UD_FOUND_UNKNOWN, "vhci_hcd", "Pass Module.symvers with --symvers.",
                         "nothing here says what the kernel has for sscanf");
}

static void fill_findings(struct ud_findings *findings, bool bad)
{
    ud_verify_check_compared(ud_findings_check(findings, "release"),
                             "the first word of vermagic with `uname -r`: 6.1.0-56-cloud-amd64");
    if (bad) {
        struct ud_verify_check *check = ud_findings_check(findings, "loading");
        ud_verify_check_compared(check, "module support, enforced signatures, lockdown");
        ud_verify_check_find(check, UD_FOUND_WARNING, NULL, NULL, "The engine is this machine's.");
    }
    if (!ud_fake_scenario("loaded")) {
        fill_crcs(findings, bad);
    }
}

enum ud_code ud_app_verify(const struct ud_app *app, const struct ud_verify_options *options,
                           struct ud_verify_result *ret, struct ud_error *err)
{
    *ret = (struct ud_verify_result){0};
    if (ud_fake_scenario("down")) {
        return ud_fail(err, UD_ERR_UNREACHABLE, "Start it.", "no engine answers");
    }
    ud_report_step(app->report, "Comparing with the kernel");
    ud_report_step_end(app->report, "2 modules");
    ret->dir = ud_strdup(options->input != NULL ? options->input : "dist/6.1.0-56-cloud-amd64");
    ret->release = ud_strdup("6.1.0-56-cloud-amd64");
    ret->machine = ud_strdup("x86_64");
    fill_modules(ret);
    fill_findings(&ret->findings, ud_fake_scenario("fails"));
    return ud_findings_first_error(&ret->findings, err);
}

void ud_verify_result_done(struct ud_verify_result *result)
{
    for (size_t i = 0; i < result->module_count; i++) {
        free(result->modules[i].name);
        free(result->modules[i].file);
        free(result->modules[i].build_id);
        free(result->modules[i].vermagic);
    }
    free(result->modules);
    free(result->dir);
    free(result->release);
    free(result->machine);
    ud_findings_done(&result->findings);
}
