/* The CRCs that a kernel with MODVERSIONS compares. */
#include <stdio.h>
#include <string.h>

#include "verify/verify_parts.h"

static const char layout[] = "module_layout";
static const char give_symvers[] = "Pass the Module.symvers of the running kernel with --symvers.";

enum ud_modversions ud_verify_compares_crcs(const struct ud_verify_input *input)
{
    for (size_t i = 0; i < input->stock_count; i++) {
        if (input->stock[i]->has_versions) {
            return UD_MODVERSIONS_ON;
        }
    }
    if (input->facts->has_config) {
        return ud_config_is(&input->facts->config, "MODVERSIONS", 'y') ? UD_MODVERSIONS_ON
                                                                       : UD_MODVERSIONS_OFF;
    }
    return input->stock_count > 0 ? UD_MODVERSIONS_OFF : UD_MODVERSIONS_UNKNOWN;
}

static enum ud_found verify_no_crc(const struct ud_verify_input *input)
{
    return input->allow_no_crcs ? UD_FOUND_WARNING : UD_FOUND_ERROR;
}

void ud_verify_modversions(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    enum ud_modversions how = ud_verify_compares_crcs(input);
    if (how == UD_MODVERSIONS_OFF) {
        ud_verify_check_compared(check,
                                 "the kernel compares no CRCs: it has no CONFIG_MODVERSIONS");
        return;
    }
    ud_verify_check_compared(check, "the kernel compares CRCs: each module has a table of them");
    for (size_t i = 0; i < input->count; i++) {
        if (!input->modules[i]->has_versions) {
            ud_verify_check_find(
                check, how == UD_MODVERSIONS_ON ? verify_no_crc(input) : UD_FOUND_UNKNOWN,
                input->modules[i]->name,
                "Build it with the kernel's Module.symvers (--symvers) and strip no more "
                "than debug information, or accept it with --allow-missing-crcs.",
                how == UD_MODVERSIONS_ON
                    ? "the kernel compares CRCs, and it has none"
                    : "it has no CRCs; whether the kernel compares them is not known");
        }
    }
}

/* What is known of a symbol's CRC. */
struct known {
    bool found;
    uint32_t crc;
};

static struct known crc_of(const struct ud_module_symbols *symbols, const char *name)
{
    const struct ud_module_symbol *symbol = ud_module_symbols_find(symbols, name);
    return symbol != NULL && symbol->has_crc ? (struct known){true, symbol->crc}
                                             : (struct known){0};
}

/* The modules that are inserted together come first, then what the kernel's own modules export, or
 * were linked against. A list comes last: it may be another kernel's, and the modules may have been
 * made with it. */
static struct known look_up(const struct ud_verify_input *input, const char *name)
{
    struct known known = {0};
    for (size_t i = 0; i < input->count && !known.found; i++) {
        known = crc_of(&input->modules[i]->exports, name);
    }
    for (size_t i = 0; i < input->stock_count && !known.found; i++) {
        known = crc_of(&input->stock[i]->exports, name);
        known = known.found ? known : crc_of(&input->stock[i]->imports, name);
    }
    if (!known.found && input->symvers != NULL) {
        const struct ud_symver *symver = ud_symvers_find(input->symvers, name);
        known = symver != NULL ? (struct known){true, symver->crc} : known;
    }
    return known;
}

/* Of one module, or of all. */
struct counts {
    struct ud_tally differs; /* the kernel has another */
    struct ud_tally no_crc;  /* it has none, though the kernel compares */
    struct ud_tally unknown; /* the kernel's is not known */
    size_t compared, all;
};

static void verify_crcs_count(const struct ud_verify_input *input,
                              const struct ud_module_symbol *import, struct counts *counts)
{
    struct known known = look_up(input, import->name);
    counts->all++;
    if (!import->has_crc) {
        bool wanted = ud_verify_compares_crcs(input) == UD_MODVERSIONS_ON && !import->weak;
        if (wanted) {
            ud_tally_add(&counts->no_crc, import->name);
        }
    } else if (!known.found) {
        ud_tally_add(&counts->unknown, import->name);
    } else {
        counts->compared++;
        if (known.crc != import->crc) {
            ud_tally_add(&counts->differs, import->name);
        }
    }
}

static void say_source(const struct ud_verify_input *input, const struct counts *all,
                       struct ud_verify_check *check)
{
    char stock[64] = "";
    if (input->stock_count > 0) {
        (void)snprintf(stock, sizeof stock, "%s%zu of the VM's own modules",
                       input->symvers != NULL ? " and " : "", input->stock_count);
    }
    ud_verify_check_compared(check, "%zu of %zu with %s%s", all->compared, all->all,
                             input->symvers != NULL ? "Module.symvers" : "", stock);
    if (input->symvers == NULL && input->stock_count == 0) {
        ud_verify_check_compared(check,
                                 "with each other alone: no Module.symvers, and none of the VM's "
                                 "own modules");
    }
}

static void verify_crcs_judge(const struct ud_verify_input *input, const struct ud_module *module,
                              struct counts *counts, struct ud_verify_check *check)
{
    ud_tally_find(&counts->differs, check, UD_FOUND_ERROR, module->name,
                  "Build with the kernel's own sources, configuration, compiler and "
                  "Module.symvers.",
                  "the kernel has other CRCs for ", ": it was built otherwise");
    ud_tally_find(&counts->no_crc, check, verify_no_crc(input), module->name, give_symvers,
                  "the kernel compares CRCs, and it has none for ", "");
    ud_tally_find(&counts->unknown, check, UD_FOUND_UNKNOWN, module->name, give_symvers,
                  "nothing here says what the kernel has for ", "");
}

static void verify_crcs_compare(const struct ud_verify_input *input, const struct ud_module *module,
                                bool of_layout, struct counts *all, struct ud_verify_check *check)
{
    struct counts mine = {0};
    struct ud_tally *tallies[] = {&mine.differs, &mine.no_crc, &mine.unknown};
    for (size_t i = 0; i < 3; i++) {
        ud_tally_init(tallies[i]);
    }
    for (size_t i = 0; i < module->imports.len; i++) {
        if ((strcmp(module->imports.items[i].name, layout) == 0) == of_layout) {
            verify_crcs_count(input, &module->imports.items[i], &mine);
        }
    }
    if (of_layout && mine.all == 0) {
        ud_tally_add(&mine.no_crc, layout); /* a module with CRCs has one for it */
    }
    verify_crcs_judge(input, module, &mine, check);
    all->compared += mine.compared;
    all->all += mine.all;
    for (size_t i = 0; i < 3; i++) {
        ud_tally_done(tallies[i]);
    }
}

/* Modules without any were dealt with by ud_verify_modversions. */
static void compare_all(const struct ud_verify_input *input, bool of_layout,
                        struct ud_verify_check *check)
{
    struct counts all = {0};
    if (ud_verify_compares_crcs(input) == UD_MODVERSIONS_OFF) {
        ud_verify_check_compared(check, "the kernel compares no CRCs");
        return;
    }
    for (size_t i = 0; i < input->count; i++) {
        if (input->modules[i]->has_versions) {
            verify_crcs_compare(input, input->modules[i], of_layout, &all, check);
        }
    }
    say_source(input, &all, check);
}

void ud_verify_module_layout(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    compare_all(input, true, check);
}

void ud_verify_crcs(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    compare_all(input, false, check);
}

/* ---- a list by itself ---- */

/* Each symbol once: most modules import the same ones. */
struct comparison {
    const struct ud_symvers *symvers;
    struct ud_strv seen;
    size_t compared;
    struct ud_tally differs;
};

static void verify_crcs_compare_list(struct comparison *c, const struct ud_module_symbols *symbols)
{
    for (size_t i = 0; i < symbols->len; i++) {
        const struct ud_module_symbol *symbol = &symbols->items[i];
        const struct ud_symver *symver = ud_symvers_find(c->symvers, symbol->name);
        if (symver == NULL || !symbol->has_crc || ud_strv_has(&c->seen, symbol->name)) {
            continue;
        }
        ud_strv_add(&c->seen, symbol->name);
        c->compared++;
        if (symver->crc != symbol->crc) {
            ud_tally_add(&c->differs, symbol->name);
        }
    }
}

enum ud_code ud_verify_symvers(const struct ud_symvers *symvers, const char *what,
                               const struct ud_module *const *stock, size_t stock_count,
                               const char *remedy, struct ud_error *err)
{
    struct comparison c = {.symvers = symvers};
    enum ud_code rc = UD_OK;
    ud_tally_init(&c.differs);
    for (size_t i = 0; i < stock_count; i++) {
        verify_crcs_compare_list(&c, &stock[i]->exports);
        verify_crcs_compare_list(&c, &stock[i]->imports);
    }
    if (c.differs.count > 0) {
        rc = ud_fail(err, UD_ERR_UNFIT, remedy,
                     "%s is of another build of the kernel: %zu of %zu CRCs differ from those in "
                     "the VM's own modules (%s%s)",
                     what, c.differs.count, c.compared, c.differs.names.data,
                     ud_tally_is_cut(&c.differs) ? ", …" : "");
    }
    ud_tally_done(&c.differs);
    ud_strv_done(&c.seen);
    return rc;
}
