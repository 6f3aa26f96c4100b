/* The keys that a running kernel holds, as /proc/keys lists them.
 *
 * Facts: security/keys/proc.c (the line), crypto/asymmetric_keys/x509_public_key.c
 * (an X.509 key is described by its subject and, in hex, its subject key
 * identifier, or its serial number if it has none). */
#ifndef KERNEL_FACTS_KEYS_H
#define KERNEL_FACTS_KEYS_H

#include <stddef.h>

#include "util/strv.h"

/* The identifiers of the X.509 keys, in lower-case hex, in new memory; all other
 * lines are skipped, also those of keys that were revoked or are dead. Never
 * fails. Which keyring a key is in, the list does not tell: one that is missing
 * is not trusted, one that is there may be. */
void ud_kernel_keys_parse(const char *text, size_t len, struct ud_strv *ret);

#endif
