/* The use cases with made-up results, for golden tests of what the command
 * line prints: UD_FAKE names the scenario. Linked in front of the app layer,
 * so that nothing of that is taken. */
#include <stdlib.h>
#include <string.h>

#include "app/build/build.h"
#include "app/clean.h"
#include "app/engine/context.h"
#include "app/load/load.h"
#include "app/shell.h"
#include "app/status.h"
#include "fake_data.h"
#include "util/mem.h"
#include "util/report.h"

void ud_app_watch_signals(void)
{
}

enum ud_code ud_app_check_ca_file(const struct ud_app *app, struct ud_error *err)
{
    (void)app;
    (void)err;
    return UD_OK;
}

void ud_inventory_done(struct ud_inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        free(inventory->items[i].name);
        free(inventory->items[i].role);
    }
    free(inventory->items);
    *inventory = (struct ud_inventory){0};
}

static enum ud_code unreachable(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNREACHABLE,
                   "Start Docker Desktop, or name another engine with --host.",
                   "no engine answers at unix:///run/docker.sock: connection refused");
}

static enum ud_code status_down(struct ud_status *ret, struct ud_error *err)
{
    ret->endpoint = ud_strdup("unix:///run/docker.sock");
    ret->origin = ud_strdup("context default");
    return unreachable(err);
}

static void add_artifact(struct ud_status *status, const char *dir, bool fits, const char *reason)
{
    status->artifacts =
        ud_realloc(status->artifacts, status->artifact_count + 1, sizeof *status->artifacts);
    struct ud_status_artifact *artifact = &status->artifacts[status->artifact_count++];
    *artifact = (struct ud_status_artifact){.dir = ud_strdup(dir), .fits = fits};
    artifact->reason = ud_strdup(reason);
    ud_fake_fill_manifest(&artifact->manifest);
}

/* As after an upgrade of the VM's kernel, or, stopped, as somebody left it. */
static void fill_installation(struct ud_installation *installation, bool runs, bool fits)
{
    *installation = (struct ud_installation){
        .present = true,
        .running = runs,
        .works = runs && fits,
        .state = ud_strdup(runs ? "running" : "exited"),
        .health = ud_strdup(runs ? (fits ? "healthy" : "unhealthy") : ""),
        .said = ud_strdup(!runs  ? ""
                          : fits ? "the modules are in the kernel"
                                 : "unfit: this installation has modules for 6.1.0-55-cloud-amd64, "
                                   "6.1.0-54-cloud-amd64, and the kernel is 6.1.0-56-cloud-amd64: "
                                   "run `usbipd-desktop build` and `usbipd-desktop install`"),
    };
    if (fits) {
        ud_strv_add(&installation->kernels, "6.1.0-56-cloud-amd64");
    }
    ud_strv_add(&installation->kernels, "6.1.0-55-cloud-amd64");
}

static enum ud_code self_test(struct ud_status *status, struct ud_error *err)
{
    struct ud_usbip_check *test = &status->self_test;
    status->self_tested = true;
    if (ud_fake_scenario("fails")) {
        test->step = ud_strdup("enumerate");
        return ud_fail(err, UD_ERR_REFUSED, "Run `usbipd-desktop load` again.",
                       "the self-test failed: the kernel did not configure the device");
    }
    *test = (struct ud_usbip_check){.passed = true,
                                    .port = 1,
                                    .busid = ud_strdup("3-2"),
                                    .milliseconds = 495,
                                    .urbs = 12,
                                    .authorized = !ud_fake_scenario("unauthorized")};
    return UD_OK;
}

enum ud_code ud_app_status(const struct ud_app *app, const struct ud_status_options *options,
                           struct ud_status *ret, struct ud_error *err)
{
    *ret = (struct ud_status){0};
    if (ud_fake_scenario("down")) {
        return status_down(ret, err);
    }
    bool loaded = ud_fake_scenario("loaded");
    ud_report_step(app->report, "reading the kernel's facts");
    ud_report_step_end(app->report, NULL);
    ret->endpoint = ud_strdup("tcp://127.0.0.1:12375");
    ret->origin = ud_strdup("--host");
    ret->engine_up = true;
    ret->engine.product = ud_strdup("Docker");
    ret->engine.server_version = ud_strdup("20.10.24+dfsg1");
    ret->engine.api_version = ud_strdup("1.41");
    ret->engine.platform = ud_strdup("");
    ret->engine.operating_system = ud_strdup("Debian GNU/Linux 12 (bookworm)");
    ret->engine.arch = ud_strdup("amd64");
    ret->engine.cpus = 2;
    ret->engine.memory = UINT64_C(4102037504);
    ret->vm_kind = "Docker VM";
    ret->facts_known = true;
    ud_fake_fill_facts(&ret->facts);
    ud_fake_fill_plan(&ret->plan, loaded);
    ret->usbip = loaded ? "loaded" : "missing";
    if (ud_fake_scenario("packaged")) {
        ret->packages = ud_strdup("linux-image-6.1.0-56-cloud-amd64=6.1.192-2");
    }
    ret->facts.vhci_present = loaded;
    ret->facts.vhci_overflow = loaded;
    ret->facts.sig_enforce = ud_fake_scenario("signed");
    if (ud_fake_scenario("unfit") || ud_fake_scenario("stopped") || loaded) {
        fill_installation(&ret->installation, !ud_fake_scenario("stopped"),
                          !ud_fake_scenario("unfit"));
    }
    if (loaded) {
        ud_fake_fill_ports(&ret->facts.ports, true);
        ud_fake_fill_device(&ret->facts.devices, true);
        add_artifact(ret, "dist/6.1.0-56-cloud-amd64", true, "");
        add_artifact(ret, "dist/6.6.30-0-virt", false, "built for 6.6.30-0-virt\033[31m");
        ud_fake_fill_inventory(&ret->inventory, false);
    }
    return options->self_test ? self_test(ret, err) : UD_OK;
}

void ud_status_done(struct ud_status *status)
{
    free(status->endpoint);
    free(status->packages);
    free(status->origin);
    free(status->engine.product);
    free(status->engine.server_version);
    free(status->engine.api_version);
    free(status->engine.platform);
    free(status->engine.operating_system);
    free(status->engine.arch);
    ud_fake_done_facts(&status->facts);
    ud_fake_done_plan(&status->plan);
    for (size_t i = 0; i < status->artifact_count; i++) {
        free(status->artifacts[i].dir);
        free(status->artifacts[i].reason);
        ud_fake_done_manifest(&status->artifacts[i].manifest);
    }
    free(status->artifacts);
    ud_inventory_done(&status->inventory);
    free(status->installation.state);
    free(status->installation.health);
    free(status->installation.said);
    ud_strv_done(&status->installation.kernels);
    free(status->self_test.busid);
    free(status->self_test.step);
}

enum ud_code ud_app_build(const struct ud_app *app, const struct ud_build_options *options,
                          struct ud_build_result *ret, struct ud_error *err)
{
    if (ud_fake_scenario("fails")) {
        ud_report_step(app->report, "compiling");
        ud_report_activity(app->report, "CC [M] drivers/usb/core/hub.o");
        ud_report_message(app->report, UD_REPORT_WARN, "the compiler is another version");
        return ud_fail(err, UD_ERR_BUILD, "Look at the compiler's output with -v.",
                       "compiling failed: make ended with 2");
    }
    *ret = (struct ud_build_result){.dry_run = options->dry_run};
    ret->nothing_to_do = ud_fake_scenario("loaded");
    ret->unchanged = ud_fake_scenario("unchanged");
    ud_fake_fill_facts(&ret->facts);
    ud_fake_fill_plan(&ret->plan, ret->nothing_to_do);
    ret->packaged = ud_fake_scenario("packaged");
    ret->source = ud_strdup(ret->packaged ? "linux-image-6.1.0-56-cloud-amd64=6.1.192-2"
                                          : "linux-6.1.192.tar.xz from https://cdn.kernel.org");
    ret->builder = ud_strdup("debian:12");
    if (!ret->dry_run && !ret->nothing_to_do) {
        ret->dir =
            ud_strf("%s/6.1.0-56-cloud-amd64", options->output != NULL ? options->output : "dist");
        if (!ret->unchanged && !ret->packaged) {
            ud_fake_fill_drift(&ret->drift);
        }
        ud_fake_fill_manifest(&ret->manifest);
        for (size_t i = 0; ret->packaged && i < ret->manifest.module_count; i++) {
            ret->manifest.modules[i].package = ud_strdup(ret->source);
        }
    }
    return UD_OK;
}

void ud_build_result_done(struct ud_build_result *result)
{
    free(result->dir);
    free(result->source);
    free(result->builder);
    ud_fake_done_facts(&result->facts);
    ud_fake_done_plan(&result->plan);
    for (size_t i = 0; i < result->drift.len; i++) {
        free(result->drift.items[i].name);
        free(result->drift.items[i].before);
        free(result->drift.items[i].after);
    }
    free(result->drift.items);
    ud_fake_done_manifest(&result->manifest);
}

static void fill_outcomes(struct ud_load_result *ret, const char *verdict, const char *origin)
{
    static const char *const names[] = {"usb-common", "usbcore", "usbip-core", "vhci-hcd"};
    ret->release = ud_strdup("6.1.0-56-cloud-amd64");
    ret->module_count = 4;
    ret->modules = ud_alloc(4, sizeof *ret->modules);
    for (size_t i = 0; i < 4; i++) {
        ret->modules[i] = (struct ud_module_outcome){ud_strdup(names[i]), ud_strdup(verdict),
                                                     ud_strdup(origin), ud_strdup("")};
    }
}

enum ud_code ud_app_load(const struct ud_app *app, const struct ud_load_options *options,
                         struct ud_load_result *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    if (ud_fake_scenario("fails")) {
        return ud_fail(
            err, UD_ERR_REFUSED, NULL, "the kernel refused usbcore: %s",
            "Exec format error\nusbcore: disagrees about version of symbol module_layout");
    }
    *ret = (struct ud_load_result){0};
    bool loaded = ud_fake_scenario("loaded");
    fill_outcomes(ret, loaded ? "present" : "inserted",
                  loaded ? "the VM's own file" : "built by usbipd-desktop");
    ud_fake_fill_ports(&ret->ports, false);
    return UD_OK;
}

enum ud_code ud_app_unload(const struct ud_app *app, const struct ud_load_options *options,
                           struct ud_load_result *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_BUSY, "Detach it first: usbip detach -p 0",
                       "vhci-hcd is in use: a device is attached to port 0");
    }
    *ret = (struct ud_load_result){0};
    fill_outcomes(ret, ud_fake_scenario("loaded") ? "foreign" : "removed",
                  ud_fake_scenario("loaded") ? "the VM's own file" : "built by usbipd-desktop");
    if (ud_fake_scenario("loaded")) {
        free(ret->modules[3].detail);
        ret->modules[3].detail = ud_strdup("stays without --all");
        ret->installed = true;
    }
    return UD_OK;
}

void ud_load_result_done(struct ud_load_result *result)
{
    for (size_t i = 0; i < result->module_count; i++) {
        free(result->modules[i].name);
        free(result->modules[i].verdict);
        free(result->modules[i].origin);
        free(result->modules[i].detail);
    }
    free(result->modules);
    free(result->ports.items);
    free(result->release);
}

enum ud_code ud_app_clean(const struct ud_app *app, const struct ud_clean_options *options,
                          struct ud_inventory *ret, struct ud_error *err)
{
    (void)app;
    *ret = (struct ud_inventory){0};
    if (ud_fake_scenario("down")) {
        return unreachable(err);
    }
    if (ud_fake_scenario("loaded")) {
        ud_fake_fill_inventory(ret, !options->dry_run);
    }
    return UD_OK;
}

/* A program that says what it was called with, and ends as the scenario wants. */
enum ud_code ud_app_shell(const struct ud_app *app, const struct ud_shell_options *options,
                          const struct ud_strv *words, const struct ud_console *console,
                          int *ret_exit_code, struct ud_error *err)
{
    (void)options;
    if (ud_fake_scenario("down")) {
        return unreachable(err);
    }
    ud_report_step(app->report, "Entering the VM");
    ud_report_step_end(app->report, NULL);
    char *line = ud_strv_join(words, "|");
    char *text = ud_strf("terminal %s, program %s\n", console->tty ? "yes" : "no", line);
    enum ud_code rc = ud_sink_write(&console->out, text, strlen(text), err);
    free(text);
    free(line);
    *ret_exit_code = 7;
    return rc;
}
