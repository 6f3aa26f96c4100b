#include "kernel/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_line.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* An option and its place in the text, so that of two alike the later wins. */
struct entry {
    struct ud_slice name, value;
    size_t line;
};

static int compare_slices(struct ud_slice a, struct ud_slice b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int order = compare_slices(left->name, right->name);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static size_t config_count_lines(const char *text, size_t len)
{
    size_t lines = 1;
    for (size_t i = 0; i < len; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

/* Puts the options of the text into entries, which has room for one a line. */
static enum ud_code read_entries(const char *text, size_t len, struct entry *entries,
                                 size_t *ret_count, struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    size_t count = 0;
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        struct ud_config_line parsed;
        const char *wrong = ud_config_line_parse(line, &parsed);
        if (wrong != NULL) {
            return ud_fail(err, UD_ERR_FACTS, NULL, "the kernel configuration's line %zu %s",
                           number, wrong);
        }
        if (parsed.name.len > 0) {
            entries[count++] = (struct entry){parsed.name, parsed.value, number};
        }
    }
    if (count == 0) {
        return ud_fail(err, UD_ERR_FACTS, NULL, "the kernel configuration has no option");
    }
    *ret_count = count;
    return UD_OK;
}

static void keep_last_of_each(struct entry *entries, size_t count, struct ud_config *ret)
{
    qsort(entries, count, sizeof *entries, compare_entries);
    ret->options = ud_alloc(count, sizeof *ret->options);
    ret->len = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && compare_slices(entries[i].name, entries[i + 1].name) == 0) {
            continue;
        }
        ret->options[ret->len++] = (struct ud_config_option){
            .name = ud_strndup(entries[i].name.ptr, entries[i].name.len),
            .value = ud_strndup(entries[i].value.ptr, entries[i].value.len),
        };
    }
}

enum ud_code ud_config_parse(const char *text, size_t len, struct ud_config *ret,
                             struct ud_error *err)
{
    if (len > UD_CONFIG_TEXT_MAX) {
        return ud_fail(err, UD_ERR_FACTS, NULL, "the kernel configuration has over %u bytes",
                       UD_CONFIG_TEXT_MAX);
    }
    struct entry *entries = ud_alloc(config_count_lines(text, len), sizeof *entries);
    size_t count = 0;
    enum ud_code rc = read_entries(text, len, entries, &count, err);
    if (rc == UD_OK) {
        keep_last_of_each(entries, count, ret);
    }
    free(entries);
    return rc;
}

static bool config_has_text(const char *text, size_t len, const char *part)
{
    size_t part_len = strlen(part);
    for (size_t i = 0; part_len <= len && i <= len - part_len; i++) {
        if (text[i] == part[0] && memcmp(text + i, part, part_len) == 0) {
            return true;
        }
    }
    return false;
}

enum ud_code ud_config_check_whole(const struct ud_config *config, const char *text, size_t len,
                                   struct ud_error *err)
{
    bool marked = config_has_text(text, len, "\n# end of ");
    bool whole = marked ? config_has_text(text, len, "\n# end of Kernel hacking")
                        : !config_has_text(text, len, "# Automatically generated file") ||
                              ud_config_get(config, "DEBUG_KERNEL") != NULL;
    return whole ? UD_OK
                 : ud_fail(err, UD_ERR_FACTS, NULL,
                           "the kernel configuration is cut: it ends before the menu \"Kernel "
                           "hacking\", which is its last");
}

void ud_config_done(struct ud_config *config)
{
    if (config == NULL) {
        return;
    }
    for (size_t i = 0; i < config->len; i++) {
        free(config->options[i].name);
        free(config->options[i].value);
    }
    free(config->options);
    *config = (struct ud_config){0};
}

static int config_compare_name(const void *key, const void *option)
{
    return strcmp(key, ((const struct ud_config_option *)option)->name);
}

const char *ud_config_get(const struct ud_config *config, const char *name)
{
    if (config->len == 0) {
        return NULL;
    }
    const struct ud_config_option *found =
        bsearch(name, config->options, config->len, sizeof *config->options, config_compare_name);
    return found != NULL ? found->value : NULL;
}

bool ud_config_is(const struct ud_config *config, const char *name, char state)
{
    const char *value = ud_config_get(config, name);
    if (value == NULL) {
        return state == 'n';
    }
    return value[0] == state && value[1] == '\0';
}

bool ud_config_on(const struct ud_config *config, const char *name)
{
    return ud_config_is(config, name, 'y') || ud_config_is(config, name, 'm');
}

char *ud_config_string(const struct ud_config *config, const char *name)
{
    const char *value = ud_config_get(config, name);
    if (value == NULL || value[0] != '"') {
        return NULL;
    }
    char *text = ud_strdup(value + 1);
    size_t n = 0;
    for (const char *p = text; *p != '\0' && *p != '"'; p++) {
        if (*p == '\\' && p[1] != '\0') {
            p++;
        }
        text[n++] = *p;
    }
    text[n] = '\0';
    return text;
}

const char *ud_config_randstruct_option(const struct ud_config *config)
{
    /* The gcc plugin to 5.18; the same and clang's own one since. */
    static const char *const options[] = {"GCC_PLUGIN_RANDSTRUCT", "RANDSTRUCT", "RANDSTRUCT_FULL",
                                          "RANDSTRUCT_PERFORMANCE"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (ud_config_is(config, options[i], 'y')) {
            return options[i];
        }
    }
    return NULL;
}
