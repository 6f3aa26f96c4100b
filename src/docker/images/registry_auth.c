#include "docker/images/registry_auth.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base64.h"
#include "engine/json.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { FILE_MAX = 1024 * 1024 };

/* docker login stores Docker Hub under the address of its old API. */
static const char *key_of(const char *registry)
{
    return strcmp(registry, "docker.io") == 0 ? "https://index.docker.io/v1/" : registry;
}

/* An entry may be kept as a URL with scheme and path by old versions. */
static bool names_registry(const char *entry, const char *registry)
{
    if (strcmp(entry, key_of(registry)) == 0 || strcmp(entry, registry) == 0) {
        return true;
    }
    const char *host = strstr(entry, "://");
    host = host != NULL ? host + 3 : entry;
    size_t len = strcspn(host, "/");
    return strlen(registry) == len && strncmp(host, registry, len) == 0;
}

static const cJSON *entry_of(const cJSON *auths, const char *registry)
{
    const cJSON *item = NULL;
    if (!cJSON_IsObject(auths)) {
        return NULL;
    }
    cJSON_ArrayForEach(item, auths)
    {
        if (names_registry(item->string, registry)) {
            return item;
        }
    }
    return NULL;
}

static char *registry_auth_encode(cJSON *header)
{
    char *text = ud_json_print(header);
    char *encoded = ud_base64url(text, strlen(text));
    free(text);
    return encoded;
}

/* The entry's "auth" is base64 of user:password; NULL when there is nothing in it. */
static char *header_of(const cJSON *entry, const char *registry)
{
    const char *token = ud_json_text(entry, "identitytoken");
    char *pair = ud_base64_text(ud_json_text(entry, "auth"));
    char *colon = pair != NULL ? strchr(pair, ':') : NULL;
    char *encoded = NULL;
    if (colon != NULL || token[0] != '\0') {
        cJSON *header = cJSON_CreateObject();
        if (token[0] != '\0') {
            ud_json_put(header, "identitytoken", token);
        } else {
            *colon = '\0';
            ud_json_put(header, "username", pair);
            ud_json_put(header, "password", colon + 1);
        }
        ud_json_put(header, "serveraddress", key_of(registry));
        encoded = registry_auth_encode(header);
    }
    free(pair);
    return encoded;
}

static void warn_helper(const cJSON *root, const cJSON *entry, const char *registry,
                        const struct ud_report *report)
{
    const char *helper = ud_json_text(ud_json_get(root, "credHelpers"), registry);
    if (helper[0] == '\0' && entry != NULL) {
        helper = ud_json_text(root, "credsStore");
    }
    if (helper[0] != '\0') {
        ud_report_message(report, UD_REPORT_WARN,
                          "the credentials for %s are kept by the helper %s, which is not asked: "
                          "pulling anonymously",
                          registry, helper);
    }
}

static char *registry_auth_from_json(const char *text, size_t len, const char *what,
                                     const char *registry, const struct ud_report *report)
{
    cJSON *root = cJSON_ParseWithLength(text, len);
    if (root == NULL) {
        ud_report_message(report, UD_REPORT_WARN, "%s is ignored: it is no JSON", what);
        return NULL;
    }
    const cJSON *entry = entry_of(ud_json_get(root, "auths"), registry);
    char *header = header_of(entry, registry);
    if (header == NULL) {
        warn_helper(root, entry, registry, report);
    }
    cJSON_Delete(root);
    return header;
}

char *ud_registry_auth(const struct ud_config_source *source, const char *registry,
                       const struct ud_report *report)
{
    const char *env = ud_config_env(source, "DOCKER_AUTH_CONFIG");
    char *header = NULL;
    if (env != NULL) {
        header = registry_auth_from_json(env, strlen(env), "DOCKER_AUTH_CONFIG", registry, report);
    }
    struct ud_buf text;
    ud_buf_init(&text, FILE_MAX);
    struct ud_error why = {0};
    if (header == NULL && ud_config_read(source, "config.json", &text, &why) != UD_OK) {
        ud_report_message(report, UD_REPORT_WARN, "docker's config.json is ignored: %s",
                          why.message);
    } else if (header == NULL && text.len > 0) {
        header =
            registry_auth_from_json(text.data, text.len, "docker's config.json", registry, report);
    }
    ud_buf_done(&text);
    return header;
}
