/* Errors: a code that callers decide on and a text that users read.
 *
 * Every function that can fail returns an `enum ud_code` and takes a
 * caller-owned `struct ud_error` as its last parameter, which it leaves alone
 * on success. See docs/errors.md for the exit code and meaning of each code. */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#define UD_MUST_CHECK __attribute__((warn_unused_result))
/* The build says so where the C library's own printf checks are not ISO C's. */
#ifndef UD_PRINTF_ARCHETYPE
#define UD_PRINTF_ARCHETYPE printf
#endif
#define UD_PRINTF(fmt, args) __attribute__((format(UD_PRINTF_ARCHETYPE, fmt, args)))

/* What went wrong, as far as a caller or a script must tell it apart. */
enum ud_code {
    UD_OK = 0,
    UD_ERR_INTERNAL,    /* a mistake of ours, or of a library */
    UD_ERR_USAGE,       /* the command line or an input file asks for what cannot be */
    UD_ERR_UNREACHABLE, /* no engine answers at the endpoint */
    UD_ERR_ENGINE,      /* the engine answered, and refused, failed or stalled */
    UD_ERR_PROTOCOL,  /* an engine's answer that makes no sense: truncated, malformed, too large */
    UD_ERR_FACTS,     /* the kernel cannot be known well enough, or can take no module */
    UD_ERR_SOURCE,    /* what comes from the web cannot be had, or is not what was named */
    UD_ERR_CONFIG,    /* the configuration cannot be kept as the running kernel has it */
    UD_ERR_BUILD,     /* a build step failed */
    UD_ERR_UNFIT,     /* a module does not fit the running kernel */
    UD_ERR_REFUSED,   /* the kernel refused to insert or remove a module */
    UD_ERR_BUSY,      /* something is in use */
    UD_ERR_DENIED,    /* permission is missing */
    UD_ERR_NOT_FOUND, /* a file, image or container that was named is not there */
    UD_ERR_IO,        /* reading or writing on this side failed */
    UD_ERR_INTERRUPTED, /* Ctrl-C or a termination signal */
    UD_CODE_COUNT
};

struct ud_error {
    enum ud_code code;
    char message[1024]; /* names the thing and the reason */
    char remedy[768];   /* what to do, an imperative sentence, or "" */
};

/* Fills err (NULL is allowed) and returns code, so that a failure is one line:
 *     return ud_fail(err, UD_ERR_IO, "Free some space.", "cannot write %s: %s", path, why);
 * remedy may be NULL. Texts that do not fit are cut at a character boundary. */
enum ud_code ud_fail(struct ud_error *err, enum ud_code code, const char *remedy, const char *fmt,
                     ...) UD_PRINTF(4, 5);

/* Replaces the remedy of an error that is already filled; NULL err is allowed. */
void ud_error_remedy(struct ud_error *err, const char *fmt, ...) UD_PRINTF(2, 3);

/* Puts "<context>: " before the message. */
void ud_error_prefix(struct ud_error *err, const char *fmt, ...) UD_PRINTF(2, 3);

/* Hands on an error that was caught in why, for a caller that looked at its code first:
 *     return ud_error_pass(err, &why);
 * NULL err is allowed. Returns why's code. */
enum ud_code ud_error_pass(struct ud_error *err, const struct ud_error *why);

/* The process exit code for a code, as documented in docs/errors.md. */
int ud_error_exit_code(enum ud_code code);

/* The stable lower-case name of a code for JSON output, such as "unreachable". */
const char *ud_error_name(enum ud_code code);

/* The code of that name; UD_CODE_COUNT if there is none. */
enum ud_code ud_error_named(const char *name);

/* Returns from the enclosing function when call fails; for functions with nothing to clean up. */
#define UD_TRY(call)                                                                               \
    do {                                                                                           \
        enum ud_code ud_try_rc_ = (call);                                                          \
        if (ud_try_rc_ != UD_OK) {                                                                 \
            return ud_try_rc_;                                                                     \
        }                                                                                          \
    } while (0)

#endif
