#include "docker/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api_error.h"
#include "engine/call.h"
#include "engine/engine_internal.h"
#include "engine/json.h"
#include "engine/version.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

const struct ud_endpoint *ud_engine_endpoint(const struct ud_engine *engine)
{
    return &engine->endpoint;
}

const struct ud_report *ud_engine_report(const struct ud_engine *engine)
{
    return engine->report;
}

struct ud_cancel *ud_engine_cancel(const struct ud_engine *engine)
{
    return engine->cancel;
}

bool ud_engine_has_left(const struct ud_engine *engine)
{
    return engine->has_left;
}

void ud_engine_free(struct ud_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    ud_http_free(engine->http);
    ud_endpoint_done(&engine->endpoint);
    cJSON_Delete(engine->info);
    cJSON_Delete(engine->version);
    free(engine);
}

enum ud_code ud_engine_check_os(const char *os_type, struct ud_error *err)
{
    if (ud_str_equal_nocase(os_type, "windows")) {
        return ud_fail(err, UD_ERR_ENGINE,
                       "Switch Docker Desktop to Linux containers (its tray menu has the entry).",
                       "the engine runs Windows containers, which have no Linux kernel");
    }
    return UD_OK;
}

/* HEAD first as docker's command does; old engines and proxies want GET. */
static enum ud_code engine_ping(struct ud_engine *engine, struct ud_http_response *ret,
                                struct ud_error *err)
{
    struct ud_http_request request = {
        .method = "HEAD",
        .url = "/_ping",
        .timeout_ms = engine->endpoint.kind == UD_ENDPOINT_SSH ? UD_PATIENCE_PING_SSH_MS
                                                               : UD_PATIENCE_PING_MS,
    };
    struct ud_http_response response = {0};
    UD_TRY(ud_http_perform(engine->http, &request, &response, err));
    if (response.status == 200 && ud_http_response_header(&response, "Api-Version") != NULL) {
        *ret = response;
        return UD_OK;
    }
    ud_http_response_done(&response);
    request.method = "GET";
    UD_TRY(ud_http_perform(engine->http, &request, &response, err));
    enum ud_code rc = ud_api_check(&response, "cannot ping the engine", err);
    if (rc != UD_OK) {
        ud_http_response_done(&response);
        return rc;
    }
    *ret = response;
    return UD_OK;
}

/* The ping does not tell the minimum; only an engine newer than this program
 * can have one that matters. /version answers at every version of the path. */
static enum ud_code check_minimum(struct ud_engine *engine, const char *who, struct ud_version ours,
                                  struct ud_error *err)
{
    cJSON *root = NULL;
    UD_TRY(ud_call_get(engine, "/version", "cannot ask for the engine's version", &root, err));
    enum ud_code rc = ud_version_check_minimum(who, ours, ud_json_text(root, "MinAPIVersion"), err);
    cJSON_Delete(root);
    return rc;
}

/* A user who pins a version wants to know that it is another. */
static void warn_of_pin(const struct ud_engine *engine, const char *pinned, const char *who,
                        const char *theirs)
{
    if (pinned != NULL && strcmp(pinned, engine->api_version) != 0) {
        ud_report_message(engine->report, UD_REPORT_WARN,
                          "DOCKER_API_VERSION=%s is too new: %s speaks API %s, this program at "
                          "most " UD_API_VERSION_MAX ". Using %s",
                          pinned, who, theirs, engine->api_version);
    }
}

static enum ud_code engine_negotiate(struct ud_engine *engine, const char *pinned, const char *who,
                                     struct ud_error *err)
{
    struct ud_http_response pong = {0};
    UD_TRY(engine_ping(engine, &pong, err));
    const char *theirs = ud_http_response_header(&pong, "Api-Version");
    const char *os_type = ud_http_response_header(&pong, "OSType");
    struct ud_version ours = {0};
    struct ud_version max = {0};
    enum ud_code rc = ud_version_choose(who, theirs, pinned, &ours, err);
    if (rc == UD_OK) {
        rc = ud_engine_check_os(os_type != NULL ? os_type : "", err);
    }
    if (rc == UD_OK && ud_version_parse(theirs, &max) && ud_version_compare(max, ours) > 0) {
        rc = check_minimum(engine, who, ours, err);
    }
    if (rc == UD_OK) {
        (void)snprintf(engine->api_version, sizeof engine->api_version, "%u.%u", ours.major,
                       ours.minor);
        ud_report_message(engine->report, UD_REPORT_DEBUG, "%s speaks API %s; using %s", who,
                          theirs, engine->api_version);
        warn_of_pin(engine, pinned, who, theirs);
    }
    ud_http_response_done(&pong);
    return rc;
}

enum ud_code ud_engine_open(const struct ud_endpoint *endpoint,
                            const struct ud_engine_options *options, struct ud_engine **ret,
                            bool *ret_denied, struct ud_error *err)
{
    const struct ud_http_config config = {
        .endpoint = endpoint,
        .cancel = options->cancel,
        .report = options->report,
    };
    struct ud_http *http = NULL;
    UD_TRY(ud_http_new(&config, &http, err));
    struct ud_engine *engine = ud_alloc(1, sizeof *engine);
    engine->http = http;
    ud_endpoint_copy(endpoint, &engine->endpoint);
    engine->report = options->report;
    engine->cancel = options->cancel;
    engine->exit_ms = options->exit_ms != 0 ? options->exit_ms : UD_PATIENCE_EXIT_MS;
    char *who = ud_strf("the engine at %s", endpoint->text);
    enum ud_code rc = engine_negotiate(engine, options->api_version, who, err);
    while (rc == UD_ERR_UNREACHABLE && ud_http_other_way(http)) {
        rc = engine_negotiate(engine, options->api_version, who, err);
    }
    free(who);
    *ret_denied = ud_http_denied(http);
    if (rc != UD_OK) {
        ud_engine_free(engine);
        return rc;
    }
    *ret = engine;
    return UD_OK;
}

enum ud_code ud_engine_connect_again(const struct ud_engine *engine, struct ud_cancel *cancel,
                                     const struct ud_report *report, struct ud_engine **ret,
                                     struct ud_error *err)
{
    const struct ud_engine_options options = {
        .api_version = engine->api_version,
        .cancel = cancel,
        .report = report,
        .exit_ms = engine->exit_ms,
    };
    return ud_engine_connect(&engine->endpoint, &options, ret, err);
}

enum ud_code ud_engine_connect(const struct ud_endpoint *endpoint,
                               const struct ud_engine_options *options, struct ud_engine **ret,
                               struct ud_error *err)
{
    bool denied = false;
    return ud_engine_open(endpoint, options, ret, &denied, err);
}

enum ud_code ud_engine_pause(struct ud_engine *engine, unsigned ms, struct ud_error *err)
{
    return ud_http_pause(engine->http, ms, err);
}
