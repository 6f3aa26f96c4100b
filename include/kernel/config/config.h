/* A kernel configuration (`.config`, /proc/config.gz unpacked).
 *
 * Names are without `CONFIG_`. Values are as written: `y`, `m`, a number, or a
 * text with its quotes; `n` stands for `# CONFIG_X is not set`. An option that
 * is absent (NULL) was invisible to kconfig, and as a boolean is off too. */
#ifndef KERNEL_CONFIG_CONFIG_H
#define KERNEL_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

#define UD_CONFIG_TEXT_MAX (4u << 20) /* bytes; Debian's is 0.3 MB */
#define UD_CONFIG_NAME_MAX 128        /* bytes of a name without CONFIG_ */
#define UD_CONFIG_VALUE_MAX 4096      /* bytes of a value */

struct ud_config_option {
    char *name;
    char *value; /* never NULL */
};

struct ud_config {
    struct ud_config_option *options; /* sorted by name, each name once */
    size_t len;
};

/* Parses a whole configuration. Blank lines and comments are skipped; of an
 * option given twice the last one counts, as in kconfig. UD_ERR_FACTS, naming
 * the line, for anything else, for text with NULs and for none at all. */
UD_MUST_CHECK enum ud_code ud_config_parse(const char *text, size_t len, struct ud_config *ret,
                                           struct ud_error *err);
/* UD_ERR_FACTS if the text, of which config was parsed, ends too early. What kconfig writes
 * begins with a heading (scripts/kconfig/confdata.c: conf_write) and ends with the menu
 * "Kernel hacking" (the top Kconfig sources lib/Kconfig.debug last), whose end it marks since
 * Linux 5.3. Of a text that somebody else wrote the end cannot be told. */
UD_MUST_CHECK enum ud_code ud_config_check_whole(const struct ud_config *config, const char *text,
                                                 size_t len, struct ud_error *err);

void ud_config_done(struct ud_config *config);

/* The value as written, borrowed, or NULL if the option is absent. */
const char *ud_config_get(const struct ud_config *config, const char *name);

/* Whether the option has this state; state is 'y', 'm' or 'n', and absent is 'n'. */
bool ud_config_is(const struct ud_config *config, const char *name, char state);

/* Whether the option is y or m. */
bool ud_config_on(const struct ud_config *config, const char *name);

/* The text of a string option without its quotes and escapes, in new memory; NULL if the
 * option is absent or no string. */
char *ud_config_string(const struct ud_config *config, const char *name);

/* ---- edits ---- */

/* Options to be set, in the order they were first named. An edit has the form
 * of an option; the value `n` asks for "is not set". */
struct ud_config_edits {
    struct ud_config_option *items;
    size_t len;
};

void ud_config_edits_done(struct ud_config_edits *edits);

/* Adds an edit, or replaces the one of the same name. */
void ud_config_edits_set(struct ud_config_edits *edits, const char *name, const char *value);

/* The value asked for, borrowed, or NULL. */
const char *ud_config_edits_get(const struct ud_config_edits *edits, const char *name);

/* Adds what one `CONFIG_X=v` says. UD_ERR_USAGE with the reason. */
UD_MUST_CHECK enum ud_code ud_config_edits_parse(struct ud_config_edits *edits, const char *arg,
                                                 struct ud_error *err);

/* Adds each option of a configuration fragment; what names it in messages.
 * UD_ERR_USAGE, naming line and reason; edits may then hold a part. */
UD_MUST_CHECK enum ud_code ud_config_edits_parse_fragment(struct ud_config_edits *edits,
                                                          const char *text, size_t len,
                                                          const char *what, struct ud_error *err);

/* The text with each edited option's line replaced where it stands (the last
 * one, if it is there more than once; the others go), or appended; in new
 * memory, NUL-terminated. */
char *ud_config_apply(const char *text, size_t len, const struct ud_config_edits *edits,
                      size_t *ret_len);

/* ---- comparison ---- */

struct ud_config_change {
    char *name;
    char *before; /* NULL: absent */
    char *after;  /* NULL: absent */
};

struct ud_config_changes {
    struct ud_config_change *items; /* sorted by name */
    size_t len;
};

/* Lists what differs; absent and `n` are the same. */
void ud_config_compare(const struct ud_config *before, const struct ud_config *after,
                       struct ud_config_changes *ret);
void ud_config_changes_done(struct ud_config_changes *changes);

/* Whether two configurations are of one build of a kernel. What Debian takes out
 * of the copy in /boot (salt and keys) does not count. If they are not, *ret_count is the
 * number of options that differ and ret_first (new memory) says the first. */
bool ud_config_is_of_one_build(const struct ud_config *running, const struct ud_config *other,
                               size_t *ret_count, char **ret_first);

/* Whether two values mean the same: NULL and "n" are equal, and so are numbers
 * and texts that are written alike. */
bool ud_config_same(const char *a, const char *b);

/* The option that randomizes this kernel's layouts, without CONFIG_; NULL: none does. */
const char *ud_config_randstruct_option(const struct ud_config *config);

#endif
