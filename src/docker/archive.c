#include "docker/archive.h"

#include <stdlib.h>

#include "api_error.h"
#include "base64.h"
#include "call.h"
#include "json.h"
#include "util/mem.h"

static void archive_path(struct ud_buf *ret, struct ud_engine *engine, const char *container,
                         const char *path)
{
    ud_call_path(ret, engine, "/containers/", container, "/archive");
    ud_url_param(ret, "path", path);
}

enum ud_code ud_archive_put(struct ud_engine *engine, const char *container, const char *path,
                            const struct ud_source *tar, struct ud_error *err)
{
    struct ud_buf url;
    archive_path(&url, engine, container, path);
    ud_url_param(&url, "noOverwriteDirNonDir", "1");
    char *what = ud_strf("cannot upload to %s in the container %s", path, container);
    struct ud_http_request request = {
        .method = "PUT",
        .url = url.data,
        .content_type = "application/x-tar",
        .source = *tar,
        .stall_s = UD_CALL_STALL_S,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&url);
    return rc;
}

enum ud_code ud_archive_get(struct ud_engine *engine, const char *container, const char *path,
                            const struct ud_sink *tar, struct ud_error *err)
{
    struct ud_buf url;
    archive_path(&url, engine, container, path);
    char *what = ud_strf("cannot fetch %s from the container %s", path, container);
    struct ud_http_request request = {
        .method = "GET",
        .url = url.data,
        .sink = *tar,
        .stall_s = UD_CALL_STALL_S,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&url);
    return rc;
}

/* The header's value is base64 of {"name","size","mode","mtime","linkTarget"};
 * the engine has followed the link to its end within the container. */
static enum ud_code link_of(const struct ud_http_response *response, const char *path,
                            const char *what, char **ret, struct ud_error *err)
{
    const char *header = ud_http_response_header(response, "X-Docker-Container-Path-Stat");
    char *text = header != NULL ? ud_base64_text(header) : NULL;
    cJSON *stat = text != NULL ? cJSON_Parse(text) : NULL;
    enum ud_code rc = UD_OK;
    if (cJSON_IsObject(stat)) {
        const char *link = ud_json_text(stat, "linkTarget");
        *ret = ud_strdup(link[0] == '/' ? link : path);
    } else {
        rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the answer does not say what is there", err);
    }
    cJSON_Delete(stat);
    free(text);
    return rc;
}

enum ud_code ud_archive_real_path(struct ud_engine *engine, const char *container, const char *path,
                                  char **ret, struct ud_error *err)
{
    struct ud_buf url;
    archive_path(&url, engine, container, path);
    char *what = ud_strf("cannot look at %s in the container %s", path, container);
    struct ud_http_request request = {
        .method = "HEAD",
        .url = url.data,
        .timeout_ms = UD_CALL_SHORT_MS,
    };
    struct ud_http_response response = {0};
    enum ud_code rc = ud_call(engine, &request, what, &response, err);
    if (rc == UD_OK) {
        rc = link_of(&response, path, what, ret, err);
    }
    ud_http_response_done(&response);
    free(what);
    ud_buf_done(&url);
    return rc;
}
