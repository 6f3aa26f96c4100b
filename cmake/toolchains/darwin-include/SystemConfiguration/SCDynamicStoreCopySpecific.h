/* In place of Apple's header, which zig does not have. libcurl (lib/macos.c) calls this function
 * for its side effect alone: before it is called, getaddrinfo() makes no IPv6 address of an IPv4
 * one on a network that has IPv6 only. Without it such a network needs names, not numbers. */
#ifndef SYSTEMCONFIGURATION_SCDYNAMICSTORECOPYSPECIFIC_H
#define SYSTEMCONFIGURATION_SCDYNAMICSTORECOPYSPECIFIC_H

#include <stddef.h>

typedef const void *CFDictionaryRef;

static inline CFDictionaryRef SCDynamicStoreCopyProxies(const void *store)
{
    (void)store;
    return NULL;
}

static inline void CFRelease(const void *object)
{
    (void)object;
}

#endif
