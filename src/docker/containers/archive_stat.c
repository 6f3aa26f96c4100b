#include "docker/containers/archive.h"

#include <stdlib.h>

#include "engine/api_error.h"
#include "engine/base64.h"
#include "engine/call.h"
#include "engine/json.h"
#include "util/mem.h"
#include "util/patience.h"

/* Bits of Go's os.FileMode, which the engine sends. */
static const uint64_t mode_dir = UINT64_C(1) << 31;
static const uint64_t mode_symlink = UINT64_C(1) << 27;
static const uint64_t mode_permissions = 0777;

void ud_archive_stat_done(struct ud_archive_stat *stat)
{
    free(stat->link);
    *stat = (struct ud_archive_stat){0};
}

/* The header's value is base64 of {"name","size","mode","mtime","linkTarget"}. */
static enum ud_code archive_stat_read_header(const struct ud_http_response *response,
                                             const char *what, struct ud_archive_stat *ret,
                                             struct ud_error *err)
{
    const char *header = ud_http_response_header(response, "X-Docker-Container-Path-Stat");
    char *text = header != NULL ? ud_base64_text(header) : NULL;
    cJSON *stat = text != NULL ? cJSON_Parse(text) : NULL;
    enum ud_code rc = UD_OK;
    if (cJSON_IsObject(stat)) {
        const uint64_t mode = ud_json_u64(stat, "mode");
        const char *link = ud_json_text(stat, "linkTarget");
        bool is_link = (mode & mode_symlink) != 0 && link[0] == '/';
        *ret = (struct ud_archive_stat){
            .is_dir = (mode & mode_dir) != 0,
            .mode = (unsigned)(mode & mode_permissions),
            .link = is_link ? ud_strdup(link) : NULL,
        };
    } else {
        rc = ud_api_fail(UD_ERR_PROTOCOL, what, "the answer does not say what is there", err);
    }
    cJSON_Delete(stat);
    free(text);
    return rc;
}

enum ud_code ud_archive_stat(struct ud_engine *engine, const char *container, const char *path,
                             struct ud_archive_stat *ret, struct ud_error *err)
{
    struct ud_buf url;
    ud_call_path(&url, engine, "/containers/", container, "/archive");
    ud_url_param(&url, "path", path);
    char *what = ud_strf("cannot look at %s in the container %s", path, container);
    struct ud_http_request request = {
        .method = "HEAD",
        .url = url.data,
        .timeout_ms = UD_PATIENCE_READ_MS,
    };
    struct ud_http_response response = {0};
    enum ud_code rc = ud_call(engine, &request, what, &response, err);
    if (rc == UD_OK) {
        rc = archive_stat_read_header(&response, what, ret, err);
    }
    ud_http_response_done(&response);
    free(what);
    ud_buf_done(&url);
    return rc;
}
