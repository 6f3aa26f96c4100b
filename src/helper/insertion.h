/* Inserting modules, all of them or none. */
#ifndef HELPER_INSERTION_H
#define HELPER_INSERTION_H

#include <stdbool.h>

#include "helper.h"

/* Inserts <dir>/NAME.ko for each of the names, in this order, as UD_OP_INSERT
 * describes it; own: stays in the container's namespaces. */
enum ud_code ud_insertion_run(struct ud_helper *helper, const char *dir, int count, char **names,
                              bool own, struct ud_error *err);

#endif
