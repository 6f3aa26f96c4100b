/* Engines of a made-up machine. */
#include <stdlib.h>

#include "app/engines.h"
#include "fake_data.h"
#include "util/mem.h"

void ud_engine_places_done(struct ud_engine_places *places)
{
    for (size_t i = 0; i < places->len; i++) {
        free(places->items[i].endpoint);
        free(places->items[i].origin);
        free(places->items[i].why);
        ud_engine_info_done(&places->items[i].info);
    }
    free(places->items);
    free(places->failure);
    *places = (struct ud_engine_places){0};
}

static struct ud_engine_place *add(struct ud_engine_places *places, const char *endpoint,
                                   const char *origin, enum ud_engine_state state)
{
    places->items = ud_realloc(places->items, places->len + 1, sizeof *places->items);
    struct ud_engine_place *place = &places->items[places->len++];
    *place = (struct ud_engine_place){
        .endpoint = ud_strdup(endpoint), .origin = ud_strdup(origin), .state = state};
    return place;
}

static void fill(struct ud_engine_places *places)
{
    struct ud_engine_place *place = add(places, "unix:///home/u/.docker/desktop/docker.sock",
                                        "current context desktop-linux", UD_ENGINE_ANSWERS);
    place->chosen = true;
    place->info = (struct ud_engine_info){.product = ud_strdup("Docker"),
                                          .server_version = ud_strdup("29.0.1"),
                                          .api_version = ud_strdup("1.52"),
                                          .operating_system = ud_strdup("Docker Desktop"),
                                          .kernel = ud_strdup("6.12.54-linuxkit"),
                                          .arch = ud_strdup("amd64")};
    add(places, "ssh://pi@bench", "context bench", UD_ENGINE_NOT_ASKED);
    place = add(places, "tcp://builder:2376", "context builder", UD_ENGINE_FAILS);
    place->why = ud_strdup("cannot reach the engine at tcp://builder:2376: the name is\x1b[31m not "
                           "known");
    add(places, "unix:///var/run/docker.sock", "known socket", UD_ENGINE_ABSENT);
    add(places, "unix:///home/u/.colima/default/docker.sock", "known socket", UD_ENGINE_ABSENT);
}

enum ud_code ud_app_engines(const struct ud_app *app, const struct ud_engine_choice *choice,
                            struct ud_engine_places *ret, struct ud_error *err)
{
    (void)app;
    (void)choice;
    (void)err;
    *ret = (struct ud_engine_places){0};
    if (ud_fake_scenario("missing")) {
        add(ret, "unix:///var/run/docker.sock", "known socket", UD_ENGINE_ABSENT);
        ret->failure = ud_strdup("no engine answers at the known places");
    } else {
        fill(ret);
    }
    return UD_OK;
}
