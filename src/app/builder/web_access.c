#include "builder/web_access.h"

#include <stdlib.h>
#include <string.h>

#include "docker/endpoint/proxies.h"
#include "engine/docker_config.h"
#include "transport/url.h"
#include "util/str.h"

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

void ud_web_access(const struct ud_app *app, struct ud_engine *engine, bool own_network,
                   struct ud_strv *ret)
{
    struct ud_docker_config config;
    ud_docker_config_init(&config);
    ud_proxies(&config.source, ud_engine_endpoint(engine)->text, ret);
    ud_docker_config_done(&config);
    for (size_t i = 0; i < ret->len && own_network; i++) {
        const char *value = strchr(ret->items[i], '=') + 1;
        if (!ud_str_starts(ret->items[i], "no_proxy=") && web_access_is_loopback(value)) {
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
