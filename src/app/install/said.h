/* What the container of an installation says: has said since its last start, by its log, or says
 * now. */
#ifndef APP_INSTALL_SAID_H
#define APP_INSTALL_SAID_H

#include <stdbool.h>

#include "docker/engine/engine.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_install_said {
    bool ready;           /* the modules are in, or not needed */
    enum ud_code failure; /* that the helper named; UD_OK: none */
    bool own_way;         /* the system could insert modules itself */
    struct ud_strv inserted;
    char *last; /* the last line, without the program's name and "ready: " or "error: "; "" */
};

void ud_install_said_done(struct ud_install_said *said);

UD_MUST_CHECK enum ud_code ud_install_said_read(struct ud_engine *engine, const char *container,
                                                struct ud_install_said *ret, struct ud_error *err);

/* The answer of UD_OPS_FLAG_CHECK, in the running container. */
UD_MUST_CHECK enum ud_code ud_install_said_now(struct ud_engine *engine, const char *container,
                                               struct ud_install_said *ret, struct ud_error *err);

/* As of its log, once it is ready or has failed, which may take UD_PATIENCE_INSTALLED_MS. The error
 * says what it said if it has failed or ended. ret is filled then too, as far as it goes. */
UD_MUST_CHECK enum ud_code ud_install_said_await(struct ud_engine *engine, const char *container,
                                                 struct ud_install_said *ret, struct ud_error *err);

#endif
