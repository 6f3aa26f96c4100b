#include "docker/containers/container.h"

#include <stdlib.h>

#include "engine/output.h"
#include "util/mem.h"
#include "util/patience.h"

struct ud_attach {
    struct ud_engine *engine;
    struct ud_output output;
};

/* Without an Upgrade header the answer is a plain 200 that ends with the output. */
enum ud_code ud_attach_open(struct ud_engine *engine, const char *name, const struct ud_sink *out,
                            const struct ud_sink *errout, struct ud_attach **ret,
                            struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", name, "/attach?stream=1&stdout=1&stderr=1");
    char *what = ud_strf("cannot attach to the container %s", name);
    struct ud_http_request request = {.method = "POST", .url = path.data};
    struct ud_attach *attach = ud_alloc(1, sizeof *attach);
    attach->engine = engine;
    enum ud_code rc = ud_output_open(engine, &request, what, out, errout, &attach->output, err);
    free(what);
    ud_buf_done(&path);
    if (rc != UD_OK) {
        free(attach);
        return rc;
    }
    *ret = attach;
    return UD_OK;
}

enum ud_code ud_attach_drain(struct ud_attach *attach, const bool *left, struct ud_error *err)
{
    while (left != NULL && !*left && !ud_http_is_done(attach->output.transfer)) {
        UD_TRY(ud_engine_pause(attach->engine, UD_PATIENCE_LEAVE_MS, err));
    }
    return left != NULL && *left ? UD_OK : ud_output_drain(&attach->output, err);
}

void ud_attach_free(struct ud_attach *attach)
{
    if (attach != NULL) {
        ud_output_done(&attach->output);
        free(attach);
    }
}

enum ud_code ud_container_logs(struct ud_engine *engine, const char *name, bool follow,
                               const struct ud_sink *out, const struct ud_sink *errout,
                               struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", name, "/logs?stdout=1&stderr=1");
    ud_url_param(&path, "follow", follow ? "1" : "0");
    char *what = ud_strf("cannot read what the container %s wrote", name);
    struct ud_http_request request = {.method = "GET", .url = path.data};
    struct ud_output output = {0};
    enum ud_code rc = ud_output_open(engine, &request, what, out, errout, &output, err);
    if (rc == UD_OK) {
        rc = ud_output_drain(&output, err);
        ud_output_done(&output);
    }
    free(what);
    ud_buf_done(&path);
    return rc;
}
