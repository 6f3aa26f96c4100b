/* Reading and writing the API's JSON: absent and wrong types read as empty. */
#ifndef DOCKER_ENGINE_JSON_H
#define DOCKER_ENGINE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/strv.h"

const cJSON *ud_json_get(const cJSON *object, const char *key);
/* Borrowed; "" when it is no string. */
const char *ud_json_text(const cJSON *object, const char *key);
/* In new memory; never NULL. */
char *ud_json_dup(const cJSON *object, const char *key);
bool ud_json_bool(const cJSON *object, const char *key);
/* 0 for what is no number from 0 to 2^53. */
uint64_t ud_json_u64(const cJSON *object, const char *key);
/* Adds the strings of an array. */
void ud_json_strings(const cJSON *object, const char *key, struct ud_strv *ret);
/* Adds "name=value" for each string of an object. */
void ud_json_pairs(const cJSON *object, const char *key, struct ud_strv *ret);

/* The following do nothing for NULL, empty or zero values. */
void ud_json_put(cJSON *object, const char *key, const char *value);
void ud_json_put_u64(cJSON *object, const char *key, uint64_t value);
void ud_json_put_true(cJSON *object, const char *key, bool value);
void ud_json_put_strings(cJSON *object, const char *key, const struct ud_strv *values);
/* An object of what is before and after the first separator of each value. */
void ud_json_put_pairs(cJSON *object, const char *key, const struct ud_strv *values,
                       char separator);

/* Prints and deletes it; in new memory from malloc. */
char *ud_json_print(cJSON *root);

/* {"<name>":["<value>"]}, what list calls take as filters. */
char *ud_json_filter(const char *name, const char *value);

#endif
