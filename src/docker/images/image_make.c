#include "docker/images/image.h"

#include <stdlib.h>

#include "engine/api_error.h"
#include "engine/call.h"
#include "engine/json.h"
#include "engine/messages.h"
#include "util/mem.h"
#include "util/str.h"

static void add_changes(struct ud_buf *path, const struct ud_strv *changes)
{
    for (size_t i = 0; i < changes->len; i++) {
        ud_url_param(path, "changes", changes->items[i]);
    }
}

/* The last message of an import is {"status":"sha256:…"}. */
static enum ud_code image_make_on_message(void *ctx, const cJSON *message, struct ud_error *err)
{
    char **id = ctx;
    (void)err;
    const char *status = ud_json_text(message, "status");
    if (ud_str_starts(status, "sha256:")) {
        free(*id);
        *id = ud_strdup(status);
    }
    return UD_OK;
}

static enum ud_code hand_over(char *id, const char *what, char **ret_id, struct ud_error *err)
{
    if (id == NULL || id[0] == '\0') {
        free(id);
        return ud_api_fail(UD_ERR_PROTOCOL, what, "the engine names no image", err);
    }
    if (ret_id != NULL) {
        *ret_id = id;
    } else {
        free(id);
    }
    return UD_OK;
}

enum ud_code ud_image_import(struct ud_engine *engine, const struct ud_image_import *import,
                             char **ret_id, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/create", NULL, "?fromSrc=-");
    ud_url_param(&path, "repo", import->repo);
    ud_url_param(&path, "tag", import->tag);
    ud_url_param(&path, "platform", import->platform);
    ud_url_param(&path, "message", import->message);
    add_changes(&path, &import->changes);
    char *what = ud_strf("cannot import the image %s:%s", import->repo, import->tag);
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .content_type = "application/x-tar",
        .source = import->tar,
    };
    char *id = NULL;
    const struct ud_messages messages = {image_make_on_message, &id};
    enum ud_code rc = ud_buf_check(&path, what, err);
    if (rc == UD_OK) {
        rc = ud_messages_perform(engine, &request, what, &messages, err);
    }
    if (rc == UD_OK) {
        rc = hand_over(id, what, ret_id, err);
        id = NULL;
    }
    free(id);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_image_commit(struct ud_engine *engine, const struct ud_image_commit *commit,
                             char **ret_id, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/commit", NULL, "");
    ud_url_param(&path, "container", commit->container);
    ud_url_param(&path, "repo", commit->repo);
    ud_url_param(&path, "tag", commit->tag);
    ud_url_param(&path, "comment", commit->comment);
    ud_url_param(&path, "pause", "1");
    add_changes(&path, &commit->changes);
    char *what = ud_strf("cannot commit the container %s as %s:%s", commit->container, commit->repo,
                         commit->tag);
    struct ud_http_request request = {.method = "POST", .url = path.data};
    cJSON *root = NULL;
    enum ud_code rc = ud_buf_check(&path, what, err);
    if (rc == UD_OK) {
        rc = ud_call_json(engine, &request, what, &root, err);
    }
    if (rc == UD_OK) {
        rc = hand_over(ud_json_dup(root, "Id"), what, ret_id, err);
    }
    cJSON_Delete(root);
    free(what);
    ud_buf_done(&path);
    return rc;
}

/* Whole images out of an engine and into it. */
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
