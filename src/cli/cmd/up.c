#include "app/up/up.h"

#include <stddef.h>

#include "cmd/build_options.h"
#include "help/commands.h"
#include "report/jsondoc.h"
#include "session/chooser.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_up_options, member)
#define BUILD_FIELD(member) (offsetof(struct ud_up_options, build.member))

const struct ud_opt ud_up_opts[] = {
    {.name = "remote",
     .short_name = 'r',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(remote),
     .value = "HOST[:PORT]",
     .help = "The USB/IP server, as the VM can reach it (default: your own machine; port 3240)"},
    {.name = "busid",
     .short_name = 'b',
     .kind = UD_OPT_LIST,
     .offset = FIELD(busids),
     .value = "BUSID",
     .help = "A device, by its bus id on the server; may be repeated"},
    {.name = "hardware-id",
     .short_name = 'i',
     .kind = UD_OPT_LIST,
     .offset = FIELD(hardware_ids),
     .value = "VID:PID[:SERIAL]",
     .help = "A device, by its ids in hexadecimal and perhaps its serial number, in which * and ? "
             "stand for any characters; may be repeated"},
    {.name = "modules",
     .kind = UD_OPT_TEXT,
     .offset = BUILD_FIELD(output),
     .value = "DIR",
     .help = "Where the modules are, or appear in <release>/ if they have to be built (default: "
             "dist)"},
    {.name = "mode",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(mode),
     .value = "MODE",
     .help = "Permissions of the nodes in the VM, such as 0660; in a VM without udev they are "
             "Debian's by default"},
    {.name = "group",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(group),
     .value = "GID",
     .help = "Group of the nodes in the VM, by number"},
    UD_BUILD_ORIGIN_OPTION(BUILD_FIELD),
    UD_BUILD_SOURCE_OPTIONS(BUILD_FIELD),
    UD_BUILD_SYMBOL_OPTIONS(BUILD_FIELD),
    UD_BUILD_TOOL_OPTIONS(BUILD_FIELD),
    UD_BUILD_OFFLINE_OPTION(BUILD_FIELD),
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(native),
     .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"},
    {.name = NULL},
};

#undef FIELD
#define FIELD(member) offsetof(struct ud_down_options, member)

const struct ud_opt ud_down_opts[] = {
    {.name = "force",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(force),
     .help = "Also what is mounted or open in the VM: what was not written yet is lost"},
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(native),
     .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"},
    {.name = NULL},
};

enum ud_code ud_up_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_up_options *o = options;
    struct ud_up_result result = {0};
    struct ud_chooser chooser;
    o->build.vm = ud_session_choice(session);
    o->chooser = ud_chooser_init(&chooser, session) ? &chooser.chooser : NULL;
    UD_TRY(ud_session_ended(session, ud_app_up(&session->app, o, &result, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_up(document, &result);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_up(&page, &result);
    }
    ud_up_result_done(&result);
    return UD_OK;
}

enum ud_code ud_down_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_down_options *o = options;
    struct ud_down_result result = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_down(&session->app, o, &result, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_down(document, &result);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_down(&page, &result);
    }
    ud_down_result_done(&result);
    return UD_OK;
}
