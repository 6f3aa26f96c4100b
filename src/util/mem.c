#include "util/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*fatal_say)(const char *text);

void ud_fatal_set(void (*say)(const char *text))
{
    fatal_say = say;
}

_Noreturn void ud_fatal(const char *text)
{
    if (fatal_say != NULL) {
        fatal_say(text);
    }
    exit(1);
}

static _Noreturn void out_of_memory(void)
{
    ud_fatal("out of memory");
}

void *ud_alloc(size_t count, size_t size)
{
    void *p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (p == NULL) {
        out_of_memory();
    }
    return p;
}

void *ud_realloc(void *old, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        out_of_memory();
    }
    size_t bytes = count * size;
    void *p = realloc(old, bytes > 0 ? bytes : 1);
    if (p == NULL) {
        out_of_memory();
    }
    return p;
}

char *ud_strdup(const char *text)
{
    return ud_strndup(text, strlen(text));
}

char *ud_strndup(const char *text, size_t len)
{
    const char *end = len > 0 ? memchr(text, '\0', len) : NULL;
    return ud_memdup(text, end != NULL ? (size_t)(end - text) : len);
}

char *ud_memdup(const void *data, size_t len)
{
    char *copy = ud_alloc(len + 1, 1);
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

char *ud_strf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    return text;
}

char *ud_vstrf(const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *text = ud_alloc(n > 0 ? (size_t)n + 1 : 1, 1);
    if (n > 0) {
        (void)vsnprintf(text, (size_t)n + 1, fmt, args);
    }
    return text;
}
