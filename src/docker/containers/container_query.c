#include "docker/containers/container.h"

#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/json.h"
#include "util/mem.h"

void ud_container_done(struct ud_container *container)
{
    if (container == NULL) {
        return;
    }
    free(container->id);
    free(container->name);
    free(container->image);
    free(container->state);
    free(container->error);
    free(container->health);
    ud_strv_done(&container->labels);
    *container = (struct ud_container){0};
}

void ud_container_list_done(struct ud_container_list *list)
{
    if (list == NULL) {
        return;
    }
    for (size_t i = 0; i < list->len; i++) {
        ud_container_done(&list->items[i]);
    }
    free(list->items);
    *list = (struct ud_container_list){0};
}

static char *without_slash(const char *name)
{
    return ud_strdup(name[0] == '/' ? name + 1 : name);
}

static void fill_inspected(const cJSON *root, struct ud_container *ret)
{
    const cJSON *state = ud_json_get(root, "State");
    const cJSON *config = ud_json_get(root, "Config");
    const cJSON *code = ud_json_get(state, "ExitCode");
    *ret = (struct ud_container){0};
    ret->id = ud_json_dup(root, "Id");
    ret->name = without_slash(ud_json_text(root, "Name"));
    ret->image = ud_json_dup(config, "Image");
    ret->state = ud_json_dup(state, "Status");
    ret->error = ud_json_dup(state, "Error");
    ret->exit_code = cJSON_IsNumber(code) ? code->valueint : 0;
    ret->running = ud_json_bool(state, "Running");
    ret->oom_killed = ud_json_bool(state, "OOMKilled");
    ret->health = ud_json_dup(ud_json_get(state, "Health"), "Status");
    ud_json_pairs(config, "Labels", &ret->labels);
}

static void fill_listed(const cJSON *item, struct ud_container *ret)
{
    struct ud_strv names = {0};
    ud_json_strings(item, "Names", &names);
    *ret = (struct ud_container){0};
    ret->id = ud_json_dup(item, "Id");
    ret->name = without_slash(names.len > 0 ? names.items[0] : "");
    ret->image = ud_json_dup(item, "Image");
    ret->state = ud_json_dup(item, "State");
    ret->error = ud_strdup("");
    ret->health = ud_strdup("");
    ret->created = ud_json_u64(item, "Created");
    ret->running = strcmp(ret->state, "running") == 0;
    ud_json_pairs(item, "Labels", &ret->labels);
    ud_strv_done(&names);
}

enum ud_code ud_container_inspect(struct ud_engine *engine, const char *name,
                                  struct ud_container *ret, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/", name, "/json");
    char *what = ud_strf("cannot inspect the container %s", name);
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, what, &root, err);
    if (rc == UD_OK) {
        fill_inspected(root, ret);
    }
    cJSON_Delete(root);
    free(what);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_container_find(struct ud_engine *engine, const char *name, struct ud_container *ret,
                               struct ud_error *err)
{
    struct ud_error why = {0};
    *ret = (struct ud_container){0};
    enum ud_code rc = ud_container_inspect(engine, name, ret, &why);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        return ud_error_pass(err, &why);
    }
    return UD_OK;
}

enum ud_code ud_container_list(struct ud_engine *engine, const char *label,
                               struct ud_container_list *ret, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/containers/json", NULL, "?all=1");
    ud_call_label_filter(&path, label);
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, "cannot list the containers", &root, err);
    size_t count = 0;
    if (rc == UD_OK) {
        rc = ud_call_count(root, "cannot list the containers", &count, err);
    }
    if (rc == UD_OK) {
        struct ud_container_list list = {0};
        list.items = count > 0 ? ud_alloc(count, sizeof *list.items) : NULL;
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, root)
        {
            fill_listed(item, &list.items[list.len++]);
        }
        *ret = list;
    }
    cJSON_Delete(root);
    ud_buf_done(&path);
    return rc;
}
