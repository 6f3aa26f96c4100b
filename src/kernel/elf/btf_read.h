/* BTF read type by type: what btf.c and btf_split.c share. */
#ifndef KERNEL_ELF_BTF_READ_H
#define KERNEL_ELF_BTF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* Of Documentation/bpf/btf.rst, BTF_KIND_*. */
enum ud_btf_kind {
    UD_BTF_VOID = 0,
    UD_BTF_INT = 1,
    UD_BTF_PTR = 2,
    UD_BTF_ARRAY = 3,
    UD_BTF_STRUCT = 4,
    UD_BTF_UNION = 5,
    UD_BTF_ENUM = 6,
    UD_BTF_FWD = 7,
    UD_BTF_TYPEDEF = 8,
    UD_BTF_VOLATILE = 9,
    UD_BTF_CONST = 10,
    UD_BTF_RESTRICT = 11,
    UD_BTF_FUNC = 12,
    UD_BTF_FUNC_PROTO = 13,
    UD_BTF_VAR = 14,
    UD_BTF_DATASEC = 15,
    UD_BTF_FLOAT = 16,
    UD_BTF_DECL_TAG = 17,
    UD_BTF_TYPE_TAG = 18,
    UD_BTF_ENUM64 = 19,
    UD_BTF_KIND_COUNT
};

/* A module's BTF goes on where the kernel's ends: numbers of types and offsets of names below those
 * of its own are the kernel's. */
struct ud_btf {
    const char *whose; /* for messages: "the kernel's" */
    const unsigned char *types;
    size_t types_len;
    const char *strings; /* ends with a NUL, if there is any */
    size_t strings_len;
    const struct ud_btf *base; /* of a module: the kernel's; NULL: it has none */
};

/* One type: its name, what kind it is, and the entries behind it. */
struct ud_btf_entry {
    const char *name; /* "" if it has none */
    enum ud_btf_kind kind;
    unsigned vlen;                /* of entries */
    bool bitfields;               /* offsets of members hold a bit field's size too */
    uint32_t size;                /* or the number of the type that it refers to */
    const unsigned char *fixed;   /* what is there once */
    const unsigned char *entries; /* what is there vlen times */
};

/* Opens data, which ret borrows. Errors: UD_ERR_PROTOCOL. */
UD_MUST_CHECK enum ud_code ud_btf_open(const unsigned char *data, size_t len, const char *whose,
                                       const struct ud_btf *base, struct ud_btf *ret,
                                       struct ud_error *err);

/* The type at *at, which moves behind it. Errors: UD_ERR_PROTOCOL. */
UD_MUST_CHECK enum ud_code ud_btf_next(const struct ud_btf *btf, size_t *at,
                                       struct ud_btf_entry *ret, struct ud_error *err);

/* Bytes of each entry behind a type of this kind; 0 if it has none. */
size_t ud_btf_entry_size(enum ud_btf_kind kind);

/* NULL if the offset is outside. */
const char *ud_btf_name(const struct ud_btf *btf, uint32_t offset);

#endif
