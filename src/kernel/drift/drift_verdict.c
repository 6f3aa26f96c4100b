#include "kernel/drift/drift.h"

#include <string.h>

#include "util/buf.h"
#include "util/str.h"

/* Names listed in a message; the rest is counted. */
#define SHOWN_MAX 8

const char *ud_drift_class_name(enum ud_drift_class class)
{
    static const char *const names[] = {
        [UD_DRIFT_ASKED] = "asked",
        [UD_DRIFT_HARMLESS] = "harmless",
        [UD_DRIFT_USB] = "usb",
        [UD_DRIFT_SUPPLIED] = "supplied",
        [UD_DRIFT_FORCE_OFF] = "force-off",
        [UD_DRIFT_NOT_TAKEN] = "not-taken",
        [UD_DRIFT_FATAL] = "fatal",
    };
    return names[class];
}

static const char *drift_verdict_shown(const char *value)
{
    return value != NULL ? value : "n";
}

void ud_drift_describe(const struct ud_drift_item *item, struct ud_buf *text)
{
    ud_buf_addf(text, "CONFIG_%s: %.64s -> %.64s (%s)", item->name,
                drift_verdict_shown(item->before), drift_verdict_shown(item->after), item->reason);
}

static bool is_bad(const struct ud_drift_item *item)
{
    return item->class == UD_DRIFT_FATAL || item->class == UD_DRIFT_NOT_TAKEN;
}

/* What explains most: a missing tool moves options in whole groups, and the
 * one that names the missing tool is the cause; else the first by name. */
static const struct ud_drift_item *find_cause(const struct ud_drift *drift)
{
    const struct ud_drift_item *cause = NULL;
    for (size_t i = 0; i < drift->len; i++) {
        const struct ud_drift_item *item = &drift->items[i];
        if (is_bad(item) && ud_str_starts(item->name, "DEBUG_INFO_BTF")) {
            return item;
        }
        if (is_bad(item) && cause == NULL) {
            cause = item;
        }
    }
    return cause;
}

/* Options as a message names them, some and how many more. */
struct names {
    struct ud_buf *text;
    size_t count;
};

static void drift_verdict_add_name(struct names *names, const char *name)
{
    if (names->count < SHOWN_MAX) {
        ud_buf_addf(names->text, "%sCONFIG_%s", names->count > 0 ? ", " : "", name);
    }
    names->count++;
}

static void end_names(const struct names *names)
{
    if (names->count > SHOWN_MAX) {
        ud_buf_addf(names->text, " and %zu more", names->count - SHOWN_MAX);
    }
}

static void list_others(const struct ud_drift *drift, const struct ud_drift_item *cause,
                        struct ud_buf *text)
{
    struct names names = {.text = text};
    for (size_t i = 0; i < drift->len; i++) {
        const struct ud_drift_item *item = &drift->items[i];
        if (is_bad(item) && item != cause) {
            ud_buf_adds(text, names.count == 0 ? "; also " : "");
            drift_verdict_add_name(&names, item->name);
        }
    }
    end_names(&names);
}

void ud_drift_name_given(const struct ud_config *own, const struct ud_config *given,
                         struct ud_buf *text)
{
    const struct ud_config_edits none = {0};
    const struct ud_strv no_symbols = {0}; /* the sources that tell them are not known yet */
    struct ud_drift drift = {0};
    struct names names = {.text = text};
    ud_drift_classify(own, given, &none, &no_symbols, &drift);
    for (size_t i = 0; i < drift.len; i++) {
        if (drift.items[i].class == UD_DRIFT_FATAL) {
            drift_verdict_add_name(&names, drift.items[i].name);
        }
    }
    end_names(&names);
    ud_drift_done(&drift);
}

static enum ud_code drift_verdict_refuse(const struct ud_drift *drift,
                                         const struct ud_drift_item *cause, struct ud_error *err)
{
    struct ud_buf others;
    ud_buf_init(&others, 4096);
    list_others(drift, cause, &others);
    enum ud_code rc;
    if (cause->class == UD_DRIFT_NOT_TAKEN) {
        rc = ud_fail(err, UD_ERR_CONFIG, cause->remedy,
                     "CONFIG_%s comes out as %.64s, which was not asked for: %s%s", cause->name,
                     drift_verdict_shown(cause->after), cause->reason, others.data);
    } else {
        rc = ud_fail(err, UD_ERR_CONFIG, cause->remedy,
                     "CONFIG_%s is %.64s in the running kernel, but comes out as %.64s: %s%s",
                     cause->name, drift_verdict_shown(cause->before),
                     drift_verdict_shown(cause->after), cause->reason, others.data);
    }
    ud_buf_done(&others);
    return rc;
}

enum ud_code ud_drift_verdict(const struct ud_drift *drift, struct ud_strv *ret_force_off,
                              struct ud_error *err)
{
    const struct ud_drift_item *cause = find_cause(drift);
    if (cause != NULL) {
        return drift_verdict_refuse(drift, cause, err);
    }
    for (size_t i = 0; i < drift->len; i++) {
        if (drift->items[i].class == UD_DRIFT_FORCE_OFF) {
            ud_strv_add(ret_force_off, drift->items[i].name);
        }
    }
    return UD_OK;
}
