/* Whether the types of a module go with those of a kernel: the rules that the kernel itself checks
 * when a module comes (kernel/bpf/btf.c, 6.12), as far as another kernel's types break them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "elf/btf_read.h"
#include "kernel/elf/btf.h"
#include "text/bytes.h"
#include "util/mem.h"

/* The kinds of all types, by number; those of the kernel first. */
struct kinds {
    unsigned char *items;
    size_t len;
    size_t room;
};

/* The module's type that is looked at. */
struct split {
    struct ud_btf btf;
    struct kinds kinds;
    size_t number;
};

static void kinds_add(struct kinds *kinds, unsigned kind)
{
    if (kinds->len == kinds->room) {
        kinds->room = kinds->room == 0 ? 4096 : 2 * kinds->room;
        kinds->items = ud_realloc(kinds->items, kinds->room, 1);
    }
    kinds->items[kinds->len++] = (unsigned char)kind;
}

static enum ud_code add_kinds_of(const struct ud_btf *btf, struct kinds *kinds,
                                 struct ud_error *err)
{
    struct ud_btf_entry type;
    for (size_t at = 0; at < btf->types_len;) {
        UD_TRY(ud_btf_next(btf, &at, &type, err));
        kinds_add(kinds, type.kind);
    }
    return UD_OK;
}

static enum ud_code btf_split_unfit(const struct split *split, const char *why,
                                    struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNFIT, NULL, "%s of its type %zu", why, split->number);
}

/* A name of C, in which the kernel also allows a dot. */
static bool is_identifier(const char *name)
{
    if (isdigit((unsigned char)name[0])) {
        return false;
    }
    for (; *name != '\0'; name++) {
        if (!isalnum((unsigned char)*name) && *name != '_' && *name != '.') {
            return false;
        }
    }
    return true;
}

static enum ud_code check_type_name(const struct split *split, const struct ud_btf_entry *type,
                                    struct ud_error *err)
{
    switch (type->kind) {
    case UD_BTF_FWD:
    case UD_BTF_TYPEDEF:
    case UD_BTF_FUNC:
    case UD_BTF_VAR:
        return type->name[0] != '\0' && is_identifier(type->name)
                   ? UD_OK
                   : btf_split_unfit(split, "there is no valid name", err);
    case UD_BTF_STRUCT:
    case UD_BTF_UNION:
    case UD_BTF_ENUM:
    case UD_BTF_ENUM64:
        return is_identifier(type->name) ? UD_OK
                                         : btf_split_unfit(split, "there is no valid name", err);
    case UD_BTF_PTR:
    case UD_BTF_VOLATILE:
    case UD_BTF_CONST:
    case UD_BTF_RESTRICT:
    case UD_BTF_ARRAY:
    case UD_BTF_FUNC_PROTO:
        return type->name[0] == '\0' ? UD_OK : btf_split_unfit(split, "there is a name", err);
    default:
        return UD_OK;
    }
}

/* Of the type with this number; UD_BTF_KIND_COUNT if there is none. */
static unsigned kind_of(const struct split *split, uint32_t number)
{
    return number < split->kinds.len ? split->kinds.items[number] : UD_BTF_KIND_COUNT;
}

static enum ud_code check_reference(const struct split *split, uint32_t number,
                                    struct ud_error *err)
{
    return kind_of(split, number) < UD_BTF_KIND_COUNT
               ? UD_OK
               : btf_split_unfit(split, "there is no type that is part", err);
}

static enum ud_code check_what_it_refers_to(const struct split *split,
                                            const struct ud_btf_entry *type, struct ud_error *err)
{
    switch (type->kind) {
    case UD_BTF_FUNC:
        return kind_of(split, type->size) == UD_BTF_FUNC_PROTO
                   ? UD_OK
                   : btf_split_unfit(split, "no function has the type", err);
    case UD_BTF_ARRAY:
        UD_TRY(check_reference(split, ud_le32(type->fixed), err));
        return check_reference(split, ud_le32(type->fixed + 4), err);
    case UD_BTF_PTR:
    case UD_BTF_TYPEDEF:
    case UD_BTF_VOLATILE:
    case UD_BTF_CONST:
    case UD_BTF_RESTRICT:
    case UD_BTF_FUNC_PROTO:
    case UD_BTF_VAR:
    case UD_BTF_DECL_TAG:
    case UD_BTF_TYPE_TAG:
        return check_reference(split, type->size, err);
    default:
        return UD_OK;
    }
}

static enum ud_code check_entry(const struct split *split, enum ud_btf_kind kind,
                                const unsigned char *entry, struct ud_error *err)
{
    if (kind == UD_BTF_DATASEC) {
        return kind_of(split, ud_le32(entry)) == UD_BTF_VAR
                   ? UD_OK
                   : btf_split_unfit(split, "there is no variable", err);
    }
    const char *name = ud_btf_name(&split->btf, ud_le32(entry));
    if (name == NULL || !is_identifier(name)) {
        return btf_split_unfit(split, "there is no valid name in a member", err);
    }
    if (kind == UD_BTF_STRUCT || kind == UD_BTF_UNION || kind == UD_BTF_FUNC_PROTO) {
        return check_reference(split, ud_le32(entry + 4), err);
    }
    return UD_OK;
}

static enum ud_code check_type(const struct split *split, const struct ud_btf_entry *type,
                               struct ud_error *err)
{
    UD_TRY(check_type_name(split, type, err));
    UD_TRY(check_what_it_refers_to(split, type, err));
    const size_t each = ud_btf_entry_size(type->kind);
    for (unsigned i = 0; i < type->vlen && each > 0; i++) {
        UD_TRY(check_entry(split, type->kind, type->entries + i * each, err));
    }
    return UD_OK;
}

static enum ud_code check_all(struct split *split, struct ud_error *err)
{
    struct ud_error why = {0};
    struct ud_btf_entry type;
    split->number = split->kinds.len;
    if (add_kinds_of(&split->btf, &split->kinds, &why) != UD_OK) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s", why.message);
    }
    for (size_t at = 0; at < split->btf.types_len; split->number++) {
        UD_TRY(ud_btf_next(&split->btf, &at, &type, err));
        UD_TRY(check_type(split, &type, err));
    }
    return UD_OK;
}

enum ud_code ud_btf_check_split(const void *kernel, size_t kernel_len, const void *module,
                                size_t module_len, struct ud_error *err)
{
    struct ud_btf base;
    struct ud_error why = {0};
    struct split split = {0};
    UD_TRY(ud_btf_open(kernel, kernel_len, "the kernel's", NULL, &base, err));
    if (ud_btf_open(module, module_len, "the module's", &base, &split.btf, &why) != UD_OK) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s", why.message);
    }
    kinds_add(&split.kinds, UD_BTF_VOID);
    enum ud_code rc = add_kinds_of(&base, &split.kinds, err);
    if (rc == UD_OK) {
        rc = check_all(&split, err);
    }
    free(split.kinds.items);
    return rc;
}
