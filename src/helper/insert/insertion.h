/* Inserting modules, all of them or none. */
#ifndef HELPER_INSERT_INSERTION_H
#define HELPER_INSERT_INSERTION_H

#include <stdbool.h>

#include "sys/helper.h"

/* Inserts <dir>/NAME.ko for each of the names, in this order, as UD_OP_INSERT
 * describes it. stay: in the container's namespaces, where the lock keeps out only
 * what else runs in this container; modules that another run inserts meanwhile are
 * taken as they come. */
enum ud_code ud_insertion_run(struct ud_helper *helper, const char *dir, int count, char **names,
                              bool stay, struct ud_error *err);

#endif
