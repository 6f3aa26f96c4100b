#include "help/commands.h"

#include <stddef.h>

#include "app/list_sources.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_sources_options, member)

const struct ud_opt ud_sources_opts[] = {
    {.name = "kernel-release",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_release),
     .value = "RELEASE",
     .help = "For a kernel whose `uname -r` is this, without asking any engine"},
    {.name = "kernel-version",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_version),
     .value = "TEXT",
     .help = "Its `uname -v`, which names the package of a Debian kernel"},
    {.name = "kernel-image",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_image),
     .value = "IMAGE",
     .help = "An image that the kernel was published in, as for build"},
    {.name = "source-mirror",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(source_mirror),
     .value = "URL",
     .check = ud_opt_is_base_url,
     .accepts = UD_OPT_BASE_URL,
     .secret = true,
     .env = "USBIPD_DESKTOP_SOURCE_MIRROR",
     .help = "Where archives are downloaded from, as for build"},
    {.name = "offline",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(offline),
     .help = "Mark the routes that need a network as unusable"},
    {.name = NULL},
};

enum ud_code ud_sources_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_sources_options *o = options;
    struct ud_sources_listed listed = {0};
    o->vm = ud_session_choice(session);
    if (o->kernel_version != NULL && o->kernel_release == NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Give both or neither.",
                       "--kernel-version goes with --kernel-release");
    }
    UD_TRY(ud_session_ended(session, ud_app_sources(&session->app, o, &listed, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_sources(document, &listed);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_sources(&page, &listed);
    }
    ud_sources_listed_done(&listed);
    return UD_OK;
}
