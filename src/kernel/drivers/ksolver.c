#include "drivers/ksolver.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static unsigned ksolver_state(void *ctx, uint32_t symbol)
{
    const struct ud_ksolver *solver = ctx;
    return symbol < solver->ask->tree->symbol_count ? solver->states[symbol] : 0;
}

/* Of what is no boolean and no module: as the running kernel has it. */
static const char *ksolver_text(void *ctx, uint32_t symbol)
{
    const struct ud_ksolver *solver = ctx;
    const struct ud_ktree *tree = solver->ask->tree;
    if (symbol >= tree->symbol_count || tree->symbols[symbol].type != UD_KTYPE_OTHER) {
        return NULL;
    }
    const char *text = ud_config_get(solver->ask->running, ud_names_text(&tree->names, symbol));
    return text != NULL ? text : "";
}

static unsigned char ksolver_read(const char *value)
{
    if (value == NULL || value[0] == '\0' || value[1] != '\0') {
        return 0;
    }
    return value[0] == 'y' ? 2 : value[0] == 'm' ? 1 : 0;
}

void ud_ksolver_init(struct ud_ksolver *solver, const struct ud_ksolve *ask)
{
    const size_t count = ask->tree->symbol_count;
    *solver = (struct ud_ksolver){
        .ask = ask,
        .states = ud_alloc(count + 1, 1),
        .originals = ud_alloc(count + 1, 1),
        .pending = ud_alloc(count + 1, sizeof(bool)),
        .values = {&ask->tree->exprs, &ask->tree->names, ksolver_state, ksolver_text, solver},
    };
    ud_buf_init(&solver->why, 4096);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = ud_names_text(&ask->tree->names, i);
        const char *given = ask->given != NULL ? ud_config_edits_get(ask->given, name) : NULL;
        solver->states[i] = ksolver_read(given != NULL ? given : ud_config_get(ask->running, name));
    }
    memcpy(solver->originals, solver->states, count);
}

void ud_ksolver_done(struct ud_ksolver *solver)
{
    free(solver->states);
    free(solver->originals);
    free(solver->pending);
    free(solver->trail);
    ud_buf_done(&solver->why);
    *solver = (struct ud_ksolver){0};
}

const char *ud_ksolver_name(const struct ud_ksolver *solver, uint32_t symbol)
{
    return ud_names_text(&solver->ask->tree->names, symbol);
}

unsigned ud_ksolver_value(const struct ud_ksolver *solver, uint32_t expr)
{
    return ud_kexpr_value(&solver->values, expr);
}

void ud_ksolver_set(struct ud_ksolver *solver, uint32_t symbol, unsigned state)
{
    if (solver->trail_len == solver->trail_cap) {
        solver->trail_cap = solver->trail_cap == 0 ? 64 : 2 * solver->trail_cap;
        solver->trail = ud_realloc(solver->trail, solver->trail_cap, sizeof *solver->trail);
    }
    solver->trail[solver->trail_len++] = (struct ud_kchange){symbol, solver->states[symbol]};
    solver->states[symbol] = (unsigned char)state;
}

void ud_ksolver_undo(struct ud_ksolver *solver, size_t len)
{
    while (solver->trail_len > len) {
        const struct ud_kchange *change = &solver->trail[--solver->trail_len];
        solver->states[change->symbol] = change->before;
    }
}

static void ksolver_say_way(const struct ud_ksolver *solver, struct ud_buf *out)
{
    for (size_t i = 0; i < solver->way_len; i++) {
        const char *verb = solver->way[i].reason == UD_KREASON_SELECTED ? "selects" : "needs";
        const char *name = ud_ksolver_name(solver, solver->way[i].symbol);
        if (i > 0) {
            ud_buf_addf(out, "%s %s ", i > 1 ? ", which" : "", verb);
        }
        ud_buf_addf(out, "CONFIG_%.80s", name);
    }
    ud_buf_adds(out, solver->way_len > 0 ? ": " : "");
}

bool ud_ksolver_fail(struct ud_ksolver *solver, const char *fmt, ...)
{
    if (solver->why.len > 0) {
        return false;
    }
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    ksolver_say_way(solver, &solver->why);
    ud_buf_adds(&solver->why, text);
    free(text);
    return false;
}

void ud_ksolver_print(const struct ud_ksolver *solver, uint32_t expr, struct ud_buf *out)
{
    static const char *const constants[] = {"n", "m", "y"};
    static const char *const signs[] = {
        [UD_KEXPR_AND] = " && ",
        [UD_KEXPR_OR] = " || ",
        [UD_KEXPR_EQUAL] = "=",
        [UD_KEXPR_UNEQUAL] = "!=",
    };
    const struct ud_kexpr *e = &solver->values.exprs->items[expr];
    switch (e->op) {
    case UD_KEXPR_CONSTANT:
        ud_buf_adds(out, constants[e->a]);
        break;
    case UD_KEXPR_SYMBOL:
    case UD_KEXPR_TEXT:
        ud_buf_adds(out, ud_ksolver_name(solver, e->a));
        break;
    case UD_KEXPR_NOT:
        ud_buf_adds(out, "!(");
        ud_ksolver_print(solver, e->a, out);
        ud_buf_adds(out, ")");
        break;
    default:
        ud_ksolver_print(solver, e->a, out);
        ud_buf_adds(out, signs[e->op]);
        ud_ksolver_print(solver, e->b, out);
        break;
    }
}
