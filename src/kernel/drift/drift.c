#include "kernel/drift/drift.h"

#include <stdlib.h>
#include <string.h>

#include "drift/drift_rules.h"
#include "util/mem.h"
#include "util/str.h"

struct context {
    const struct ud_config *before, *after;
    const struct ud_config_edits *edits;
    const struct ud_strv *usb_symbols;
    bool init_stack_differs; /* the members to choose from are not the same */
};

struct judgement {
    enum ud_drift_class class;
    const char *reason, *remedy;
};

static bool is_usb_symbol(const struct context *context, const char *name)
{
    return ud_strv_find_sorted(context->usb_symbols, name, NULL);
}

/* A boolean or tristate that came on, but is not there in the running kernel. */
static bool came_on(const struct ud_config_change *change, const char *as)
{
    return ud_config_same(change->before, NULL) && ud_config_same(change->after, as);
}

static struct judgement judge_usb(const struct ud_config_change *change)
{
    if (came_on(change, "m")) {
        return (struct judgement){UD_DRIFT_FORCE_OFF, "nobody asked for this module", NULL};
    }
    if (ud_config_same(change->before, NULL)) {
        return (struct judgement){UD_DRIFT_USB, "part of the USB code that is built", NULL};
    }
    return (struct judgement){UD_DRIFT_FATAL, "the kernel's own USB code has it otherwise",
                              "Pass the sources that this kernel was built from with --source."};
}

static struct judgement judge_elsewhere(const struct context *context,
                                        const struct ud_config_change *change)
{
    static const char remedy[] = "Pass the sources that this kernel was built from with --source, "
                                 "and build with its compiler (--builder).";
    if (came_on(change, "m")) {
        return (struct judgement){UD_DRIFT_FORCE_OFF, "nobody asked for this module", NULL};
    }
    if (came_on(change, "y") && context->edits->len > 0) {
        return (struct judgement){UD_DRIFT_FORCE_OFF,
                                  "it would be code that the running kernel lacks", NULL};
    }
    if (came_on(change, "y")) {
        return (struct judgement){UD_DRIFT_FATAL, "it is code that the running kernel lacks",
                                  remedy};
    }
    if (change->after == NULL || strcmp(change->after, "n") == 0) {
        return (struct judgement){UD_DRIFT_FATAL, "the running kernel has it", remedy};
    }
    return (struct judgement){UD_DRIFT_FATAL, "the running kernel has another value", remedy};
}

/* Why a change that was asked for cannot be had by building modules, or NULL. */
static const char *beyond_modules(const struct context *context,
                                  const struct ud_config_change *change)
{
    const struct ud_drift_rule *rule = ud_drift_rule_find(change);
    bool was_on = ud_config_same(change->before, "y");
    if (rule != NULL && rule->class == UD_DRIFT_FATAL) {
        return rule->reason;
    }
    if (is_usb_symbol(context, change->name)) {
        return was_on && ud_config_is(context->before, "USB", 'y')
                   ? "it is part of the kernel's built-in USB code"
                   : NULL;
    }
    return was_on || ud_config_same(change->after, "y")
               ? "it is built-in code, which no module can change"
               : NULL;
}

static struct judgement judge_edit(const struct context *context,
                                   const struct ud_config_change *change, const char *asked)
{
    if (ud_config_same(change->after, asked)) {
        const char *why = beyond_modules(context, change);
        return why == NULL ? (struct judgement){UD_DRIFT_ASKED, "asked for", NULL}
                           : (struct judgement){UD_DRIFT_FATAL, why,
                                                "Leave the option as the running kernel has it."};
    }
    if (strcmp(asked, "n") == 0) {
        return (struct judgement){
            UD_DRIFT_NOT_TAKEN, "another option selects it, and the running kernel lacks its code",
            "Leave out the options set by hand that need it."};
    }
    return (struct judgement){UD_DRIFT_NOT_TAKEN,
                              "something that it depends on is missing, or it does not exist",
                              "Check its dependencies in the sources' Kconfig files."};
}

static struct judgement drift_judge(const struct context *context,
                                    const struct ud_config_change *change)
{
    const char *asked = ud_config_edits_get(context->edits, change->name);
    if (asked != NULL) {
        return judge_edit(context, change, asked);
    }
    if (ud_drift_rule_is_init_stack(change->name) && context->init_stack_differs) {
        return (struct judgement){UD_DRIFT_HARMLESS,
                                  "how variables are initialized depends on the compiler", NULL};
    }
    if (is_usb_symbol(context, change->name)) {
        return judge_usb(change);
    }
    const struct ud_drift_rule *rule = ud_drift_rule_find(change);
    if (rule != NULL) {
        return (struct judgement){rule->class, rule->reason, rule->remedy};
    }
    return judge_elsewhere(context, change);
}

static void drift_add(const struct context *context, const struct ud_config_change *change,
                      struct ud_drift *drift)
{
    struct judgement judgement = drift_judge(context, change);
    drift->items = ud_realloc(drift->items, drift->len + 1, sizeof *drift->items);
    drift->items[drift->len++] = (struct ud_drift_item){
        .name = ud_strdup(change->name),
        .before = change->before != NULL ? ud_strdup(change->before) : NULL,
        .after = change->after != NULL ? ud_strdup(change->after) : NULL,
        .class = judgement.class,
        .reason = judgement.reason,
        .remedy = judgement.remedy,
    };
}

static int compare_items(const void *a, const void *b)
{
    return strcmp(((const struct ud_drift_item *)a)->name, ((const struct ud_drift_item *)b)->name);
}

/* Edits of options that did not move at all, though they should have. */
static void add_ignored_edits(const struct context *context, struct ud_drift *drift)
{
    for (size_t i = 0; i < context->edits->len; i++) {
        const struct ud_config_option *edit = &context->edits->items[i];
        const char *before = ud_config_get(context->before, edit->name);
        const char *after = ud_config_get(context->after, edit->name);
        if (!ud_config_same(after, edit->value) && ud_config_same(before, after)) {
            char *copies[] = {before != NULL ? ud_strdup(before) : NULL,
                              after != NULL ? ud_strdup(after) : NULL};
            drift_add(context, &(struct ud_config_change){edit->name, copies[0], copies[1]}, drift);
            free(copies[0]);
            free(copies[1]);
        }
    }
}

/* Whether an INIT_STACK_ option is visible in one configuration only. */
static bool init_stack_differs(const struct ud_config *a, const struct ud_config *b)
{
    for (size_t i = 0; i < a->len; i++) {
        if (ud_drift_rule_is_init_stack(a->options[i].name) &&
            ud_config_get(b, a->options[i].name) == NULL) {
            return true;
        }
    }
    return false;
}

void ud_drift_classify(const struct ud_config *before, const struct ud_config *after,
                       const struct ud_config_edits *edits, const struct ud_strv *usb_symbols,
                       struct ud_drift *ret)
{
    struct context context = {
        .before = before,
        .after = after,
        .edits = edits,
        .usb_symbols = usb_symbols,
        .init_stack_differs =
            init_stack_differs(before, after) || init_stack_differs(after, before),
    };
    struct ud_config_changes changes;
    ud_config_compare(before, after, &changes);
    *ret = (struct ud_drift){0};
    for (size_t i = 0; i < changes.len; i++) {
        drift_add(&context, &changes.items[i], ret);
    }
    ud_config_changes_done(&changes);
    add_ignored_edits(&context, ret);
    if (ret->len > 1) {
        qsort(ret->items, ret->len, sizeof *ret->items, compare_items);
    }
}

void ud_drift_done(struct ud_drift *drift)
{
    if (drift == NULL) {
        return;
    }
    for (size_t i = 0; i < drift->len; i++) {
        free(drift->items[i].name);
        free(drift->items[i].before);
        free(drift->items[i].after);
    }
    free(drift->items);
    *drift = (struct ud_drift){0};
}
