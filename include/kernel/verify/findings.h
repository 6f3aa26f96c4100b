/* The report of a verification: named checks, and what each of them found. */
#ifndef KERNEL_VERIFY_FINDINGS_H
#define KERNEL_VERIFY_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* From good to bad: the verdict of a check is the worst of its findings'. */
enum ud_found { UD_FOUND_OK, UD_FOUND_UNKNOWN, UD_FOUND_WARNING, UD_FOUND_ERROR };

/* One thing that is not as it should be, or not known. Texts are owned. */
struct ud_finding {
    enum ud_found verdict;
    enum ud_code code; /* what an error makes the command end with */
    char *module;      /* whom it is about, or "" */
    char *text;        /* a clause; a sentence of its own if module is "" */
    char *remedy;      /* an imperative sentence, or "" */
};

struct ud_verify_check {
    const char *name; /* static; stable, for programs */
    char *compared;   /* what with what: a clause; never NULL */
    struct ud_finding *items;
    size_t len;
};

struct ud_findings {
    struct ud_verify_check *checks; /* in the order in which they were made */
    size_t len;
};

/* A check without findings, to be filled; borrowed until the next one is added. */
struct ud_verify_check *ud_findings_check(struct ud_findings *findings, const char *name);

/* Says what was compared with what; replaces what was said before. */
void ud_verify_check_compared(struct ud_verify_check *check, const char *fmt, ...) UD_PRINTF(2, 3);

/* Adds a finding of code UD_ERR_UNFIT; module and remedy may be NULL. */
void ud_verify_check_find(struct ud_verify_check *check, enum ud_found verdict, const char *module,
                          const char *remedy, const char *fmt, ...) UD_PRINTF(5, 6);

/* Adds a failure as an error of its own code. */
void ud_verify_check_fail(struct ud_verify_check *check, const struct ud_error *why);

enum ud_found ud_verify_check_verdict(const struct ud_verify_check *check);

/* The verdict of all checks together. */
enum ud_found ud_findings_verdict(const struct ud_findings *findings);

/* The first error as an error of its code; UD_OK if there is none. */
UD_MUST_CHECK enum ud_code ud_findings_first_error(const struct ud_findings *findings,
                                                   struct ud_error *err);

void ud_findings_done(struct ud_findings *findings);

const char *ud_found_name(enum ud_found verdict); /* "ok", "unknown", "warning", "error" */

#endif
