#include "engine/call.h"

#include <stdlib.h>
#include <string.h>

#include "engine/api_error.h"
#include "engine/json.h"
#include "util/mem.h"
#include "util/patience.h"

#define CALL_REMEDY "Check that a Docker engine answers at the endpoint."

enum { PATH_BYTES_MAX = 64 * 1024, SHOWN_MAX = 40 };

void ud_call_path(struct ud_buf *ret, const struct ud_engine *engine, const char *prefix,
                  const char *name, const char *suffix)
{
    ud_buf_init(ret, PATH_BYTES_MAX);
    ud_buf_addf(ret, "/v%s%s", engine->api_version, prefix);
    if (name != NULL) {
        ud_url_escape_path(ret, name);
    }
    ud_buf_adds(ret, suffix);
}

void ud_call_label_filter(struct ud_buf *path, const char *label)
{
    char *filter = ud_json_filter("label", label);
    ud_url_param(path, "filters", filter);
    free(filter);
}

enum ud_code ud_call(struct ud_engine *engine, const struct ud_http_request *request,
                     const char *what, struct ud_http_response *ret, struct ud_error *err)
{
    struct ud_http_response response = {0};
    enum ud_code rc = ud_http_perform(engine->http, request, &response, err);
    if (rc != UD_OK) {
        if (rc != UD_ERR_INTERRUPTED) {
            ud_error_prefix(err, "%s", what);
        }
        return rc;
    }
    rc = ud_api_check(&response, what, err);
    if (rc != UD_OK) {
        ud_http_response_done(&response);
        return rc;
    }
    *ret = response;
    return UD_OK;
}

enum ud_code ud_call_done(struct ud_engine *engine, const struct ud_http_request *request,
                          const char *what, struct ud_error *err)
{
    struct ud_http_response response = {0};
    UD_TRY(ud_call(engine, request, what, &response, err));
    ud_http_response_done(&response);
    return UD_OK;
}

/* Not fewer values than cJSON would make of it, each with 64 bytes, if it is JSON. */
static bool call_has_too_many_values(const struct ud_buf *body)
{
    size_t values = 0;
    for (size_t i = 0; i < body->len; i++) {
        char c = body->data[i];
        values += c == ',' || c == '[' || c == '{';
    }
    return values >= UD_JSON_VALUES_MAX;
}

static enum ud_code call_parse(const struct ud_http_response *response, const char *what,
                               cJSON **ret, struct ud_error *err)
{
    if (call_has_too_many_values(&response->body)) {
        enum ud_code rc =
            ud_api_fail(UD_ERR_PROTOCOL, what, "the answer has more than a million values", err);
        ud_error_remedy(err, CALL_REMEDY);
        return rc;
    }
    cJSON *root = cJSON_ParseWithLength(response->body.data, response->body.len);
    if (root != NULL) {
        *ret = root;
        return UD_OK;
    }
    const char *type = ud_http_response_header(response, "Content-Type");
    char *said = ud_strf("the answer is not valid JSON (Content-Type %.*s, %u bytes)", SHOWN_MAX,
                         type != NULL ? type : "missing", (unsigned)response->body.len);
    enum ud_code rc = ud_api_fail(UD_ERR_PROTOCOL, what, said, err);
    free(said);
    ud_error_remedy(err, CALL_REMEDY);
    return rc;
}

enum ud_code ud_call_json(struct ud_engine *engine, const struct ud_http_request *request,
                          const char *what, cJSON **ret, struct ud_error *err)
{
    struct ud_http_response response = {0};
    UD_TRY(ud_call(engine, request, what, &response, err));
    enum ud_code rc = call_parse(&response, what, ret, err);
    ud_http_response_done(&response);
    return rc;
}

enum ud_code ud_call_get(struct ud_engine *engine, const char *path, const char *what, cJSON **ret,
                         struct ud_error *err)
{
    struct ud_http_request request = {
        .method = "GET",
        .url = path,
        .timeout_ms = UD_PATIENCE_READ_MS,
    };
    return ud_call_json(engine, &request, what, ret, err);
}

enum ud_code ud_call_count(const cJSON *list, const char *what, size_t *ret, struct ud_error *err)
{
    const int count = cJSON_GetArraySize(list);
    if (count > UD_JSON_LIST_MAX) {
        char *said =
            ud_strf("the list has %d items, more than the %d allowed", count, UD_JSON_LIST_MAX);
        enum ud_code rc = ud_api_fail(UD_ERR_PROTOCOL, what, said, err);
        free(said);
        return rc;
    }
    *ret = count > 0 ? (size_t)count : 0;
    return UD_OK;
}
