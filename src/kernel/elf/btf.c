#include "kernel/elf/btf.h"

#include <string.h>

#include "elf/btf_read.h"
#include "text/bytes.h"

struct ud_btf_place {
    struct ud_btf btf;
    struct ud_btf_entry type;
};

/* The index-th member's name and place; false for one that is a bit field. */
static bool read_member(const struct ud_btf *btf, const struct ud_btf_entry *type, unsigned index,
                        const char **ret_name, uint64_t *ret_offset)
{
    const unsigned char *p = type->entries + index * ud_btf_entry_size(type->kind);
    uint32_t bits = ud_le32(p + 8);
    if (type->bitfields && bits >> 24 != 0) {
        return false;
    }
    bits = type->bitfields ? bits & 0xffffff : bits;
    *ret_name = ud_btf_name(btf, ud_le32(p));
    *ret_offset = bits / 8;
    return *ret_name != NULL && bits % 8 == 0;
}

bool ud_btf_member(const struct ud_btf_type *type, const char *name, uint64_t *ret_offset)
{
    const struct ud_btf_place *place = type->place;
    const char *found;
    for (unsigned i = 0; i < place->type.vlen; i++) {
        uint64_t offset;
        if (read_member(&place->btf, &place->type, i, &found, &offset) &&
            strcmp(found, name) == 0) {
            *ret_offset = offset;
            return true;
        }
    }
    return false;
}

enum ud_code ud_btf_each(const void *data, size_t len, ud_btf_visit *visit, void *ctx,
                         struct ud_error *err)
{
    struct ud_btf_place place = {0};
    UD_TRY(ud_btf_open(data, len, "the kernel's", NULL, &place.btf, err));
    for (size_t at = 0; at < place.btf.types_len;) {
        UD_TRY(ud_btf_next(&place.btf, &at, &place.type, err));
        if (place.type.kind == UD_BTF_STRUCT) {
            const struct ud_btf_type found = {place.type.name, place.type.size, &place};
            visit(ctx, &found);
        }
    }
    return UD_OK;
}

/* A struct that is looked for. */
struct search {
    const char *name;
    struct ud_btf_member *members;
    size_t count;
    uint64_t size;
    bool found, differ;
};

/* False if the members were known already, and are elsewhere in this struct. */
static bool take_members(struct search *search, const struct ud_btf_type *type)
{
    for (size_t i = 0; i < search->count; i++) {
        struct ud_btf_member seen = {.name = search->members[i].name};
        seen.found = ud_btf_member(type, seen.name, &seen.offset);
        const struct ud_btf_member *before = &search->members[i];
        if (search->found && (seen.found != before->found || seen.offset != before->offset)) {
            return false;
        }
        search->members[i] = seen;
    }
    return true;
}

static void btf_look_at(void *ctx, const struct ud_btf_type *type)
{
    struct search *search = ctx;
    if (search->differ || strcmp(type->name, search->name) != 0) {
        return;
    }
    search->differ = !take_members(search, type) || (search->found && search->size != type->size);
    search->found = true;
    search->size = type->size;
}

enum ud_code ud_btf_struct(const void *data, size_t len, const char *name, uint64_t *ret_size,
                           struct ud_btf_member *members, size_t count, struct ud_error *err)
{
    struct search search = {.name = name, .members = members, .count = count};
    UD_TRY(ud_btf_each(data, len, btf_look_at, &search, err));
    if (search.differ) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                       "the kernel's BTF has several structs %s, which differ", name);
    }
    if (!search.found) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "the kernel's BTF has no struct %s", name);
    }
    *ret_size = search.size;
    return UD_OK;
}
