#include "app/engine/context.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/engine.h"
#include "engine/docker_config.h"
#include "engine/interrupt.h"
#include "engine/run_mark.h"
#include "engine/sweep.h"
#include "platform/host.h"
#include "platform/signals.h"
#include "transport/authorities.h"
#include "transport/endpoint.h"
#include "util/mem.h"

static struct ud_cancel cancel;

struct ud_cancel *ud_app_cancel(void)
{
    return &cancel;
}

/* Runs in a thread of its own. A second signal means that cleaning up takes
 * the user too long: what is left then is swept by the next run. */
static void on_interrupt(void *ctx, int count)
{
    (void)ctx;
    if (count > 1) {
        ud_signals_exit_now(ud_error_exit_code(UD_ERR_INTERRUPTED));
    }
    ud_cancel_request(&cancel);
}

void ud_app_watch_signals(void)
{
    ud_signals_install(on_interrupt, NULL);
}

enum ud_code ud_app_check_ca_file(const struct ud_app *app, struct ud_error *err)
{
    if (app->ca_file == NULL) {
        return UD_OK;
    }
    struct ud_buf content;
    ud_buf_init(&content, UD_AUTHORITIES_MAX);
    enum ud_code rc = ud_authorities_read(app->ca_file, &content, err);
    ud_buf_done(&content);
    return rc;
}

static void remember_endpoint(const struct ud_endpoint *endpoint, struct ud_connection *ret)
{
    free(ret->endpoint);
    free(ret->origin);
    ret->endpoint = ud_strdup(endpoint->text);
    ret->origin = ud_strdup(endpoint->origin);
}

static enum ud_code connect_candidates(const struct ud_app *app,
                                       const struct ud_endpoint_list *candidates,
                                       struct ud_connection *ret, struct ud_error *err)
{
    if (!candidates->guessed && candidates->len == 1) {
        remember_endpoint(&candidates->items[0], ret);
    }
    char *pinned = ud_host_env("DOCKER_API_VERSION");
    const struct ud_engine_options options = {
        .api_version = pinned != NULL && pinned[0] != '\0' ? pinned : NULL,
        .cancel = &cancel,
        .report = app->report,
    };
    struct ud_engine *engine = NULL;
    enum ud_code rc = ud_engine_connect_any(candidates, &options, &engine, err);
    if (rc == UD_OK) {
        ret->engine = engine;
        remember_endpoint(ud_engine_endpoint(engine), ret);
    }
    free(pinned);
    return rc;
}

struct ud_endpoint_query ud_app_query(const struct ud_engine_choice *choice,
                                      const struct ud_docker_config *config)
{
    return (struct ud_endpoint_query){
        .host = choice->host,
        .context = choice->context,
        .tls = choice->tls,
        .windows = strcmp(ud_host_os(), "windows") == 0,
        .source = config->source,
    };
}

enum ud_code ud_app_connect(const struct ud_app *app, const struct ud_engine_choice *choice,
                            struct ud_connection *ret, struct ud_error *err)
{
    *ret = (struct ud_connection){.in_run = true};
    ud_run_mark_begin(app->report);
    struct ud_docker_config config;
    ud_docker_config_init(&config);
    const struct ud_endpoint_query query = ud_app_query(choice, &config);
    struct ud_endpoint_list candidates = {0};
    enum ud_code rc = ud_endpoint_resolve(&query, &candidates, err);
    if (rc == UD_OK) {
        rc = connect_candidates(app, &candidates, ret, err);
        ud_endpoint_list_done(&candidates);
    }
    ud_docker_config_done(&config);
    return rc;
}

enum ud_code ud_engines_connect(const struct ud_app *app, const struct ud_engine_choice *choice,
                                const char *build_host, struct ud_connection *vm,
                                struct ud_connection *builder, struct ud_error *err)
{
    UD_TRY(ud_app_connect(app, choice, vm, err));
    ud_sweep(app, vm->engine);
    if (build_host == NULL) {
        return UD_OK;
    }
    const struct ud_engine_choice there = {.host = build_host};
    enum ud_code rc = ud_app_connect(app, &there, builder, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "--build-host");
        return rc;
    }
    ud_sweep(app, builder->engine);
    return UD_OK;
}

void ud_connection_done(struct ud_connection *connection)
{
    if (connection->engine != NULL && ud_engine_has_left(connection->engine)) {
        ud_run_mark_keep();
    }
    ud_engine_free(connection->engine);
    if (connection->in_run) {
        ud_run_mark_end();
    }
    free(connection->endpoint);
    free(connection->origin);
    *connection = (struct ud_connection){0};
}
