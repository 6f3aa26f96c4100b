#include "app/attach/attach.h"

#include <stddef.h>

#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define REMOTE_OPTION(type)                                                                        \
    {                                                                                              \
        .name = "remote", .short_name = 'r', .kind = UD_OPT_TEXT,                                  \
        .offset = offsetof(struct type, remote), .value = "HOST[:PORT]",                           \
        .help = "The USB/IP server, as the VM can reach it (default: your own machine; port 3240)" \
    }
static const char *const via_choices[] = {"auto", "vm", "here", NULL};

#define VIA_OPTION(type)                                                                           \
    {                                                                                              \
        .name = "via", .kind = UD_OPT_CHOICE, .offset = offsetof(struct type, via),                \
        .value = "auto|vm|here", .choices = via_choices,                                           \
        .help =                                                                                    \
            "From where the server is reached: from the VM, or from here, with the bytes going "   \
            "through the engine's own connection (default: auto, from the VM if that goes)"        \
    }
#define NATIVE_OPTION(type)                                                                        \
    {                                                                                              \
        .name = "native", .kind = UD_OPT_FLAG, .offset = offsetof(struct type, native),            \
        .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"  \
    }

const struct ud_opt ud_list_opts[] = {
    REMOTE_OPTION(ud_list_options),
    VIA_OPTION(ud_list_options),
    {.name = "modules",
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct ud_list_options, input),
     .value = "DIR",
     .help = "Where built modules are, whose drivers count too (default: dist)"},
    {.name = NULL},
};

#define FIELD(member) offsetof(struct ud_attach_options, member)

const struct ud_opt ud_attach_opts[] = {
    REMOTE_OPTION(ud_attach_options),
    {.name = "busid",
     .short_name = 'b',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(busid),
     .value = "BUSID",
     .help = "The device, by its bus id on the server"},
    {.name = "hardware-id",
     .short_name = 'i',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(hardware_id),
     .value = "VID:PID[:SERIAL]",
     .help = "The device, by its ids in hexadecimal and perhaps its serial number, in which * and "
             "? stand for any characters"},
    {.name = "mode",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(mode),
     .value = "MODE",
     .help = "Permissions of its nodes in the VM, such as 0660; in a VM without udev they are "
             "Debian's by default"},
    {.name = "group",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(group),
     .value = "GID",
     .help = "Group of its nodes in the VM, by number"},
    {.name = "modules",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(input),
     .value = "DIR",
     .help = "Where built modules are: USB/IP if the VM lacks it, and drivers (default: dist)"},
    VIA_OPTION(ud_attach_options),
    {.name = "auto-attach",
     .short_name = 'a',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(auto_attach),
     .help = "Stay, and attach the device again whenever it comes back; Ctrl-C detaches it"},
    {.name = "unplugged",
     .short_name = 'u',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(unplugged),
     .help = "With --auto-attach: the device need not be there yet"},
    {.name = "also",
     .kind = UD_OPT_LIST,
     .offset = FIELD(also),
     .value = "VID:PID[:SERIAL]",
     .help = "With --auto-attach: the device may come back with these ids, as in its bootloader"},
    {.name = "guard",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(guard),
     .help = "Check what the server sends before the kernel sees it; the default where the kernel "
             "may have CVE-2026-31607"},
    {.name = "no-guard",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(no_guard),
     .help = "Do not check it, whatever the kernel; only with --via vm, and without --auto-attach"},
    NATIVE_OPTION(ud_attach_options),
    {.name = NULL},
};

#undef FIELD
#define FIELD(member) offsetof(struct ud_detach_options, member)

const struct ud_opt ud_detach_opts[] = {
    {.name = "port",
     .short_name = 'p',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(port),
     .value = "PORT",
     .help = "What is attached to this port"},
    {.name = "busid",
     .short_name = 'b',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(busid),
     .value = "BUSID",
     .help = "The device with this bus id on its server"},
    {.name = "hardware-id",
     .short_name = 'i',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(hardware_id),
     .value = "VID:PID[:SERIAL]",
     .help = "The device with these ids"},
    {.name = "all",
     .short_name = 'a',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(all),
     .help = "All devices"},
    {.name = "force",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(force),
     .help = "Also what is mounted or open in the VM: what was not written yet is lost"},
    NATIVE_OPTION(ud_detach_options),
    {.name = NULL},
};

const struct ud_opt ud_port_opts[] = {{.name = NULL}};

/* Prints the document that doc fills, or the page that show fills. */
#define PRINT(session_, show_, doc_, ...)                                                          \
    do {                                                                                           \
        struct ud_page page_ = {&(session_)->out, &(session_)->out_style};                         \
        if ((session_)->common.json) {                                                             \
            cJSON *document_ = ud_doc_new();                                                       \
            doc_(document_, __VA_ARGS__);                                                          \
            ud_doc_print(document_, &(session_)->out);                                             \
            cJSON_Delete(document_);                                                               \
        } else {                                                                                   \
            show_(&page_, __VA_ARGS__);                                                            \
        }                                                                                          \
    } while (0)

enum ud_code ud_list_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_list_options *o = options;
    struct ud_listing listing = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_list(&session->app, o, &listing, err)));
    PRINT(session, ud_show_listing, ud_doc_listing, &listing);
    ud_listing_done(&listing);
    return UD_OK;
}

static enum ud_code attach_print(void *ctx, const struct ud_attached *attached,
                                 struct ud_error *err)
{
    struct ud_session *session = ctx;
    PRINT(session, ud_show_attached, ud_doc_attached, attached);
    return ud_session_flush(session, err);
}

/* Where it stays, each time when the device is attached is a page of its own. */
enum ud_code ud_attach_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_attach_options *o = options;
    struct ud_attached attached = {0};
    o->vm = ud_session_choice(session);
    o->attached = attach_print;
    o->ctx = session;
    UD_TRY(ud_session_ended(session, ud_app_attach(&session->app, o, &attached, err)));
    if (attached.report.count > 0) {
        PRINT(session, ud_show_attached, ud_doc_attached, &attached);
    }
    ud_attached_done(&attached);
    return UD_OK;
}

enum ud_code ud_detach_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_detach_options *o = options;
    struct ud_detached detached = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_detach(&session->app, o, &detached, err)));
    PRINT(session, ud_show_detached, ud_doc_detached, &detached);
    ud_detached_done(&detached);
    return UD_OK;
}

enum ud_code ud_port_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_ports_options *o = options;
    struct ud_ports ports = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_ports(&session->app, o, &ports, err)));
    PRINT(session, ud_show_attached_ports, ud_doc_attached_ports, &ports);
    ud_ports_done(&ports);
    return UD_OK;
}
