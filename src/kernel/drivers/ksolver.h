/* What solving keeps of a configuration while it tries: states that can be taken back. */
#ifndef KERNEL_DRIVERS_KSOLVER_H
#define KERNEL_DRIVERS_KSOLVER_H

#include "drivers/ksolve.h"
#include "util/buf.h"

/* How an option on the way was come to. */
enum ud_kreason { UD_KREASON_WANTED, UD_KREASON_NEEDED, UD_KREASON_SELECTED };

enum { UD_KSOLVER_DEPTH_MAX = 48 };

struct ud_kchange {
    uint32_t symbol;
    unsigned char before;
};

struct ud_ksolver {
    const struct ud_ksolve *ask;
    unsigned char *states;    /* by symbol: 0, 1 or 2 for n, m or y */
    unsigned char *originals; /* before anything was changed */
    bool *pending;            /* by symbol: it is being looked at */
    struct ud_kchange *trail; /* each change, to be taken back */
    size_t trail_len, trail_cap;
    struct {
        uint32_t symbol;
        enum ud_kreason reason;
    } way[UD_KSOLVER_DEPTH_MAX];
    size_t way_len;
    struct ud_buf why; /* of the first failure; empty: none */
    struct ud_kexpr_values values;
    unsigned steps; /* taken */
};

void ud_ksolver_init(struct ud_ksolver *solver, const struct ud_ksolve *ask);
void ud_ksolver_done(struct ud_ksolver *solver);

const char *ud_ksolver_name(const struct ud_ksolver *solver, uint32_t symbol);
unsigned ud_ksolver_value(const struct ud_ksolver *solver, uint32_t expr);
void ud_ksolver_set(struct ud_ksolver *solver, uint32_t symbol, unsigned state);

/* Takes back all changes but the first len. */
void ud_ksolver_undo(struct ud_ksolver *solver, size_t len);

/* Returns false, and says why if nothing else was said yet. */
bool ud_ksolver_fail(struct ud_ksolver *solver, const char *fmt, ...) UD_PRINTF(2, 3);

/* Adds an expression as Kconfig files have it. */
void ud_ksolver_print(const struct ud_ksolver *solver, uint32_t expr, struct ud_buf *out);

/* ---- in ksolve_want.c ---- */

/* Puts the option on the way; false, saying why, if that is too long. */
bool ud_ksolver_enter(struct ud_ksolver *solver, uint32_t symbol, enum ud_kreason reason);
void ud_ksolver_leave(struct ud_ksolver *solver);

/* Whether the option, which is on the way, can be brought to this state by making modules. */
bool ud_ksolver_can_be(struct ud_ksolver *solver, uint32_t symbol, unsigned state);

/* All that this option, which is on, selects is on too. */
bool ud_ksolver_apply_selects(struct ud_ksolver *solver, uint32_t symbol);
bool ud_ksolver_switch_on(struct ud_ksolver *solver, uint32_t symbol, unsigned state);

/* Has the option's state be at least level: 1 for m, 2 for y. */
bool ud_ksolver_want(struct ud_ksolver *solver, uint32_t symbol, unsigned level,
                     enum ud_kreason reason);

#endif
