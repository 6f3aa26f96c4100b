/* The proxies that containers need to reach the web. */
#ifndef DOCKER_ENDPOINT_PROXIES_H
#define DOCKER_ENDPOINT_PROXIES_H

#include "transport/config_source.h"
#include "util/strv.h"

/* Adds http_proxy, https_proxy, ftp_proxy, all_proxy and no_proxy, those that are known, as
 * "NAME=value" and in capitals too: programs know one or the other. Each is what "proxies" of
 * docker's config.json says for the engine at endpoint (its text, "unix:///var/run/docker.sock") or
 * else under "default", as docker has it (https://docs.docker.com/engine/cli/proxy/), and else the
 * user's own variable. A config.json that cannot be understood says nothing.
 *
 * Values may hold passwords: they belong to one process, not into labels, images, logs. */
void ud_proxies(const struct ud_config_source *source, const char *endpoint, struct ud_strv *ret);

#endif
