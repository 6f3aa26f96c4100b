#include "kernel/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_line.h"
#include "text/scan.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

void ud_config_edits_done(struct ud_config_edits *edits)
{
    if (edits == NULL) {
        return;
    }
    for (size_t i = 0; i < edits->len; i++) {
        free(edits->items[i].name);
        free(edits->items[i].value);
    }
    free(edits->items);
    *edits = (struct ud_config_edits){0};
}

static struct ud_config_option *config_edits_find(const struct ud_config_edits *edits,
                                                  struct ud_slice name)
{
    for (size_t i = 0; i < edits->len; i++) {
        if (ud_slice_equals(name, edits->items[i].name)) {
            return &edits->items[i];
        }
    }
    return NULL;
}

static void config_edits_set(struct ud_config_edits *edits, struct ud_slice name,
                             struct ud_slice value)
{
    struct ud_config_option *item = config_edits_find(edits, name);
    if (item == NULL) {
        edits->items = ud_realloc(edits->items, edits->len + 1, sizeof *edits->items);
        item = &edits->items[edits->len++];
        *item = (struct ud_config_option){.name = ud_strndup(name.ptr, name.len)};
    }
    free(item->value);
    item->value = ud_strndup(value.ptr, value.len);
}

void ud_config_edits_set(struct ud_config_edits *edits, const char *name, const char *value)
{
    /* value may be the edit's own. */
    char *copy = ud_strdup(value);
    config_edits_set(edits, ud_slice_of(name), ud_slice_of(copy));
    free(copy);
}

const char *ud_config_edits_get(const struct ud_config_edits *edits, const char *name)
{
    const struct ud_config_option *item = config_edits_find(edits, ud_slice_of(name));
    return item != NULL ? item->value : NULL;
}

enum ud_code ud_config_edits_parse(struct ud_config_edits *edits, const char *arg,
                                   struct ud_error *err)
{
    struct ud_config_line line;
    const char *wrong = strchr(arg, '\n') != NULL ? "has control characters"
                                                  : ud_config_line_parse(ud_slice_of(arg), &line);
    if (wrong == NULL && line.name.len == 0) {
        wrong = "names no option";
    } else if (wrong == NULL && line.value.len == 0) {
        wrong = "has no value";
    }
    if (wrong != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Write it as CONFIG_USB_SERIAL=m.", "\"%.80s\" %s", arg,
                       wrong);
    }
    config_edits_set(edits, line.name, line.value);
    return UD_OK;
}

enum ud_code ud_config_edits_parse_fragment(struct ud_config_edits *edits, const char *text,
                                            size_t len, const char *what, struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    if (len > UD_CONFIG_TEXT_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s has over %u bytes", what, UD_CONFIG_TEXT_MAX);
    }
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        struct ud_config_line parsed;
        const char *wrong = ud_config_line_parse(line, &parsed);
        if (wrong == NULL && parsed.name.len > 0 && parsed.value.len == 0) {
            wrong = "has no value";
        }
        if (wrong != NULL) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "%s: line %zu %s", what, number, wrong);
        }
        if (parsed.name.len > 0) {
            config_edits_set(edits, parsed.name, parsed.value);
        }
    }
    return UD_OK;
}

static void write_option(struct ud_buf *out, const struct ud_config_option *option)
{
    if (strcmp(option->value, "n") == 0) {
        ud_buf_addf(out, "# CONFIG_%s is not set\n", option->name);
    } else {
        ud_buf_addf(out, "CONFIG_%s=%s\n", option->name, option->value);
    }
}

/* The index of the edit for this line, or edits->len. */
static size_t edit_of_line(const struct ud_config_edits *edits, struct ud_slice line)
{
    struct ud_config_line parsed;
    if (ud_config_line_parse(line, &parsed) != NULL || parsed.name.len == 0) {
        return edits->len;
    }
    const struct ud_config_option *item = config_edits_find(edits, parsed.name);
    return item != NULL ? (size_t)(item - edits->items) : edits->len;
}

char *ud_config_apply(const char *text, size_t len, const struct ud_config_edits *edits,
                      size_t *ret_len)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    size_t *seen = ud_alloc(edits->len + 1, sizeof *seen); /* lines of each edit's option */
    while (ud_str_next_line(&rest, &line)) {
        seen[edit_of_line(edits, line)]++;
    }
    struct ud_buf out;
    ud_buf_init(&out, SIZE_MAX / 2);
    rest = (struct ud_slice){text, len};
    while (ud_str_next_line(&rest, &line)) {
        size_t i = edit_of_line(edits, line);
        if (i == edits->len) {
            ud_buf_add(&out, line.ptr, line.len);
            ud_buf_add(&out, "\n", 1);
        } else if (--seen[i] == 0) {
            write_option(&out, &edits->items[i]);
            seen[i] = SIZE_MAX; /* written */
        }
    }
    for (size_t i = 0; i < edits->len; i++) {
        if (seen[i] == 0) {
            write_option(&out, &edits->items[i]);
        }
    }
    free(seen);
    char *result = ud_buf_take(&out, ret_len);
    ud_buf_done(&out);
    return result;
}
