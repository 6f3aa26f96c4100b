#include "docker/images/registry_auth.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base64.h"
#include "engine/json.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { FILE_MAX = 1024 * 1024, HELPER_ANSWER_MAX = 64 * 1024 };

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

/* ---- credential helpers ---- */

/* A name becomes part of a program's: no path, no blanks. */
static bool registry_auth_is_helper_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               strlen(name);
}

/* "" if none has the registry's credentials. */
static const char *registry_auth_helper_of(const cJSON *root, const cJSON *entry,
                                           const char *registry)
{
    const char *helper = ud_json_text(ud_json_get(root, "credHelpers"), registry);
    return helper[0] == '\0' && entry != NULL ? ud_json_text(root, "credsStore") : helper;
}

/* docker-credential-helpers' protocol: {"ServerURL", "Username", "Secret"}; the user <token> has an
 * identity token. NULL if it makes no sense. */
static char *registry_auth_of_answer(const struct ud_buf *answer, const char *registry)
{
    cJSON *root = cJSON_ParseWithLength(answer->data, answer->len);
    const char *user = ud_json_text(root, "Username");
    const char *secret = ud_json_text(root, "Secret");
    char *encoded = NULL;
    if (user[0] != '\0' && secret[0] != '\0') {
        cJSON *header = cJSON_CreateObject();
        if (strcmp(user, "<token>") == 0) {
            ud_json_put(header, "identitytoken", secret);
        } else {
            ud_json_put(header, "username", user);
            ud_json_put(header, "password", secret);
        }
        ud_json_put(header, "serveraddress", key_of(registry));
        encoded = registry_auth_encode(header);
    }
    cJSON_Delete(root);
    return encoded;
}

static char *registry_auth_ask(const struct ud_config_source *source, const char *helper,
                               const char *registry, const struct ud_report *report)
{
    struct ud_buf answer;
    struct ud_error why = {0};
    char *header = NULL;
    ud_buf_init(&answer, HELPER_ANSWER_MAX);
    if (!registry_auth_is_helper_name(helper)) {
        (void)ud_fail(&why, UD_ERR_USAGE, NULL, "that is not the name of a helper");
    } else if (source->ask_helper == NULL) {
        (void)ud_fail(&why, UD_ERR_NOT_FOUND, NULL, "it is not asked");
    } else if (source->ask_helper(source->ctx, helper, key_of(registry), &answer, &why) == UD_OK) {
        header = registry_auth_of_answer(&answer, registry);
        if (header == NULL) {
            (void)ud_fail(&why, UD_ERR_PROTOCOL, NULL, "its answer makes no sense");
        }
    }
    if (header == NULL) {
        ud_report_message(report, UD_REPORT_WARN,
                          "the credential helper %.64s gave no credentials for %s (%s): pulling "
                          "anonymously. `docker pull` the image first if it needs them.",
                          helper, registry, why.message);
    }
    ud_buf_done(&answer);
    return header;
}

static char *registry_auth_from_json(const struct ud_config_source *source, const char *text,
                                     size_t len, const char *what, const char *registry,
                                     const struct ud_report *report)
{
    cJSON *root = cJSON_ParseWithLength(text, len);
    if (root == NULL) {
        ud_report_message(report, UD_REPORT_WARN, "%s is ignored: it is not valid JSON", what);
        return NULL;
    }
    const cJSON *entry = entry_of(ud_json_get(root, "auths"), registry);
    char *header = header_of(entry, registry);
    const char *helper = registry_auth_helper_of(root, entry, registry);
    if (header == NULL && helper[0] != '\0') {
        header = registry_auth_ask(source, helper, registry, report);
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
        header = registry_auth_from_json(source, env, strlen(env), "DOCKER_AUTH_CONFIG", registry,
                                         report);
    }
    struct ud_buf text;
    ud_buf_init(&text, FILE_MAX);
    struct ud_error why = {0};
    if (header == NULL && ud_config_read(source, "config.json", &text, &why) != UD_OK) {
        ud_report_message(report, UD_REPORT_WARN, "docker's config.json is ignored: %s",
                          why.message);
    } else if (header == NULL && text.len > 0) {
        header = registry_auth_from_json(source, text.data, text.len, "docker's config.json",
                                         registry, report);
    }
    ud_buf_done(&text);
    return header;
}
