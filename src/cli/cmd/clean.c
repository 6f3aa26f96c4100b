#include "help/commands.h"

#include <stddef.h>

#include "app/clean.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_clean_options, member)

const struct ud_opt ud_clean_opts[] = {
    {.name = "build-host",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(build_host),
     .value = "ENDPOINT",
     .help = "Clean this engine too"},
    {.name = "downloads",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(downloads),
     .help = "Remove downloaded kernel sources and slices of them from this machine too"},
    {.name = "dry-run",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(dry_run),
     .help = "List what would be removed, and remove nothing"},
    {.name = NULL},
};

enum ud_code ud_clean_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_clean_options *o = options;
    struct ud_inventory removed = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_clean(&session->app, o, &removed, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_bool(document, "dry_run", o->dry_run);
        ud_doc_inventory(document, "items", &removed);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_clean(&page, &removed, o->dry_run);
    }
    ud_inventory_done(&removed);
    return UD_OK;
}
