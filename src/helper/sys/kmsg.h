/* The kernel's log, as far as it says why a module was refused.
 *
 * /dev/kmsg gives one record for each read: "prio,seq,usec,flags;text", a line
 * end, and perhaps lines of the form " KEY=value" (Documentation/ABI/testing/dev-kmsg). */
#ifndef HELPER_SYS_KMSG_H
#define HELPER_SYS_KMSG_H

#include <stdbool.h>

#include "proto/ops.h"
#include "util/str.h"
#include "util/strv.h"

/* The text of one record as read; false if it is not one. ret points into record. */
bool ud_kmsg_text(struct ud_slice record, struct ud_slice *ret);

/* Whether text has word as a word of its own; '-' and '_' are the same. */
bool ud_kmsg_names(struct ud_slice text, const char *word);

/* Whether a log line belongs to the loading of a module: it names the module, or it
 * is one of those that the module loader writes, some of which name nothing. */
bool ud_kmsg_concerns(struct ud_slice text, const char *module);

/* A reader of the log from now on: a file descriptor, or -1. */
int ud_kmsg_open(void);

/* Adds the texts of the records since ud_kmsg_open or the last call, at most
 * UD_OPS_LOG_LINES_MAX; -1 is tolerated. */
void ud_kmsg_read(int fd, struct ud_strv *ret);

/* Forgets what is there up to now. */
void ud_kmsg_skip(int fd);

#endif
