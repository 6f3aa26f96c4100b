/* Requests that answer 200 and then a stream of JSON messages, the last of
 * which may be a failure: pull, import, load, build. */
#ifndef DOCKER_ENGINE_MESSAGES_H
#define DOCKER_ENGINE_MESSAGES_H

#include <cjson/cJSON.h>

#include "engine/call.h"

struct ud_messages {
    /* Called for each message but failures, which end the request. */
    enum ud_code (*message)(void *ctx, const cJSON *message, struct ud_error *err);
    void *ctx;
};

/* Performs the request (its sink is set here). */
UD_MUST_CHECK enum ud_code ud_messages_perform(struct ud_engine *engine,
                                               const struct ud_http_request *request,
                                               const char *what, const struct ud_messages *messages,
                                               struct ud_error *err);

#endif
