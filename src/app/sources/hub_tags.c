#include "sources/hub_tags.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "docker/images/image.h"
#include "docker/images/reference.h"
#include "sources/web.h"
#include "util/mem.h"
#include "util/str.h"

enum { TAGS_MAX = 1 << 20 };

/* The public list of Docker Hub; the registry's own needs a token. */
#define HUB "https://hub.docker.com"

const char *ud_hub_tags_goarch(const char *machine)
{
    return machine != NULL && strcmp(machine, "aarch64") == 0 ? "arm64" : "amd64";
}

/* The repository of an image route, or NULL: one that the user named has no others. */
static char *repository_of(const struct ud_route *route)
{
    const char *colon = strrchr(route->what, ':');
    bool general = strstr(route->what, "<hash>") != NULL && colon != NULL;
    return general ? ud_strndup(route->what, (size_t)(colon - route->what)) : NULL;
}

static void take_tags(const cJSON *root, struct ud_strv *tags)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "results"))
    {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(item, "name");
        if (cJSON_IsString(name)) {
            ud_strv_add(tags, name->valuestring);
        }
    }
}

/* A hundred tags a page; the name's filter leaves fewer of one version. */
static enum ud_code listed_tags(const struct ud_acquire *acquire, const char *repository,
                                struct ud_strv *tags, struct ud_error *err)
{
    struct ud_buf text;
    struct ud_url hub = {0};
    struct ud_url url;
    const struct ud_url *mirror = &acquire->wish->mirror;
    char *list = ud_strf("/v2/repositories/%s/tags?page_size=100&name=%s", repository,
                         acquire->facts->release.upstream);
    ud_url_init(&hub, HUB);
    ud_url_init_below(&url, mirror->secret != NULL ? mirror : &hub, list);
    ud_buf_init(&text, TAGS_MAX);
    enum ud_code rc = ud_web_get(acquire->app, &url, &text, err);
    if (rc == UD_OK) {
        cJSON *root = cJSON_ParseWithLength(text.data, text.len);
        take_tags(root, tags);
        cJSON_Delete(root);
    }
    ud_buf_done(&text);
    ud_url_done(&url);
    ud_url_done(&hub);
    free(list);
    return rc;
}

static enum ud_code add_listed(const struct ud_acquire *acquire, const char *repository,
                               struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv tags = {0};
    struct ud_error why = {0};
    enum ud_code rc = listed_tags(acquire, repository, &tags, &why);
    if (rc == UD_OK) {
        ud_routes_add_tags(&acquire->facts->release, repository,
                           ud_hub_tags_goarch(acquire->facts->machine), &tags, ret);
    } else {
        ud_report_message(acquire->app->report, UD_REPORT_DETAIL,
                          "the tags of %s are not known: %s", repository, why.message);
    }
    ud_strv_done(&tags);
    return rc == UD_ERR_INTERRUPTED ? ud_error_pass(err, &why) : UD_OK;
}

static enum ud_code add_local(const struct ud_acquire *acquire, const char *repository,
                              struct ud_strv *ret, struct ud_error *err)
{
    struct ud_image_list list = {0};
    struct ud_strv tags = {0};
    UD_TRY(ud_image_list(acquire->builder_image->engine, NULL, &list, err));
    for (size_t i = 0; i < list.len; i++) {
        for (size_t k = 0; k < list.items[i].tags.len; k++) {
            const char *tag = ud_reference_tag_in(list.items[i].tags.items[k], repository);
            if (tag != NULL) {
                ud_strv_add(&tags, tag);
            }
        }
    }
    ud_routes_add_tags(&acquire->facts->release, repository,
                       ud_hub_tags_goarch(acquire->facts->machine), &tags, ret);
    ud_strv_done(&tags);
    ud_image_list_done(&list);
    return UD_OK;
}

enum ud_code ud_hub_tags_references(const struct ud_acquire *acquire, const struct ud_route *route,
                                    struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv references = {0};
    char *repository = repository_of(route);
    enum ud_code rc = UD_OK;
    if (repository != NULL) {
        rc = add_local(acquire, repository, &references, err);
    }
    for (size_t i = 0; i < route->names.len; i++) {
        if (!ud_strv_has(&references, route->names.items[i])) {
            ud_strv_add(&references, route->names.items[i]);
        }
    }
    if (rc == UD_OK && repository != NULL && !acquire->wish->offline) {
        rc = add_listed(acquire, repository, &references, err);
    }
    free(repository);
    if (rc == UD_OK) {
        *ret = references;
    } else {
        ud_strv_done(&references);
    }
    return rc;
}
