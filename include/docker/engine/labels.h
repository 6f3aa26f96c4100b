/* Labels are kept as "key=value" items of a ud_strv. Pure. */
#ifndef DOCKER_ENGINE_LABELS_H
#define DOCKER_ENGINE_LABELS_H

#include "util/strv.h"

/* The value, borrowed, or NULL. */
const char *ud_labels_get(const struct ud_strv *labels, const char *key);

/* A Dockerfile instruction for import and commit: LABEL "key"="value", quoted;
 * in new memory. */
char *ud_labels_change(const char *label);

/* Adds that of a label to the changes of an import or a commit. */
void ud_labels_add_change(struct ud_strv *changes, const char *key, const char *value);

#endif
