/* What became of a configuration after edits and kconfig's own conclusions.
 *
 * A module fits a kernel only if it was compiled with the same configuration,
 * but for what was asked for. Each change is classified by one table of rules
 * (src/kernel/drift/drift_rules.c), which holds the reason and the remedy. */
#ifndef KERNEL_DRIFT_DRIFT_H
#define KERNEL_DRIFT_DRIFT_H

#include <stddef.h>

#include "kernel/config/config.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum ud_drift_class {
    UD_DRIFT_ASKED,     /* an edit, and it came out as asked */
    UD_DRIFT_HARMLESS,  /* describes the toolchain, or changes no layout */
    UD_DRIFT_USB,       /* a new option inside drivers/usb, which we build */
    UD_DRIFT_SUPPLIED,  /* code that the kernel lacks and we build as an extra module */
    UD_DRIFT_FORCE_OFF, /* switched on by itself: to be forced off, then resolved again */
    UD_DRIFT_NOT_TAKEN, /* asked for, but it came out otherwise */
    UD_DRIFT_FATAL      /* the modules would be for another kernel */
};

struct ud_drift_item {
    char *name;
    char *before; /* NULL: absent */
    char *after;  /* NULL: absent */
    enum ud_drift_class class;
    const char *reason; /* one clause, static */
    const char *remedy; /* static, or NULL */
};

struct ud_drift {
    struct ud_drift_item *items; /* sorted by name */
    size_t len;
};

/* Classifies each change from before (the running kernel) to after (what
 * olddefconfig made of it), and each edit that was not taken.
 *   edits        what was asked for, forced-off options included
 *   usb_symbols  sorted; the symbols defined in drivers/usb (Kconfig files) */
void ud_drift_classify(const struct ud_config *before, const struct ud_config *after,
                       const struct ud_config_edits *edits, const struct ud_strv *usb_symbols,
                       struct ud_drift *ret);
void ud_drift_done(struct ud_drift *drift);

/* The overall answer: UD_ERR_CONFIG with the first fatal change's reason and
 * remedy and the names of the others; or UD_OK. Then *ret_force_off (which is
 * the caller's, zeroed before) holds the options to be set to n, after which
 * to resolve and classify again, or is empty: the configuration is good. */
UD_MUST_CHECK enum ud_code ud_drift_verdict(const struct ud_drift *drift,
                                            struct ud_strv *ret_force_off, struct ud_error *err);

/* The stable lower-case name of a class, such as "force-off". */
const char *ud_drift_class_name(enum ud_drift_class class);

/* Adds one line for an item: "CONFIG_X: n -> m (reason)", without line end. */
void ud_drift_describe(const struct ud_drift_item *item, struct ud_buf *text);

/* Adds the names of the options, some and how many more, in which a configuration that
 * was given is another kernel's than that of own; nothing if it is not. */
void ud_drift_name_given(const struct ud_config *own, const struct ud_config *given,
                         struct ud_buf *text);

#endif
