#include "show/show.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/facts/systems.h"
#include "kernel/verify/signing.h"
#include "report/format.h"

static bool status_has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void show_engine(const struct ud_page *page, const struct ud_status *status)
{
    ud_page_label(page, "engine");
    if (status->engine_up) {
        ud_page_textf(page, "%s %s (API %s) at ", status->engine.product,
                      status->engine.server_version, status->engine.api_version);
    } else if (status_has(status->endpoint)) {
        ud_page_paint(page, UD_PAINT_BAD, "does not answer");
        ud_page_text(page, " at ");
    } else {
        ud_page_paint(page, UD_PAINT_BAD, "none found");
    }
    if (status_has(status->endpoint)) {
        ud_page_text(page, status->endpoint);
    }
    if (status_has(status->origin)) {
        ud_page_textf(page, ", from %s", status->origin);
    }
    ud_page_end(page);
}

static void show_vm(const struct ud_page *page, const struct ud_status *status)
{
    const struct ud_facts *facts = &status->facts;
    ud_page_label(page, "vm");
    if (status->facts_known) {
        ud_page_textf(page, "Linux %s %s", facts->release.text,
                      status_has(facts->machine) ? facts->machine : "");
        if (status_has(facts->os.pretty_name)) {
            ud_page_textf(page, ", %s", facts->os.pretty_name);
        }
    } else {
        ud_page_textf(page, "Linux %s, its facts could not be read", status->engine.kernel);
    }
    if (status_has(status->vm_kind)) {
        ud_page_textf(page, ", %s", status->vm_kind);
    }
    ud_page_end(page);
}

static bool any_fits(const struct ud_status *status)
{
    for (size_t i = 0; i < status->artifact_count; i++) {
        if (status->artifacts[i].fits) {
            return true;
        }
    }
    return false;
}

static void show_build_hint(const struct ud_page *page, const char *list,
                            const struct ud_facts *facts)
{
    const char *enforced = ud_signing_enforced(facts);
    ud_page_textf(page, ": %s %s to be built", list,
                  strstr(list, " and ") != NULL ? "have" : "has");
    if (enforced == NULL) {
        ud_page_text(page, ": run `usbipd-desktop build`");
    } else {
        ud_page_textf(page,
                      " and signed by a key that the kernel trusts, since %s: run "
                      "`usbipd-desktop build --sign-key`",
                      enforced);
    }
}

static void show_missing(const struct ud_page *page, const struct ud_status *status)
{
    char *list = status->facts_known ? ud_page_modules(&status->plan, UD_ORIGIN_BUILD) : NULL;
    if (any_fits(status)) {
        ud_page_text(page, ": the modules are there: run `usbipd-desktop load`");
    } else if (status->packages != NULL && status_has(list)) {
        ud_page_textf(
            page, ": %s %s in the packages %s: run `usbipd-desktop build`, which takes them out",
            list, strstr(list, " and ") != NULL ? "are" : "is", status->packages);
    } else if (status_has(list)) {
        show_build_hint(page, list, &status->facts);
    }
    free(list);
}

const char *ud_status_refusal(const struct ud_status *status, struct ud_error *err)
{
    bool refuses = status->facts_known && ud_facts_check_loadable(&status->facts, err) != UD_OK;
    return refuses ? err->message : NULL;
}

static void show_usbip(const struct ud_page *page, const struct ud_status *status)
{
    const char *usbip = status->usbip;
    bool wanted =
        usbip != NULL && (strcmp(usbip, "missing") == 0 || strcmp(usbip, "loadable") == 0);
    struct ud_error err;
    const char *why_not = wanted ? ud_status_refusal(status, &err) : NULL;
    ud_page_label(page, "usb/ip");
    if (usbip == NULL) {
        ud_page_paint(page, UD_PAINT_WARN, "unknown");
    } else if (why_not != NULL) {
        ud_page_paint(page, UD_PAINT_BAD, usbip);
        ud_page_textf(page, ", and no module can be inserted: %s", why_not);
    } else if (strcmp(usbip, "missing") == 0) {
        ud_page_paint(page, UD_PAINT_BAD, usbip);
        show_missing(page, status);
    } else if (strcmp(usbip, "loadable") == 0) {
        ud_page_paint(page, UD_PAINT_WARN, usbip);
        ud_page_text(page, ": the VM has its own modules: run `usbipd-desktop load`");
    } else {
        ud_page_paint(page, UD_PAINT_GOOD, usbip);
    }
    ud_page_end(page);
}

static void show_system(const struct ud_page *page, const struct ud_facts *facts)
{
    const struct ud_system *system = ud_system_find(facts);
    if (system != NULL) {
        ud_page_label(page, "system");
        ud_page_textf(page, "%s: %s. %s", system->name, system->what, system->todo);
        ud_page_end(page);
    }
}

static void show_artifacts(const struct ud_page *page, const struct ud_status *status)
{
    size_t width = 0;
    for (size_t i = 0; i < status->artifact_count; i++) {
        ud_page_widest(&width, status->artifacts[i].dir);
    }
    for (size_t i = 0; i < status->artifact_count; i++) {
        const struct ud_status_artifact *artifact = &status->artifacts[i];
        unsigned count = (unsigned)artifact->manifest.module_count;
        ud_page_label(page, i == 0 ? "dist" : "");
        ud_page_cell(page, artifact->dir, width);
        ud_page_textf(page, "  %u %s", count, count == 1 ? "module " : "modules");
        if (status_has(artifact->manifest.origin) &&
            strcmp(artifact->manifest.origin, UD_MANIFEST_PACKAGE) == 0) {
            ud_page_text(page, "  out of packages");
        }
        if (artifact->fits) {
            ud_page_paint(page, UD_PAINT_GOOD, "  fits this kernel");
        } else if (status->facts_known) {
            ud_page_paint(page, UD_PAINT_WARN, "  does not fit");
        }
        if (!artifact->fits && status_has(artifact->reason)) {
            ud_page_textf(page, ": %s", artifact->reason);
        }
        ud_page_end(page);
    }
}

static void show_kept(const struct ud_page *page, const struct ud_inventory *kept)
{
    size_t name = 0;
    for (size_t i = 0; i < kept->count; i++) {
        ud_page_widest(&name, kept->items[i].name);
    }
    for (size_t i = 0; i < kept->count; i++) {
        const struct ud_inventory_item *item = &kept->items[i];
        ud_page_label(page, i == 0 ? "kept" : "");
        ud_page_cell(page, item->name, name + 2);
        ud_page_cell(page, item->kind, 11);
        if (item->size > 0) {
            ud_page_cell(page, status_has(item->role) ? item->role : "-", 11);
            ud_page_text(page, ud_format_size(item->size).text);
        } else if (status_has(item->role)) {
            ud_page_text(page, item->role);
        }
        ud_page_end(page);
    }
}

static void show_nothing(const struct ud_page *page, const char *label, const char *text)
{
    ud_page_label(page, label);
    ud_page_text(page, text);
    ud_page_end(page);
}

static void show_self_test(const struct ud_page *page, const struct ud_usbip_check *test)
{
    ud_page_label(page, "test");
    if (!test->passed) {
        ud_page_paint(page, UD_PAINT_BAD, "failed");
        ud_page_end(page);
        return;
    }
    ud_page_paint(page, test->authorized ? UD_PAINT_GOOD : UD_PAINT_WARN, "passed");
    ud_page_textf(
        page, ": a device on port %02u was %s as %s after %s and %llu requests%s", test->port,
        test->authorized ? "configured" : "enumerated", test->busid,
        ud_format_duration(test->milliseconds).text, (unsigned long long)test->urbs,
        test->authorized ? "" : ", and not configured: the VM authorizes no USB device by itself");
    ud_page_end(page);
}

static void show_guard(const struct ud_page *page, const struct ud_facts *facts)
{
    if (facts->vhci_overflow) {
        ud_page_label(page, "guard");
        ud_page_text(page, "attach guards devices: this kernel may have CVE-2026-31607");
        ud_page_end(page);
    }
}

void ud_show_status(const struct ud_page *page, const struct ud_status *status)
{
    show_engine(page, status);
    if (status->engine_up) {
        show_vm(page, status);
        show_usbip(page, status);
    }
    if (status->facts_known) {
        show_system(page, &status->facts);
    }
    if (status->facts_known && status->facts.vhci_present) {
        ud_show_ports(page, &status->facts.ports, &status->facts.devices);
        show_guard(page, &status->facts);
    }
    if (status->self_tested) {
        show_self_test(page, &status->self_test);
    }
    ud_show_installation(page, &status->installation);
    if (status->artifact_count > 0) {
        show_artifacts(page, status);
    } else {
        show_nothing(page, "dist", "no modules built here");
    }
    if (status->inventory.count > 0) {
        show_kept(page, &status->inventory);
    } else if (status->engine_up) {
        show_nothing(page, "kept", "nothing of ours in the engine");
    }
}
