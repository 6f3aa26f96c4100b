/* BTF made up for a test. */
#ifndef TEST_KERNEL_MADE_BTF_H
#define TEST_KERNEL_MADE_BTF_H

#include <stdint.h>
#include <string.h>

#include "util/buf.h"

static inline void made_btf_add32(struct ud_buf *buf, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8),
                                   (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    ud_buf_add(buf, bytes, sizeof bytes);
}

/* BTF being made: each type by hand, names as they come. Of a module, the kernel's names go before
 * its own. */
struct made_btf {
    struct ud_buf types, names, whole;
    size_t names_before;
};

static inline void made_btf_init(struct made_btf *m)
{
    ud_buf_init(&m->types, 4096);
    ud_buf_init(&m->names, 4096);
    ud_buf_init(&m->whole, 8192);
    ud_buf_add(&m->names, "", 1);
    m->names_before = 0;
}

/* For a module of the kernel with that BTF. */
static inline void made_btf_init_split(struct made_btf *m, const struct made_btf *kernel)
{
    made_btf_init(m);
    ud_buf_clear(&m->names);
    m->names_before = kernel->names.len;
}

static inline void made_btf_done(struct made_btf *m)
{
    ud_buf_done(&m->types);
    ud_buf_done(&m->names);
    ud_buf_done(&m->whole);
}

static inline uint32_t made_btf_name(struct made_btf *m, const char *text)
{
    uint32_t at = (uint32_t)(m->names_before + m->names.len);
    ud_buf_add(&m->names, text, strlen(text) + 1);
    return at;
}

static inline void made_btf_type(struct made_btf *m, const char *text, uint32_t kind, uint32_t vlen,
                                 uint32_t size)
{
    made_btf_add32(&m->types, text[0] != '\0' ? made_btf_name(m, text) : 0);
    made_btf_add32(&m->types, kind << 24 | vlen);
    made_btf_add32(&m->types, size);
}

static inline void made_btf_member(struct made_btf *m, const char *text, uint32_t bits)
{
    made_btf_add32(&m->types, made_btf_name(m, text));
    made_btf_add32(&m->types, 1);
    made_btf_add32(&m->types, bits);
}

/* Puts it together, in whole. */
static inline void made_btf_finish(struct made_btf *m)
{
    ud_buf_clear(&m->whole);
    made_btf_add32(&m->whole, 0x0001eb9f);
    made_btf_add32(&m->whole, 24);
    made_btf_add32(&m->whole, 0);
    made_btf_add32(&m->whole, (uint32_t)m->types.len);
    made_btf_add32(&m->whole, (uint32_t)m->types.len);
    made_btf_add32(&m->whole, (uint32_t)m->names.len);
    ud_buf_add(&m->whole, m->types.data, m->types.len);
    ud_buf_add(&m->whole, m->names.data, m->names.len);
}

#endif
