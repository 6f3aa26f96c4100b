#include "docker/endpoint/proxies.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"

enum { PROXIES_FILE_MAX = 1024 * 1024 };

static const struct {
    const char *key; /* in config.json */
    const char *name;
    const char *capitals;
} proxies_known[] = {
    {"httpProxy", "http_proxy", "HTTP_PROXY"}, {"httpsProxy", "https_proxy", "HTTPS_PROXY"},
    {"ftpProxy", "ftp_proxy", "FTP_PROXY"},    {"allProxy", "all_proxy", "ALL_PROXY"},
    {"noProxy", "no_proxy", "NO_PROXY"},
};

/* A value with control characters could be read as more than one variable. */
static void proxies_add(struct ud_strv *ret, const char *name, const char *value)
{
    if (!ud_str_has_control(value)) {
        ud_strv_addf(ret, "%s=%s", name, value);
    }
}

/* What config.json says for this engine, or NULL. */
static const cJSON *proxies_of(const cJSON *root, const char *endpoint)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(root, "proxies");
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(all, endpoint);
    return own != NULL ? own : cJSON_GetObjectItemCaseSensitive(all, "default");
}

static const char *proxies_users(const struct ud_config_source *source, size_t i)
{
    const char *value = ud_config_env(source, proxies_known[i].name);
    return value != NULL ? value : ud_config_env(source, proxies_known[i].capitals);
}

void ud_proxies(const struct ud_config_source *source, const char *endpoint, struct ud_strv *ret)
{
    struct ud_buf text;
    cJSON *root = NULL;
    ud_buf_init(&text, PROXIES_FILE_MAX);
    if (ud_config_read(source, "config.json", &text, NULL) == UD_OK && text.len > 0) {
        root = cJSON_ParseWithLength(text.data, text.len);
    }
    const cJSON *configured = proxies_of(root, endpoint);
    for (size_t i = 0; i < sizeof proxies_known / sizeof proxies_known[0]; i++) {
        const char *value = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(configured, proxies_known[i].key));
        value = value != NULL && value[0] != '\0' ? value : proxies_users(source, i);
        if (value != NULL) {
            proxies_add(ret, proxies_known[i].name, value);
            proxies_add(ret, proxies_known[i].capitals, value);
        }
    }
    cJSON_Delete(root);
    ud_buf_done(&text);
}
