#include "drivers/ksolve.h"

#include <stdlib.h>

#include "drivers/ksolver.h"
#include "util/mem.h"

/* The state that an option takes when nobody asks: that of the first default that applies. */
static unsigned ksolve_default(const struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_default; i != UD_KTREE_END;
         i = tree->defaults[i].next) {
        const struct ud_kdefault *item = &tree->defaults[i];
        unsigned depends = ud_ksolver_value(solver, tree->entries[item->entry].depends);
        if (depends > 0 && ud_ksolver_value(solver, item->condition) > 0) {
            unsigned value = ud_ksolver_value(solver, item->value);
            return value < depends ? value : depends;
        }
    }
    return 0;
}

static bool ksolve_is_asked(const struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_entry; i != UD_KTREE_END;
         i = tree->entries[i].next) {
        if (ud_ksolver_value(solver, tree->entries[i].prompt) > 0) {
            return true;
        }
    }
    return false;
}

/* The state that it comes to by itself and keeps: a module that the user could be asked about
 * is forced off later, as is what would change the image (see kernel/drift). 0: none. */
static unsigned ksolve_comes_on(const struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ksolve *ask = solver->ask;
    const enum ud_ktype type = ask->tree->symbols[symbol].type;
    if ((type != UD_KTYPE_BOOL && type != UD_KTYPE_TRISTATE) || solver->states[symbol] != 0) {
        return 0;
    }
    const unsigned state = ksolve_default(solver, symbol);
    if (state == 0 || ud_config_get(ask->running, ud_ksolver_name(solver, symbol)) != NULL) {
        return 0;
    }
    if (type == UD_KTYPE_BOOL) {
        return 2;
    }
    return state == 1 && !ksolve_is_asked(solver, symbol) ? 1 : 0;
}

/* What kconfig did not ask for the running kernel takes its default, and may select. Returns
 * whether anything did. */
static bool ksolve_apply_defaults(struct ud_ksolver *solver)
{
    const size_t before = solver->trail_len;
    for (uint32_t i = 0; i < solver->ask->tree->symbol_count; i++) {
        const size_t mark = solver->trail_len;
        const unsigned state = ksolve_comes_on(solver, i);
        if (state == 0 || !ud_ksolver_enter(solver, i, UD_KREASON_WANTED)) {
            continue;
        }
        if (!ud_ksolver_can_be(solver, i, state) || !ud_ksolver_switch_on(solver, i, state)) {
            ud_ksolver_undo(solver, mark);
            ud_buf_clear(&solver->why);
        }
        ud_ksolver_leave(solver);
    }
    return solver->trail_len > before;
}

/* What was switched on later may have made more selects apply. */
static bool ksolve_settle(struct ud_ksolver *solver)
{
    for (size_t i = 0; i < solver->trail_len; i++) {
        const uint32_t symbol = solver->trail[i].symbol;
        const size_t before = solver->trail_len;
        if (!ud_ksolver_enter(solver, symbol, UD_KREASON_WANTED) ||
            !ud_ksolver_apply_selects(solver, symbol)) {
            return false;
        }
        ud_ksolver_leave(solver);
        if (solver->trail_len > before) {
            i = (size_t)-1; /* from the start */
        }
    }
    return true;
}

/* What came on by itself may bring more. */
static bool ksolve_settle_defaults(struct ud_ksolver *solver)
{
    enum { ROUNDS_MAX = 16 };
    bool good = true;
    for (int i = 0; i < ROUNDS_MAX && good && ksolve_apply_defaults(solver); i++) {
        good = ksolve_settle(solver);
    }
    return good;
}

/* Switching one on may have broken a condition of another: `depends on !B`. */
static bool ksolve_holds(struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_entry; i != UD_KTREE_END;
         i = tree->entries[i].next) {
        if (ud_ksolver_value(solver, tree->entries[i].depends) > 0) {
            return true;
        }
    }
    return ud_ksolver_enter(solver, symbol, UD_KREASON_WANTED) &&
           ud_ksolver_fail(solver, "what is wanted together excludes one another");
}

/* Adds what is m of an expression's options. */
static void ksolve_add_modules(const struct ud_ksolver *solver, uint32_t expr, struct ud_strv *used)
{
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    if (e->op == UD_KEXPR_SYMBOL && solver->states[e->a] == 1) {
        ud_strv_add(used, ud_ksolver_name(solver, e->a));
    } else if (e->op == UD_KEXPR_AND || e->op == UD_KEXPR_OR) {
        ksolve_add_modules(solver, e->a, used);
        ksolve_add_modules(solver, e->b, used);
    }
}

static void ksolve_add_used(const struct ud_ksolver *solver, uint32_t symbol, struct ud_strv *used)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_entry; i != UD_KTREE_END;
         i = tree->entries[i].next) {
        if (ud_ksolver_value(solver, tree->entries[i].depends) > 0) {
            ksolve_add_modules(solver, tree->entries[i].depends, used);
        }
    }
    for (uint32_t i = tree->symbols[symbol].first_select; i != UD_KTREE_END;
         i = tree->selects[i].next) {
        if (solver->states[tree->selects[i].target] == 1) {
            ud_strv_add(used, ud_ksolver_name(solver, tree->selects[i].target));
        }
    }
}

/* From the wanted ones on, everything that is m. */
static void ksolve_find_used(const struct ud_ksolver *solver, const struct ud_strv *wanted,
                             struct ud_ksolution *ret)
{
    const struct ud_ktree *tree = solver->ask->tree;
    bool *seen = ud_alloc(tree->symbol_count + 1, sizeof *seen);
    struct ud_strv open = {0};
    for (size_t i = 0; i < wanted->len; i++) {
        ud_strv_add(&open, wanted->items[i]);
    }
    for (size_t i = 0; i < ret->edits.len; i++) {
        ud_strv_add(&open, ret->edits.items[i].name);
    }
    for (size_t i = 0; i < open.len; i++) {
        uint32_t symbol = ud_ktree_find(tree, open.items[i]);
        if (symbol == UD_KTREE_END || seen[symbol]) {
            continue;
        }
        seen[symbol] = true;
        if (solver->originals[symbol] == 1) {
            ud_strv_add(&ret->used, open.items[i]);
        }
        ksolve_add_used(solver, symbol, &open);
    }
    ud_strv_sort_unique(&ret->used);
    ud_strv_done(&open);
    free(seen);
}

static void ksolve_conclude(const struct ud_ksolver *solver, const struct ud_strv *wanted,
                            size_t asked, struct ud_ksolution *ret)
{
    for (size_t i = 0; i < solver->trail_len; i++) {
        const uint32_t symbol = solver->trail[i].symbol;
        /* Booleans after these come on by themselves. */
        if (i < asked || solver->states[symbol] == 1) {
            ud_config_edits_set(&ret->edits, ud_ksolver_name(solver, symbol),
                                solver->states[symbol] == 2 ? "y" : "m");
        }
    }
    ksolve_find_used(solver, wanted, ret);
}

static enum ud_code ksolve_explain(const struct ud_ksolver *solver, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_CONFIG,
                   "Leave it out: what the kernel's image lacks cannot be added by modules.",
                   "the running kernel cannot take it: %.800s", solver->why.data);
}

enum ud_code ud_ksolve_run(const struct ud_ksolve *solve, const struct ud_strv *wanted,
                           struct ud_ksolution *ret, struct ud_error *err)
{
    struct ud_ksolver solver;
    enum ud_code rc = UD_OK;
    size_t asked = 0;
    ud_ksolver_init(&solver, solve);
    for (size_t i = 0; i < wanted->len && rc == UD_OK; i++) {
        uint32_t symbol = ud_ktree_find(solve->tree, wanted->items[i]);
        if (symbol == UD_KTREE_END) {
            rc = ud_fail(err, UD_ERR_USAGE, NULL, "these sources have no option CONFIG_%.80s",
                         wanted->items[i]);
        } else if (!ud_ksolver_want(&solver, symbol, 1, UD_KREASON_WANTED)) {
            rc = ksolve_explain(&solver, err);
        }
    }
    if (rc == UD_OK && !ksolve_settle(&solver)) {
        rc = ksolve_explain(&solver, err);
    }
    asked = solver.trail_len;
    if (rc == UD_OK && solve->with_defaults) {
        rc = ksolve_settle_defaults(&solver) ? UD_OK : ksolve_explain(&solver, err);
    }
    for (size_t i = 0; i < wanted->len && rc == UD_OK; i++) {
        if (!ksolve_holds(&solver, ud_ktree_find(solve->tree, wanted->items[i]))) {
            rc = ksolve_explain(&solver, err);
        }
    }
    if (rc == UD_OK) {
        *ret = (struct ud_ksolution){0};
        ksolve_conclude(&solver, wanted, asked, ret);
    }
    ud_ksolver_done(&solver);
    return rc;
}

void ud_ksolution_done(struct ud_ksolution *solution)
{
    ud_config_edits_done(&solution->edits);
    ud_strv_done(&solution->used);
    *solution = (struct ud_ksolution){0};
}
