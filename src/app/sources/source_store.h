/* What was fetched for one kernel, kept on this machine: its Module.symvers, the
 * seed of its structure layouts, and an archive of its sources that has no published
 * digest of its own. */
#ifndef APP_SOURCES_SOURCE_STORE_H
#define APP_SOURCES_SOURCE_STORE_H

#include <stdbool.h>

#include "kernel/facts/facts.h"
#include "platform/file.h"
#include "util/buf.h"
#include "util/error.h"

enum ud_source_store_thing {
    UD_SOURCE_STORE_SYMVERS,
    UD_SOURCE_STORE_SEED,
    UD_SOURCE_STORE_SOURCES
};

struct ud_source_store {
    char *path;
    char *origin;    /* where it came from, for people */
    char sha256[65]; /* as it was when it was kept */
};

void ud_source_store_done(struct ud_source_store *kept);

/* What is kept for this very kernel: release, version and configuration. False if
 * nothing is; ret is then zeroed. */
bool ud_source_store_find(const struct ud_facts *facts, enum ud_source_store_thing thing,
                          struct ud_source_store *ret);

/* A file being written that is kept only when ud_source_store_end is called. */
struct ud_keeping {
    enum ud_source_store_thing thing;
    char *dir;
    char *temp;
    struct ud_file *file;
    struct ud_digest *digest;
    struct ud_source_store kept;
};

/* ud_keeping_done releases it and removes what was not kept. */
UD_MUST_CHECK enum ud_code ud_keeping_begin(const struct ud_facts *facts,
                                            enum ud_source_store_thing thing,
                                            struct ud_keeping *ret, struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_keeping_add(struct ud_keeping *keeping, const void *data, size_t len,
                                          struct ud_error *err);
/* kept->path and the rest are valid from here on. */
UD_MUST_CHECK enum ud_code ud_keeping_end(struct ud_keeping *keeping, const char *origin,
                                          struct ud_error *err);
void ud_keeping_done(struct ud_keeping *keeping);

/* All of these for what is in memory. */
UD_MUST_CHECK enum ud_code ud_source_store_add(const struct ud_facts *facts,
                                               enum ud_source_store_thing thing,
                                               const struct ud_buf *data, const char *origin,
                                               struct ud_error *err);

#endif
