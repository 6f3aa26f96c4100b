/* The routes for a kernel, from what is known of it. */
#ifndef APP_SOURCES_ROUTES_OF_H
#define APP_SOURCES_ROUTES_OF_H

#include <stdbool.h>

#include "kernel/facts/facts.h"
#include "kernel/routes/routes.h"

/* The image that a builder for this kernel would be made from, in new memory; NULL if none is
 * known: then `build` says why. */
char *ud_routes_builder(const struct ud_facts *facts);

/* Fills input with what facts tell, which it then points at; builder stays NULL. */
void ud_routes_input_of(const struct ud_facts *facts, struct ud_routes_input *ret);

/* The routes without any that the user named. builder: see struct ud_routes_input; NULL: the one
 * that ud_routes_builder tells. ud_routes_done releases them. */
void ud_routes_of_kernel(const struct ud_facts *facts, const char *builder, bool offline,
                         struct ud_routes *ret);

#endif
