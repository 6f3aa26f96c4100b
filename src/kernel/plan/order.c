#include "kernel/plan/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "util/buf.h"
#include "util/mem.h"

/* Whether a must come after b. */
static bool order_needs(const struct ud_module *a, const struct ud_module *b)
{
    for (size_t i = 0; i < a->depends.len; i++) {
        if (ud_module_name_equal(a->depends.items[i], b->name)) {
            return true;
        }
    }
    for (size_t i = 0; i < a->imports.len; i++) {
        if (ud_module_symbols_find(&b->exports, a->imports.items[i].name) != NULL) {
            return true;
        }
    }
    return false;
}

struct state {
    const struct ud_module *const *modules;
    size_t count;
    bool *needs; /* count × count: row needs column */
    bool *done;
};

static bool is_ready(const struct state *state, size_t i)
{
    for (size_t j = 0; j < state->count; j++) {
        if (state->needs[i * state->count + j] && !state->done[j]) {
            return false;
        }
    }
    return true;
}

/* The ready module that comes first by name, or count. */
static size_t order_next(const struct state *state)
{
    size_t best = state->count;
    for (size_t i = 0; i < state->count; i++) {
        if (!state->done[i] && is_ready(state, i) &&
            (best == state->count ||
             strcmp(state->modules[i]->name, state->modules[best]->name) < 0)) {
            best = i;
        }
    }
    return best;
}

static enum ud_code refuse_cycle(const struct state *state, struct ud_error *err)
{
    struct ud_buf names;
    ud_buf_init(&names, 4096);
    for (size_t i = 0; i < state->count; i++) {
        if (!state->done[i]) {
            ud_buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", state->modules[i]->name);
        }
    }
    enum ud_code rc =
        ud_fail(err, UD_ERR_UNFIT, NULL,
                "these modules need each other, so none can be inserted first: %s", names.data);
    ud_buf_done(&names);
    return rc;
}

static enum ud_code check_names(const struct ud_module *const *modules, size_t count,
                                struct ud_error *err)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (ud_module_name_equal(modules[i]->name, modules[j]->name)) {
                return ud_fail(err, UD_ERR_UNFIT, NULL, "two of the modules are named %s",
                               modules[i]->name);
            }
        }
    }
    return UD_OK;
}

enum ud_code ud_order_modules(const struct ud_module *const *modules, size_t count,
                              size_t *ret_order, struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    UD_TRY(check_names(modules, count, err));
    struct state state = {modules, count, ud_alloc(count * count + 1, sizeof(bool)),
                          ud_alloc(count + 1, sizeof(bool))};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            state.needs[i * count + j] = i != j && order_needs(modules[i], modules[j]);
        }
    }
    size_t *order = ud_alloc(count + 1, sizeof *order);
    for (size_t n = 0; n < count && rc == UD_OK; n++) {
        order[n] = order_next(&state);
        if (order[n] == count) {
            rc = refuse_cycle(&state, err);
        } else {
            state.done[order[n]] = true;
        }
    }
    if (rc == UD_OK && count > 0) {
        memcpy(ret_order, order, count * sizeof *order);
    }
    free(order);
    free(state.needs);
    free(state.done);
    return rc;
}
