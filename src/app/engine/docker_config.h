/* The docker configuration of this machine's user, for the layers below that
 * read it through callbacks. */
#ifndef APP_ENGINE_DOCKER_CONFIG_H
#define APP_ENGINE_DOCKER_CONFIG_H

#include "app/engine/context.h"
#include "transport/config_source.h"
#include "util/strv.h"

struct ud_docker_config {
    struct ud_config_source source; /* refers to this object: do not move it */
    char *home;
    struct ud_strv values; /* keeps what getenv lent out */
};

void ud_docker_config_init(struct ud_docker_config *config);
void ud_docker_config_done(struct ud_docker_config *config);

/* The question which engine, by the options and this configuration; both are borrowed. */
struct ud_endpoint_query ud_app_query(const struct ud_engine_choice *choice,
                                      const struct ud_docker_config *config);

#endif
