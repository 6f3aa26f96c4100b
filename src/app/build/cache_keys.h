/* What a build keeps for the next one, and takes from the last: docs/cache.md. */
#ifndef APP_BUILD_CACHE_KEYS_H
#define APP_BUILD_CACHE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "bundle/bytes/digest.h"
#include "bundle/srctree/srcslice.h"
#include "sources/source_hash.h"
#include "util/error.h"

struct ud_build;
struct ud_srctree_options;

/* What there is of it while a build runs. Zeroed: nothing is kept or taken. */
struct ud_build_cache {
    struct ud_source_hash *hash;          /* NULL: none was begun */
    char inputs[UD_DIGEST_HEX_SIZE];      /* of the build's key; "": not known */
    char crcs[UD_DIGEST_HEX_SIZE];        /* what computed CRCs are kept by; "": they are not */
    char rules[UD_SRCSLICE_RULES_SIZE];   /* by which files are selected */
    char *slices;                         /* the directory; NULL: none */
    struct ud_srcslice slice;             /* to read instead of the archive */
    struct ud_srcslice_writer *new_slice; /* what is being written */
    char *prepared;                       /* the image's name; NULL: none */
    char *prepared_inputs;                /* what its label must say */
    bool reused;                          /* the container is made of it */
};

void ud_build_cache_done(struct ud_build_cache *cache);

/* Begins what can be done while the kernel is looked at. */
UD_MUST_CHECK enum ud_code ud_build_cache_begin(struct ud_build *build, struct ud_error *err);

/* Fills source_digest, if that is known before reading the archive, and the digest
 * of the inputs. */
UD_MUST_CHECK enum ud_code ud_build_identify(struct ud_build *build, struct ud_error *err);

/* Takes the CRCs that an earlier build of the same inputs found, if they are kept:
 * build->exports is NULL then. */
void ud_build_recall_crcs(struct ud_build *build);

/* Keeps those that this build found; what goes wrong with that is told. */
void ud_build_keep_crcs(struct ud_build *build);

/* Whether the output directory has what this build would make: then the result is
 * filled from there. Whatever cannot be read or does not fit is not an error. */
UD_MUST_CHECK enum ud_code ud_build_is_unchanged(struct ud_build *build, bool *ret,
                                                 struct ud_error *err);

/* ---- the slice of the sources ---- */

/* Has options read a kept slice, or begins to keep one; what goes wrong with that
 * is told and does not end the build. */
void ud_build_slice_begin(struct ud_build *build, struct ud_srctree_options *options);

/* What was read is passed on to the slice that is being kept. */
void ud_build_slice_add(struct ud_build *build, const void *data, size_t len);

/* All was read, and source_digest is known. */
void ud_build_slice_end(struct ud_build *build);

/* ---- the prepared tree ---- */

/* Opens the container: of a prepared tree with the same inputs if the engine has one,
 * else of the builder. */
UD_MUST_CHECK enum ud_code ud_build_open_shop(struct ud_build *build, struct ud_error *err);

/* In a container that was made of a prepared tree: what configuring found then. */
UD_MUST_CHECK enum ud_code ud_build_resume(struct ud_build *build, struct ud_error *err);

/* Keeps the container, whose modules have been checked, as a prepared tree. Only an
 * interruption is an error. */
UD_MUST_CHECK enum ud_code ud_build_keep_prepared(struct ud_build *build, struct ud_error *err);

#endif
