/* Finding the lines of a source that say what it exports and includes. */
#ifndef KERNEL_CRCS_EXPORTS_SCAN_H
#define KERNEL_CRCS_EXPORTS_SCAN_H

#include "util/str.h"

/* The next EXPORT_…(symbol at or after *at: moves *at behind it. macro is the
 * word before the bracket. False at the end. */
bool ud_exports_next(struct ud_slice text, size_t *at, struct ud_slice *ret_macro,
                     struct ud_slice *ret_symbol);

/* The same for #include "path". */
bool ud_includes_next(struct ud_slice text, size_t *at, struct ud_slice *ret_path);

/* Whether what stands at at, behind a name, pastes more to it: `bpf_trace_run##x`. */
bool ud_exports_pasted(struct ud_slice text, size_t at);

#endif
