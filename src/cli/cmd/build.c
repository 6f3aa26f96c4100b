#include "cmd/build_options.h"
#include "help/commands.h"

#include <stddef.h>

#include "app/build/build.h"
#include "kernel/config/config.h"
#include "kernel/drivers/drivers.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_build_options, member)

/* CONFIG_USBIP_VHCI_HC_PORTS and CONFIG_USBIP_VHCI_NR_HCS have these ranges in
 * drivers/usb/usbip/Kconfig. */
enum { PORTS_MAX = 15, CONTROLLERS_MAX = 128, JOBS_MAX = 1024 };

static bool is_setting(const char *text)
{
    struct ud_config_edits edits = {0};
    bool good = ud_config_edits_parse(&edits, text, NULL) == UD_OK;
    ud_config_edits_done(&edits);
    return good;
}

bool ud_opt_is_driver_list(const char *text)
{
    struct ud_driver_wish wish = {0};
    bool good = ud_driver_wish_add(&wish, text, NULL) == UD_OK;
    ud_driver_wish_done(&wish);
    return good;
}

static bool is_device(const char *text)
{
    struct ud_driver_wish wish = {0};
    bool good = ud_driver_wish_add_device(&wish, text, NULL) == UD_OK;
    ud_driver_wish_done(&wish);
    return good;
}

const char *const ud_build_origins[] = {"auto", "package", "build", NULL};

const struct ud_opt ud_build_opts[] = {
    UD_BUILD_ORIGIN_OPTION(FIELD),
    UD_BUILD_SOURCE_OPTIONS(FIELD),
    {.name = "for",
     .kind = UD_OPT_LIST,
     .offset = FIELD(devices),
     .value = "VID:PID",
     .check = is_device,
     .accepts = "a USB device as 0403:6001, or as 0403:6001:ff0000 with class, subclass and "
                "protocol",
     .help = "A USB device whose drivers to build besides; may be repeated"},
    {.name = "config-fragment",
     .kind = UD_OPT_LIST,
     .offset = FIELD(fragments),
     .value = "FILE",
     .help = "Lines of CONFIG_X=v to put over the configuration; may be repeated"},
    {.name = "set",
     .kind = UD_OPT_LIST,
     .offset = FIELD(sets),
     .value = "CONFIG_X=v",
     .check = is_setting,
     .accepts = "CONFIG_NAME=value with a value of y, m, n, a number or a quoted text",
     .help = "One option to put over the configuration; may be repeated"},
    {.name = "ports",
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(ports),
     .value = "N",
     .min = 1,
     .max = PORTS_MAX,
     .help = "Ports of each speed for each virtual controller (default: 8)"},
    {.name = "controllers",
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(controllers),
     .value = "N",
     .min = 1,
     .max = CONTROLLERS_MAX,
     .help = "Virtual controllers (default: 1)"},
    UD_BUILD_SYMBOL_OPTIONS(FIELD),
    {.name = "allow-missing-crcs",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(allow_missing_crcs),
     .help = "Build even if the kernel checks symbol versions and some CRCs cannot be found; it "
             "then refuses the modules unless it is lenient"},
    {.name = "fail-on-known-holes",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(fail_on_known_holes),
     .help = "End with exit code 7 if the sources lack the fix of a known security hole in what is "
             "built, such as CVE-2026-31607; otherwise a warning says so"},
    UD_BUILD_TOOL_OPTIONS(FIELD),
    {.name = "output",
     .short_name = 'o',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(output),
     .value = "DIR",
     .help = "Where <release>/ with the modules appears (default: dist); one that holds "
             "anything that build did not write is not replaced"},
    {.name = "jobs",
     .short_name = 'j',
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(jobs),
     .value = "N",
     .min = 1,
     .max = JOBS_MAX,
     .help = "Compile jobs at a time (default: as many as the engine has processors)"},
    {.name = "whole-tree",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(whole_tree),
     .help = "Send all of the sources to the builder, not just what such a build reads"},
    UD_BUILD_OFFLINE_OPTION(FIELD),
    {.name = "no-cache",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(no_cache),
     .help = "Use nothing that an earlier build kept, and keep nothing for a later one"},
    {.name = "dry-run",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(dry_run),
     .help = "Say what would be built, and build nothing"},
    {.name = NULL},
};

enum ud_code ud_build_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_build_options *o = options;
    struct ud_build_result result = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_build(&session->app, o, &result, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_build(document, &result);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_build(&page, &result, o->output);
    }
    ud_build_result_done(&result);
    return UD_OK;
}
