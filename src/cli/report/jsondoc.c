#include "report/jsondoc.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"
#include "util/str.h"

enum { SCHEMA = 1 };

static void *jsondoc_allocate(size_t size)
{
    return ud_alloc(1, size);
}

void ud_doc_init(void)
{
    cJSON_Hooks hooks = {jsondoc_allocate, free};
    cJSON_InitHooks(&hooks);
}

cJSON *ud_doc_new(void)
{
    cJSON *document = cJSON_CreateObject();
    ud_doc_u64(document, "schema", SCHEMA);
    return document;
}

cJSON *ud_doc_object(cJSON *parent, const char *key)
{
    return cJSON_AddObjectToObject(parent, key);
}

cJSON *ud_doc_array(cJSON *parent, const char *key)
{
    return cJSON_AddArrayToObject(parent, key);
}

cJSON *ud_doc_array_object(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    return object;
}

static cJSON *new_text(const char *text)
{
    char *clean = ud_strdup(text);
    ud_str_sanitize(clean);
    cJSON *item = cJSON_CreateString(clean);
    free(clean);
    return item;
}

void ud_doc_text(cJSON *parent, const char *key, const char *text)
{
    cJSON_AddItemToObject(parent, key, text != NULL ? new_text(text) : cJSON_CreateNull());
}

void ud_doc_text_if(cJSON *parent, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        ud_doc_text(parent, key, text);
    }
}

void ud_doc_bool(cJSON *parent, const char *key, bool value)
{
    cJSON_AddBoolToObject(parent, key, value);
}

void ud_doc_u64(cJSON *parent, const char *key, uint64_t value)
{
    /* cJSON prints large doubles as 1e+15; a raw item keeps the digits. */
    char digits[24];
    bool exact = value <= UINT64_C(9007199254740991);
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    if (exact) {
        cJSON_AddRawToObject(parent, key, digits);
    } else {
        cJSON_AddStringToObject(parent, key, digits);
    }
}

void ud_doc_strv(cJSON *parent, const char *key, const struct ud_strv *list)
{
    cJSON *array = ud_doc_array(parent, key);
    for (size_t i = 0; i < list->len; i++) {
        cJSON_AddItemToArray(array, new_text(list->items[i]));
    }
}

void ud_doc_error(cJSON *parent, const struct ud_error *err)
{
    cJSON *object = ud_doc_object(parent, "error");
    ud_doc_text(object, "code", ud_error_name(err->code));
    ud_doc_u64(object, "exit", (uint64_t)ud_error_exit_code(err->code));
    ud_doc_text(object, "message", err->message);
    ud_doc_text(object, "remedy", err->remedy);
}

void ud_doc_print(const cJSON *document, struct ud_buf *out)
{
    char *text = cJSON_PrintUnformatted(document);
    ud_buf_adds(out, text != NULL ? text : "null");
    ud_buf_adds(out, "\n");
    cJSON_free(text);
}
