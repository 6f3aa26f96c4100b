/* The helper's side of the stream of proto/record.h: each call writes one
 * record (a blob: as many as it needs) at once. When the reader is gone,
 * nothing more is written, and ud_emit_gone tells. */
#ifndef HELPER_HOST_EMIT_H
#define HELPER_HOST_EMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/record.h"
#include "util/buf.h"

struct ud_emit {
    int fd; /* borrowed, blocking */
    bool words;
    bool gone;
    bool ended;  /* END was sent */
    bool closed; /* by ourselves */
    struct ud_buf buf;
};

void ud_emit_init(struct ud_emit *emit, int fd);
/* From now on results and log lines are written as words for people to fd, and
 * the rest not at all. */
void ud_emit_use_words(struct ud_emit *emit, int fd);
void ud_emit_done(struct ud_emit *emit);

/* Closes the descriptor: nothing more is written, which is no loss of the reader. */
void ud_emit_close(struct ud_emit *emit);

bool ud_emit_gone(const struct ud_emit *emit);

void ud_emit_hello(struct ud_emit *emit, const char *version);
void ud_emit_fact(struct ud_emit *emit, const char *key, const char *value);
void ud_emit_blob(struct ud_emit *emit, const char *key, const void *data, size_t len);
void ud_emit_result(struct ud_emit *emit, const char *name, enum ud_verdict verdict, int errnum,
                    const char *detail);
void ud_emit_klog(struct ud_emit *emit, const char *name, const char *line);
/* The first one counts. */
void ud_emit_end(struct ud_emit *emit, enum ud_code code, const char *message);

#endif
