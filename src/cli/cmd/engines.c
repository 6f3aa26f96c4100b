#include "help/commands.h"

#include "app/engines.h"
#include "report/jsondoc.h"
#include "show/show.h"

enum ud_code ud_engines_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_engine_places places = {0};
    const struct ud_engine_choice choice = ud_session_choice(session);
    (void)options;
    UD_TRY(ud_session_ended(session, ud_app_engines(&session->app, &choice, &places, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_engines(document, &places);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        const struct ud_page page = {&session->out, &session->out_style};
        ud_show_engines(&page, &places);
    }
    ud_engine_places_done(&places);
    return UD_OK;
}
