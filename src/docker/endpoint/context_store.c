#include "endpoint/context_store.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

enum { FILE_MAX = 1024 * 1024, SHA256_HEX = 65 };

static const char context_config_remedy[] =
    "Mend the file, or name the engine with --host or --context.";

static const char context_meta_remedy[] =
    "Create the context again (docker context rm, docker context create), or name the engine with "
    "--host.";

static enum ud_code context_current_of(const struct ud_buf *text, char **ret, struct ud_error *err)
{
    cJSON *root = cJSON_ParseWithLength(text->data, text->len);
    if (!cJSON_IsObject(root)) {
        const bool valid = root != NULL;
        cJSON_Delete(root);
        return ud_fail(err, UD_ERR_USAGE, context_config_remedy,
                       "docker's config.json, which may name the engine, is not %s",
                       valid ? "a JSON object" : "valid JSON");
    }
    const char *value =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "currentContext"));
    *ret = value != NULL && value[0] != '\0' ? ud_strdup(value) : NULL;
    cJSON_Delete(root);
    return UD_OK;
}

enum ud_code ud_context_current(const struct ud_config_source *source, char **ret,
                                struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, FILE_MAX);
    *ret = NULL;
    enum ud_code rc = ud_config_read(source, "config.json", &text, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "docker's config.json, which may name the engine");
        ud_error_remedy(err, "%s", context_config_remedy);
    } else if (text.len > 0) {
        rc = context_current_of(&text, ret, err);
    }
    ud_buf_done(&text);
    return rc;
}

void ud_context_tls_file(const struct ud_config_source *source, const char *dir, const char *name,
                         char **field)
{
    char *path = ud_strf("%s/%s", dir, name);
    if (source->can_read != NULL && source->can_read(source->ctx, path)) {
        *field = path;
        path = NULL;
    }
    free(path);
}

static void load_tls(const struct ud_config_source *source, const char *dir, struct ud_endpoint *ep)
{
    ud_context_tls_file(source, dir, "ca.pem", &ep->ca_file);
    ud_context_tls_file(source, dir, "cert.pem", &ep->cert_file);
    ud_context_tls_file(source, dir, "key.pem", &ep->key_file);
    if (ep->cert_file == NULL || ep->key_file == NULL) {
        free(ep->cert_file);
        free(ep->key_file);
        ep->cert_file = NULL;
        ep->key_file = NULL;
    }
}

/* An endpoint of a context speaks TLS when TLS files are stored with it or
 * when it says how to verify (docker/cli, cli/context/docker/load.go). */
static enum ud_code endpoint_of(const cJSON *root, const struct ud_endpoint *tls, const char *name,
                                const char *origin, struct ud_endpoint *ret, struct ud_error *err)
{
    const cJSON *endpoints = cJSON_GetObjectItemCaseSensitive(root, "Endpoints");
    const cJSON *docker = cJSON_GetObjectItemCaseSensitive(endpoints, "docker");
    const char *host = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(docker, "Host"));
    if (host == NULL || host[0] == '\0') {
        return ud_fail(err, UD_ERR_USAGE, "Choose another context with --context.",
                       "the context %s has no docker endpoint", name);
    }
    bool skip = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(docker, "SkipTLSVerify"));
    bool with_tls = skip || tls->ca_file != NULL || tls->cert_file != NULL;
    UD_TRY(ud_endpoint_parse(host, with_tls, origin, ret, err));
    ret->tls_verify = ret->tls && !skip;
    return UD_OK;
}

static enum ud_code parse_meta(const struct ud_buf *text, struct ud_endpoint *tls, const char *name,
                               const char *origin, struct ud_endpoint *ret, struct ud_error *err)
{
    cJSON *root = cJSON_ParseWithLength(text->data, text->len);
    if (!cJSON_IsObject(root)) {
        const char *what = root != NULL     ? "not a JSON object"
                           : text->len == 0 ? "empty"
                                            : "not valid JSON";
        cJSON_Delete(root);
        return ud_fail(err, UD_ERR_USAGE, context_meta_remedy,
                       "the meta.json of the docker context %s is %s", name, what);
    }
    enum ud_code rc = endpoint_of(root, tls, name, origin, ret, err);
    cJSON_Delete(root);
    if (rc == UD_OK && ret->tls) {
        ret->ca_file = tls->ca_file;
        ret->cert_file = tls->cert_file;
        ret->key_file = tls->key_file;
        *tls = (struct ud_endpoint){0};
    }
    return rc;
}

/* An empty file is a damaged context, not a missing one. */
static bool context_has_file(const struct ud_config_source *source, const char *dir,
                             const char *name)
{
    char *path = ud_strf("%s/%s", dir, name);
    const bool there = source->can_read != NULL && source->can_read(source->ctx, path);
    free(path);
    return there;
}

enum ud_code ud_context_load(const struct ud_config_source *source, const char *name,
                             const char *origin, struct ud_endpoint *ret, struct ud_error *err)
{
    char *dir = ud_config_dir(source);
    if (dir == NULL || source->read_file == NULL || source->sha256hex == NULL) {
        free(dir);
        return ud_fail(err, UD_ERR_NOT_FOUND, "Set HOME or DOCKER_CONFIG.",
                       "the context %s cannot be looked up: no configuration directory", name);
    }
    char id[SHA256_HEX] = "";
    source->sha256hex(source->ctx, name, strlen(name), id);
    char *meta = ud_strf("contexts/meta/%s/meta.json", id);
    char *tls_dir = ud_strf("%s/contexts/tls/%s/docker", dir, id);
    struct ud_buf text;
    ud_buf_init(&text, FILE_MAX);
    struct ud_endpoint tls = {0};
    enum ud_code rc = ud_config_read(source, meta, &text, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "the docker context %s", name);
        ud_error_remedy(err, "%s", context_meta_remedy);
    }
    if (rc == UD_OK && text.len == 0 && !context_has_file(source, dir, meta)) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND,
                     "List the contexts with docker context ls, or name the engine with --host.",
                     "there is no docker context %s in %s/contexts", name, dir);
    }
    if (rc == UD_OK) {
        load_tls(source, tls_dir, &tls);
        rc = parse_meta(&text, &tls, name, origin, ret, err);
    }
    ud_endpoint_done(&tls);
    ud_buf_done(&text);
    free(meta);
    free(tls_dir);
    free(dir);
    return rc;
}

/* A context's directory bears the digest of its name. */
static void context_add_name(const struct ud_config_source *source, const char *id,
                             struct ud_strv *ret)
{
    char digest[SHA256_HEX] = "";
    char *meta = ud_strf("contexts/meta/%s/meta.json", id);
    struct ud_buf text;
    ud_buf_init(&text, FILE_MAX);
    if (ud_config_read(source, meta, &text, NULL) == UD_OK && text.len > 0) {
        cJSON *root = cJSON_ParseWithLength(text.data, text.len);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "Name"));
        if (name != NULL) {
            source->sha256hex(source->ctx, name, strlen(name), digest);
        }
        if (name != NULL && strcmp(digest, id) == 0) {
            ud_strv_add(ret, name);
        }
        cJSON_Delete(root);
    }
    ud_buf_done(&text);
    free(meta);
}

void ud_context_names(const struct ud_config_source *source, struct ud_strv *ret)
{
    char *dir = ud_config_dir(source);
    if (dir == NULL || source->list_dir == NULL || source->read_file == NULL ||
        source->sha256hex == NULL) {
        free(dir);
        return;
    }
    char *meta = ud_strf("%s/contexts/meta", dir);
    struct ud_strv ids = {0};
    source->list_dir(source->ctx, meta, &ids);
    for (size_t i = 0; i < ids.len; i++) {
        context_add_name(source, ids.items[i], ret);
    }
    ud_strv_sort_unique(ret);
    ud_strv_done(&ids);
    free(meta);
    free(dir);
}
