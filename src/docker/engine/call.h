/* One API request, as the files of this layer make it. */
#ifndef DOCKER_ENGINE_CALL_H
#define DOCKER_ENGINE_CALL_H

#include <cjson/cJSON.h>

#include "docker/engine/engine.h"
#include "transport/http.h"
#include "transport/url.h"
#include "util/buf.h"
#include "util/error.h"

/* What an answer may hold: a value costs this program about 64 bytes, a thing of a list 500. */
enum { UD_JSON_VALUES_MAX = 1000 * 1000, UD_JSON_LIST_MAX = 64 * 1024 };

struct ud_engine {
    struct ud_http *http;
    struct ud_endpoint endpoint;
    char api_version[16];
    const struct ud_report *report;
    struct ud_cancel *cancel;
    unsigned exit_ms; /* see ud_engine_options */
    bool has_left;    /* see ud_engine_has_left */
    cJSON *info;      /* what /info and /version answered, or NULL: see ud_engine_info */
    cJSON *version;
};

/* Begins a path: "/v1.41" and prefix, the escaped name (may be NULL), suffix. */
void ud_call_path(struct ud_buf *ret, const struct ud_engine *engine, const char *prefix,
                  const char *name, const char *suffix);

/* Adds filters={"label":["<label>"]}. */
void ud_call_label_filter(struct ud_buf *path, const char *label);

/* Performs it; a status that is no success is an error that begins with what. */
UD_MUST_CHECK enum ud_code ud_call(struct ud_engine *engine, const struct ud_http_request *request,
                                   const char *what, struct ud_http_response *ret,
                                   struct ud_error *err);

/* As ud_call for requests whose answer's content does not matter. */
UD_MUST_CHECK enum ud_code ud_call_done(struct ud_engine *engine,
                                        const struct ud_http_request *request, const char *what,
                                        struct ud_error *err);

/* As ud_call; the answer has to be JSON, of less than UD_JSON_VALUES_MAX values. The caller
 * deletes it. */
UD_MUST_CHECK enum ud_code ud_call_json(struct ud_engine *engine,
                                        const struct ud_http_request *request, const char *what,
                                        cJSON **ret, struct ud_error *err);

/* The number of things in a list that the engine gave; UD_ERR_PROTOCOL, beginning with what,
 * over UD_JSON_LIST_MAX. */
UD_MUST_CHECK enum ud_code ud_call_count(const cJSON *list, const char *what, size_t *ret,
                                         struct ud_error *err);

/* A GET that gives JSON. */
UD_MUST_CHECK enum ud_code ud_call_get(struct ud_engine *engine, const char *path, const char *what,
                                       cJSON **ret, struct ud_error *err);

#endif
