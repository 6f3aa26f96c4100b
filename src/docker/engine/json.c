#include "engine/json.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

enum { PRINT_HINT = 1024 };

const cJSON *ud_json_get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *ud_json_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(ud_json_get(object, key));
    return text != NULL ? text : "";
}

char *ud_json_dup(const cJSON *object, const char *key)
{
    return ud_strdup(ud_json_text(object, key));
}

bool ud_json_bool(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(ud_json_get(object, key)) != 0;
}

uint64_t ud_json_u64(const cJSON *object, const char *key)
{
    const cJSON *item = ud_json_get(object, key);
    double value = cJSON_IsNumber(item) ? item->valuedouble : 0;
    return value > 0 && value <= 9007199254740992.0 ? (uint64_t)value : 0;
}

void ud_json_strings(const cJSON *object, const char *key, struct ud_strv *ret)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, ud_json_get(object, key))
    {
        if (cJSON_IsString(item)) {
            ud_strv_add(ret, item->valuestring);
        }
    }
}

void ud_json_pairs(const cJSON *object, const char *key, struct ud_strv *ret)
{
    const cJSON *pairs = ud_json_get(object, key);
    const cJSON *item = NULL;
    if (!cJSON_IsObject(pairs)) {
        return;
    }
    cJSON_ArrayForEach(item, pairs)
    {
        if (cJSON_IsString(item)) {
            ud_strv_addf(ret, "%s=%s", item->string, item->valuestring);
        }
    }
}

void ud_json_put(cJSON *object, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        (void)cJSON_AddStringToObject(object, key, value);
    }
}

void ud_json_put_u64(cJSON *object, const char *key, uint64_t value)
{
    if (value != 0) {
        (void)cJSON_AddNumberToObject(object, key, (double)value);
    }
}

void ud_json_put_true(cJSON *object, const char *key, bool value)
{
    if (value) {
        (void)cJSON_AddTrueToObject(object, key);
    }
}

void ud_json_put_strings(cJSON *object, const char *key, const struct ud_strv *values)
{
    if (values->len == 0) {
        return;
    }
    cJSON *array = cJSON_AddArrayToObject(object, key);
    for (size_t i = 0; i < values->len; i++) {
        (void)cJSON_AddItemToArray(array, cJSON_CreateString(values->items[i]));
    }
}

void ud_json_put_pairs(cJSON *object, const char *key, const struct ud_strv *values, char separator)
{
    if (values->len == 0) {
        return;
    }
    cJSON *pairs = cJSON_AddObjectToObject(object, key);
    for (size_t i = 0; i < values->len; i++) {
        const char *at = strchr(values->items[i], separator);
        size_t len = at != NULL ? (size_t)(at - values->items[i]) : strlen(values->items[i]);
        char *name = ud_strndup(values->items[i], len);
        cJSON_DeleteItemFromObjectCaseSensitive(pairs, name); /* the last one wins */
        (void)cJSON_AddStringToObject(pairs, name, at != NULL ? at + 1 : "");
        free(name);
    }
}

char *ud_json_print(cJSON *root)
{
    char *text = cJSON_PrintBuffered(root, PRINT_HINT, 0);
    cJSON_Delete(root);
    if (text == NULL) {
        text = ud_strdup("null"); /* out of memory: the engine will refuse it */
    }
    return text;
}

char *ud_json_filter(const char *name, const char *value)
{
    cJSON *root = cJSON_CreateObject();
    struct ud_strv values = {0};
    ud_strv_add(&values, value);
    ud_json_put_strings(root, name, &values);
    ud_strv_done(&values);
    return ud_json_print(root);
}
