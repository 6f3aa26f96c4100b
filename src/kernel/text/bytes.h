/* Little-endian numbers in a file's bytes. */
#ifndef KERNEL_TEXT_BYTES_H
#define KERNEL_TEXT_BYTES_H

#include <stdint.h>

static inline uint16_t ud_le16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t ud_le32(const unsigned char *p)
{
    return (uint32_t)ud_le16(p) | (uint32_t)ud_le16(p + 2) << 16;
}

static inline uint64_t ud_le64(const unsigned char *p)
{
    return (uint64_t)ud_le32(p) | (uint64_t)ud_le32(p + 4) << 32;
}

#endif
