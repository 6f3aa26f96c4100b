/* Whole images out of an engine and into it. */
#include <stdlib.h>

#include "docker/images/image.h"
#include "engine/call.h"
#include "engine/messages.h"
#include "util/mem.h"

enum ud_code ud_image_save(struct ud_engine *engine, const char *reference,
                           const struct ud_sink *tar, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/", reference, "/get");
    char *what = ud_strf("cannot save the image %s", reference);
    struct ud_http_request request = {.method = "GET", .url = path.data, .sink = *tar};
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_image_load(struct ud_engine *engine, const struct ud_source *tar,
                           struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/load", NULL, "?quiet=1");
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .content_type = "application/x-tar",
        .source = *tar,
        .shield = UD_HTTP_FINISH,
    };
    const struct ud_messages messages = {0};
    enum ud_code rc = ud_messages_perform(engine, &request, "cannot load an image", &messages, err);
    ud_buf_done(&path);
    return rc;
}
