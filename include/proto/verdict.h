/* What became of one module or symbol: the verdict in a RESULT record. */
#ifndef PROTO_VERDICT_H
#define PROTO_VERDICT_H

#include <stdbool.h>

enum ud_verdict {
    /* insert: loaded by this run, live now. */
    UD_VERDICT_INSERTED,
    /* insert: was live already; detail is one of UD_IDENTITY_*.
     * crcs: a module says so; detail is the CRC, 8 hex digits. */
    UD_VERDICT_PRESENT,
    /* insert, remove: the kernel refused; selftest: a step did not happen; errno number,
     * detail in words. */
    UD_VERDICT_FAILED,
    /* remove; insert after a failure: unloaded. */
    UD_VERDICT_REMOVED,
    /* insert after a failure: inserted by this run, and could not be unloaded again; errno. */
    UD_VERDICT_KEPT,
    /* remove: not loaded. */
    UD_VERDICT_ABSENT,
    /* remove: loaded, but with another build ID than asked for; detail is the
     * loaded one's build ID or "". Left alone. */
    UD_VERDICT_FOREIGN,
    /* remove: in use; detail names the users: modules, or ports with devices. */
    UD_VERDICT_BUSY,
    UD_VERDICT_COUNT
};

/* Detail of PRESENT after insert: the loaded module's build ID against the file's. */
#define UD_IDENTITY_SAME "same"
#define UD_IDENTITY_OTHER "other"
#define UD_IDENTITY_UNKNOWN "unknown" /* one of them has none */

/* The lower-case word that stands for verdict in the stream. */
const char *ud_verdict_name(enum ud_verdict verdict);

/* The reverse; false if name is none of the words. */
bool ud_verdict_of(const char *name, enum ud_verdict *ret);

#endif
