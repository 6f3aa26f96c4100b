/* The expressions of Kconfig files: `USB && (PCI || !64BIT) && INPUT!=n`. */
#ifndef KERNEL_DRIVERS_KEXPR_H
#define KERNEL_DRIVERS_KEXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/names.h"
#include "util/str.h"

enum ud_kexpr_op {
    UD_KEXPR_CONSTANT, /* a: 0, 1 or 2 for n, m or y */
    UD_KEXPR_SYMBOL,   /* a: the number of its name */
    UD_KEXPR_TEXT,     /* a: the number of a text that is no symbol: "gcc", 64 */
    UD_KEXPR_NOT,      /* a: an expression, as b in what follows */
    UD_KEXPR_AND,
    UD_KEXPR_OR,
    UD_KEXPR_EQUAL,
    UD_KEXPR_UNEQUAL
};

struct ud_kexpr {
    enum ud_kexpr_op op;
    uint32_t a, b;
    unsigned depth; /* of the expressions in it */
};

/* Expressions have numbers; these two are there from the start. */
enum { UD_KEXPR_N = 0, UD_KEXPR_Y = 1 };

struct ud_kexprs {
    struct ud_kexpr *items;
    size_t len, cap;
};

void ud_kexprs_init(struct ud_kexprs *exprs);
void ud_kexprs_done(struct ud_kexprs *exprs);

/* Reads one off the front of *rest, as far as it goes; names gets what it names. What
 * kconfig would ask a program, `$(cc-option,-mfoo)`, and comparisons of size count as y:
 * kconfig itself decides later. What is no expression is UD_KEXPR_Y. */
uint32_t ud_kexpr_parse(struct ud_kexprs *exprs, struct ud_names *names, struct ud_slice *rest);

/* The number of a && b. */
uint32_t ud_kexpr_and(struct ud_kexprs *exprs, uint32_t a, uint32_t b);

/* What symbols stand for. */
struct ud_kexpr_values {
    const struct ud_kexprs *exprs;
    const struct ud_names *names;
    unsigned (*state)(void *ctx, uint32_t symbol);   /* 0, 1 or 2 for n, m or y */
    const char *(*text)(void *ctx, uint32_t symbol); /* as in a configuration; NULL: none */
    void *ctx;
};

/* 0, 1 or 2 for n, m or y. */
unsigned ud_kexpr_value(const struct ud_kexpr_values *values, uint32_t expr);

/* Takes a text in quotes off the front of *rest; false if there is none. */
bool ud_kexpr_quoted(struct ud_slice *rest, struct ud_slice *ret);

/* Without leading blanks; what follows a `#` is a comment. */
struct ud_slice ud_kexpr_skip(struct ud_slice rest);

#endif
