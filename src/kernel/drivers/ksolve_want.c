/* How an option can be switched on, and all that it needs. */
#include "drivers/ksolver.h"

#include <stdlib.h>

#include "util/mem.h"

/* More alternatives than any condition has; more attempts than any kernel needs. */
enum { ALTERNATIVES_MAX = 64, STEPS_MAX = 200000 };

static bool ksolve_want_satisfy(struct ud_ksolver *solver, uint32_t expr, unsigned level);

bool ud_ksolver_enter(struct ud_ksolver *solver, uint32_t symbol, enum ud_kreason reason)
{
    if (solver->way_len == UD_KSOLVER_DEPTH_MAX || ++solver->steps > STEPS_MAX) {
        return ud_ksolver_fail(solver, "its conditions lead too far");
    }
    solver->way[solver->way_len].symbol = symbol;
    solver->way[solver->way_len++].reason = reason;
    return true;
}

void ud_ksolver_leave(struct ud_ksolver *solver)
{
    solver->way_len--;
}

/* Whether the option, which is on the way, can be brought to this state by making modules. */
bool ud_ksolver_can_be(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    const struct ud_ksolve *ask = solver->ask;
    const char *name = ud_ksolver_name(solver, symbol);
    const enum ud_ktype type = ask->tree->symbols[symbol].type;
    if (ask->given != NULL && ud_config_edits_get(ask->given, name) != NULL) {
        return ud_ksolver_fail(solver, "it is set to %s", ud_config_edits_get(ask->given, name));
    }
    if (type == UD_KTYPE_TRISTATE && state == 2) {
        return ud_ksolver_fail(solver, "it would have to be built into the kernel's image");
    }
    char *why = NULL;
    if (ask->in_image(ask->ctx, name, type == UD_KTYPE_TRISTATE, &why)) {
        bool result = ud_ksolver_fail(solver, "it is off in the running kernel, and %s", why);
        free(why);
        return result;
    }
    return true;
}

/* All that this option, which is on, selects is on too. */
bool ud_ksolver_apply_selects(struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_select; i != UD_KTREE_END;) {
        const struct ud_kselect *select = &tree->selects[i];
        const struct ud_ksymbol *target = &tree->symbols[select->target];
        unsigned state = solver->states[symbol];
        unsigned limits[] = {ud_ksolver_value(solver, select->condition),
                             ud_ksolver_value(solver, tree->entries[select->entry].depends)};
        i = select->next;
        state = limits[0] < state ? limits[0] : state;
        state = limits[1] < state ? limits[1] : state;
        if (state > 0 && target->type == UD_KTYPE_BOOL) {
            state = 2;
        }
        if (target->first_entry == UD_KTREE_END || solver->states[select->target] >= state) {
            continue;
        }
        if (!ud_ksolver_enter(solver, select->target, UD_KREASON_SELECTED)) {
            return false;
        }
        bool good = ud_ksolver_can_be(solver, select->target, state);
        if (good) {
            ud_ksolver_set(solver, select->target, state);
            good = ud_ksolver_apply_selects(solver, select->target);
        }
        ud_ksolver_leave(solver);
        if (!good) {
            return false;
        }
    }
    return true;
}

bool ud_ksolver_switch_on(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    ud_ksolver_set(solver, symbol, state);
    return ud_ksolver_apply_selects(solver, symbol);
}

/* By asking for it. */
static bool ksolve_want_by_prompt(struct ud_ksolver *solver, uint32_t symbol, unsigned state,
                                  unsigned level)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_entry; i != UD_KTREE_END;) {
        const struct ud_kentry *entry = &tree->entries[i];
        const size_t mark = solver->trail_len;
        i = entry->next;
        if (entry->prompt == UD_KEXPR_N || entry->in_choice) {
            continue;
        }
        if (ksolve_want_satisfy(solver, entry->depends, level) &&
            ksolve_want_satisfy(solver, entry->prompt, level) &&
            ud_ksolver_switch_on(solver, symbol, state)) {
            return true;
        }
        ud_ksolver_undo(solver, mark);
    }
    return false;
}

/* Because it is on unless something else is said. changes_max: of other options. */
static bool ksolve_want_by_default(struct ud_ksolver *solver, uint32_t symbol, unsigned state,
                                   unsigned level, size_t changes_max)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_default; i != UD_KTREE_END;) {
        const struct ud_kdefault *item = &tree->defaults[i];
        const size_t mark = solver->trail_len;
        i = item->next;
        if (ksolve_want_satisfy(solver, tree->entries[item->entry].depends, level) &&
            ksolve_want_satisfy(solver, item->condition, level) &&
            ksolve_want_satisfy(solver, item->value, level) &&
            solver->trail_len - mark <= changes_max &&
            ud_ksolver_switch_on(solver, symbol, state)) {
            return true;
        }
        ud_ksolver_undo(solver, mark);
        if (ud_ksolver_value(solver, tree->entries[item->entry].depends) > 0 &&
            ud_ksolver_value(solver, item->condition) > 0) {
            return false; /* those after it do not count */
        }
    }
    return false;
}

/* Switches the selecting option on; a select's condition must hold then. */
static bool ksolve_want_by_one_selector(struct ud_ksolver *solver, const struct ud_kselect *select,
                                        unsigned level)
{
    return ksolve_want_satisfy(solver, select->condition, level) &&
           ud_ksolver_want(solver, select->symbol, level, UD_KREASON_NEEDED) &&
           solver->states[select->target] >= level;
}

/* Because another option selects it: the one that takes the fewest changes. */
static bool ksolve_want_by_selector(struct ud_ksolver *solver, uint32_t symbol, unsigned level)
{
    const struct ud_ktree *tree = solver->ask->tree;
    const size_t mark = solver->trail_len;
    uint32_t best = UD_KTREE_END;
    size_t best_cost = SIZE_MAX;
    for (uint32_t i = tree->symbols[symbol].first_selector; i != UD_KTREE_END;) {
        const struct ud_kselect *select = &tree->selects[i];
        if (best_cost > 1 && ksolve_want_by_one_selector(solver, select, level) &&
            solver->trail_len - mark < best_cost) {
            best = i;
            best_cost = solver->trail_len - mark;
        }
        ud_ksolver_undo(solver, mark);
        i = select->next_selector;
    }
    return best != UD_KTREE_END && ksolve_want_by_one_selector(solver, &tree->selects[best], level);
}

static bool ksolve_want_has_prompt(const struct ud_ktree *tree, uint32_t symbol)
{
    for (uint32_t i = tree->symbols[symbol].first_entry; i != UD_KTREE_END;
         i = tree->entries[i].next) {
        if (tree->entries[i].prompt != UD_KEXPR_N) {
            return true;
        }
    }
    return false;
}

/* What was said of ways that failed is of no interest if another one is found. */
static bool ksolve_want_find_way(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    const size_t said = solver->why.len;
    bool found = ksolve_want_by_default(solver, symbol, state, 1, 0) ||
                 ksolve_want_by_prompt(solver, symbol, state, 1) ||
                 ksolve_want_by_default(solver, symbol, state, 1, SIZE_MAX) ||
                 (!ksolve_want_has_prompt(solver->ask->tree, symbol) &&
                  ksolve_want_by_selector(solver, symbol, state == 2 ? 1 : state));
    if (found && said == 0) {
        ud_buf_clear(&solver->why);
    }
    return found || ud_ksolver_fail(solver, "nothing can switch it on");
}

/* Has the option's state be at least level: 1 for m, 2 for y. */
bool ud_ksolver_want(struct ud_ksolver *solver, uint32_t symbol, unsigned level,
                     enum ud_kreason reason)
{
    const struct ud_ktree *tree = solver->ask->tree;
    if (symbol >= tree->symbol_count || solver->states[symbol] >= level) {
        return symbol < tree->symbol_count;
    }
    if (solver->pending[symbol] || !ud_ksolver_enter(solver, symbol, reason)) {
        return false;
    }
    const enum ud_ktype type = tree->symbols[symbol].type;
    const unsigned state = type == UD_KTYPE_BOOL ? 2 : level;
    bool good;
    solver->pending[symbol] = true;
    if (tree->symbols[symbol].first_entry == UD_KTREE_END) {
        good = ud_ksolver_fail(solver, "these sources do not have it for this architecture");
    } else if (type != UD_KTYPE_BOOL && type != UD_KTYPE_TRISTATE) {
        good = ud_ksolver_fail(solver, "it is nothing that can be switched on");
    } else {
        good =
            ud_ksolver_can_be(solver, symbol, state) && ksolve_want_find_way(solver, symbol, state);
    }
    solver->pending[symbol] = false;
    ud_ksolver_leave(solver);
    return good;
}

static size_t ksolve_want_alternatives(const struct ud_ksolver *solver, uint32_t expr,
                                       uint32_t *ret, size_t count)
{
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    if (e->op == UD_KEXPR_OR) {
        count = ksolve_want_alternatives(solver, e->a, ret, count);
        return ksolve_want_alternatives(solver, e->b, ret, count);
    }
    if (count < ALTERNATIVES_MAX) {
        ret[count++] = expr;
    }
    return count;
}

static bool ksolve_want_satisfy_one_of(struct ud_ksolver *solver, uint32_t expr, unsigned level)
{
    uint32_t alternatives[ALTERNATIVES_MAX];
    const size_t count = ksolve_want_alternatives(solver, expr, alternatives, 0);
    const size_t mark = solver->trail_len;
    const size_t said = solver->why.len;
    size_t best = count;
    size_t best_cost = SIZE_MAX;
    for (size_t i = 0; i < count && best_cost > 1; i++) {
        if (ksolve_want_satisfy(solver, alternatives[i], level) &&
            solver->trail_len - mark < best_cost) {
            best = i;
            best_cost = solver->trail_len - mark;
        }
        ud_ksolver_undo(solver, mark);
    }
    if (best == count) {
        return false;
    }
    if (said == 0) {
        ud_buf_clear(&solver->why);
    }
    return ksolve_want_satisfy(solver, alternatives[best], level);
}

/* `X!=n`, `X=m`: to switch X on may help. */
static bool ksolve_want_satisfy_comparison(struct ud_ksolver *solver, const struct ud_kexpr *e)
{
    const struct ud_kexpr *left = &solver->values.exprs->items[e->a];
    const struct ud_kexpr *right = &solver->values.exprs->items[e->b];
    if (left->op != UD_KEXPR_SYMBOL || right->op != UD_KEXPR_CONSTANT) {
        return false;
    }
    if (e->op == UD_KEXPR_UNEQUAL && right->a == 0) {
        return ud_ksolver_want(solver, left->a, 1, UD_KREASON_NEEDED);
    }
    return e->op == UD_KEXPR_EQUAL && right->a > 0 && left->a < solver->ask->tree->symbol_count &&
           solver->states[left->a] < right->a &&
           ud_ksolver_want(solver, left->a, right->a, UD_KREASON_NEEDED);
}

static bool ksolve_want_refuse(struct ud_ksolver *solver, uint32_t expr)
{
    struct ud_buf text;
    ud_buf_init(&text, 1024);
    ud_ksolver_print(solver, expr, &text);
    bool result = ud_ksolver_fail(solver, "it depends on %s, which does not hold", text.data);
    ud_buf_done(&text);
    return result;
}

static bool ksolve_want_satisfy(struct ud_ksolver *solver, uint32_t expr, unsigned level)
{
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    if (ud_ksolver_value(solver, expr) >= level) {
        return true;
    }
    switch (e->op) {
    case UD_KEXPR_SYMBOL:
        return ud_ksolver_want(solver, e->a, level, UD_KREASON_NEEDED);
    case UD_KEXPR_AND:
        return ksolve_want_satisfy(solver, e->a, level) && ksolve_want_satisfy(solver, e->b, level);
    case UD_KEXPR_OR:
        return ksolve_want_satisfy_one_of(solver, expr, level) || ksolve_want_refuse(solver, expr);
    case UD_KEXPR_EQUAL:
    case UD_KEXPR_UNEQUAL:
        return ksolve_want_satisfy_comparison(solver, e) || ksolve_want_refuse(solver, expr);
    default:
        return ksolve_want_refuse(solver, expr);
    }
}
