/* What the two files of the scripted engine share. */
#ifndef SUPPORT_SCRIPTED_INTERNAL_H
#define SUPPORT_SCRIPTED_INTERNAL_H

#include <pthread.h>
#include <stdint.h>

#include "scripted_engine.h"

enum { SCRIPT_CONNECTIONS_MAX = 256, SCRIPT_REQUESTS_MAX = 512 };

struct script_connection {
    struct scripted_engine *engine;
    pthread_t thread;
    int fd;              /* closed by scripted_engine_stop only */
    char pending[65536]; /* read and not used yet */
    size_t pending_len;
};

struct scripted_engine {
    struct script_rule *rules;
    size_t rule_count;
    bool *used;
    uint64_t *first_used; /* see script_rule.lasts_ms; 0: not yet */
    char *endpoint;
    struct script_place *place;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t changed;
    bool stopping;
    struct script_connection connections[SCRIPT_CONNECTIONS_MAX];
    size_t connection_count;
    struct script_request requests[SCRIPT_REQUESTS_MAX];
    size_t request_count;
};

void *script_serve_connection(void *arg);
size_t script_seen_locked(const struct scripted_engine *engine, const char *method,
                          const char *part);

#endif
