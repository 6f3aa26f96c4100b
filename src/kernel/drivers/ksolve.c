#include "drivers/ksolve.h"

#include <stdlib.h>

#include "drivers/ksolver.h"
#include "util/mem.h"

/* More alternatives than any condition has; more attempts than any kernel needs. */
enum { ALTERNATIVES_MAX = 64, STEPS_MAX = 200000 };

static bool ksolve_want(struct ud_ksolver *solver, uint32_t symbol, unsigned level,
                        enum ud_kreason reason);
static bool ksolve_satisfy(struct ud_ksolver *solver, uint32_t expr, unsigned level);

static bool ksolve_enter(struct ud_ksolver *solver, uint32_t symbol, enum ud_kreason reason)
{
    if (solver->way_len == UD_KSOLVER_DEPTH_MAX || ++solver->steps > STEPS_MAX) {
        return ud_ksolver_fail(solver, "its conditions lead too far");
    }
    solver->way[solver->way_len].symbol = symbol;
    solver->way[solver->way_len++].reason = reason;
    return true;
}

static void ksolve_leave(struct ud_ksolver *solver)
{
    solver->way_len--;
}

/* Whether the option, which is on the way, can be brought to this state by making modules. */
static bool ksolve_can_be(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
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
    if (type == UD_KTYPE_BOOL && ask->in_image(ask->ctx, name, &why)) {
        bool result = ud_ksolver_fail(solver, "it is off in the running kernel, and %s", why);
        free(why);
        return result;
    }
    return true;
}

/* All that this option, which is on, selects is on too. */
static bool ksolve_apply_selects(struct ud_ksolver *solver, uint32_t symbol)
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
        if (!ksolve_enter(solver, select->target, UD_KREASON_SELECTED)) {
            return false;
        }
        bool good = ksolve_can_be(solver, select->target, state);
        if (good) {
            ud_ksolver_set(solver, select->target, state);
            good = ksolve_apply_selects(solver, select->target);
        }
        ksolve_leave(solver);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool ksolve_switch_on(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    ud_ksolver_set(solver, symbol, state);
    return ksolve_apply_selects(solver, symbol);
}

/* By asking for it. */
static bool ksolve_by_prompt(struct ud_ksolver *solver, uint32_t symbol, unsigned state,
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
        if (ksolve_satisfy(solver, entry->depends, level) &&
            ksolve_satisfy(solver, entry->prompt, level) &&
            ksolve_switch_on(solver, symbol, state)) {
            return true;
        }
        ud_ksolver_undo(solver, mark);
    }
    return false;
}

/* Because it is on unless something else is said. changes_max: of other options. */
static bool ksolve_by_default(struct ud_ksolver *solver, uint32_t symbol, unsigned state,
                              unsigned level, size_t changes_max)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_default; i != UD_KTREE_END;) {
        const struct ud_kdefault *item = &tree->defaults[i];
        const size_t mark = solver->trail_len;
        i = item->next;
        if (ksolve_satisfy(solver, tree->entries[item->entry].depends, level) &&
            ksolve_satisfy(solver, item->condition, level) &&
            ksolve_satisfy(solver, item->value, level) && solver->trail_len - mark <= changes_max &&
            ksolve_switch_on(solver, symbol, state)) {
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
static bool ksolve_by_one_selector(struct ud_ksolver *solver, const struct ud_kselect *select,
                                   unsigned level)
{
    return ksolve_satisfy(solver, select->condition, level) &&
           ksolve_want(solver, select->symbol, level, UD_KREASON_NEEDED) &&
           solver->states[select->target] >= level;
}

/* Because another option selects it: the one that takes the fewest changes. */
static bool ksolve_by_selector(struct ud_ksolver *solver, uint32_t symbol, unsigned level)
{
    const struct ud_ktree *tree = solver->ask->tree;
    const size_t mark = solver->trail_len;
    uint32_t best = UD_KTREE_END;
    size_t best_cost = SIZE_MAX;
    for (uint32_t i = tree->symbols[symbol].first_selector; i != UD_KTREE_END;) {
        const struct ud_kselect *select = &tree->selects[i];
        if (best_cost > 1 && ksolve_by_one_selector(solver, select, level) &&
            solver->trail_len - mark < best_cost) {
            best = i;
            best_cost = solver->trail_len - mark;
        }
        ud_ksolver_undo(solver, mark);
        i = select->next_selector;
    }
    return best != UD_KTREE_END && ksolve_by_one_selector(solver, &tree->selects[best], level);
}

static bool ksolve_has_prompt(const struct ud_ktree *tree, uint32_t symbol)
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
static bool ksolve_find_way(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    const size_t said = solver->why.len;
    bool found = ksolve_by_default(solver, symbol, state, 1, 0) ||
                 ksolve_by_prompt(solver, symbol, state, 1) ||
                 ksolve_by_default(solver, symbol, state, 1, SIZE_MAX) ||
                 (!ksolve_has_prompt(solver->ask->tree, symbol) &&
                  ksolve_by_selector(solver, symbol, state == 2 ? 1 : state));
    if (found && said == 0) {
        ud_buf_clear(&solver->why);
    }
    return found || ud_ksolver_fail(solver, "nothing can switch it on");
}

/* Has the option's state be at least level: 1 for m, 2 for y. */
static bool ksolve_want(struct ud_ksolver *solver, uint32_t symbol, unsigned level,
                        enum ud_kreason reason)
{
    const struct ud_ktree *tree = solver->ask->tree;
    if (symbol >= tree->symbol_count || solver->states[symbol] >= level) {
        return symbol < tree->symbol_count;
    }
    if (solver->pending[symbol] || !ksolve_enter(solver, symbol, reason)) {
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
        good = ksolve_can_be(solver, symbol, state) && ksolve_find_way(solver, symbol, state);
    }
    solver->pending[symbol] = false;
    ksolve_leave(solver);
    return good;
}

static size_t ksolve_alternatives(const struct ud_ksolver *solver, uint32_t expr, uint32_t *ret,
                                  size_t count)
{
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    if (e->op == UD_KEXPR_OR) {
        count = ksolve_alternatives(solver, e->a, ret, count);
        return ksolve_alternatives(solver, e->b, ret, count);
    }
    if (count < ALTERNATIVES_MAX) {
        ret[count++] = expr;
    }
    return count;
}

static bool ksolve_satisfy_one_of(struct ud_ksolver *solver, uint32_t expr, unsigned level)
{
    uint32_t alternatives[ALTERNATIVES_MAX];
    const size_t count = ksolve_alternatives(solver, expr, alternatives, 0);
    const size_t mark = solver->trail_len;
    const size_t said = solver->why.len;
    size_t best = count;
    size_t best_cost = SIZE_MAX;
    for (size_t i = 0; i < count && best_cost > 1; i++) {
        if (ksolve_satisfy(solver, alternatives[i], level) &&
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
    return ksolve_satisfy(solver, alternatives[best], level);
}

/* `X!=n`, `X=m`: to switch X on may help. */
static bool ksolve_satisfy_comparison(struct ud_ksolver *solver, const struct ud_kexpr *e)
{
    const struct ud_kexpr *left = &solver->values.exprs->items[e->a];
    const struct ud_kexpr *right = &solver->values.exprs->items[e->b];
    if (left->op != UD_KEXPR_SYMBOL || right->op != UD_KEXPR_CONSTANT) {
        return false;
    }
    if (e->op == UD_KEXPR_UNEQUAL && right->a == 0) {
        return ksolve_want(solver, left->a, 1, UD_KREASON_NEEDED);
    }
    return e->op == UD_KEXPR_EQUAL && right->a > 0 && left->a < solver->ask->tree->symbol_count &&
           solver->states[left->a] < right->a &&
           ksolve_want(solver, left->a, right->a, UD_KREASON_NEEDED);
}

static bool ksolve_refuse(struct ud_ksolver *solver, uint32_t expr)
{
    struct ud_buf text;
    ud_buf_init(&text, 1024);
    ud_ksolver_print(solver, expr, &text);
    bool result = ud_ksolver_fail(solver, "it depends on %s, which does not hold", text.data);
    ud_buf_done(&text);
    return result;
}

static bool ksolve_satisfy(struct ud_ksolver *solver, uint32_t expr, unsigned level)
{
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    if (ud_ksolver_value(solver, expr) >= level) {
        return true;
    }
    switch (e->op) {
    case UD_KEXPR_SYMBOL:
        return ksolve_want(solver, e->a, level, UD_KREASON_NEEDED);
    case UD_KEXPR_AND:
        return ksolve_satisfy(solver, e->a, level) && ksolve_satisfy(solver, e->b, level);
    case UD_KEXPR_OR:
        return ksolve_satisfy_one_of(solver, expr, level) || ksolve_refuse(solver, expr);
    case UD_KEXPR_EQUAL:
    case UD_KEXPR_UNEQUAL:
        return ksolve_satisfy_comparison(solver, e) || ksolve_refuse(solver, expr);
    default:
        return ksolve_refuse(solver, expr);
    }
}

/* The value that a boolean takes when nobody asks: that of the first default that applies. */
static bool ksolve_is_on_by_default(const struct ud_ksolver *solver, uint32_t symbol)
{
    const struct ud_ktree *tree = solver->ask->tree;
    for (uint32_t i = tree->symbols[symbol].first_default; i != UD_KTREE_END;
         i = tree->defaults[i].next) {
        const struct ud_kdefault *item = &tree->defaults[i];
        if (ud_ksolver_value(solver, tree->entries[item->entry].depends) > 0 &&
            ud_ksolver_value(solver, item->condition) > 0) {
            return ud_ksolver_value(solver, item->value) > 0;
        }
    }
    return false;
}

/* What kconfig did not ask for the running kernel comes on by its default, and may select.
 * What would change the image is forced off later: see kernel/drift. */
static void ksolve_apply_defaults(struct ud_ksolver *solver)
{
    const struct ud_ksolve *ask = solver->ask;
    for (uint32_t i = 0; i < ask->tree->symbol_count; i++) {
        const size_t mark = solver->trail_len;
        const char *name = ud_ksolver_name(solver, i);
        if (ask->tree->symbols[i].type != UD_KTYPE_BOOL || solver->states[i] != 0 ||
            !ksolve_is_on_by_default(solver, i) || ud_config_get(ask->running, name) != NULL) {
            continue;
        }
        if (!ksolve_enter(solver, i, UD_KREASON_WANTED)) {
            return;
        }
        if (!ksolve_can_be(solver, i, 2) || !ksolve_switch_on(solver, i, 2)) {
            ud_ksolver_undo(solver, mark);
            ud_buf_clear(&solver->why);
        }
        ksolve_leave(solver);
    }
}

/* What was switched on later may have made more selects apply. */
static bool ksolve_settle(struct ud_ksolver *solver)
{
    for (size_t i = 0; i < solver->trail_len; i++) {
        const uint32_t symbol = solver->trail[i].symbol;
        const size_t before = solver->trail_len;
        if (!ksolve_enter(solver, symbol, UD_KREASON_WANTED) ||
            !ksolve_apply_selects(solver, symbol)) {
            return false;
        }
        ksolve_leave(solver);
        if (solver->trail_len > before) {
            i = (size_t)-1; /* from the start */
        }
    }
    return true;
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
    return ksolve_enter(solver, symbol, UD_KREASON_WANTED) &&
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
        } else if (!ksolve_want(&solver, symbol, 1, UD_KREASON_WANTED)) {
            rc = ksolve_explain(&solver, err);
        }
    }
    if (rc == UD_OK && !ksolve_settle(&solver)) {
        rc = ksolve_explain(&solver, err);
    }
    asked = solver.trail_len;
    if (rc == UD_OK && solve->with_defaults) {
        ksolve_apply_defaults(&solver);
        rc = ksolve_settle(&solver) ? UD_OK : ksolve_explain(&solver, err);
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
