#include "docker/images/image.h"

#include <stdlib.h>

#include "docker/images/reference.h"
#include "docker/images/registry_auth.h"
#include "engine/call.h"
#include "engine/messages.h"
#include "images/pull_progress.h"
#include "util/mem.h"

struct pull {
    struct ud_pull_progress progress;
    const struct ud_report *report;
};

static enum ud_code pull_on_message(void *ctx, const cJSON *message, struct ud_error *err)
{
    struct pull *pull = ctx;
    (void)err;
    ud_pull_progress_take(&pull->progress, message, pull->report);
    return UD_OK;
}

/* Without a tag the engine would pull all of them. */
static void pull_path(struct ud_buf *path, const struct ud_engine *engine,
                      const struct ud_reference *ref, const char *platform)
{
    ud_call_path(path, engine, "/images/create", NULL, "");
    ud_url_param(path, "fromImage", ref->name);
    ud_url_param(path, "tag", ref->digest != NULL ? ref->digest : ref->tag);
    ud_url_param(path, "platform", platform);
}

static void pull_explain(enum ud_code rc, struct ud_error *err)
{
    if (rc == UD_ERR_DENIED || rc == UD_ERR_NOT_FOUND) {
        ud_error_remedy(err, "Check the image's name; if it is private, log in with docker login.");
    } else if (rc == UD_ERR_ENGINE) {
        ud_error_remedy(err, "Check that the engine reaches the registry (docker pull shows it).");
    }
}

enum ud_code ud_image_pull(struct ud_engine *engine, const char *reference, const char *platform,
                           const struct ud_config_source *auth, struct ud_error *err)
{
    struct ud_reference ref = {0};
    UD_TRY(ud_reference_parse(reference, &ref, err));
    struct ud_buf path;
    pull_path(&path, engine, &ref, platform);
    char *credentials = auth != NULL ? ud_registry_auth(auth, ref.registry, engine->report) : NULL;
    const struct ud_http_header header = {"X-Registry-Auth", credentials};
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .headers = &header,
        .header_count = credentials != NULL ? 1 : 0,
    };
    struct pull *pull = ud_alloc(1, sizeof *pull);
    pull->report = engine->report;
    const struct ud_messages messages = {pull_on_message, pull};
    char *what = ud_strf("cannot pull the image %s", reference);
    enum ud_code rc = ud_messages_perform(engine, &request, what, &messages, err);
    pull_explain(rc, err);
    free(what);
    free(pull);
    free(credentials);
    ud_buf_done(&path);
    ud_reference_done(&ref);
    return rc;
}
