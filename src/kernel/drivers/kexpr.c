#include "drivers/kexpr.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"

/* Brackets within brackets, of which kernels have three; and expressions within one
 * another, of which they have some dozens. What goes beyond counts as y. */
enum { BRACKETS_MAX = 32, DEPTH_MAX = 2000 };

static unsigned kexpr_depth(const struct ud_kexprs *exprs, enum ud_kexpr_op op, uint32_t a,
                            uint32_t b)
{
    if (op == UD_KEXPR_CONSTANT || op == UD_KEXPR_SYMBOL || op == UD_KEXPR_TEXT) {
        return 0;
    }
    unsigned left = exprs->items[a].depth;
    unsigned right = exprs->items[b].depth;
    return 1 + (left > right ? left : right);
}

static uint32_t kexpr_make(struct ud_kexprs *exprs, enum ud_kexpr_op op, uint32_t a, uint32_t b)
{
    unsigned depth = kexpr_depth(exprs, op, a, b);
    if (depth > DEPTH_MAX) {
        return UD_KEXPR_Y;
    }
    if (exprs->len == exprs->cap) {
        exprs->cap = exprs->cap == 0 ? 256 : 2 * exprs->cap;
        exprs->items = ud_realloc(exprs->items, exprs->cap, sizeof *exprs->items);
    }
    exprs->items[exprs->len] = (struct ud_kexpr){op, a, b, depth};
    return (uint32_t)exprs->len++;
}

void ud_kexprs_init(struct ud_kexprs *exprs)
{
    *exprs = (struct ud_kexprs){0};
    (void)kexpr_make(exprs, UD_KEXPR_CONSTANT, 0, 0);
    (void)kexpr_make(exprs, UD_KEXPR_CONSTANT, 2, 0);
}

void ud_kexprs_done(struct ud_kexprs *exprs)
{
    free(exprs->items);
    *exprs = (struct ud_kexprs){0};
}

uint32_t ud_kexpr_and(struct ud_kexprs *exprs, uint32_t a, uint32_t b)
{
    if (a == UD_KEXPR_Y || b == UD_KEXPR_N) {
        return b;
    }
    return b == UD_KEXPR_Y || a == UD_KEXPR_N ? a : kexpr_make(exprs, UD_KEXPR_AND, a, b);
}

static uint32_t kexpr_or(struct ud_kexprs *exprs, uint32_t a, uint32_t b)
{
    if (a == UD_KEXPR_N || b == UD_KEXPR_Y) {
        return b;
    }
    return b == UD_KEXPR_N || a == UD_KEXPR_Y ? a : kexpr_make(exprs, UD_KEXPR_OR, a, b);
}

struct ud_slice ud_kexpr_skip(struct ud_slice rest)
{
    while (rest.len > 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t')) {
        rest.ptr++;
        rest.len--;
    }
    if (rest.len > 0 && rest.ptr[0] == '#') {
        rest.len = 0;
    }
    return rest;
}

static void kexpr_drop(struct ud_slice *rest, size_t n)
{
    rest->ptr += n;
    rest->len -= n;
}

static bool kexpr_take(struct ud_slice *rest, const char *text)
{
    *rest = ud_kexpr_skip(*rest);
    return ud_scan_text(rest, text);
}

bool ud_kexpr_quoted(struct ud_slice *rest, struct ud_slice *ret)
{
    *rest = ud_kexpr_skip(*rest);
    if (rest->len == 0 || (rest->ptr[0] != '"' && rest->ptr[0] != '\'')) {
        return false;
    }
    size_t n = 1;
    while (n < rest->len && rest->ptr[n] != rest->ptr[0]) {
        n += rest->ptr[n] == '\\' && n + 1 < rest->len ? 2 : 1;
    }
    *ret = (struct ud_slice){rest->ptr + 1, n - 1};
    kexpr_drop(rest, n < rest->len ? n + 1 : n);
    return true;
}

/* `$(…)` with what brackets it holds. */
static bool kexpr_take_call(struct ud_slice *rest)
{
    if (!ud_slice_starts(*rest, "$(")) {
        return false;
    }
    size_t open = 0;
    size_t n = 1;
    do {
        open += rest->ptr[n] == '(';
        open -= rest->ptr[n] == ')';
        n++;
    } while (n < rest->len && open > 0);
    kexpr_drop(rest, n);
    return true;
}

static struct ud_slice kexpr_take_word(struct ud_slice *rest)
{
    size_t n = 0;
    while (n < rest->len) {
        const char c = rest->ptr[n];
        bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.' || c == '/';
        if (!word) {
            break;
        }
        n++;
    }
    struct ud_slice word = {rest->ptr, n};
    kexpr_drop(rest, n);
    return word;
}

/* A symbol, a constant or a text; false if there is none. */
static bool kexpr_take_term(struct ud_kexprs *exprs, struct ud_names *names, struct ud_slice *rest,
                            uint32_t *ret)
{
    static const char tristate[] = "nmy";
    struct ud_slice word;
    bool quoted = ud_kexpr_quoted(rest, &word);
    if (!quoted && kexpr_take_call(rest)) {
        *ret = UD_KEXPR_Y;
        return true;
    }
    if (!quoted) {
        word = kexpr_take_word(rest);
    }
    if (!quoted && word.len == 0) {
        return false;
    }
    const char *constant = word.len == 1 ? strchr(tristate, word.ptr[0]) : NULL;
    if (constant != NULL && *constant != '\0') {
        *ret = kexpr_make(exprs, UD_KEXPR_CONSTANT, (uint32_t)(constant - tristate), 0);
        return true;
    }
    uint64_t number;
    bool symbol = !quoted && !ud_slice_to_u64(word, &number);
    uint32_t name = ud_names_add(names, word);
    if (name == UD_NAMES_NONE) {
        return false;
    }
    *ret = kexpr_make(exprs, symbol ? UD_KEXPR_SYMBOL : UD_KEXPR_TEXT, name, 0);
    return true;
}

static uint32_t kexpr_parse_or(struct ud_kexprs *exprs, struct ud_names *names,
                               struct ud_slice *rest, int depth);

static uint32_t kexpr_parse_comparison(struct ud_kexprs *exprs, struct ud_names *names,
                                       struct ud_slice *rest)
{
    uint32_t left = UD_KEXPR_Y;
    uint32_t right = UD_KEXPR_Y;
    if (!kexpr_take_term(exprs, names, rest, &left)) {
        return UD_KEXPR_Y;
    }
    if (kexpr_take(rest, "!=")) {
        return kexpr_take_term(exprs, names, rest, &right)
                   ? kexpr_make(exprs, UD_KEXPR_UNEQUAL, left, right)
                   : UD_KEXPR_Y;
    }
    if (kexpr_take(rest, "=")) {
        return kexpr_take_term(exprs, names, rest, &right)
                   ? kexpr_make(exprs, UD_KEXPR_EQUAL, left, right)
                   : UD_KEXPR_Y;
    }
    if (kexpr_take(rest, "<") || kexpr_take(rest, ">")) {
        (void)kexpr_take(rest, "=");
        (void)kexpr_take_term(exprs, names, rest, &right);
        return UD_KEXPR_Y;
    }
    return left;
}

static uint32_t kexpr_parse_not(struct ud_kexprs *exprs, struct ud_names *names,
                                struct ud_slice *rest, int depth)
{
    *rest = ud_kexpr_skip(*rest);
    if (depth > BRACKETS_MAX) {
        return UD_KEXPR_Y;
    }
    if (rest->len > 0 && rest->ptr[0] == '!') {
        kexpr_drop(rest, 1);
        return kexpr_make(exprs, UD_KEXPR_NOT, kexpr_parse_not(exprs, names, rest, depth + 1), 0);
    }
    if (kexpr_take(rest, "(")) {
        uint32_t inner = kexpr_parse_or(exprs, names, rest, depth + 1);
        (void)kexpr_take(rest, ")");
        return inner;
    }
    return kexpr_parse_comparison(exprs, names, rest);
}

static uint32_t kexpr_parse_and(struct ud_kexprs *exprs, struct ud_names *names,
                                struct ud_slice *rest, int depth)
{
    uint32_t left = kexpr_parse_not(exprs, names, rest, depth);
    while (kexpr_take(rest, "&&")) {
        left = ud_kexpr_and(exprs, left, kexpr_parse_not(exprs, names, rest, depth));
    }
    return left;
}

static uint32_t kexpr_parse_or(struct ud_kexprs *exprs, struct ud_names *names,
                               struct ud_slice *rest, int depth)
{
    uint32_t left = kexpr_parse_and(exprs, names, rest, depth);
    while (kexpr_take(rest, "||")) {
        left = kexpr_or(exprs, left, kexpr_parse_and(exprs, names, rest, depth));
    }
    return left;
}

uint32_t ud_kexpr_parse(struct ud_kexprs *exprs, struct ud_names *names, struct ud_slice *rest)
{
    return kexpr_parse_or(exprs, names, rest, 0);
}

static const char *kexpr_text(const struct ud_kexpr_values *values, uint32_t expr)
{
    static const char *const states[] = {"n", "m", "y"};
    const struct ud_kexpr *e = &values->exprs->items[expr];
    switch (e->op) {
    case UD_KEXPR_CONSTANT:
        return states[e->a];
    case UD_KEXPR_TEXT:
        return ud_names_text(values->names, e->a);
    case UD_KEXPR_SYMBOL: {
        const char *text = values->text(values->ctx, e->a);
        return text != NULL ? text : states[values->state(values->ctx, e->a)];
    }
    default:
        return states[ud_kexpr_value(values, expr)];
    }
}

/* Recursion is as deep as the conditions around an entry are many. */
unsigned ud_kexpr_value(const struct ud_kexpr_values *values, uint32_t expr)
{
    const struct ud_kexpr *e = &values->exprs->items[expr];
    unsigned a;
    unsigned b;
    switch (e->op) {
    case UD_KEXPR_CONSTANT:
        return e->a;
    case UD_KEXPR_SYMBOL:
        return values->state(values->ctx, e->a);
    case UD_KEXPR_NOT:
        return 2 - ud_kexpr_value(values, e->a);
    case UD_KEXPR_AND:
    case UD_KEXPR_OR:
        a = ud_kexpr_value(values, e->a);
        b = ud_kexpr_value(values, e->b);
        return (e->op == UD_KEXPR_AND) == (a < b) ? a : b;
    case UD_KEXPR_EQUAL:
    case UD_KEXPR_UNEQUAL:
        return (strcmp(kexpr_text(values, e->a), kexpr_text(values, e->b)) == 0) ==
                       (e->op == UD_KEXPR_EQUAL)
                   ? 2
                   : 0;
    default:
        return 0;
    }
}
