#include "scripted_engine.h"

#include <stdlib.h>
#include <string.h>

#include "script_place.h"
#include "scripted_internal.h"
#include "util/mem.h"

static void *serve(void *arg)
{
    struct scripted_engine *engine = arg;
    for (;;) {
        int fd = script_place_accept(engine->place);
        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&engine->lock);
        if (engine->stopping || engine->connection_count == SCRIPT_CONNECTIONS_MAX) {
            pthread_mutex_unlock(&engine->lock);
            script_close(fd);
            continue;
        }
        struct script_connection *c = &engine->connections[engine->connection_count++];
        c->engine = engine;
        c->fd = fd;
        (void)pthread_create(&c->thread, NULL, script_serve_connection, c);
        pthread_mutex_unlock(&engine->lock);
    }
}

struct scripted_engine *scripted_engine_start(const struct script_rule *rules, size_t count,
                                              bool tcp)
{
    struct scripted_engine *engine = ud_alloc(1, sizeof *engine);
    engine->rules = ud_alloc(count + 1, sizeof *engine->rules);
    if (count > 0) {
        memcpy(engine->rules, rules, count * sizeof *rules);
    }
    engine->rule_count = count;
    engine->used = ud_alloc(count + 1, sizeof *engine->used);
    engine->first_used = ud_alloc(count + 1, sizeof *engine->first_used);
    (void)pthread_mutex_init(&engine->lock, NULL);
    (void)pthread_cond_init(&engine->changed, NULL);
    engine->place = script_place_new(tcp, &engine->endpoint);
    if (pthread_create(&engine->thread, NULL, serve, engine) != 0) {
        abort();
    }
    return engine;
}

const char *scripted_engine_endpoint(const struct scripted_engine *engine)
{
    return engine->endpoint;
}

size_t scripted_engine_count(struct scripted_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    size_t count = engine->request_count;
    pthread_mutex_unlock(&engine->lock);
    return count;
}

const struct script_request *scripted_engine_request(struct scripted_engine *engine, size_t i)
{
    return &engine->requests[i];
}

size_t script_seen_locked(const struct scripted_engine *engine, const char *method,
                          const char *part)
{
    size_t seen = 0;
    for (size_t i = 0; i < engine->request_count; i++) {
        const struct script_request *r = &engine->requests[i];
        seen +=
            (method == NULL || strcmp(r->method, method) == 0) && strstr(r->target, part) != NULL;
    }
    return seen;
}

size_t scripted_engine_seen(struct scripted_engine *engine, const char *method, const char *part)
{
    pthread_mutex_lock(&engine->lock);
    size_t seen = script_seen_locked(engine, method, part);
    pthread_mutex_unlock(&engine->lock);
    return seen;
}

static void stop_threads(struct scripted_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    (void)pthread_cond_broadcast(&engine->changed);
    script_place_shut(engine->place);
    for (size_t i = 0; i < engine->connection_count; i++) {
        script_shutdown(engine->connections[i].fd);
    }
    pthread_mutex_unlock(&engine->lock);
    (void)pthread_join(engine->thread, NULL);
    for (size_t i = 0; i < engine->connection_count; i++) {
        (void)pthread_join(engine->connections[i].thread, NULL);
        script_close(engine->connections[i].fd);
    }
}

void scripted_engine_stop(struct scripted_engine *engine)
{
    stop_threads(engine);
    script_place_free(engine->place);
    free(engine->rules);
    for (size_t i = 0; i < engine->request_count; i++) {
        free(engine->requests[i].method);
        free(engine->requests[i].target);
        free(engine->requests[i].head);
        free(engine->requests[i].body);
    }
    (void)pthread_mutex_destroy(&engine->lock);
    (void)pthread_cond_destroy(&engine->changed);
    free(engine->used);
    free(engine->first_used);
    free(engine->endpoint);
    free(engine);
}
