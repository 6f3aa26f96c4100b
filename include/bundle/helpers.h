#ifndef BUNDLE_HELPERS_H
#define BUNDLE_HELPERS_H

#include <stddef.h>

/* A helper program: a static Linux executable, embedded in this one. */
struct ud_helper_binary {
    const unsigned char *data;
    size_t size; /* bytes */
};

/*
 * The helper for an architecture in the engine's words, "amd64" or "arm64".
 * Borrowed, valid for the life of the program. NULL if there is none for it.
 */
const struct ud_helper_binary *ud_helper_for_arch(const char *goarch);

#endif
