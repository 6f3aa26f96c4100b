#include "sys/procmods.h"

#include <string.h>

static struct ud_slice next_field(struct ud_slice *line)
{
    struct ud_slice rest = ud_slice_trim(*line);
    const char *end = rest.len > 0 ? memchr(rest.ptr, ' ', rest.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
    *line = (struct ud_slice){rest.ptr + len, rest.len - len};
    return (struct ud_slice){rest.ptr, len};
}

static uint64_t to_number(struct ud_slice field)
{
    char text[24] = "";
    uint64_t value = 0;
    if (field.len < sizeof text) {
        memcpy(text, field.ptr, field.len);
    }
    return ud_str_to_u64(text, &value) ? value : 0;
}

static bool contains_mark(struct ud_slice users)
{
    static const char mark[] = "[permanent]";
    for (size_t at = 0; at + sizeof mark - 1 <= users.len; at++) {
        if (memcmp(users.ptr + at, mark, sizeof mark - 1) == 0) {
            return true;
        }
    }
    return false;
}

static bool to_state(struct ud_slice field, enum ud_module_state *ret)
{
    if (ud_slice_equals(field, "Live")) {
        *ret = UD_MODULE_LIVE;
    } else if (ud_slice_equals(field, "Loading")) {
        *ret = UD_MODULE_LOADING;
    } else if (ud_slice_equals(field, "Unloading")) {
        *ret = UD_MODULE_UNLOADING;
    } else {
        return false;
    }
    return true;
}

bool ud_procmods_next(struct ud_slice *rest, struct ud_module_line *ret)
{
    struct ud_slice line;
    while (ud_str_next_line(rest, &line)) {
        struct ud_module_line found = {.name = next_field(&line)};
        (void)next_field(&line);
        found.refcount = to_number(next_field(&line));
        found.users = next_field(&line);
        found.permanent = contains_mark(found.users);
        if (to_state(next_field(&line), &found.state)) {
            *ret = found;
            return true;
        }
    }
    return false;
}

bool ud_procmods_find(struct ud_slice text, const char *name, struct ud_module_line *ret)
{
    while (ud_procmods_next(&text, ret)) {
        if (ud_slice_equals(ret->name, name)) {
            return true;
        }
    }
    *ret = (struct ud_module_line){.state = UD_MODULE_ABSENT};
    return false;
}

bool ud_procmods_next_user(struct ud_slice *users, char ret[UD_MODULE_NAME_MAX + 1])
{
    while (users->len > 0) {
        const char *comma = memchr(users->ptr, ',', users->len);
        size_t len = comma != NULL ? (size_t)(comma - users->ptr) : users->len;
        size_t used = comma != NULL ? len + 1 : len;
        const char *name = users->ptr;
        users->ptr += used;
        users->len -= used;
        bool is_name = len > 0 && len <= UD_MODULE_NAME_MAX && name[0] != '[' && name[0] != '-';
        if (is_name) {
            memcpy(ret, name, len);
            ret[len] = '\0';
            return true;
        }
    }
    return false;
}
