#include <string.h>

#include "util/buf.h"
#include "verify_parts.h"

/* Symbols listed in one finding; the rest is counted. */
#define SHOWN_MAX 6

/* Names of one kind of trouble. */
struct tally {
    struct ud_buf names;
    size_t count;
};

struct result {
    struct tally missing;   /* nothing exports it */
    struct tally differs;   /* its CRC is another */
    struct tally no_crc;    /* it has none, though the kernel compares */
    struct tally unchecked; /* the kernel's CRC is not known */
};

static void note(struct tally *tally, const char *name)
{
    if (tally->count++ < SHOWN_MAX) {
        ud_buf_addf(&tally->names, "%s%.64s", tally->names.len > 0 ? ", " : "", name);
    }
}

static void finish(struct tally *tally)
{
    if (tally->count > SHOWN_MAX) {
        ud_buf_addf(&tally->names, " and %zu more", tally->count - SHOWN_MAX);
    }
}

/* What is known of who exports a symbol. */
struct known {
    bool exported; /* somebody does */
    bool has_crc;
    uint32_t crc;
};

static void learn(struct known *known, const struct ud_module_symbol *symbol)
{
    if (symbol != NULL) {
        known->exported = true;
        known->has_crc = symbol->has_crc;
        known->crc = symbol->crc;
    }
}

/* The modules that are inserted together come first, then the kernel's own
 * list, then what its own modules were linked against. */
static struct known look_up(const struct ud_verify_input *input, const char *name)
{
    struct known known = {0};
    for (size_t i = 0; i < input->count && !known.exported; i++) {
        learn(&known, ud_module_symbols_find(&input->modules[i]->exports, name));
    }
    if (!known.exported && input->symvers != NULL) {
        const struct ud_symver *symver = ud_symvers_find(input->symvers, name);
        if (symver != NULL) {
            known = (struct known){true, true, symver->crc};
        }
    }
    for (size_t i = 0; i < input->stock_count && !known.has_crc; i++) {
        learn(&known, ud_module_symbols_find(&input->stock[i]->exports, name));
        if (!known.has_crc) {
            learn(&known, ud_module_symbols_find(&input->stock[i]->imports, name));
        }
    }
    return known;
}

static void check_import(const struct ud_verify_input *input, bool modversions,
                         const struct ud_module_symbol *import, struct result *result)
{
    struct known known = look_up(input, import->name);
    /* Only a complete list proves that nobody has it. */
    if (!known.exported && input->symvers != NULL && !import->weak) {
        note(&result->missing, import->name);
    } else if (modversions && !import->has_crc && !import->weak) {
        note(&result->no_crc, import->name);
    } else if (import->has_crc && known.has_crc && import->crc != known.crc) {
        note(&result->differs, import->name);
    } else if (!import->weak && (!known.exported || (import->has_crc && !known.has_crc))) {
        note(&result->unchecked, import->name);
    }
}

static void add_findings(const struct ud_verify_input *input, const struct ud_module *module,
                         const struct result *result, struct ud_findings *findings)
{
    enum ud_severity lenient = input->allow_no_crcs ? UD_FINDING_WARNING : UD_FINDING_ERROR;
    if (result->missing.count > 0) {
        ud_findings_add(findings, UD_FINDING_ERROR, module,
                        "Check that sources, configuration and Module.symvers are this kernel's.",
                        "neither the kernel nor another module exports %s",
                        result->missing.names.data);
    }
    if (result->differs.count > 0) {
        ud_findings_add(
            findings, UD_FINDING_ERROR, module,
            "Build with the kernel's own sources, configuration, compiler and Module.symvers.",
            "the kernel has other CRCs for %s: it was built otherwise", result->differs.names.data);
    }
    if (result->no_crc.count > 0) {
        ud_findings_add(findings, lenient, module,
                        "Pass the Module.symvers of the running kernel with --symvers.",
                        "the kernel compares CRCs, and it has none for %s",
                        result->no_crc.names.data);
    }
    if (result->unchecked.count > 0) {
        ud_findings_add(findings, UD_FINDING_NOTE, module, NULL,
                        "nothing here says what the kernel has for %s",
                        result->unchecked.names.data);
    }
}

/* A module with CRCs has one for the layout of struct module. */
static void check_module_layout(bool modversions, const struct ud_module *module,
                                struct result *result)
{
    static const char name[] = "module_layout";
    if (modversions && ud_module_symbols_find(&module->imports, name) == NULL) {
        note(&result->no_crc, name);
    }
}

void ud_verify_imports(const struct ud_verify_input *input, const struct ud_module *module,
                       struct ud_findings *findings)
{
    bool modversions = ud_verify_modversions(input);
    struct result result = {0};
    struct tally *tallies[] = {&result.missing, &result.differs, &result.no_crc, &result.unchecked};
    for (size_t i = 0; i < 4; i++) {
        ud_buf_init(&tallies[i]->names, 4096);
    }
    check_module_layout(modversions, module, &result);
    for (size_t i = 0; i < module->imports.len; i++) {
        check_import(input, modversions, &module->imports.items[i], &result);
    }
    for (size_t i = 0; i < 4; i++) {
        finish(tallies[i]);
    }
    add_findings(input, module, &result, findings);
    for (size_t i = 0; i < 4; i++) {
        ud_buf_done(&tallies[i]->names);
    }
}
