/* Credentials for registries from docker's configuration: DOCKER_AUTH_CONFIG
 * and auths of config.json. Credential helpers are not run: they are warned
 * about and the request is anonymous. */
#ifndef DOCKER_IMAGES_REGISTRY_AUTH_H
#define DOCKER_IMAGES_REGISTRY_AUTH_H

#include "transport/config_source.h"
#include "util/error.h"
#include "util/report.h"

/* The X-Registry-Auth value (base64url JSON) for a registry such as "docker.io"
 * or "ghcr.io", in new memory, or NULL for anonymous. A broken configuration
 * is a warning and anonymous. */
char *ud_registry_auth(const struct ud_config_source *source, const char *registry,
                       const struct ud_report *report);

#endif
