/* Parts of JSON documents that several commands have. */
#include "show/show.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/verify/signing.h"
#include "report/jsondoc.h"
#include "util/mem.h"

/* "built in" is for people; JSON gets "built-in". */
static void json_words(cJSON *parent, const char *key, const char *words)
{
    char text[32];
    size_t len = strlen(words);
    len = len < sizeof text ? len : sizeof text - 1;
    for (size_t i = 0; i < len; i++) {
        text[i] = words[i] == ' ' ? '-' : words[i];
    }
    text[len] = '\0';
    ud_doc_text(parent, key, text);
}

static void json_plan_item(cJSON *array, const char *name, const struct ud_plan_item *item)
{
    if (item->origin == UD_ORIGIN_NOT_NEEDED) {
        return;
    }
    cJSON *module = ud_doc_array_object(array);
    ud_doc_text(module, "name", name);
    json_words(module, "origin", ud_origin_name(item->origin));
    ud_doc_bool(module, "loaded", item->loaded);
    ud_doc_text_if(module, "path", item->path);
    ud_doc_text_if(module, "reason", item->reason);
}

void ud_doc_plan(cJSON *parent, const struct ud_plan *plan)
{
    cJSON *object = ud_doc_object(parent, "plan");
    ud_doc_bool(object, "nothing_to_build", plan->nothing_to_build);
    ud_doc_bool(object, "modversions", plan->modversions);
    cJSON *array = ud_doc_array(object, "modules");
    for (unsigned i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        json_plan_item(array, ud_plan_module_name((enum ud_plan_module)i), &plan->items[i]);
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        json_plan_item(array, plan->drivers[i].name, &plan->drivers[i].item);
    }
    cJSON *edits = ud_doc_object(object, "config_edits");
    for (size_t i = 0; i < plan->edits.len; i++) {
        char *name = ud_strf("CONFIG_%s", plan->edits.items[i].name);
        ud_doc_text(edits, name, plan->edits.items[i].value);
        free(name);
    }
}

void ud_doc_kernel(cJSON *parent, const struct ud_facts *facts)
{
    cJSON *object = ud_doc_object(parent, "kernel");
    ud_doc_text(object, "release", facts->release.text);
    ud_doc_text(object, "version", facts->version);
    ud_doc_text(object, "machine", facts->machine);
    ud_doc_text(object, "flavor", ud_flavor_name(facts->release.flavor));
    ud_doc_text(object, "os", facts->os.pretty_name);
    ud_doc_text(object, "config_origin", facts->has_config ? facts->config_origin : NULL);
    ud_doc_text(object, "lockdown", facts->lockdown);
    ud_doc_bool(object, "modules_supported", facts->modules_supported);
    ud_doc_bool(object, "modules_disabled", facts->modules_disabled);
    ud_doc_bool(object, "signatures_enforced", ud_signing_enforced(facts) != NULL);
}

void ud_doc_manifest(cJSON *parent, const struct ud_manifest *manifest)
{
    ud_doc_text(parent, "release", manifest->release);
    ud_doc_text(parent, "created", manifest->created);
    ud_doc_text(parent, "tool_version", manifest->tool_version);
    ud_doc_text_if(parent, "origin", manifest->origin);
    ud_doc_text(parent, "compiler", manifest->compiler);
    ud_doc_text_if(parent, "signer_key_id", manifest->signer_key_id);
    ud_doc_text_if(parent, "signer_subject", manifest->signer_subject);
    ud_doc_text_if(parent, "signature_hash", manifest->signature_hash);
    cJSON *array = ud_doc_array(parent, "modules");
    for (size_t i = 0; i < manifest->module_count; i++) {
        const struct ud_manifest_module *module = &manifest->modules[i];
        cJSON *object = ud_doc_array_object(array);
        cJSON *aliases = NULL;
        ud_doc_text(object, "name", module->name);
        ud_doc_text(object, "file", module->file);
        ud_doc_u64(object, "size", module->size);
        ud_doc_text(object, "sha256", module->sha256);
        ud_doc_text_if(object, "build_id", module->build_id);
        ud_doc_text(object, "vermagic", module->vermagic);
        ud_doc_text_if(object, "package", module->package);
        for (size_t k = 0; k < module->aliases.len; k++) {
            aliases = k == 0 ? ud_doc_array(object, "aliases") : aliases;
            cJSON_AddItemToArray(aliases, cJSON_CreateString(module->aliases.items[k]));
        }
    }
}

void ud_doc_inventory(cJSON *parent, const char *key, const struct ud_inventory *inventory)
{
    cJSON *array = ud_doc_array(parent, key);
    for (size_t i = 0; i < inventory->count; i++) {
        const struct ud_inventory_item *item = &inventory->items[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "kind", item->kind);
        ud_doc_text(object, "name", item->name);
        ud_doc_text_if(object, "role", item->role);
        ud_doc_u64(object, "size", item->size);
        ud_doc_bool(object, "removed", item->removed);
        ud_doc_text_if(object, "kept_because", item->kept);
    }
}
