#include "kernel/elf/btf.h"

#include <string.h>

#include "text/bytes.h"

enum {
    MAGIC = 0xeb9f,
    VERSION = 1,
    HEADER_SIZE = 24,
    TYPE_SIZE = 12,
    MEMBER_SIZE = 12,
    KIND_STRUCT = 4,
    KIND_COUNT = 20
};

/* By kind: what follows struct btf_type, once, and for each of its vlen entries. */
static const struct {
    unsigned char fixed;
    unsigned char each;
} trailers[KIND_COUNT] = {
    [1] = {4, 0},   /* INT */
    [3] = {12, 0},  /* ARRAY */
    [4] = {0, 12},  /* STRUCT */
    [5] = {0, 12},  /* UNION */
    [6] = {0, 8},   /* ENUM */
    [13] = {0, 8},  /* FUNC_PROTO */
    [14] = {4, 0},  /* VAR */
    [15] = {0, 12}, /* DATASEC */
    [17] = {4, 0},  /* DECL_TAG */
    [19] = {0, 12}, /* ENUM64 */
};

struct btf {
    const unsigned char *types;
    size_t types_len;
    const char *strings; /* ends with a NUL */
    size_t strings_len;
};

/* One type: its name, what kind it is, and the entries behind it. */
struct type {
    const char *name;
    unsigned kind;
    unsigned vlen;
    bool bitfields; /* offsets of members hold a bit field's size too */
    uint32_t size;
    const unsigned char *entries;
};

struct ud_btf_place {
    struct btf btf;
    struct type type;
};

static enum ud_code btf_bad(struct ud_error *err, const char *why)
{
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the kernel's BTF cannot be read: %s", why);
}

static bool btf_in_range(uint64_t offset, uint64_t size, uint64_t len)
{
    return offset <= len && size <= len - offset;
}

static enum ud_code open_btf(const unsigned char *p, size_t len, struct btf *ret,
                             struct ud_error *err)
{
    if (len < HEADER_SIZE || len > UD_BTF_MAX || ud_le16(p) != MAGIC) {
        return btf_bad(err, "it has no little-endian BTF header");
    }
    if (p[2] != VERSION) {
        return btf_bad(err, "its version is another");
    }
    uint64_t base = ud_le32(p + 4);
    uint64_t types = base + ud_le32(p + 8);
    uint64_t types_len = ud_le32(p + 12);
    uint64_t strings = base + ud_le32(p + 16);
    uint64_t strings_len = ud_le32(p + 20);
    if (base < HEADER_SIZE || !btf_in_range(types, types_len, len) ||
        !btf_in_range(strings, strings_len, len)) {
        return btf_bad(err, "a section of it is outside the file");
    }
    if (strings_len == 0 || p[strings + strings_len - 1] != '\0') {
        return btf_bad(err, "its names do not end");
    }
    *ret =
        (struct btf){p + types, (size_t)types_len, (const char *)p + strings, (size_t)strings_len};
    return UD_OK;
}

/* NULL if the offset is outside. */
static const char *name_at(const struct btf *btf, uint32_t offset)
{
    return offset < btf->strings_len ? btf->strings + offset : NULL;
}

/* The type at *at, which moves behind it. */
static enum ud_code next_type(const struct btf *btf, size_t *at, struct type *ret,
                              struct ud_error *err)
{
    if (btf->types_len - *at < TYPE_SIZE) {
        return btf_bad(err, "its last type is cut off");
    }
    const unsigned char *p = btf->types + *at;
    uint32_t info = ud_le32(p + 4);
    *ret = (struct type){
        .name = name_at(btf, ud_le32(p)),
        .kind = info >> 24 & 31,
        .vlen = info & 0xffff,
        .bitfields = info >> 31 != 0,
        .size = ud_le32(p + 8),
        .entries = p + TYPE_SIZE,
    };
    if (ret->kind == 0 || ret->kind >= KIND_COUNT || ret->name == NULL) {
        return btf_bad(err, "a type of it is of a kind that does not exist");
    }
    size_t more = trailers[ret->kind].fixed + (size_t)trailers[ret->kind].each * ret->vlen;
    if (btf->types_len - *at - TYPE_SIZE < more) {
        return btf_bad(err, "its last type is cut off");
    }
    *at += TYPE_SIZE + more;
    return UD_OK;
}

/* The index-th member's name and place; false for one that is a bit field. */
static bool read_member(const struct btf *btf, const struct type *type, unsigned index,
                        const char **ret_name, uint64_t *ret_offset)
{
    const unsigned char *p = type->entries + (size_t)index * MEMBER_SIZE;
    uint32_t bits = ud_le32(p + 8);
    if (type->bitfields && bits >> 24 != 0) {
        return false;
    }
    bits = type->bitfields ? bits & 0xffffff : bits;
    *ret_name = name_at(btf, ud_le32(p));
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
    UD_TRY(open_btf(data, len, &place.btf, err));
    for (size_t at = 0; at < place.btf.types_len;) {
        UD_TRY(next_type(&place.btf, &at, &place.type, err));
        if (place.type.kind == KIND_STRUCT) {
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
