/* A configuration that somebody gave in place of the one that the VM shows. */
#include "kernel/drift.h"

/* Names listed in a message; the rest is counted. */
#define SHOWN_MAX 8

void ud_drift_name_given(const struct ud_config *own, const struct ud_config *given,
                         struct ud_buf *text)
{
    const struct ud_config_edits none = {0};
    const struct ud_strv no_symbols = {0}; /* the sources that tell them are not known yet */
    struct ud_drift drift = {0};
    size_t count = 0;
    ud_drift_classify(own, given, &none, &no_symbols, &drift);
    for (size_t i = 0; i < drift.len; i++) {
        if (drift.items[i].class == UD_DRIFT_FATAL && count++ < SHOWN_MAX) {
            ud_buf_addf(text, "%sCONFIG_%s", text->len > 0 ? ", " : "", drift.items[i].name);
        }
    }
    if (count > SHOWN_MAX) {
        ud_buf_addf(text, " and %zu more", count - SHOWN_MAX);
    }
    ud_drift_done(&drift);
}
