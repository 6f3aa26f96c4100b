#include "app/artifacts/manifest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platform/fs.h"
#include "proto/check.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { MANIFEST_MAX_BYTES = 16 << 20, MODULES_MAX = 256, ALIASES_MAX = 10000 };

static const char bad_manifest_remedy[] = "Build again with `usbipd-desktop build`.";

/* One table for reading, writing and releasing the text members. */
#define TEXT_MEMBERS(X)                                                                            \
    X(tool_version)                                                                                \
    X(created)                                                                                     \
    X(release)                                                                                     \
    X(kernel_version)                                                                              \
    X(machine)                                                                                     \
    X(config_source)                                                                               \
    X(config_sha256)                                                                               \
    X(source_name)                                                                                 \
    X(source_sha256)                                                                               \
    X(symvers_sha256)                                                                              \
    X(builder_image)                                                                               \
    X(builder_id)                                                                                  \
    X(compiler)

/* Those that a manifest need not have. */
#define OPTIONAL_MEMBERS(X)                                                                        \
    X(signer_key_id)                                                                               \
    X(signer_subject)                                                                              \
    X(signature_hash)                                                                              \
    X(inputs_sha256)                                                                               \
    X(origin)                                                                                      \
    X(wanted)                                                                                      \
    X(kernel_build_id)                                                                             \
    X(proof)                                                                                       \
    X(proof_of)                                                                                    \
    X(known_holes)                                                                                 \
    X(config)

#define MODULE_TEXT_MEMBERS(X)                                                                     \
    X(name)                                                                                        \
    X(file)                                                                                        \
    X(sha256)                                                                                      \
    X(build_id)                                                                                    \
    X(vermagic)                                                                                    \
    X(depends)

static void module_done(struct ud_manifest_module *module)
{
#define X(member) free(module->member);
    MODULE_TEXT_MEMBERS(X)
#undef X
    free(module->package);
    ud_strv_done(&module->aliases);
}

const char *ud_manifest_fixed_build_id(const struct ud_manifest *manifest)
{
    for (size_t i = 0; i < manifest->module_count; i++) {
        const struct ud_manifest_module *module = &manifest->modules[i];
        if (module->overflow_fixed && module->build_id[0] != '\0' &&
            ud_check_build_id(module->build_id)) {
            return module->build_id;
        }
    }
    return NULL;
}

void ud_manifest_done(struct ud_manifest *manifest)
{
    for (size_t i = 0; i < manifest->module_count; i++) {
        module_done(&manifest->modules[i]);
    }
    free(manifest->modules);
#define X(member) free(manifest->member);
    TEXT_MEMBERS(X)
    OPTIONAL_MEMBERS(X)
#undef X
    *manifest = (struct ud_manifest){0};
}

/* A path may be any bytes, and JSON is UTF-8. */
static void add_text(cJSON *object, const char *key, const char *text)
{
    char *clean = ud_strdup(text != NULL ? text : "");
    ud_str_sanitize(clean);
    cJSON_AddStringToObject(object, key, clean);
    free(clean);
}

static cJSON *module_to_json(const struct ud_manifest_module *module)
{
    cJSON *object = cJSON_CreateObject();
#define X(member) add_text(object, #member, module->member);
    MODULE_TEXT_MEMBERS(X)
#undef X
    cJSON_AddNumberToObject(object, "size", (double)module->size);
    cJSON_AddNumberToObject(object, "crc_count", (double)module->crc_count);
    if (module->package != NULL && module->package[0] != '\0') {
        add_text(object, "package", module->package);
    }
    if (module->overflow_fixed) {
        cJSON_AddTrueToObject(object, "overflow_fixed");
    }
    if (module->aliases.len > 0) {
        cJSON *aliases = cJSON_AddArrayToObject(object, "aliases");
        for (size_t i = 0; i < module->aliases.len; i++) {
            cJSON_AddItemToArray(aliases, cJSON_CreateString(module->aliases.items[i]));
        }
    }
    return object;
}

char *ud_manifest_to_json(const struct ud_manifest *manifest)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", UD_MANIFEST_SCHEMA);
#define X(member) add_text(root, #member, manifest->member);
    TEXT_MEMBERS(X)
    OPTIONAL_MEMBERS(X)
#undef X
    cJSON *modules = cJSON_AddArrayToObject(root, "modules");
    for (size_t i = 0; i < manifest->module_count; i++) {
        cJSON_AddItemToArray(modules, module_to_json(&manifest->modules[i]));
    }
    char *printed = cJSON_Print(root);
    char *text = ud_strf("%s\n", printed != NULL ? printed : "{}");
    cJSON_free(printed);
    cJSON_Delete(root);
    return text;
}

/* The text member key, or an error that names it. */
static enum ud_code take_text(const cJSON *object, const char *key, char **ret,
                              struct ud_error *err)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsString(item)) {
        return ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy, "\"%s\" is missing", key);
    }
    *ret = ud_strdup(item->valuestring);
    return UD_OK;
}

static enum ud_code take_optional(const cJSON *object, const char *key, char **ret,
                                  struct ud_error *err)
{
    if (cJSON_GetObjectItemCaseSensitive(object, key) == NULL) {
        *ret = ud_strdup("");
        return UD_OK;
    }
    return take_text(object, key, ret, err);
}

static enum ud_code take_count(const cJSON *object, const char *key, uint64_t *ret,
                               struct ud_error *err)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 1e15) {
        return ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy, "\"%s\" is not a count", key);
    }
    *ret = (uint64_t)item->valuedouble;
    return UD_OK;
}

/* Only drivers have any. */
static enum ud_code take_aliases(const cJSON *object, struct ud_strv *ret, struct ud_error *err)
{
    const cJSON *aliases = cJSON_GetObjectItemCaseSensitive(object, "aliases");
    const cJSON *item;
    if (aliases == NULL) {
        return UD_OK;
    }
    bool good = cJSON_IsArray(aliases) && cJSON_GetArraySize(aliases) <= ALIASES_MAX;
    cJSON_ArrayForEach(item, aliases)
    {
        good = good && cJSON_IsString(item);
        if (good) {
            ud_strv_add(ret, item->valuestring);
        }
    }
    return good ? UD_OK
                : ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy, "\"aliases\" lists no texts");
}

static enum ud_code module_from_json(const cJSON *object, struct ud_manifest_module *module,
                                     struct ud_error *err)
{
#define X(member) UD_TRY(take_text(object, #member, &module->member, err));
    MODULE_TEXT_MEMBERS(X)
#undef X
    UD_TRY(take_count(object, "size", &module->size, err));
    UD_TRY(take_count(object, "crc_count", &module->crc_count, err));
    UD_TRY(take_optional(object, "package", &module->package, err));
    UD_TRY(take_aliases(object, &module->aliases, err));
    module->overflow_fixed =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "overflow_fixed"));
    char *expected = ud_strf("%s.ko", module->name);
    bool named_well = ud_check_module_name(module->name) && strcmp(expected, module->file) == 0;
    free(expected);
    if (!named_well) {
        return ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy,
                       "a module's name or file name is not acceptable");
    }
    return UD_OK;
}

static enum ud_code manifest_from_json(const cJSON *root, struct ud_manifest *manifest,
                                       struct ud_error *err)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(root, "schema");
    if (!cJSON_IsNumber(schema) || schema->valueint != UD_MANIFEST_SCHEMA) {
        return ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy,
                       "it does not have schema %d, which this version reads", UD_MANIFEST_SCHEMA);
    }
    manifest->schema = UD_MANIFEST_SCHEMA;
#define X(member) UD_TRY(take_text(root, #member, &manifest->member, err));
    TEXT_MEMBERS(X)
#undef X
#define X(member) UD_TRY(take_optional(root, #member, &manifest->member, err));
    OPTIONAL_MEMBERS(X)
#undef X
    const cJSON *modules = cJSON_GetObjectItemCaseSensitive(root, "modules");
    int count = cJSON_IsArray(modules) ? cJSON_GetArraySize(modules) : 0;
    if (count < 1 || count > MODULES_MAX) {
        return ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy, "\"modules\" lists no modules");
    }
    manifest->modules = ud_alloc((size_t)count, sizeof *manifest->modules);
    const cJSON *item;
    cJSON_ArrayForEach(item, modules)
    {
        struct ud_manifest_module *module = &manifest->modules[manifest->module_count++];
        UD_TRY(module_from_json(item, module, err));
    }
    return UD_OK;
}

enum ud_code ud_manifest_read(const char *path, struct ud_manifest *ret, struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, MANIFEST_MAX_BYTES);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        struct ud_manifest manifest = {0};
        cJSON *root = cJSON_ParseWithLength(text.data, text.len);
        rc = root != NULL ? manifest_from_json(root, &manifest, err)
                          : ud_fail(err, UD_ERR_UNFIT, bad_manifest_remedy, "it is not JSON");
        if (rc == UD_OK) {
            *ret = manifest;
        } else {
            ud_error_prefix(err, "%s cannot be used", path);
            ud_manifest_done(&manifest);
        }
        cJSON_Delete(root);
    }
    ud_buf_done(&text);
    return rc;
}
