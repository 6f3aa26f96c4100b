/* Numbers as USB/IP writes them: the highest byte first. */
#ifndef USBIP_BIGENDIAN_H
#define USBIP_BIGENDIAN_H

#include <stdint.h>

static inline uint16_t ud_get_be16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t ud_get_be32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline void ud_put_be16(unsigned char *bytes, uint16_t value)
{
    bytes[0] = (unsigned char)(value >> 8);
    bytes[1] = (unsigned char)value;
}

static inline void ud_put_be32(unsigned char *bytes, uint32_t value)
{
    ud_put_be16(bytes, (uint16_t)(value >> 16));
    ud_put_be16(bytes + 2, (uint16_t)value);
}

#endif
