#include "elf/btf_read.h"

#include "kernel/elf/btf.h"
#include "text/bytes.h"

enum { MAGIC = 0xeb9f, VERSION = 1, HEADER_SIZE = 24, TYPE_SIZE = 12 };

/* By kind: bytes that follow struct btf_type, once, and for each of its vlen entries. */
static const struct {
    unsigned char fixed;
    unsigned char each;
} trailers[UD_BTF_KIND_COUNT] = {
    [UD_BTF_INT] = {4, 0},     [UD_BTF_ARRAY] = {12, 0},   [UD_BTF_STRUCT] = {0, 12},
    [UD_BTF_UNION] = {0, 12},  [UD_BTF_ENUM] = {0, 8},     [UD_BTF_FUNC_PROTO] = {0, 8},
    [UD_BTF_VAR] = {4, 0},     [UD_BTF_DATASEC] = {0, 12}, [UD_BTF_DECL_TAG] = {4, 0},
    [UD_BTF_ENUM64] = {0, 12},
};

static enum ud_code btf_bad(const char *whose, const char *why, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s BTF cannot be read: %s", whose, why);
}

static bool btf_in_range(uint64_t offset, uint64_t size, uint64_t len)
{
    return offset <= len && size <= len - offset;
}

enum ud_code ud_btf_open(const unsigned char *p, size_t len, const char *whose,
                         const struct ud_btf *base, struct ud_btf *ret, struct ud_error *err)
{
    if (len < HEADER_SIZE || len > UD_BTF_MAX || ud_le16(p) != MAGIC) {
        return btf_bad(whose, "it has no little-endian BTF header", err);
    }
    if (p[2] != VERSION) {
        return btf_bad(whose, "its version is another", err);
    }
    uint64_t header_len = ud_le32(p + 4);
    uint64_t types = header_len + ud_le32(p + 8);
    uint64_t types_len = ud_le32(p + 12);
    uint64_t strings = header_len + ud_le32(p + 16);
    uint64_t strings_len = ud_le32(p + 20);
    if (header_len < HEADER_SIZE || !btf_in_range(types, types_len, len) ||
        !btf_in_range(strings, strings_len, len)) {
        return btf_bad(whose, "a section of it is outside the file", err);
    }
    /* A module may have no name that the kernel lacks. */
    const bool may_be_empty = base != NULL;
    if (strings_len == 0 ? !may_be_empty : p[strings + strings_len - 1] != '\0') {
        return btf_bad(whose, "its names do not end", err);
    }
    *ret = (struct ud_btf){
        .whose = whose,
        .types = p + types,
        .types_len = (size_t)types_len,
        .strings = (const char *)p + strings,
        .strings_len = (size_t)strings_len,
        .base = base,
    };
    return UD_OK;
}

const char *ud_btf_name(const struct ud_btf *btf, uint32_t offset)
{
    if (btf->base != NULL) {
        if (offset < btf->base->strings_len) {
            return btf->base->strings + offset;
        }
        offset -= (uint32_t)btf->base->strings_len;
    }
    return offset < btf->strings_len ? btf->strings + offset : NULL;
}

size_t ud_btf_entry_size(enum ud_btf_kind kind)
{
    return trailers[kind].each;
}

enum ud_code ud_btf_next(const struct ud_btf *btf, size_t *at, struct ud_btf_entry *ret,
                         struct ud_error *err)
{
    if (btf->types_len - *at < TYPE_SIZE) {
        return btf_bad(btf->whose, "its last type is cut off", err);
    }
    const unsigned char *p = btf->types + *at;
    uint32_t info = ud_le32(p + 4);
    uint32_t kind = info >> 24 & 31;
    const char *name = ud_btf_name(btf, ud_le32(p));
    if (kind == UD_BTF_VOID || kind >= UD_BTF_KIND_COUNT) {
        return btf_bad(btf->whose, "a type of it is of a kind that does not exist", err);
    }
    if (name == NULL) {
        return btf_bad(btf->whose, "a name of it is outside the names", err);
    }
    *ret = (struct ud_btf_entry){
        .name = name,
        .kind = (enum ud_btf_kind)kind,
        .vlen = info & 0xffff,
        .bitfields = info >> 31 != 0,
        .size = ud_le32(p + 8),
        .fixed = p + TYPE_SIZE,
        .entries = p + TYPE_SIZE + trailers[kind].fixed,
    };
    size_t more = trailers[kind].fixed + (size_t)trailers[kind].each * ret->vlen;
    if (btf->types_len - *at - TYPE_SIZE < more) {
        return btf_bad(btf->whose, "its last type is cut off", err);
    }
    *at += TYPE_SIZE + more;
    return UD_OK;
}
