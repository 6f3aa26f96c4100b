#include "builder/web_access.h"

#include <stdlib.h>
#include <string.h>

#include "docker/endpoint/proxies.h"
#include "engine/docker_config.h"
#include "platform/host.h"
#include "transport/authorities.h"
#include "transport/url.h"
#include "util/str.h"

#define AUTHORITIES UD_WEB_ACCESS_DIR "/authorities.pem"
#define APT_CONF UD_WEB_ACCESS_DIR "/apt.conf"

/* "http://127.0.0.1:3128", "http://user:password@localhost", "[::1]:8080" */
static bool web_access_is_loopback(const char *proxy)
{
    static const char *const hosts[] = {"localhost", "127.", "[::1]"};
    const char *scheme = strstr(proxy, "://");
    const char *host = scheme != NULL ? scheme + strlen("://") : proxy;
    const char *at = strchr(host, '@');
    host = at != NULL ? at + 1 : host;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (ud_str_starts(host, hosts[i])) {
            return true;
        }
    }
    return false;
}

static bool web_access_is_exception(const char *variable)
{
    return ud_str_starts(variable, "no_proxy=") || ud_str_starts(variable, "NO_PROXY=");
}

static void web_access_warn_of_loopback(const struct ud_app *app, const struct ud_strv *env)
{
    for (size_t i = 0; i < env->len; i++) {
        const char *value = strchr(env->items[i], '=') + 1;
        if (!web_access_is_exception(env->items[i]) && web_access_is_loopback(value)) {
            char *shown = ud_url_redact_text(value);
            ud_report_message(
                app->report, UD_REPORT_WARN,
                "the proxy %s is on this machine's own loopback address, which "
                "containers do not reach: give its name or address in the network, in "
                "\"proxies\" of docker's config.json",
                shown);
            free(shown);
            return;
        }
    }
}

/* What the user has named: the system's own are for this machine's connections. The variable is
 * meant for many programs, and a container may need nothing of it: it is in no one's way. */
static enum ud_code web_access_authorities(const struct ud_app *app, struct ud_buf *ret,
                                           struct ud_error *err)
{
    char *variable = ud_host_env("SSL_CERT_FILE");
    struct ud_error why = {0};
    if (variable != NULL && variable[0] != '\0' &&
        ud_authorities_read(variable, ret, &why) != UD_OK) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "containers that download do not get SSL_CERT_FILE: %s", why.message);
        ud_buf_clear(ret);
    }
    free(variable);
    if (app->ca_file == NULL) {
        return UD_OK;
    }
    ud_buf_adds(ret, ret->len > 0 ? "\n" : "");
    return ud_authorities_read(app->ca_file, ret, err);
}

enum ud_code ud_web_access_find(const struct ud_app *app, struct ud_engine *engine,
                                bool own_network, struct ud_web_access *ret, struct ud_error *err)
{
    struct ud_docker_config config;
    *ret = (struct ud_web_access){0};
    ud_buf_init(&ret->authorities, 2 * UD_AUTHORITIES_MAX + 1);
    ud_docker_config_init(&config);
    ud_proxies(&config.source, ud_engine_endpoint(engine)->text, &ret->env);
    ud_docker_config_done(&config);
    if (own_network) {
        web_access_warn_of_loopback(app, &ret->env);
    }
    return web_access_authorities(app, &ret->authorities, err);
}

enum ud_code ud_web_access_pack(struct ud_web_access *web, const struct ud_buf *own,
                                struct ud_tarwrite *tar, struct ud_error *err)
{
    static const char apt[] = "Acquire::https::CAInfo \"" AUTHORITIES "\";\n";
    struct ud_buf all;
    ud_buf_init(&all, own->len + 1 + web->authorities.len);
    ud_buf_add(&all, own->data, own->len);
    ud_buf_adds(&all, "\n");
    ud_buf_add(&all, web->authorities.data, web->authorities.len);
    enum ud_code rc = ud_tarwrite_dir(tar, UD_WEB_ACCESS_DIR + 1, 0755, err);
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, AUTHORITIES + 1, 0644, all.data, all.len, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, APT_CONF + 1, 0644, apt, sizeof apt - 1, err);
    }
    ud_buf_done(&all);
    ud_strv_add(&web->env, "SSL_CERT_FILE=" AUTHORITIES);    /* OpenSSL's */
    ud_strv_add(&web->env, "SSL_CA_CERT_FILE=" AUTHORITIES); /* of apk's libfetch */
    ud_strv_add(&web->env, "APT_CONFIG=" APT_CONF);
    return rc;
}

void ud_web_access_done(struct ud_web_access *web)
{
    ud_strv_done(&web->env);
    ud_buf_done(&web->authorities);
    *web = (struct ud_web_access){0};
}
