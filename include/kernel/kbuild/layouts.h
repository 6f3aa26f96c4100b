/* Structs that the modules share with the kernel: how large they are, and where some of
 * their members are, as compiled with the modules and as the kernel's BTF has them.
 *
 * Modules that were compiled for another configuration and linked with the kernel's own
 * Module.symvers have its CRCs: these structs are what tells then. */
#ifndef KERNEL_KBUILD_LAYOUTS_H
#define KERNEL_KBUILD_LAYOUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A name for the two files that kbuild is given and makes, below drivers/usb/. */
#define UD_LAYOUTS_NAME "usbipd_layouts"
#define UD_LAYOUTS_BUILT_PATH "drivers/usb/" UD_LAYOUTS_NAME ".s"

enum {
    UD_LAYOUTS_MAX = 64, /* structs in the table, at most */
    UD_LAYOUT_MEMBERS_MAX = 4,
    UD_LAYOUTS_TEXT_MAX = 4 << 20 /* bytes of what was compiled */
};

struct ud_layout_member {
    bool known;
    uint64_t offset; /* bytes */
};

struct ud_layout {
    bool known;
    uint64_t size; /* bytes */
    struct ud_layout_member members[UD_LAYOUT_MEMBERS_MAX];
};

/* In the order of the table. */
struct ud_layouts {
    struct ud_layout structs[UD_LAYOUTS_MAX];
    size_t known; /* how many of them are */
};

/* The text of a C source for kbuild, which compiles to what ud_layouts_parse reads; in
 * new memory. It has no code that would ever run. */
char *ud_layouts_source(void);

/* What Kbuild in drivers/usb/ has to say of it. No module comes of it, and if it cannot
 * be compiled, the modules are made all the same and what is left is empty. */
extern const char ud_layouts_kbuild[];

/* Reads the assembler text that the compiler made of ud_layouts_source. Lines that are
 * not of the table are passed over; of two that say different things the first counts. */
void ud_layouts_parse(const char *text, size_t len, struct ud_layouts *ret);

enum ud_layout_state {
    UD_LAYOUT_UNSEEN, /* not compiled, or the kernel's BTF has no such struct */
    UD_LAYOUT_DIFFERS,
    UD_LAYOUT_EQUAL
};

struct ud_layout_verdict {
    enum ud_layout_state state;
    const char *name;      /* of the struct; static */
    const char *member;    /* that is elsewhere; NULL: the size differs; static */
    uint64_t ours, theirs; /* the size, or the member's offset */
    size_t members;        /* how many were compared */
};

struct ud_layouts_verdict {
    struct ud_layout_verdict structs[UD_LAYOUTS_MAX];
    size_t count; /* of the table */
};

/* Compares with a kernel's BTF. Where that has several structs of one name, one that
 * agrees is enough; a member that it has not at the top of the struct is not compared.
 * Errors: those of ud_btf_each. */
UD_MUST_CHECK enum ud_code ud_layouts_compare(const struct ud_layouts *ours, const void *btf,
                                              size_t len, struct ud_layouts_verdict *ret,
                                              struct ud_error *err);

#endif
