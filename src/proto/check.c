#include "proto/check.h"

#include <string.h>

#include "util/str.h"

enum { PATH_LEN_MAX = 1023, RELEASE_MAX = 64 };

/* ASCII whatever the locale, unlike isalnum(). */
static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* 1 to max characters, each a letter, a digit or one of extra. */
static bool consists_of(const char *text, const char *extra, size_t max)
{
    size_t len = 0;
    for (; text[len] != '\0'; len++) {
        if (len >= max || (!is_alnum(text[len]) && strchr(extra, text[len]) == NULL)) {
            return false;
        }
    }
    return len > 0;
}

bool ud_check_module_name(const char *name)
{
    return consists_of(name, "_-", UD_MODULE_NAME_MAX) && name[0] != '-';
}

void ud_check_kernel_name(const char *name, char ret[UD_MODULE_NAME_MAX + 1])
{
    size_t i = 0;
    for (; i < UD_MODULE_NAME_MAX && name[i] != '\0'; i++) {
        ret[i] = name[i] == '-' ? '_' : name[i];
    }
    ret[i] = '\0';
}

bool ud_check_release(const char *release)
{
    return consists_of(release, "._+~-", RELEASE_MAX) && release[0] != '.';
}

bool ud_check_build_id(const char *build_id)
{
    size_t len = strspn(build_id, "0123456789abcdef");
    return build_id[len] == '\0' && len >= 2 && len <= UD_BUILD_ID_MAX && len % 2 == 0;
}

bool ud_check_symbol_name(const char *name)
{
    return consists_of(name, "_.$", UD_SYMBOL_NAME_MAX);
}

bool ud_check_host(const char *text)
{
    return consists_of(text, "._:%-", UD_HOST_MAX) && strchr("-.%", text[0]) == NULL;
}

bool ud_check_address(const char *text)
{
    size_t number = strspn(text, "0123456789abcdefABCDEF:.");
    bool six = memchr(text, ':', number) != NULL;
    if (number == 0 || strlen(text) > UD_ADDRESS_MAX) {
        return false;
    }
    if (text[number] == '%') {
        return six && consists_of(text + number + 1, "._-", UD_ADDRESS_MAX);
    }
    return text[number] == '\0' && (six || strspn(text, "0123456789.") == number);
}

bool ud_check_number(const char *text, uint32_t max, uint32_t *ret)
{
    uint64_t number;
    if (strlen(text) > 10 || !ud_str_to_u64(text, &number) || number > max) {
        return false;
    }
    *ret = (uint32_t)number;
    return true;
}

bool ud_check_tcp_port(const char *text, uint32_t *ret)
{
    uint32_t number;
    if (!ud_check_number(text, UINT16_MAX, &number) || number == 0) {
        return false;
    }
    *ret = number;
    return true;
}

bool ud_check_mode(const char *text, uint32_t *ret)
{
    uint32_t mode = 0;
    size_t len = strspn(text, "01234567");
    if (len == 0 || len > 4 || text[len] != '\0') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        mode = mode * 8 + (uint32_t)(text[i] - '0');
    }
    if (mode > 0777) {
        return false;
    }
    *ret = mode;
    return true;
}

bool ud_check_modalias(const char *text)
{
    size_t bus = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return bus > 0 && text[bus] == ':' &&
           consists_of(text + bus + 1, "_,.:+-", UD_MODALIAS_TEXT_SIZE - bus - 2);
}

/* No control character and no part that is empty, "." or "..". */
static bool parts_are_plain(const char *path)
{
    if (ud_str_has_control(path)) {
        return false;
    }
    const char *part = path;
    for (;;) {
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && strncmp(part, "..", 2) == 0)) {
            return false;
        }
        if (part[len] == '\0') {
            return true;
        }
        part += len + 1;
    }
}

static bool ends_as_module(const char *path)
{
    return ud_str_ends(path, ".ko") || ud_str_ends(path, ".ko.gz") || ud_str_ends(path, ".ko.xz") ||
           ud_str_ends(path, ".ko.zst");
}

/* What follows prefix in text, or NULL. */
static const char *check_after(const char *text, const char *prefix)
{
    return text != NULL && ud_str_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

bool ud_check_patch_name(const char *name)
{
    enum { NAME_LEN_MAX = 255 };
    return consists_of(name, "._+,-", NAME_LEN_MAX) && name[0] != '.' &&
           ud_str_ends(name, ".patch");
}

bool ud_check_module_path(const char *path, const char *release)
{
    const char *rest = check_after(path, "/usr/lib/modules/");
    if (rest == NULL) {
        rest = check_after(path, "/lib/modules/");
    }
    if (rest == NULL || strlen(path) > PATH_LEN_MAX || !ud_check_release(release)) {
        return false;
    }
    rest = check_after(check_after(rest, release), "/");
    return rest != NULL && parts_are_plain(rest) && ends_as_module(rest);
}
