#include "docker/containers/container.h"

#include <stdlib.h>
#include <string.h>

#include "engine/api_error.h"
#include "engine/call.h"
#include "util/mem.h"
#include "util/patience.h"

/* 404: it is gone. 409 with these words: someone else is removing it. Another
 * 409 is a real failure, such as a device that is busy. */
static bool container_remove_is_gone(const struct ud_http_response *response)
{
    return response->status == 404 ||
           (response->status == 409 && strstr(response->body.data, "already in progress") != NULL);
}

enum ud_code ud_container_remove(struct ud_engine *engine, const char *name, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", name, "?force=1&v=1");
    char *what = ud_strf("cannot remove the container %s", name);
    struct ud_http_request request = {
        .method = "DELETE",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_CHANGE_MS,
        .shield = UD_HTTP_CLEANUP,
    };
    struct ud_http_response response = {0};
    enum ud_code rc = ud_http_perform(engine->http, &request, &response, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s", what);
    } else if (!container_remove_is_gone(&response)) {
        rc = ud_api_check(&response, what, err);
    }
    ud_http_response_done(&response);
    free(what);
    ud_buf_done(&path);
    return rc;
}

void ud_container_cleanup(struct ud_engine *engine, const char *name)
{
    struct ud_error why = {0};
    if (ud_container_remove(engine, name, &why) != UD_OK) {
        engine->has_left = true;
        ud_report_message(engine->report, UD_REPORT_WARN,
                          "the container %s may be left (%s); the next run on that engine "
                          "removes it, and so does docker -H %s rm -f %s",
                          name, why.message, engine->endpoint.text, name);
    }
}

void ud_container_stop_and_cleanup(struct ud_engine *engine, const char *name)
{
    struct ud_error why = {0};
    if (ud_container_stop(engine, name, UD_PATIENCE_STOP_S, &why) != UD_OK) {
        ud_report_message(engine->report, UD_REPORT_DEBUG, "not stopped: %s", why.message);
    }
    ud_container_cleanup(engine, name);
}
