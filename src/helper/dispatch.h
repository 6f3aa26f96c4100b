/* The table of operations. */
#ifndef HELPER_DISPATCH_H
#define HELPER_DISPATCH_H

#include <stdbool.h>

#include "sys/helper.h"

/* Runs the operation named by argv[1], most of them between HELLO and END; the
 * exit code. */
int ud_helper_run(struct ud_helper *helper, const char *version, int argc, char **argv);

/* Whether that operation has another use for standard output: its records go to standard
 * error. */
bool ud_helper_uses_output(int argc, char **argv);

#endif
