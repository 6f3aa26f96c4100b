/* C texts with their macros expanded, as far as tables of devices need it.
 *
 * Of conditions (`#if`) all branches count, of two definitions the later one. Macros are
 * expanded as texts, arguments when what they became part of is read again. */
#ifndef KERNEL_DRIVERS_CMACROS_H
#define KERNEL_DRIVERS_CMACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/names.h"

enum ud_ctoken_kind { UD_CTOKEN_WORD, UD_CTOKEN_NUMBER, UD_CTOKEN_TEXT, UD_CTOKEN_SIGN };

struct ud_ctoken {
    enum ud_ctoken_kind kind;
    struct ud_slice text; /* SIGN: one character */
};

/* Takes the next token off the front, without comments; false at the end. *ret_line, if it
 * is not NULL, says whether it is the first in its line. */
bool ud_ctoken_next(struct ud_slice *rest, struct ud_ctoken *ret, bool *ret_first);

struct ud_cmacro {
    struct ud_slice parameters; /* between the brackets; ptr NULL: it takes none */
    struct ud_slice body;       /* ptr NULL: not defined */
    bool known;                 /* defined or undefined here: what base says of it does not count */
    bool expanding;
};

struct ud_cmacros {
    struct ud_names names;
    struct ud_cmacro *items; /* by name; there may be more names than these */
    size_t len;
    const struct ud_cmacros *base; /* what is defined besides; may be NULL */
    size_t budget;                 /* bytes that may still be read */
    /* Given each token that is no directive and no macro. */
    void (*token)(void *ctx, const struct ud_ctoken *token);
    /* The text of #include "path" in the file at from; false if there is none. *ret_path is
     * borrowed. May be NULL. */
    bool (*include)(void *ctx, const char *from, struct ud_slice path, const char **ret_path,
                    struct ud_slice *ret_text);
    void *ctx;
};

void ud_cmacros_init(struct ud_cmacros *macros);
void ud_cmacros_done(struct ud_cmacros *macros);

/* Reads a text that is the content of the file at path. It is borrowed, and must stay: what
 * it defines is not copied. */
void ud_cmacros_read(struct ud_cmacros *macros, const char *path, struct ud_slice text);

#endif
