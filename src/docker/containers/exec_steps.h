/* The steps that both kinds of exec take. */
#ifndef DOCKER_CONTAINERS_EXEC_STEPS_H
#define DOCKER_CONTAINERS_EXEC_STEPS_H

#include "docker/containers/exec.h"

/* console may be NULL: no input. */
UD_MUST_CHECK enum ud_code ud_exec_create(struct ud_engine *engine, const struct ud_exec *exec,
                                          const struct ud_console *console, const char *what,
                                          char **ret_id, struct ud_error *err);

/* After the end of the output; waits for it as containers/exit_wait.h says. */
UD_MUST_CHECK enum ud_code ud_exec_exit_code(struct ud_engine *engine, const struct ud_exec *exec,
                                             const char *what, const char *id, int *ret_exit_code,
                                             struct ud_error *err);

#endif
