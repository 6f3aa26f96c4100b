/* Credentials for registries from docker's configuration: DOCKER_AUTH_CONFIG, auths of config.json,
 * and the credential helpers that it names (credHelpers, credsStore). A helper is asked only for a
 * registry that credHelpers has, or that somebody has logged in to, so that a pull that needs
 * nobody waits for nobody. */
#ifndef DOCKER_IMAGES_REGISTRY_AUTH_H
#define DOCKER_IMAGES_REGISTRY_AUTH_H

#include "transport/config_source.h"
#include "util/error.h"
#include "util/report.h"

/* The X-Registry-Auth value (base64url JSON) for a registry such as "docker.io"
 * or "ghcr.io", in new memory, or NULL for anonymous. A broken configuration
 * is a warning and anonymous, and so is a helper that is missing, slow or answers nonsense. */
char *ud_registry_auth(const struct ud_config_source *source, const char *registry,
                       const struct ud_report *report);

#endif
