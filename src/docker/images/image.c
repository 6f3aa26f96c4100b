#include "docker/images/image.h"

#include <stdlib.h>

#include "engine/call.h"
#include "engine/json.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

void ud_image_done(struct ud_image *image)
{
    if (image == NULL) {
        return;
    }
    free(image->id);
    free(image->created);
    free(image->tagged);
    free(image->arch);
    free(image->os);
    ud_strv_done(&image->env);
    free(image->comment);
    ud_strv_done(&image->labels);
    ud_strv_done(&image->layers);
    ud_strv_done(&image->tags);
    ud_strv_done(&image->digests);
    *image = (struct ud_image){0};
}

void ud_image_list_done(struct ud_image_list *list)
{
    if (list == NULL) {
        return;
    }
    for (size_t i = 0; i < list->len; i++) {
        ud_image_done(&list->items[i]);
    }
    free(list->items);
    *list = (struct ud_image_list){0};
}

/* The engine lists an image without a name as "<none>:<none>". */
static void take_names(const cJSON *json, const char *key, struct ud_strv *ret)
{
    struct ud_strv names = {0};
    ud_json_strings(json, key, &names);
    for (size_t i = 0; i < names.len; i++) {
        if (!ud_str_starts(names.items[i], "<none>")) {
            ud_strv_add(ret, names.items[i]);
        }
    }
    ud_strv_done(&names);
}

/* The engine has year 1 for an image that was never given a name. */
static char *tag_time(const cJSON *json)
{
    char *when = ud_json_dup(ud_json_get(json, "Metadata"), "LastTagTime");
    if (ud_str_starts(when, "0001-")) {
        when[0] = '\0';
    }
    return when;
}

static void image_fill(const cJSON *json, struct ud_image *ret)
{
    *ret = (struct ud_image){0};
    ret->id = ud_json_dup(json, "Id");
    ret->tagged = tag_time(json);
    ret->arch = ud_json_dup(json, "Architecture");
    ret->os = ud_json_dup(json, "Os");
    ret->comment = ud_json_dup(json, "Comment");
    ret->size = ud_json_u64(json, "Size");
    const cJSON *created = ud_json_get(json, "Created");
    ret->created = cJSON_IsNumber(created)
                       ? ud_strf("%llu", (unsigned long long)ud_json_u64(json, "Created"))
                       : ud_json_dup(json, "Created");
    /* inspect keeps the labels in Config, list at the top. */
    ud_json_strings(ud_json_get(json, "Config"), "Env", &ret->env);
    ud_json_pairs(json, "Labels", &ret->labels);
    ud_json_pairs(ud_json_get(json, "Config"), "Labels", &ret->labels);
    ud_json_strings(ud_json_get(json, "RootFS"), "Layers", &ret->layers);
    take_names(json, "RepoTags", &ret->tags);
    take_names(json, "RepoDigests", &ret->digests);
}

enum ud_code ud_image_inspect(struct ud_engine *engine, const char *reference, struct ud_image *ret,
                              struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/", reference, "/json");
    char *what = ud_strf("cannot inspect the image %s", reference);
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, what, &root, err);
    if (rc == UD_OK) {
        image_fill(root, ret);
    }
    cJSON_Delete(root);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_image_find(struct ud_engine *engine, const char *reference, struct ud_image *ret,
                           struct ud_error *err)
{
    struct ud_error why = {0};
    *ret = (struct ud_image){0};
    enum ud_code rc = ud_image_inspect(engine, reference, ret, &why);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        return ud_error_pass(err, &why);
    }
    return UD_OK;
}

enum ud_code ud_image_exists(struct ud_engine *engine, const char *reference, bool *ret,
                             struct ud_error *err)
{
    struct ud_image image = {0};
    UD_TRY(ud_image_find(engine, reference, &image, err));
    *ret = image.id != NULL;
    ud_image_done(&image);
    return UD_OK;
}

static enum ud_code image_list_by(struct ud_engine *engine, const char *filter, const char *value,
                                  struct ud_image_list *ret, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/json", NULL, "");
    if (value != NULL) {
        char *filters = ud_json_filter(filter, value);
        ud_url_param(&path, "filters", filters);
        free(filters);
    }
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, "cannot list the images", &root, err);
    size_t count = 0;
    if (rc == UD_OK) {
        rc = ud_call_count(root, "cannot list the images", &count, err);
    }
    if (rc == UD_OK) {
        struct ud_image_list list = {0};
        list.items = count > 0 ? ud_alloc(count, sizeof *list.items) : NULL;
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, root)
        {
            image_fill(item, &list.items[list.len++]);
        }
        *ret = list;
    }
    cJSON_Delete(root);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_image_list(struct ud_engine *engine, const char *label, struct ud_image_list *ret,
                           struct ud_error *err)
{
    return image_list_by(engine, "label", label, ret, err);
}

enum ud_code ud_image_list_named(struct ud_engine *engine, const char *repo,
                                 struct ud_image_list *ret, struct ud_error *err)
{
    return image_list_by(engine, "reference", repo, ret, err);
}

enum ud_code ud_image_tag(struct ud_engine *engine, const char *reference, const char *repo,
                          const char *tag, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/", reference, "/tag");
    ud_url_param(&path, "repo", repo);
    ud_url_param(&path, "tag", tag);
    char *what = ud_strf("cannot tag the image %s as %s:%s", reference, repo, tag);
    struct ud_http_request request = {
        .method = "POST",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_READ_MS,
        .shield = UD_HTTP_FINISH,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_image_remove(struct ud_engine *engine, const char *reference, unsigned flags,
                             struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/images/", reference, "");
    ud_url_param(&path, "force", (flags & UD_IMAGE_FORCE) != 0 ? "1" : "0");
    ud_url_param(&path, "noprune", (flags & UD_IMAGE_NO_PRUNE) != 0 ? "1" : "0");
    char *what = ud_strf("cannot remove the image %s", reference);
    struct ud_http_request request = {
        .method = "DELETE",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_CHANGE_MS,
        .shield = UD_HTTP_CLEANUP,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&path);
    return rc;
}
