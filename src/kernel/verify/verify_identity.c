/* Which kernel a module was made for, as it says itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf/elf.h"
#include "kernel/facts/vermagic.h"
#include "kernel/kbuild/layout_seed.h"
#include "kernel/modlist/module_name.h"
#include "util/str.h"
#include "verify/verify_parts.h"

void ud_verify_machine(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    const char *expected = input->facts->machine;
    if (expected == NULL) {
        ud_verify_check_compared(check, "the ELF machine; that of the VM is not known");
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL, "The VM's machine is not known.");
        return;
    }
    ud_verify_check_compared(check, "the ELF machine with `uname -m`: %.40s", expected);
    for (size_t i = 0; i < input->count; i++) {
        char machine[24];
        ud_elf_machine_name(input->modules[i]->machine, machine, sizeof machine);
        if (strcmp(machine, expected) != 0) {
            ud_verify_check_find(check, UD_FOUND_ERROR, input->modules[i]->name, ud_verify_rebuild,
                                 "it is for %s, the VM is %.40s", machine, expected);
        }
    }
}

void ud_verify_name(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    ud_verify_check_compared(check, "what the modules call themselves with what they are to be");
    for (size_t i = 0; i < input->count && input->names != NULL; i++) {
        const char *name = input->modules[i]->name;
        if (!ud_module_name_equal(name, input->names[i])) {
            ud_verify_check_find(check, UD_FOUND_ERROR, name, ud_verify_rebuild,
                                 "it calls itself %.64s, but %.64s was expected", name,
                                 input->names[i]);
        }
    }
}

/* With CRCs the kernel does not look at the release: it is compared here. */
void ud_verify_release(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    const char *runs = input->facts->release.text;
    ud_verify_check_compared(check, "the first word of vermagic with `uname -r`: %s", runs);
    for (size_t i = 0; i < input->count; i++) {
        struct ud_vermagic mine;
        ud_vermagic_parse(input->modules[i]->vermagic, &mine);
        if (strcmp(mine.release, runs) != 0) {
            ud_verify_check_find(check, UD_FOUND_ERROR, input->modules[i]->name, ud_verify_rebuild,
                                 "it is for kernel %.80s, but %s runs", mine.release, runs);
        }
        ud_vermagic_done(&mine);
    }
}

/* What vermagic must be: that of a stock module, or what the configuration
 * implies; false when neither is known. */
static bool kernel_vermagic(const struct ud_verify_input *input, struct ud_vermagic *ret)
{
    const struct ud_facts *facts = input->facts;
    if (input->stock_count > 0) {
        ud_vermagic_parse(input->stock[0]->vermagic, ret);
        return true;
    }
    if (facts->has_config && facts->machine != NULL) {
        ud_vermagic_expected(facts->release.text, facts->machine, &facts->config, ret);
        return true;
    }
    return false;
}

/* The configuration does not imply the seed's hash, which the next check compares. */
static void drop_hash(struct ud_strv *flags)
{
    struct ud_strv kept = {0};
    for (size_t i = 0; i < flags->len; i++) {
        if (!ud_str_starts(flags->items[i], "RANDSTRUCT_")) {
            ud_strv_add(&kept, flags->items[i]);
        }
    }
    ud_strv_done(flags);
    *flags = kept;
}

static void compare_vermagic(const struct ud_module *module, const struct ud_vermagic *kernel,
                             bool implied, struct ud_verify_check *check)
{
    struct ud_vermagic mine;
    struct ud_buf why;
    ud_buf_init(&why, 1024);
    ud_vermagic_parse(module->vermagic, &mine);
    if (implied) {
        drop_hash(&mine.flags);
    }
    if (!ud_vermagic_same_flags(&mine, kernel, &why)) {
        ud_verify_check_find(check, UD_FOUND_ERROR, module->name, ud_verify_exactly,
                             "its vermagic is not the kernel's: %s", why.data);
    }
    ud_vermagic_done(&mine);
    ud_buf_done(&why);
}

void ud_verify_vermagic(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    struct ud_vermagic kernel = {0};
    if (!kernel_vermagic(input, &kernel)) {
        ud_verify_check_compared(check, "the flags of vermagic; those of the kernel are not known");
        ud_verify_check_find(
            check, UD_FOUND_UNKNOWN, NULL, NULL,
            "Neither the kernel's configuration nor one of its own modules is known.");
        return;
    }
    char *flags = ud_strv_join(&kernel.flags, " ");
    if (input->stock_count > 0) {
        ud_verify_check_compared(check, "each flag with those of the VM's own %.64s: %.200s",
                                 input->stock[0]->name, flags);
    } else {
        ud_verify_check_compared(check, "each flag with what the configuration implies: %.200s",
                                 flags);
    }
    free(flags);
    for (size_t i = 0; i < input->count; i++) {
        compare_vermagic(input->modules[i], &kernel, input->stock_count == 0, check);
    }
    ud_vermagic_done(&kernel);
}

static void compare_seeds(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    char kernel[UD_LAYOUT_SEED_SIZE] = "";
    if (input->stock_count > 0) {
        ud_layout_seed_hash(input->stock[0]->vermagic, kernel);
    }
    ud_verify_check_compared(check, "the seed's hash in vermagic with that of %s",
                             kernel[0] != '\0' ? input->stock[0]->name
                                               : "the kernel, which is not known");
    if (kernel[0] == '\0' && input->by_facts) {
        ud_verify_check_find(check, UD_FOUND_UNKNOWN, NULL, NULL,
                             "The VM's own modules, which have the seed's hash, were not asked.");
        return;
    }
    for (size_t i = 0; i < input->count; i++) {
        char mine[UD_LAYOUT_SEED_SIZE];
        ud_layout_seed_hash(input->modules[i]->vermagic, mine);
        if (kernel[0] == '\0' || strcmp(mine, kernel) != 0) {
            ud_verify_check_find(
                check, UD_FOUND_ERROR, input->modules[i]->name,
                "Build with the kernel's own seed (--kernel-image, --randstruct-seed), or "
                "use a kernel without RANDSTRUCT.",
                "the kernel's structs are laid out by a random seed, and nothing proves "
                "that this module has the same one");
        }
    }
}

void ud_verify_randstruct(const struct ud_verify_input *input, struct ud_verify_check *check)
{
    const struct ud_facts *facts = input->facts;
    if (facts->has_config && ud_config_randstruct_option(&facts->config) != NULL) {
        compare_seeds(input, check);
    } else if (facts->has_config) {
        ud_verify_check_compared(check, "the configuration randomizes no layout");
    } else {
        ud_verify_check_compared(check,
                                 "by the flags of vermagic alone: the configuration is not known");
    }
}
