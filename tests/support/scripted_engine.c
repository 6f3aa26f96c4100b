#include "scripted_engine.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "scripted_internal.h"
#include "util/mem.h"

static void *serve(void *arg)
{
    struct scripted_engine *engine = arg;
    for (;;) {
        int fd = accept(engine->listener, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&engine->lock);
        if (engine->stopping || engine->connection_count == SCRIPT_CONNECTIONS_MAX) {
            pthread_mutex_unlock(&engine->lock);
            close(fd);
            continue;
        }
        struct script_connection *c = &engine->connections[engine->connection_count++];
        c->engine = engine;
        c->fd = fd;
        (void)pthread_create(&c->thread, NULL, script_serve_connection, c);
        pthread_mutex_unlock(&engine->lock);
    }
}

static void listen_unix(struct scripted_engine *engine)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(engine->dir, sizeof engine->dir, "/tmp/scripted-engine-XXXXXX");
    if (mkdtemp(engine->dir) == NULL) {
        abort();
    }
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/engine.sock", engine->dir);
    engine->endpoint = ud_strf("unix://%s", address.sun_path);
    engine->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(engine->listener, (struct sockaddr *)&address, sizeof address) != 0) {
        abort();
    }
}

static void listen_tcp(struct scripted_engine *engine)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    engine->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(engine->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(engine->listener, (struct sockaddr *)&address, &len) != 0) {
        abort();
    }
    engine->endpoint = ud_strf("tcp://127.0.0.1:%u", ntohs(address.sin_port));
}

struct scripted_engine *scripted_engine_start(const struct script_rule *rules, size_t count,
                                              bool tcp)
{
    struct scripted_engine *engine = ud_alloc(1, sizeof *engine);
    engine->rules = rules;
    engine->rule_count = count;
    engine->used = ud_alloc(count + 1, sizeof *engine->used);
    (void)pthread_mutex_init(&engine->lock, NULL);
    (void)pthread_cond_init(&engine->changed, NULL);
    if (tcp) {
        listen_tcp(engine);
    } else {
        listen_unix(engine);
    }
    if (listen(engine->listener, SCRIPT_CONNECTIONS_MAX) != 0 ||
        pthread_create(&engine->thread, NULL, serve, engine) != 0) {
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
    (void)shutdown(engine->listener, SHUT_RDWR);
    for (size_t i = 0; i < engine->connection_count; i++) {
        (void)shutdown(engine->connections[i].fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&engine->lock);
    (void)pthread_join(engine->thread, NULL);
    for (size_t i = 0; i < engine->connection_count; i++) {
        (void)pthread_join(engine->connections[i].thread, NULL);
        (void)close(engine->connections[i].fd);
    }
}

void scripted_engine_stop(struct scripted_engine *engine)
{
    stop_threads(engine);
    (void)close(engine->listener);
    if (engine->dir[0] != '\0') {
        (void)unlink(engine->endpoint + strlen("unix://"));
        (void)rmdir(engine->dir);
    }
    for (size_t i = 0; i < engine->request_count; i++) {
        free(engine->requests[i].method);
        free(engine->requests[i].target);
        free(engine->requests[i].head);
        free(engine->requests[i].body);
    }
    (void)pthread_mutex_destroy(&engine->lock);
    (void)pthread_cond_destroy(&engine->changed);
    free(engine->used);
    free(engine->endpoint);
    free(engine);
}
