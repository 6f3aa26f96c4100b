/* What a container needs to reach the web as this machine's user does. */
#ifndef APP_BUILDER_WEB_ACCESS_H
#define APP_BUILDER_WEB_ACCESS_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "util/strv.h"

/* Adds the variables of proxies (docker/endpoint/proxies.h) for programs in containers of the
 * engine. Warns of a proxy on the loopback address where the container has one of its own:
 * own_network. They may hold passwords: they are for the process of a command, and never become
 * part of a container or an image. */
void ud_web_access(const struct ud_app *app, struct ud_engine *engine, bool own_network,
                   struct ud_strv *ret);

#endif
