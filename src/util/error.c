#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Exit codes are part of the interface: add at the end, never renumber. 1 is
 * left to unexpected failures, 2 to usage as shells do, 130 to SIGINT. */
static const struct {
    int exit_code;
    const char *name;
} codes[UD_CODE_COUNT] = {
    [UD_OK] = {0, "ok"},
    [UD_ERR_INTERNAL] = {1, "internal"},
    [UD_ERR_USAGE] = {2, "usage"},
    [UD_ERR_UNREACHABLE] = {3, "unreachable"},
    [UD_ERR_ENGINE] = {4, "engine"},
    [UD_ERR_PROTOCOL] = {5, "protocol"},
    [UD_ERR_FACTS] = {6, "facts"},
    [UD_ERR_SOURCE] = {7, "source"},
    [UD_ERR_CONFIG] = {8, "config"},
    [UD_ERR_BUILD] = {9, "build"},
    [UD_ERR_UNFIT] = {10, "unfit"},
    [UD_ERR_REFUSED] = {11, "refused"},
    [UD_ERR_BUSY] = {12, "busy"},
    [UD_ERR_DENIED] = {13, "denied"},
    [UD_ERR_NOT_FOUND] = {14, "not-found"},
    [UD_ERR_IO] = {15, "io"},
    [UD_ERR_INTERRUPTED] = {130, "interrupted"},
};

/* A cut must not leave half of a UTF-8 sequence at the end. */
static void trim_partial_utf8(char *text)
{
    size_t len = strlen(text);
    size_t back = 0;
    while (back < len && back < 3 && ((unsigned char)text[len - 1 - back] & 0xc0) == 0x80) {
        back++;
    }
    if (back < len && ((unsigned char)text[len - 1 - back] & 0xc0) == 0xc0) {
        text[len - 1 - back] = '\0';
    }
}

static void format_into(char *dst, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(dst, size, fmt, args);
    if (n < 0) {
        dst[0] = '\0';
    } else if ((size_t)n >= size) {
        trim_partial_utf8(dst);
    }
}

enum ud_code ud_fail(struct ud_error *err, enum ud_code code, const char *remedy, const char *fmt,
                     ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, fmt);
        err->code = code;
        format_into(err->message, sizeof err->message, fmt, args);
        va_end(args);
        err->remedy[0] = '\0';
        if (remedy != NULL) {
            ud_error_remedy(err, "%s", remedy);
        }
    }
    return code;
}

void ud_error_remedy(struct ud_error *err, const char *fmt, ...)
{
    if (err == NULL) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    format_into(err->remedy, sizeof err->remedy, fmt, args);
    va_end(args);
}

void ud_error_prefix(struct ud_error *err, const char *fmt, ...)
{
    if (err == NULL) {
        return;
    }
    char old[sizeof err->message];
    memcpy(old, err->message, sizeof old);
    va_list args;
    va_start(args, fmt);
    format_into(err->message, sizeof err->message, fmt, args);
    va_end(args);
    size_t used = strlen(err->message);
    int n = snprintf(err->message + used, sizeof err->message - used, ": %s", old);
    if (n >= 0 && (size_t)n >= sizeof err->message - used) {
        trim_partial_utf8(err->message);
    }
}

enum ud_code ud_error_pass(struct ud_error *err, const struct ud_error *why)
{
    if (err != NULL) {
        *err = *why;
    }
    return why->code;
}

int ud_error_exit_code(enum ud_code code)
{
    return code < UD_CODE_COUNT ? codes[code].exit_code : 1;
}

const char *ud_error_name(enum ud_code code)
{
    return code < UD_CODE_COUNT ? codes[code].name : "internal";
}

enum ud_code ud_error_named(const char *name)
{
    int code = UD_OK;
    while (code < UD_CODE_COUNT && strcmp(codes[code].name, name) != 0) {
        code++;
    }
    return (enum ud_code)code;
}
