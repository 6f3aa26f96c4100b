#include "kernel/facts/vermagic.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

void ud_vermagic_parse(const char *text, struct ud_vermagic *ret)
{
    struct ud_slice rest = ud_slice_of(text);
    struct ud_slice word = {rest.ptr, 0};
    *ret = (struct ud_vermagic){0};
    (void)ud_scan_word(&rest, &word);
    ret->release = ud_strndup(word.ptr, word.len);
    while (ud_scan_word(&rest, &word)) {
        ud_strv_addn(&ret->flags, word.ptr, word.len);
    }
}

void ud_vermagic_done(struct ud_vermagic *vermagic)
{
    if (vermagic == NULL) {
        return;
    }
    free(vermagic->release);
    ud_strv_done(&vermagic->flags);
    *vermagic = (struct ud_vermagic){0};
}

/* Adds a clause with those of from that are not in the other, if there are any. */
static bool say_missing(const struct ud_strv *from, const struct ud_strv *in, const char *before,
                        const char *after, struct ud_buf *why)
{
    struct ud_strv missing = {0};
    for (size_t i = 0; i < from->len; i++) {
        if (!ud_strv_has(in, from->items[i])) {
            ud_strv_add(&missing, from->items[i]);
        }
    }
    bool any = missing.len > 0;
    if (any && why != NULL) {
        char *names = ud_strv_join(&missing, " and ");
        ud_buf_addf(why, "%s%s %.200s, which the kernel %s", why->len > 0 ? ", and " : "", before,
                    names, after);
        free(names);
    }
    ud_strv_done(&missing);
    return any;
}

static bool same_order(const struct ud_strv *a, const struct ud_strv *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0) {
            return false;
        }
    }
    return a->len == b->len;
}

bool ud_vermagic_same_flags(const struct ud_vermagic *module, const struct ud_vermagic *kernel,
                            struct ud_buf *why)
{
    bool lacks = say_missing(&kernel->flags, &module->flags, "it lacks", "has", why);
    bool extra = say_missing(&module->flags, &kernel->flags, "it has", "has not", why);
    if (lacks || extra) {
        return false;
    }
    if (!same_order(&module->flags, &kernel->flags)) {
        if (why != NULL) {
            ud_buf_adds(why, "its flags are the kernel's in another order");
        }
        return false;
    }
    return true;
}

/* include/linux/vermagic.h, VERMAGIC_STRING: what is on, in this order. */
void ud_vermagic_expected(const char *release, const char *machine, const struct ud_config *config,
                          struct ud_vermagic *ret)
{
    *ret = (struct ud_vermagic){.release = ud_strdup(release)};
    struct ud_strv *flags = &ret->flags;
    if (ud_config_is(config, "SMP", 'y')) {
        ud_strv_add(flags, "SMP");
    }
    /* PREEMPT_BUILD came with 5.16, which PREEMPT and PREEMPT_DYNAMIC select. */
    if (ud_config_is(config, "PREEMPT_BUILD", 'y') || ud_config_is(config, "PREEMPT", 'y')) {
        ud_strv_add(flags, "preempt");
    } else if (ud_config_is(config, "PREEMPT_RT", 'y')) {
        ud_strv_add(flags, "preempt_rt");
    }
    if (ud_config_is(config, "MODULE_UNLOAD", 'y')) {
        ud_strv_add(flags, "mod_unload");
    }
    if (ud_config_is(config, "MODVERSIONS", 'y')) {
        ud_strv_add(flags, "modversions");
    }
    if (strcmp(machine, "aarch64") == 0) {
        ud_strv_add(flags, "aarch64"); /* MODULE_ARCH_VERMAGIC */
    }
}
