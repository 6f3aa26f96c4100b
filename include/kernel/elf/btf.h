/* A bounds-checked reader of BTF, the types that a kernel describes itself with
 * in /sys/kernel/btf/vmlinux. The format is that of the kernel's
 * Documentation/bpf/btf.rst; only little-endian data is read. */
#ifndef KERNEL_ELF_BTF_H
#define KERNEL_ELF_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define UD_BTF_MAX (64u << 20) /* bytes; a distribution's kernel has 4 to 8 MB */

/* A member to look for, and where it is. Only members of the struct itself are
 * found, not those of unnamed structs in it. */
struct ud_btf_member {
    const char *name;
    bool found;
    uint64_t offset; /* bytes */
};

/* A struct while it is visited. */
struct ud_btf_type {
    const char *name;                 /* "" if it has none; borrowed from the data */
    uint64_t size;                    /* bytes */
    const struct ud_btf_place *place; /* for the reader itself */
};

typedef void ud_btf_visit(void *ctx, const struct ud_btf_type *type);

/* Calls visit for each struct in turn; several can have one name. Errors:
 * UD_ERR_PROTOCOL for data that is no BTF or has types that this reader does not know,
 * after those that precede it were visited. */
UD_MUST_CHECK enum ud_code ud_btf_each(const void *data, size_t len, ud_btf_visit *visit, void *ctx,
                                       struct ud_error *err);

/* Where a struct has this member; false if it has none, or a bit field. */
bool ud_btf_member(const struct ud_btf_type *type, const char *name, uint64_t *ret_offset);

/* Size in bytes and members of the struct of that name. found and offset of each
 * of the count members are valid on success. Errors: those of ud_btf_each, and
 * UD_ERR_NOT_FOUND if there is no such struct, or several that differ. */
UD_MUST_CHECK enum ud_code ud_btf_struct(const void *data, size_t len, const char *name,
                                         uint64_t *ret_size, struct ud_btf_member *members,
                                         size_t count, struct ud_error *err);

/* Whether the kernel would take a module with these types, its section .BTF: they refer to the
 * kernel's by number and by name, so those of another build break the rules that the kernel checks
 * (kernel/bpf/btf.c, 6.12). What depends on nothing of the kernel's is not checked. Errors:
 * UD_ERR_UNFIT, naming what is wrong as the end of a sentence; UD_ERR_PROTOCOL if the kernel's
 * own types cannot be read. */
UD_MUST_CHECK enum ud_code ud_btf_check_split(const void *kernel, size_t kernel_len,
                                              const void *module, size_t module_len,
                                              struct ud_error *err);

#endif
