/* Turns the records of a probe into facts. */
#ifndef APP_VM_FACTS_FILL_H
#define APP_VM_FACTS_FILL_H

#include "kernel/facts/facts.h"
#include "proto/record.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* What was received, by key, until all of it is there. */
struct ud_facts_fill {
    struct ud_strv keys; /* facts, in the order of arrival */
    struct ud_strv values;
    struct ud_strv blob_keys;
    struct ud_buf *blobs;
    size_t blob_count;
    size_t blob_bytes; /* of all of them */
};

void ud_facts_fill_done(struct ud_facts_fill *fill);

/* A ud_record_fn with a struct ud_facts_fill as ctx. */
enum ud_code ud_facts_fill_record(void *ctx, const struct ud_record *record, struct ud_error *err);

/* The value of a fact, borrowed, or NULL. */
const char *ud_facts_fill_get(const struct ud_facts_fill *fill, const char *key);

/* The bytes of a blob, borrowed, or NULL. */
const struct ud_buf *ud_facts_fill_blob(const struct ud_facts_fill *fill, const char *key);

/* Builds the facts; UD_ERR_FACTS or UD_ERR_PROTOCOL when they make no sense. */
UD_MUST_CHECK enum ud_code ud_facts_fill_finish(const struct ud_facts_fill *fill,
                                                struct ud_facts *ret, struct ud_error *err);

#endif
