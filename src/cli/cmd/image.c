#include <stddef.h>

#include "app/vhcli/vhcli.h"
#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_vhcli_image_options, member)

const struct ud_opt ud_image_opts[] = {
    {.name = "tag",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(tag),
     .value = "NAME[:TAG]",
     .help = "Name of the image (default: " UD_VHCLI_IMAGE "); an image that this command did "
             "not make keeps its name"},
    {.name = "base",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(base),
     .value = "IMAGE",
     .help = "Image that it stands on, pulled if the engine does not have it (default: busybox)"},
    {.name = "client",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(client),
     .value = "FILE|URL",
     .help = "The VirtualHere client for Linux (default: its maker's download for the engine's "
             "architecture)"},
    {.name = "client-sha256",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(client_sha256),
     .value = "HEX",
     .check = ud_opt_is_sha256,
     .accepts = "64 hexadecimal digits",
     .help = "What the client's SHA-256 must be"},
    {.name = "input",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(input),
     .value = "DIR",
     .help = "Where the modules are: a directory that holds <release>/manifest.json, or "
             "manifest.json itself (default: dist)"},
    {.name = NULL},
};

enum ud_code ud_image_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_vhcli_image_options *o = options;
    struct ud_vhcli_image image = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_vhcli_image(&session->app, o, &image, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_vhcli_image(document, &image);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_vhcli_image(&page, &image);
    }
    ud_vhcli_image_done(&image);
    return UD_OK;
}
