#include "images/compose_config.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/engine_time.h"
#include "docker/engine/labels.h"
#include "engine/json.h"
#include "util/mem.h"

#define NO_TIME "1970-01-01T00:00:00Z"

/* Members of a configuration that say how the base was made, not what it is. */
static const char *const not_taken[] = {"comment",        "container", "container_config",
                                        "docker_version", "id",        "parent"};
static const char *const not_taken_inside[] = {"User",        "Healthcheck", "StopSignal",
                                               "StopTimeout", "OnBuild",     "ArgsEscaped",
                                               "Image",       "Hostname",    "Shell"};

bool ud_saved_image_at(const cJSON *manifest, int index, struct ud_saved_image *ret)
{
    const cJSON *item = cJSON_GetArrayItem(manifest, index);
    ret->config = ud_json_text(item, "Config");
    ret->layers = ud_json_get(item, "Layers");
    return ret->config[0] != '\0' && cJSON_IsArray(ret->layers);
}

static void compose_config_drop(cJSON *object, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, keys[i]);
    }
}

/* Values over those of the same name; both lists are "NAME=value". */
static void put_env(cJSON *config, const struct ud_strv *env)
{
    struct ud_strv all = {0};
    struct ud_strv merged = {0};
    ud_json_strings(config, "Env", &all);
    for (size_t i = 0; i < all.len; i++) {
        size_t name = strcspn(all.items[i], "=") + 1;
        bool ours = false;
        for (size_t k = 0; k < env->len && !ours; k++) {
            ours = strncmp(env->items[k], all.items[i], name) == 0;
        }
        if (!ours) {
            ud_strv_add(&merged, all.items[i]);
        }
    }
    for (size_t i = 0; i < env->len; i++) {
        ud_strv_add(&merged, env->items[i]);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(config, "Env");
    ud_json_put_strings(config, "Env", &merged);
    ud_strv_done(&merged);
    ud_strv_done(&all);
}

static void put_labels(cJSON *config, const struct ud_strv *labels)
{
    struct ud_strv all = {0};
    ud_json_pairs(config, "Labels", &all);
    for (size_t i = 0; i < labels->len; i++) {
        ud_strv_add(&all, labels->items[i]);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(config, "Labels");
    ud_json_put_pairs(config, "Labels", &all, '=');
    ud_strv_done(&all);
}

/* Of what no image that is made on top of it has. */
static char *seal_of(const char *layer, const char *created)
{
    return ud_strf("%s of %lld", layer, (long long)ud_engine_time_parse(created));
}

static void put_seal(cJSON *root, const char *label, const char *diff_id)
{
    struct ud_strv labels = {0};
    char *layer = ud_strf("sha256:%s", diff_id);
    char *seal = seal_of(layer, ud_json_text(root, "created"));
    ud_strv_addf(&labels, "%s=%s", label, seal);
    put_labels(cJSON_GetObjectItemCaseSensitive(root, "config"), &labels);
    ud_strv_done(&labels);
    free(seal);
    free(layer);
}

bool ud_image_is_composed(const struct ud_image *image, const char *seal)
{
    const char *found = ud_labels_get(&image->labels, seal);
    if (found == NULL || image->layers.len == 0) {
        return false;
    }
    char *own = seal_of(image->layers.items[image->layers.len - 1], image->created);
    bool same = strcmp(found, own) == 0;
    free(own);
    return same;
}

static void replace_strings(cJSON *config, const char *key, const struct ud_strv *values)
{
    cJSON_DeleteItemFromObjectCaseSensitive(config, key);
    ud_json_put_strings(config, key, values);
}

static cJSON *object_of(cJSON *root, const char *key)
{
    cJSON *object = cJSON_GetObjectItemCaseSensitive(root, key);
    if (!cJSON_IsObject(object)) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, key);
        object = cJSON_AddObjectToObject(root, key);
    }
    return object;
}

static void change_config(cJSON *root, const struct ud_compose *compose)
{
    cJSON *config = object_of(root, "config");
    compose_config_drop(config, not_taken_inside,
                        sizeof not_taken_inside / sizeof *not_taken_inside);
    put_env(config, &compose->env);
    put_labels(config, &compose->labels);
    replace_strings(config, "Entrypoint", &compose->entrypoint);
    replace_strings(config, "Cmd", &compose->cmd);
    cJSON_DeleteItemFromObjectCaseSensitive(config, "WorkingDir");
    ud_json_put(config, "WorkingDir", compose->workdir);
}

static void add_entry(cJSON *history, const char *created, const char *by, const char *comment)
{
    cJSON *entry = cJSON_CreateObject();
    ud_json_put(entry, "created", created);
    ud_json_put(entry, "created_by", by);
    ud_json_put(entry, "comment", comment);
    (void)cJSON_AddItemToArray(history, entry);
}

/* The engine wants an entry for each layer, or none: a base that tells no history
 * gets entries that say nothing. The comment of the last one is the image's. */
static void add_history(cJSON *root, const struct ud_compose *compose, int base_layers)
{
    const char *created = ud_json_text(root, "created");
    cJSON *history = cJSON_GetObjectItemCaseSensitive(root, "history");
    if (!cJSON_IsArray(history) || cJSON_GetArraySize(history) == 0) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, "history");
        history = cJSON_AddArrayToObject(root, "history");
        for (int i = 0; i < base_layers; i++) {
            add_entry(history, created, NULL, NULL);
        }
    }
    add_entry(history, created, compose->made_by, compose->made_by);
}

static enum ud_code add_layer(cJSON *root, const char *diff_id, int *ret_base_layers,
                              struct ud_error *err)
{
    cJSON *rootfs = cJSON_GetObjectItemCaseSensitive(root, "rootfs");
    cJSON *layers = cJSON_GetObjectItemCaseSensitive(rootfs, "diff_ids");
    if (!cJSON_IsArray(layers)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the base image names no layers");
    }
    *ret_base_layers = cJSON_GetArraySize(layers);
    char *id = ud_strf("sha256:%s", diff_id);
    (void)cJSON_AddItemToArray(layers, cJSON_CreateString(id));
    free(id);
    return UD_OK;
}

enum ud_code ud_compose_config(const char *base_config, size_t len,
                               const struct ud_compose *compose, const char *diff_id, char **ret,
                               struct ud_error *err)
{
    cJSON *root = cJSON_ParseWithLength(base_config, len);
    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the base image's configuration is not valid JSON");
    }
    int base_layers = 0;
    enum ud_code rc = add_layer(root, diff_id, &base_layers, err);
    if (rc != UD_OK) {
        cJSON_Delete(root);
        return rc;
    }
    compose_config_drop(root, not_taken, sizeof not_taken / sizeof *not_taken);
    if (ud_json_text(root, "created")[0] == '\0') {
        cJSON_DeleteItemFromObjectCaseSensitive(root, "created");
        ud_json_put(root, "created", NO_TIME);
    }
    change_config(root, compose);
    put_seal(root, compose->seal, diff_id);
    add_history(root, compose, base_layers);
    *ret = ud_json_print(root);
    return UD_OK;
}

char *ud_compose_manifest(const struct ud_saved_image *base, const struct ud_compose *compose,
                          const char *config_path, const char *layer_path)
{
    cJSON *root = cJSON_CreateArray();
    cJSON *image = cJSON_CreateObject();
    (void)cJSON_AddItemToArray(root, image);
    ud_json_put(image, "Config", config_path);
    struct ud_strv tags = {0};
    ud_strv_add(&tags, compose->name);
    ud_json_put_strings(image, "RepoTags", &tags);
    ud_strv_done(&tags);
    cJSON *layers = cJSON_Duplicate(base->layers, true);
    (void)cJSON_AddItemToArray(layers, cJSON_CreateString(layer_path));
    (void)cJSON_AddItemToObject(image, "Layers", layers);
    return ud_json_print(root);
}
