#include "help/commands.h"

#include <stddef.h>

#include "app/cache/cache.h"
#include "platform/host.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_cache_options, member)

/* In the order of enum ud_cache_kind. */
static const char *const kinds[] = {"all", "downloads", "slices", "crcs", "prepared", NULL};

#define BUILD_HOST                                                                                 \
    {                                                                                              \
        .name = "build-host", .kind = UD_OPT_TEXT, .offset = FIELD(build_host),                    \
        .value = "ENDPOINT",                                                                       \
        .help = "The engine that compiles, if it is another: what it keeps is included"            \
    }
#define KIND                                                                                       \
    {                                                                                              \
        .name = "kind", .kind = UD_OPT_CHOICE, .offset = FIELD(kind), .value = "KIND",             \
        .choices = kinds, .help = "Only one of these (default: all)"                               \
    }

const struct ud_opt ud_cache_list_opts[] = {BUILD_HOST, KIND, {.name = NULL}};

const struct ud_opt ud_cache_prune_opts[] = {
    BUILD_HOST,
    KIND,
    {.name = "dry-run",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(dry_run),
     .help = "List what would be removed, and remove nothing"},
    {.name = NULL},
};

static void cache_print(struct ud_session *session, const struct ud_cache *cache, const char *verb)
{
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_cache(document, cache);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_cache(&page, cache, ud_host_wall_time(), verb);
    }
}

enum ud_code ud_cache_list_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_cache_options *o = options;
    struct ud_cache cache = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_cache_list(&session->app, o, &cache, err)));
    cache_print(session, &cache, "kept");
    ud_cache_done(&cache);
    return UD_OK;
}

enum ud_code ud_cache_prune_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_cache_options *o = options;
    struct ud_cache cache = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_cache_prune(&session->app, o, &cache, err)));
    cache_print(session, &cache, o->dry_run ? "would remove" : "removed");
    ud_cache_done(&cache);
    return UD_OK;
}
