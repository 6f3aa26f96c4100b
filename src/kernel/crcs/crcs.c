#include "kernel/crcs/crcs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "elf/module_symbols.h"
#include "kernel/elf/elf.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { SYMVERS_MAX = 32 << 20 };

void ud_crcs_done(struct ud_crcs *crcs)
{
    if (crcs == NULL) {
        return;
    }
    for (size_t i = 0; i < crcs->len; i++) {
        free(crcs->items[i].name);
        free(crcs->items[i].where);
        free(crcs->items[i].exporter);
    }
    free(crcs->items);
    ud_strv_done(&crcs->differing);
    free(crcs->difference);
    *crcs = (struct ud_crcs){0};
}

/* The first item that is not before name. */
static size_t place_of(const struct ud_crcs *crcs, const char *name)
{
    size_t low = 0;
    size_t high = crcs->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(crcs->items[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct ud_crc *ud_crcs_find(const struct ud_crcs *crcs, const char *name)
{
    size_t at = place_of(crcs, name);
    return at < crcs->len && strcmp(crcs->items[at].name, name) == 0 ? &crcs->items[at] : NULL;
}

static enum ud_code fail_conflict(const struct ud_crc *known, uint32_t crc, const char *where,
                                  struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNFIT,
                   known->origin == UD_CRC_COMPUTED
                       ? "Report this with the output of -v."
                       : "One of them is of another kernel: move it out of the VM's modules.",
                   "two CRCs of %s: 0x%08" PRIx32 " says %s, 0x%08" PRIx32 " says %s", known->name,
                   known->crc, known->where, crc, where);
}

/* Of the two CRCs one is computed and the other the kernel's own. */
static void crcs_note_difference(struct ud_crcs *crcs, const struct ud_crc *known, uint32_t crc,
                                 const char *where)
{
    const bool computed = known->origin == UD_CRC_COMPUTED;
    if (ud_strv_has(&crcs->differing, known->name)) {
        return;
    }
    ud_strv_add(&crcs->differing, known->name);
    if (crcs->difference == NULL) {
        crcs->difference =
            ud_strf("%s the CRC 0x%08" PRIx32 " (%s), the kernel's own modules have "
                    "0x%08" PRIx32 " (%s)",
                    known->name, computed ? known->crc : crc, computed ? known->where : where,
                    computed ? crc : known->crc, computed ? where : known->where);
    }
}

char *ud_crcs_describe_differing(const struct ud_crcs *crcs)
{
    enum { SHOWN = 6 };
    const size_t count = crcs->differing.len;
    struct ud_strv shown = {0};
    if (count == 0) {
        return NULL;
    }
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        ud_strv_add(&shown, crcs->differing.items[i]);
    }
    char *names = ud_strv_join(&shown, ", ");
    char *text =
        ud_strf("%zu of %zu CRCs differ (%s%s); they give %s", count, count + crcs->confirmed,
                names, count > SHOWN ? ", …" : "", crcs->difference);
    free(names);
    ud_strv_done(&shown);
    return text;
}

enum ud_code ud_crcs_check_sources(const struct ud_crcs *crcs, struct ud_error *err)
{
    char *differing = ud_crcs_describe_differing(crcs);
    if (differing == NULL) {
        return UD_OK;
    }
    enum ud_code rc =
        ud_fail(err, UD_ERR_UNFIT,
                "Build with the kernel's own sources, configuration and compiler; see --source "
                "and --kernel-config.",
                "these sources with this configuration are not the kernel's: %s", differing);
    free(differing);
    return rc;
}

static struct ud_crc *crcs_insert(struct ud_crcs *crcs, size_t at, const char *name)
{
    crcs->items = ud_realloc(crcs->items, crcs->len + 1, sizeof *crcs->items);
    memmove(&crcs->items[at + 1], &crcs->items[at], (crcs->len - at) * sizeof *crcs->items);
    crcs->len++;
    crcs->items[at] = (struct ud_crc){.name = ud_strdup(name), .exporter = ud_strdup("vmlinux")};
    return &crcs->items[at];
}

enum ud_code ud_crcs_add(struct ud_crcs *crcs, const char *name, uint32_t crc,
                         enum ud_crc_origin origin, const char *where, struct ud_error *err)
{
    size_t at = place_of(crcs, name);
    struct ud_crc *known =
        at < crcs->len && strcmp(crcs->items[at].name, name) == 0 ? &crcs->items[at] : NULL;
    if (known != NULL && known->crc != crc && known->origin == origin) {
        return fail_conflict(known, crc, where, err);
    }
    if (known != NULL && known->crc != crc) {
        crcs_note_difference(crcs, known, crc, where);
    } else if (known != NULL && known->origin != origin && !known->confirmed) {
        known->confirmed = true;
        crcs->confirmed++;
    }
    if (known != NULL) {
        return UD_OK;
    }
    struct ud_crc *item = crcs_insert(crcs, at, name);
    item->crc = crc;
    item->origin = origin;
    item->where = ud_strdup(where);
    return UD_OK;
}

/* "kernel/drivers/usb/core/usbcore.ko.xz" gives "drivers/usb/core/usbcore". */
static char *exporter_of(const char *path)
{
    const char *from = ud_str_starts(path, "kernel/") ? path + strlen("kernel/") : path;
    const char *suffix = strstr(from, ".ko");
    return ud_strndup(from, suffix != NULL ? (size_t)(suffix - from) : strlen(from));
}

enum ud_code ud_crcs_add_exports(struct ud_crcs *crcs, const struct ud_module *module,
                                 const char *path, struct ud_error *err)
{
    for (size_t i = 0; i < module->exports.len; i++) {
        const struct ud_module_symbol *symbol = &module->exports.items[i];
        if (!symbol->has_crc) {
            continue;
        }
        UD_TRY(ud_crcs_add(crcs, symbol->name, symbol->crc, UD_CRC_OF_MODULES, path, err));
        struct ud_crc *item = &crcs->items[place_of(crcs, symbol->name)];
        free(item->exporter);
        item->exporter = exporter_of(path);
    }
    return UD_OK;
}

void ud_crcs_missing(const struct ud_crcs *crcs, const struct ud_strv *names, struct ud_strv *ret)
{
    for (size_t i = 0; i < names->len; i++) {
        if (ud_crcs_find(crcs, names->items[i]) == NULL) {
            ud_strv_add(ret, names->items[i]);
        }
    }
}

size_t ud_crcs_count(const struct ud_crcs *crcs, const struct ud_strv *names,
                     enum ud_crc_origin origin)
{
    size_t count = 0;
    for (size_t i = 0; i < names->len; i++) {
        const struct ud_crc *crc = ud_crcs_find(crcs, names->items[i]);
        count += crc != NULL && crc->origin == origin;
    }
    return count;
}

char *ud_crcs_to_symvers(const struct ud_crcs *crcs, size_t *ret_len)
{
    struct ud_buf text;
    ud_buf_init(&text, SYMVERS_MAX);
    for (size_t i = 0; i < crcs->len; i++) {
        const struct ud_crc *crc = &crcs->items[i];
        /* Ours are GPL: modpost need not know which symbols want that. */
        ud_buf_addf(&text, "0x%08" PRIx32 "\t%s\t%s\tEXPORT_SYMBOL\t\n", crc->crc, crc->name,
                    crc->exporter);
    }
    char *result = ud_buf_take(&text, ret_len);
    ud_buf_done(&text);
    return result;
}

enum ud_code ud_crcs_add_object(struct ud_crcs *crcs, const char *data, size_t len,
                                const char *where, struct ud_error *err)
{
    struct ud_elf elf;
    struct ud_module_symbols exports = {0};
    enum ud_code rc = UD_OK;
    if (ud_elf_open(data, len, where, &elf, NULL) != UD_OK) {
        return UD_OK;
    }
    ud_module_read_exports(&elf, &exports);
    for (size_t i = 0; i < exports.len && rc == UD_OK; i++) {
        if (exports.items[i].has_crc) {
            rc = ud_crcs_add(crcs, exports.items[i].name, exports.items[i].crc, UD_CRC_COMPUTED,
                             where, err);
        }
    }
    ud_module_symbols_done(&exports);
    return rc;
}
