/* Which sources of a kernel export a symbol, and what else of the tree those
 * need to be read by the preprocessor: found in the tree itself, while it is
 * streamed, so that no list of files has to be kept up to date.
 *
 * Facts: EXPORT_SYMBOL and its variants in include/linux/export.h, those of
 * include/linux/tracepoint.h and static_call.h (Linux 5.10 to 6.12). */
#ifndef KERNEL_CRCS_EXPORTS_H
#define KERNEL_CRCS_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strv.h"

struct ud_exports;

struct ud_exports *ud_exports_new(void);
void ud_exports_free(struct ud_exports *exports);

/* Whether the file at this path of the tree is to be given to
 * ud_exports_add: code for this architecture (see ud_kbuild_srcarch). */
bool ud_exports_wants(const char *path, const char *srcarch);

/* Reads one file's text, which is not kept. */
void ud_exports_add(struct ud_exports *exports, const char *path, const char *text, size_t len);

/* No file was added. */
bool ud_exports_is_empty(const struct ud_exports *exports);

/* Adds the paths of the sources that kbuild compiles to an object and that
 * export the symbol: a file that others #include is replaced by those. There
 * can be several, of which a configuration enables one. If none names it, those
 * that make names which begin like it: `EXPORT_SYMBOL_GPL(bpf_trace_run##x)`. */
void ud_exports_sources(const struct ud_exports *exports, const char *symbol, struct ud_strv *ret);

/* Adds the directories of these sources and of all that they #include by a
 * path in quotes, transitively. */
void ud_exports_dirs(const struct ud_exports *exports, const struct ud_strv *sources,
                     struct ud_strv *ret);

/* Whether a file of the tree is needed with these directories: it is in one of
 * them, or a Makefile on the way to one. */
bool ud_exports_needs(const struct ud_strv *dirs, const char *path);

#endif
