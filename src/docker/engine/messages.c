#include "engine/messages.h"

#include "docker/engine/jsonlines.h"
#include "engine/api_error.h"
#include "engine/json.h"

enum { LINE_MAX_BYTES = 1024 * 1024 };

struct reader {
    struct ud_jsonlines lines;
    const struct ud_messages *messages;
    const char *what;
};

/* The newer form is {"errorDetail":{"message":…}}, the older {"error":…}; both may come. */
static const char *failure_of(const cJSON *message)
{
    const char *text = ud_json_text(ud_json_get(message, "errorDetail"), "message");
    return text[0] != '\0' ? text : ud_json_text(message, "error");
}

static enum ud_code on_line(void *ctx, const char *text, size_t len, struct ud_error *err)
{
    struct reader *reader = ctx;
    cJSON *message = cJSON_ParseWithLength(text, len);
    if (!cJSON_IsObject(message)) {
        cJSON_Delete(message);
        return ud_api_fail(UD_ERR_PROTOCOL, reader->what,
                           "the engine's progress has a line that is not valid JSON", err);
    }
    const char *failure = failure_of(message);
    enum ud_code rc = UD_OK;
    if (failure[0] != '\0') {
        rc = ud_api_fail(UD_ERR_ENGINE, reader->what, failure, err);
    } else if (reader->messages->message != NULL) {
        rc = reader->messages->message(reader->messages->ctx, message, err);
    }
    cJSON_Delete(message);
    return rc;
}

static enum ud_code messages_on_data(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct reader *reader = ctx;
    return ud_jsonlines_feed(&reader->lines, data, len, err);
}

enum ud_code ud_messages_perform(struct ud_engine *engine, const struct ud_http_request *request,
                                 const char *what, const struct ud_messages *messages,
                                 struct ud_error *err)
{
    struct reader reader = {.messages = messages, .what = what};
    ud_jsonlines_init(&reader.lines, LINE_MAX_BYTES, on_line, &reader);
    struct ud_http_request streaming = *request;
    streaming.sink = (struct ud_sink){messages_on_data, &reader};
    struct ud_http_response response = {0};
    enum ud_code rc = ud_http_perform(engine->http, &streaming, &response, err);
    if (rc == UD_OK) {
        rc = ud_api_check(&response, what, err);
    }
    if (rc == UD_OK) {
        rc = ud_jsonlines_finish(&reader.lines, err);
    }
    ud_http_response_done(&response);
    ud_jsonlines_done(&reader.lines);
    return rc;
}
