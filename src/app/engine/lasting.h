/* The containers that stay when the run that made them has ended: one of a role, by its name. */
#ifndef APP_ENGINE_LASTING_H
#define APP_ENGINE_LASTING_H

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/engine/engine.h"
#include "util/error.h"

/* The container with the role's lasting name, zeroed (id NULL) if there is none. UD_ERR_BUSY if one
 * of that name is not this program's, which is then left alone. What is done with it goes by its
 * id: the name may be another's by then. */
UD_MUST_CHECK enum ud_code ud_lasting_find(struct ud_engine *engine, enum ud_role role,
                                           struct ud_container *ret, struct ud_error *err);

#endif
