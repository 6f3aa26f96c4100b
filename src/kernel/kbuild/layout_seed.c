#include "kernel/kbuild/layout_seed.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "kernel/facts/vermagic.h"
#include "util/mem.h"
#include "util/str.h"

enum { DIGITS = UD_LAYOUT_SEED_SIZE - 1 };

/* Each script is called with the seed's file and that of its hash (scripts/basic/Makefile,
 * scripts/gcc-plugins/Makefile). The older one writes the seed as C. */
static const struct {
    const char *place;
    const char *script;
    const char *before, *after; /* what the place has around the seed */
} forms[] = {
    {"scripts/basic/randstruct.seed", "scripts/gen-randstruct-seed.sh", "", ""},
    {"scripts/gcc-plugins/randomize_layout_seed.h", "scripts/gcc-plugins/gen-random-seed.sh",
     "const char *randstruct_seed = \"", "\";"},
};
#define FORM_COUNT (sizeof forms / sizeof *forms)

bool ud_layout_seed_is_place(const char *path)
{
    for (size_t i = 0; i < FORM_COUNT; i++) {
        if (strcmp(path, forms[i].place) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_digits(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && isxdigit((unsigned char)text[n])) {
        n++;
    }
    return n;
}

/* In a form, either at the text's start or behind what a line of C has before it. */
static bool find_seed(struct ud_slice text, const char *before, char ret[UD_LAYOUT_SEED_SIZE])
{
    struct ud_slice line;
    size_t skip = strlen(before);
    while (ud_str_next_line(&text, &line)) {
        if (line.len >= skip + DIGITS && memcmp(line.ptr, before, skip) == 0 &&
            count_digits(line.ptr + skip, line.len - skip) == DIGITS) {
            memcpy(ret, line.ptr + skip, DIGITS);
            ret[DIGITS] = '\0';
            return true;
        }
    }
    return false;
}

enum ud_code ud_layout_seed_parse(const char *text, size_t len, const char *where,
                                  char ret[UD_LAYOUT_SEED_SIZE], struct ud_error *err)
{
    const struct ud_slice all = {text, len};
    for (size_t i = 0; i < FORM_COUNT; i++) {
        if (find_seed(all, forms[i].before, ret)) {
            return UD_OK;
        }
    }
    return ud_fail(err, UD_ERR_UNFIT,
                   "It is scripts/basic/randstruct.seed of the kernel's build, or, to Linux 5.18, "
                   "scripts/gcc-plugins/randomize_layout_seed.h.",
                   "%s holds no layout seed: %d hexadecimal digits", where, DIGITS);
}

void ud_layout_seed_hash(const char *vermagic, char ret[UD_LAYOUT_SEED_SIZE])
{
    struct ud_vermagic all;
    ret[0] = '\0';
    ud_vermagic_parse(vermagic, &all);
    for (size_t i = 0; i < all.flags.len; i++) {
        const char *flag = all.flags.items[i];
        const char *hash = strrchr(flag, '_');
        if (ud_str_starts(flag, "RANDSTRUCT_") && strlen(hash + 1) == DIGITS) {
            (void)snprintf(ret, UD_LAYOUT_SEED_SIZE, "%s", hash + 1);
        }
    }
    ud_vermagic_done(&all);
}

void ud_layout_seed_files(const char *seed, struct ud_kbuild_files *ret)
{
    *ret = (struct ud_kbuild_files){0};
    ret->items = ud_alloc(FORM_COUNT, sizeof *ret->items);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        ret->items[ret->len++] = (struct ud_kbuild_file){
            .path = ud_strdup(forms[i].script),
            .text = ud_strf("#!/bin/sh\n"
                            "set -e\n"
                            "hash=$(printf %%s %s | sha256sum | cut -d' ' -f1)\n"
                            "echo '%s%s%s' >\"$1\"\n"
                            "echo \"#define RANDSTRUCT_HASHED_SEED \\\"$hash\\\"\" >\"$2\"\n",
                            seed, forms[i].before, seed, forms[i].after)};
    }
}
