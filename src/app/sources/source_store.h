/* What was fetched for one kernel, kept on this machine under a file's name: its Module.symvers,
 * the seed of its structure layouts, an archive of its sources that has no published digest of
 * its own, and packages. */
#ifndef APP_SOURCES_SOURCE_STORE_H
#define APP_SOURCES_SOURCE_STORE_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "kernel/facts/facts.h"
#include "util/buf.h"

#define UD_SOURCE_STORE_SYMVERS "Module.symvers"
#define UD_SOURCE_STORE_SEED "randstruct.seed"
#define UD_SOURCE_STORE_SOURCES "sources"

struct ud_source_store {
    char *path;
    char *origin;    /* where it came from, for people */
    char sha256[65]; /* as it was when it was kept */
};

void ud_source_store_done(struct ud_source_store *kept);

/* What is kept for this very kernel: release, version and configuration, and is what was
 * kept, byte for byte. False if nothing is; ret is then zeroed. */
bool ud_source_store_find(const struct ud_app *app, const struct ud_facts *facts, const char *name,
                          struct ud_source_store *ret);

/* Where it is to be kept, in new memory. NULL: this machine has no place for it. */
char *ud_source_store_path(const struct ud_facts *facts, const char *name);

/* Notes of the file that was written there where it came from: without, it is not found. What
 * goes wrong is told. */
void ud_source_store_note(const struct ud_app *app, const char *path, const char *sha256,
                          const char *origin);

/* Keeps what is in memory. What goes wrong is told: it is not kept then. */
void ud_source_store_add(const struct ud_app *app, const struct ud_facts *facts, const char *name,
                         const struct ud_buf *data, const char *origin);

#endif
