/* A table-driven reader of command lines. It is pure: it reads arguments and
 * fills the structs that the tables name; it prints nothing.
 *
 * Reading takes two steps, because options may stand before the command that
 * defines them: ud_opts_split turns arguments into tokens by all the tables
 * there are, ud_opts_apply stores them by the tables of the chosen command. */
#ifndef CLI_OPTIONS_OPTIONS_H
#define CLI_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strv.h"

/* What an option stores at its offset. */
enum ud_opt_kind {
    UD_OPT_FLAG,   /* bool */
    UD_OPT_TEXT,   /* const char *, borrowed from the arguments */
    UD_OPT_NUMBER, /* unsigned, from min to max */
    UD_OPT_CHOICE, /* unsigned, an index into choices */
    UD_OPT_LIST    /* struct ud_strv; may be given many times */
};

struct ud_opt {
    const char *name; /* without dashes; NULL ends a table */
    char short_name;  /* or '\0' */
    enum ud_opt_kind kind;
    size_t offset;     /* in the struct that is filled */
    const char *value; /* what help calls the value, NULL for a flag */
    unsigned min;      /* of UD_OPT_NUMBER */
    unsigned max;
    const char *const *choices;      /* of UD_OPT_CHOICE, ends with NULL */
    bool (*check)(const char *text); /* of UD_OPT_TEXT and UD_OPT_LIST, or NULL */
    const char *accepts;             /* what check accepts, as in "takes <accepts>" */
    bool secret;                     /* a value that is refused may hold a password */
    const char *env;                 /* variable that stands in for UD_OPT_TEXT, or NULL */
    const char *help;
};

/* A table and the struct its offsets refer to. */
struct ud_opt_set {
    const char *owner; /* the command's name, or NULL for the common options */
    const struct ud_opt *table;
    void *target; /* NULL where tables are only looked up */
};

enum ud_token_kind { UD_TOKEN_WORD, UD_TOKEN_LONG, UD_TOKEN_SHORT };

struct ud_token {
    enum ud_token_kind kind;
    char *name;        /* a word, or an option's name without dashes */
    const char *value; /* borrowed from the arguments; NULL: none was given */
    bool attached;     /* the value was written into the same argument */
};

struct ud_tokens {
    struct ud_token *items;
    size_t count;
};

/* Which options take a value is looked up in the tables; an option that none
 * of them has becomes a token without value unless "=" gives it one. */
void ud_opts_split(const struct ud_opt_set *sets, size_t set_count, const char *const *args,
                   size_t arg_count, struct ud_tokens *ret);

void ud_tokens_done(struct ud_tokens *tokens);

/* UD_ERR_USAGE for the first option that no set has at all, suggesting one of
 * the first set_count sets. */
UD_MUST_CHECK enum ud_code ud_opts_check_known(const struct ud_opt_set *sets, size_t set_count,
                                               size_t all_count, const struct ud_tokens *tokens,
                                               struct ud_error *err);

/* Where values come from that were not given. */
struct ud_opt_env {
    char *(*get)(const char *name); /* new memory or NULL, as ud_host_env */
    struct ud_strv kept;            /* the values that were used; release after the targets */
};

/* Stores the options among tokens, which must be known, by the first set_count
 * sets, which must have targets; the others of all_count say whose an option
 * is that the command has not. env may be NULL.
 * Errors: UD_ERR_USAGE naming option, value and what is accepted. */
UD_MUST_CHECK enum ud_code ud_opts_apply(const struct ud_opt_set *sets, size_t set_count,
                                         size_t all_count, const struct ud_tokens *tokens,
                                         struct ud_opt_env *env, struct ud_error *err);

/* Releases the lists in target. */
void ud_opts_done(const struct ud_opt *table, void *target);

/* Finds an option by its name or, of one letter, by its short name; NULL if absent. */
const struct ud_opt *ud_opts_find(const struct ud_opt *table, enum ud_token_kind kind,
                                  const char *name);

/* A check for options that take a digest. */
bool ud_opt_is_sha256(const char *text);

/* And for the URL of a place that has files below it. */
bool ud_opt_is_base_url(const char *text);
#define UD_OPT_BASE_URL "a URL that begins with https:// or http:// and has no query"

/* And for a platform that the program has a helper for, and Linux a compiler. */
bool ud_opt_is_platform(const char *text);
#define UD_OPT_PLATFORM "linux/amd64 or linux/arm64"

#endif
