/* Reading one Makefile. */
#include <stdlib.h>
#include <string.h>

#include "drivers/lines.h"
#include "drivers/makefiles.h"
#include "drivers/paths.h"
#include "text/scan.h"
#include "util/mem.h"

enum { LINE_MAX = 1 << 16, CONDITIONS_MAX = 32 };

struct reader {
    struct ud_makefiles *makefiles;
    const char *dir;
    uint32_t dir_number;
    struct {
        enum ud_made_when when;
        uint32_t option;
    } conditions[CONDITIONS_MAX]; /* of the `if…` that are open */
    size_t depth;
};

/* What is on the left of `+=`. */
struct target {
    struct ud_slice whole;  /* "obj", "lib", or a module's name */
    struct ud_slice option; /* X, "y" or "m" */
    bool built_in;          /* m becomes y */
};

static bool makefile_option_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The X of the first CONFIG_X; false if there is none. */
static bool makefile_option(struct ud_slice text, struct ud_slice *ret)
{
    static const char mark[] = "CONFIG_";
    while (text.len > 0 && !ud_scan_text(&text, mark)) {
        text.ptr++;
        text.len--;
    }
    size_t n = 0;
    while (n < text.len && makefile_option_char(text.ptr[n])) {
        n++;
    }
    *ret = (struct ud_slice){text.ptr, n};
    return n > 0;
}

/* Takes "whole-$(CONFIG_X)", "whole-y" or "whole-objs" apart. */
static bool makefile_target(struct ud_slice left, struct target *ret)
{
    static const char *const always[] = {"-y", "-objs", "-m"};
    for (size_t i = 0; i + 1 < left.len; i++) {
        if (left.ptr[i] == '-' && left.ptr[i + 1] == '$') {
            ret->whole = (struct ud_slice){left.ptr, i};
            ret->built_in = ud_slice_has(left, "$(subst m,y,");
            return i > 0 && makefile_option(left, &ret->option);
        }
    }
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        size_t n = strlen(always[i]);
        if (left.len > n && memcmp(left.ptr + left.len - n, always[i], n) == 0) {
            ret->whole = (struct ud_slice){left.ptr, left.len - n};
            ret->option = ud_slice_of(always[i][1] == 'm' ? "m" : "y");
            ret->built_in = false;
            return true;
        }
    }
    return false;
}

static void makefile_push(struct reader *reader, const struct ud_made *made)
{
    struct ud_makefiles *makefiles = reader->makefiles;
    if (made->name == UD_NAMES_NONE || made->option == UD_NAMES_NONE ||
        made->whole == UD_NAMES_NONE) {
        return;
    }
    if (makefiles->len == makefiles->cap) {
        makefiles->cap = makefiles->cap == 0 ? 1024 : 2 * makefiles->cap;
        makefiles->items = ud_realloc(makefiles->items, makefiles->cap, sizeof *makefiles->items);
    }
    makefiles->items[makefiles->len++] = *made;
}

/* An object of another directory, "parts/x.o". */
static void makefile_note_subdir(struct reader *reader, struct ud_slice object)
{
    while (object.len > 0 && object.ptr[object.len - 1] != '/') {
        object.len--;
    }
    if (object.len > 0) {
        char *path = ud_path_join(reader->dir, object);
        ud_strv_addf(&reader->makefiles->includes, "%s %s", reader->dir, path);
        free(path);
    }
}

/* One word on the right of `+=`. */
static void makefile_word(struct reader *reader, const struct target *target, struct ud_slice word)
{
    struct ud_names *names = &reader->makefiles->names;
    const bool object =
        ud_slice_equals(target->whole, "obj") || ud_slice_equals(target->whole, "lib");
    const size_t depth = reader->depth < CONDITIONS_MAX ? reader->depth : CONDITIONS_MAX;
    struct ud_made made = {
        .kind = object ? UD_MADE_OBJECT : UD_MADE_PART,
        .dir = reader->dir_number,
        .option = ud_names_add(names, target->option),
        .whole = ud_names_add(names, target->whole),
        .condition = UD_NAMES_NONE,
        .built_in = target->built_in,
    };
    if (depth > 0 && depth == reader->depth) {
        made.when = reader->conditions[depth - 1].when;
        made.condition = reader->conditions[depth - 1].option;
    }
    if (memchr(word.ptr, '$', word.len) != NULL) {
        reader->makefiles->skipped += object;
    } else if (word.len > 2 && memcmp(word.ptr + word.len - 2, ".o", 2) == 0) {
        word.len -= 2;
        made.name = ud_names_add(names, word);
        makefile_push(reader, &made);
        makefile_note_subdir(reader, word);
    } else if (object && word.ptr[word.len - 1] == '/') {
        char *path = ud_path_join(reader->dir, word);
        made.kind = UD_MADE_DIR;
        made.name = ud_names_add(names, ud_slice_of(path));
        makefile_push(reader, &made);
        free(path);
    }
}

/* `-I` and a directory, in one word or two, below the top of the tree. */
static void makefile_include(struct reader *reader, struct ud_slice path)
{
    struct ud_buf text;
    ud_buf_init(&text, LINE_MAX);
    while (path.len > 0) {
        if (ud_scan_text(&path, "$(srctree)/") || ud_scan_text(&path, "$(objtree)/")) {
            continue;
        }
        if (ud_scan_text(&path, "$(src)") || ud_scan_text(&path, "$(obj)")) {
            ud_buf_adds(&text, reader->dir);
            continue;
        }
        ud_buf_add(&text, path.ptr, 1);
        path.ptr++;
        path.len--;
    }
    char *joined = ud_path_join("", ud_slice_of(text.data));
    if (strchr(joined, '$') == NULL && joined[0] != '\0' && strcmp(joined, reader->dir) != 0) {
        ud_strv_addf(&reader->makefiles->includes, "%s %s", reader->dir, joined);
    }
    free(joined);
    ud_buf_done(&text);
}

static void makefile_flags(struct reader *reader, struct ud_slice line)
{
    struct ud_slice word;
    while (ud_scan_word(&line, &word)) {
        if (ud_slice_equals(word, "-I")) {
            if (ud_scan_word(&line, &word)) {
                makefile_include(reader, word);
            }
        } else if (ud_scan_text(&word, "-I")) {
            makefile_include(reader, word);
        }
    }
}

/* Takes what precedes `=`, `:=` or `+=` off the front. */
static bool makefile_assigns(struct ud_slice *line, struct ud_slice *ret_left)
{
    const char *sign = line->len > 0 ? memchr(line->ptr, '=', line->len) : NULL;
    if (sign == NULL) {
        return false;
    }
    size_t n = (size_t)(sign - line->ptr);
    size_t left = n;
    while (left > 0 && strchr(":+?", line->ptr[left - 1]) != NULL && line->ptr[left - 1] != '\0') {
        left--;
    }
    *ret_left = ud_slice_trim((struct ud_slice){line->ptr, left});
    line->ptr += n + 1;
    line->len -= n + 1;
    /* One word; `obj-$(subst m,y,$(CONFIG_X))` is one. */
    const char *call = ret_left->len > 0 ? memchr(ret_left->ptr, '$', ret_left->len) : NULL;
    const size_t plain = call != NULL ? (size_t)(call - ret_left->ptr) : ret_left->len;
    return plain > 0 && memchr(ret_left->ptr, ' ', plain) == NULL;
}

/* When the lines behind this condition count, as far as one option decides it. */
static enum ud_made_when makefile_when(struct ud_slice word, struct ud_slice line)
{
    const bool equal = ud_slice_starts(word, "ifeq");
    const char *comma = memchr(line.ptr, ',', line.len);
    if (ud_slice_equals(word, "ifdef")) {
        return UD_MADE_IF_ON;
    }
    if (ud_slice_equals(word, "ifndef")) {
        return UD_MADE_IF_OFF;
    }
    if (comma == NULL) {
        return UD_MADE_ANYHOW;
    }
    struct ud_slice value = {comma + 1, line.len - (size_t)(comma + 1 - line.ptr)};
    value = ud_slice_trim(value);
    value.len -= value.len > 0 && value.ptr[value.len - 1] == ')';
    value = ud_slice_trim(value);
    if (value.len == 0) {
        return equal ? UD_MADE_IF_OFF : UD_MADE_IF_ON;
    }
    if (equal && ud_slice_equals(value, "y")) {
        return UD_MADE_IF_Y;
    }
    return equal && ud_slice_equals(value, "m") ? UD_MADE_IF_ON : UD_MADE_ANYHOW;
}

static void makefile_set_condition(struct reader *reader, enum ud_made_when when, uint32_t option)
{
    if (reader->depth > 0 && reader->depth <= CONDITIONS_MAX) {
        const bool known = option != UD_NAMES_NONE;
        reader->conditions[reader->depth - 1].when = known ? when : UD_MADE_ANYHOW;
        reader->conditions[reader->depth - 1].option =
            when != UD_MADE_ANYHOW ? option : UD_NAMES_NONE;
    }
}

/* Behind `else` the opposite holds. */
static void makefile_turn_condition(struct reader *reader)
{
    if (reader->depth > 0 && reader->depth <= CONDITIONS_MAX) {
        const enum ud_made_when when = reader->conditions[reader->depth - 1].when;
        makefile_set_condition(reader,
                               when == UD_MADE_IF_ON    ? UD_MADE_IF_OFF
                               : when == UD_MADE_IF_OFF ? UD_MADE_IF_ON
                                                        : UD_MADE_ANYHOW,
                               reader->conditions[reader->depth - 1].option);
    }
}

/* What begins or ends a condition. */
static bool makefile_condition(struct reader *reader, struct ud_slice line)
{
    struct ud_slice word;
    struct ud_slice option;
    struct ud_slice rest = line;
    if (!ud_scan_word(&rest, &word)) {
        return true;
    }
    if (ud_slice_starts(word, "ifeq") || ud_slice_starts(word, "ifneq") ||
        ud_slice_equals(word, "ifdef") || ud_slice_equals(word, "ifndef")) {
        reader->depth++;
        makefile_set_condition(reader, makefile_when(word, line),
                               makefile_option(line, &option)
                                   ? ud_names_add(&reader->makefiles->names, option)
                                   : UD_NAMES_NONE);
        return true;
    }
    if (ud_slice_equals(word, "else")) {
        struct ud_slice more;
        makefile_turn_condition(reader);
        if (ud_scan_word(&rest, &more)) { /* `else ifeq`: another one */
            makefile_set_condition(reader, UD_MADE_ANYHOW, UD_NAMES_NONE);
        }
        return true;
    }
    if (ud_slice_equals(word, "endif")) {
        reader->depth -= reader->depth > 0;
        return true;
    }
    return false;
}

static void makefile_line(struct reader *reader, struct ud_slice line)
{
    struct ud_slice left;
    struct ud_slice word;
    struct target target;
    if (line.len == 0 || makefile_condition(reader, line) || !makefile_assigns(&line, &left)) {
        return;
    }
    if (ud_slice_has(line, "-I")) {
        makefile_flags(reader, line);
    }
    if (!makefile_target(left, &target)) {
        return;
    }
    while (ud_scan_word(&line, &word)) {
        makefile_word(reader, &target, word);
    }
}

void ud_makefiles_add(struct ud_makefiles *makefiles, const char *path, const char *text,
                      size_t len)
{
    struct reader reader = {.makefiles = makefiles};
    struct ud_slice rest = {text, strnlen(text, len)};
    struct ud_slice line;
    struct ud_buf scratch;
    char *dir = ud_path_dir(path);
    ud_buf_init(&scratch, LINE_MAX);
    reader.dir = dir;
    reader.dir_number = ud_names_add(&makefiles->names, ud_slice_of(dir));
    while (reader.dir_number != UD_NAMES_NONE && ud_lines_next(&rest, &scratch, &line)) {
        const char *comment = line.len > 0 ? memchr(line.ptr, '#', line.len) : NULL;
        line.len = comment != NULL ? (size_t)(comment - line.ptr) : line.len;
        makefile_line(&reader, line);
    }
    if (strcmp(path + strlen(dir), "/Kbuild") == 0) {
        ud_strv_add(&makefiles->own_kbuild, dir);
    }
    ud_buf_done(&scratch);
    free(dir);
}
