#include "app/engines.h"

#include <stdlib.h>
#include <string.h>

#include "engine/docker_config.h"
#include "engine/interrupt.h"
#include "platform/socket.h"
#include "util/mem.h"

void ud_engine_places_done(struct ud_engine_places *places)
{
    for (size_t i = 0; i < places->len; i++) {
        struct ud_engine_place *place = &places->items[i];
        free(place->endpoint);
        free(place->origin);
        free(place->why);
        ud_engine_info_done(&place->info);
    }
    free(places->items);
    free(places->failure);
    *places = (struct ud_engine_places){0};
}

/* One socket may have several names. */
static bool is_same_engine(const struct ud_endpoint *a, const struct ud_endpoint *b)
{
    return strcmp(a->text, b->text) == 0 || (a->kind == UD_ENDPOINT_UNIX && b->kind == a->kind &&
                                             ud_socket_is_same(a->path, b->path));
}

static bool is_listed(const struct ud_endpoint_list *list, size_t count,
                      const struct ud_endpoint *endpoint)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same_engine(&list->items[i], endpoint)) {
            return true;
        }
    }
    return false;
}

static enum ud_code ask_engine(const struct ud_app *app, const struct ud_endpoint *endpoint,
                               struct ud_engine_info *ret, struct ud_error *err)
{
    const struct ud_engine_options options = {.cancel = ud_app_cancel(), .report = app->report};
    struct ud_engine *engine = NULL;
    UD_TRY(ud_endpoint_check_supported(endpoint, err));
    UD_TRY(ud_engine_connect(endpoint, &options, &engine, err));
    enum ud_code rc = ud_engine_info(engine, ret, err);
    ud_engine_free(engine);
    return rc;
}

static bool nobody_listens(const struct ud_endpoint *endpoint)
{
    return endpoint->kind == UD_ENDPOINT_UNIX && !ud_socket_is_listened_on(endpoint->path);
}

/* named: somebody named it, so that it has to be there. */
static enum ud_code place_ask(const struct ud_app *app, const struct ud_endpoint *endpoint,
                              bool named, struct ud_engine_place *place, struct ud_error *err)
{
    struct ud_error why = {0};
    if (endpoint->kind == UD_ENDPOINT_SSH && !place->chosen) {
        place->state = UD_ENGINE_NOT_ASKED;
        return UD_OK;
    }
    if (!named && nobody_listens(endpoint)) {
        place->state = UD_ENGINE_ABSENT;
        return UD_OK;
    }
    enum ud_code rc = ask_engine(app, endpoint, &place->info, &why);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        place->state = !named && rc == UD_ERR_UNREACHABLE && endpoint->kind == UD_ENDPOINT_NPIPE
                           ? UD_ENGINE_ABSENT
                           : UD_ENGINE_FAILS;
        place->why = ud_strdup(why.message);
    }
    return UD_OK;
}

static enum ud_code places_add(const struct ud_app *app, const struct ud_endpoint *endpoint,
                               bool chosen, struct ud_engine_places *places, struct ud_error *err)
{
    places->items = ud_realloc(places->items, places->len + 1, sizeof *places->items);
    struct ud_engine_place *place = &places->items[places->len++];
    *place = (struct ud_engine_place){.endpoint = ud_strdup(endpoint->text),
                                      .origin = ud_strdup(endpoint->origin),
                                      .state = UD_ENGINE_ANSWERS,
                                      .chosen = chosen};
    const bool named = strcmp(endpoint->origin, UD_ENDPOINT_ORIGIN_KNOWN) != 0;
    return place_ask(app, endpoint, named, place, err);
}

/* Where nobody names one, it is the first known place that answers. */
static void choose_first(struct ud_engine_places *places)
{
    for (size_t i = 0; i < places->len; i++) {
        struct ud_engine_place *place = &places->items[i];
        if (place->state == UD_ENGINE_ANSWERS &&
            strcmp(place->origin, UD_ENDPOINT_ORIGIN_KNOWN) == 0) {
            place->chosen = true;
            return;
        }
    }
    places->failure = ud_strdup("no engine answers at the known places");
}

static enum ud_code list_places(const struct ud_app *app, const struct ud_endpoint_list *chosen,
                                const struct ud_endpoint_list *all, struct ud_engine_places *places,
                                struct ud_error *err)
{
    const bool named = !chosen->guessed && chosen->len == 1;
    if (named) {
        UD_TRY(places_add(app, &chosen->items[0], true, places, err));
    }
    for (size_t i = 0; i < all->len; i++) {
        if (!is_listed(all, i, &all->items[i]) &&
            !(named && is_same_engine(&chosen->items[0], &all->items[i]))) {
            UD_TRY(places_add(app, &all->items[i], false, places, err));
        }
    }
    if (chosen->guessed) {
        choose_first(places);
    }
    return UD_OK;
}

static void tell_warnings(const struct ud_app *app, const struct ud_endpoint_list *list)
{
    for (size_t i = 0; i < list->warnings.len; i++) {
        ud_report_message(app->report, UD_REPORT_WARN, "%s", list->warnings.items[i]);
    }
}

enum ud_code ud_app_engines(const struct ud_app *app, const struct ud_engine_choice *choice,
                            struct ud_engine_places *ret, struct ud_error *err)
{
    struct ud_docker_config config;
    struct ud_endpoint_list chosen = {0};
    struct ud_endpoint_list all = {0};
    struct ud_error why = {0};
    *ret = (struct ud_engine_places){0};
    ud_docker_config_init(&config);
    const struct ud_endpoint_query query = ud_app_query(choice, &config);
    enum ud_code rc = ud_endpoint_resolve(&query, &chosen, &why);
    if (choice->host != NULL && choice->context != NULL) {
        ud_docker_config_done(&config);
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ret->failure = ud_strdup(why.message); /* the others may help whoever reads it */
    }
    ud_endpoint_all(&query, &all);
    tell_warnings(app, &chosen);
    tell_warnings(app, &all);
    rc = list_places(app, &chosen, &all, ret, err);
    ud_endpoint_list_done(&all);
    ud_endpoint_list_done(&chosen);
    ud_docker_config_done(&config);
    if (rc != UD_OK) {
        ud_engine_places_done(ret);
    }
    return rc;
}
