#include "drivers/cmacros.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"

enum {
    DEPTH_MAX = 24,        /* macros and files within one another */
    EXPANDED_MAX = 1 << 18 /* bytes of one macro, expanded */
};

static void cmacros_read(struct ud_cmacros *macros, const char *path, struct ud_slice text,
                         int depth);

static bool cmacros_is_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void cmacros_drop(struct ud_slice *rest, size_t n)
{
    n = n < rest->len ? n : rest->len;
    rest->ptr += n;
    rest->len -= n;
}

/* The bytes of a comment, or of blanks, or of a line that goes on: 0 if there is none. */
static size_t cmacros_blank(struct ud_slice rest)
{
    size_t n = 2;
    const char c = rest.ptr[0];
    const char next = rest.len > 1 ? rest.ptr[1] : '\0';
    if (c == '/' && next == '*') {
        while (n < rest.len && !(rest.ptr[n - 1] == '*' && rest.ptr[n] == '/' && n > 2)) {
            n++;
        }
        return n + 1;
    }
    if (c == '/' && next == '/') {
        while (n < rest.len && rest.ptr[n] != '\n') {
            n++;
        }
        return n;
    }
    if (c == '\\' && (next == '\n' || next == '\r')) {
        return next == '\r' ? 3 : 2;
    }
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' ? 1 : 0;
}

static size_t cmacros_quoted(struct ud_slice rest)
{
    size_t n = 1;
    while (n < rest.len && rest.ptr[n] != rest.ptr[0] && rest.ptr[n] != '\n') {
        n += rest.ptr[n] == '\\' ? 2 : 1;
    }
    return n < rest.len ? n + 1 : rest.len;
}

bool ud_ctoken_next(struct ud_slice *rest, struct ud_ctoken *ret, bool *ret_first)
{
    bool first = false;
    while (rest->len > 0) {
        size_t blank = cmacros_blank(*rest);
        if (blank == 0 && rest->ptr[0] == '\n') {
            first = true;
            blank = 1;
        }
        if (blank == 0) {
            break;
        }
        cmacros_drop(rest, blank);
    }
    if (rest->len == 0) {
        return false;
    }
    size_t n = 0;
    const char c = rest->ptr[0];
    while (n < rest->len && cmacros_is_word(rest->ptr[n])) {
        n++;
    }
    ret->kind = n > 0 ? (c >= '0' && c <= '9' ? UD_CTOKEN_NUMBER : UD_CTOKEN_WORD)
                      : (c == '"' || c == '\'' ? UD_CTOKEN_TEXT : UD_CTOKEN_SIGN);
    n = n > 0 ? n : ret->kind == UD_CTOKEN_TEXT ? cmacros_quoted(*rest) : 1;
    ret->text = (struct ud_slice){rest->ptr, n};
    cmacros_drop(rest, n);
    if (ret_first != NULL) {
        *ret_first = first;
    }
    return true;
}

void ud_cmacros_init(struct ud_cmacros *macros)
{
    *macros = (struct ud_cmacros){0};
    ud_names_init(&macros->names);
}

void ud_cmacros_done(struct ud_cmacros *macros)
{
    ud_names_done(&macros->names);
    free(macros->items);
    *macros = (struct ud_cmacros){0};
}

static struct ud_cmacro *cmacros_item(struct ud_cmacros *macros, uint32_t name)
{
    if (name >= macros->len) {
        size_t len = name < 512 ? 1024 : 2 * (size_t)name;
        macros->items = ud_realloc(macros->items, len, sizeof *macros->items);
        memset(macros->items + macros->len, 0, (len - macros->len) * sizeof *macros->items);
        macros->len = len;
    }
    return &macros->items[name];
}

/* The macro of that name, or NULL. One of base becomes one of ours. */
static struct ud_cmacro *cmacros_find(struct ud_cmacros *macros, struct ud_slice name)
{
    const uint32_t number = ud_names_find(&macros->names, name);
    if (number < macros->len && macros->items[number].known) {
        return &macros->items[number];
    }
    const struct ud_cmacros *base = macros->base;
    const uint32_t in_base = base != NULL ? ud_names_find(&base->names, name) : UD_NAMES_NONE;
    if (in_base == UD_NAMES_NONE || in_base >= base->len || base->items[in_base].body.ptr == NULL) {
        return NULL;
    }
    const uint32_t added = ud_names_add(&macros->names, name);
    if (added == UD_NAMES_NONE) {
        return NULL;
    }
    *cmacros_item(macros, added) = base->items[in_base];
    return cmacros_item(macros, added);
}

/* The rest of the line, over its continuations. */
static struct ud_slice cmacros_line(struct ud_slice *rest)
{
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != '\n') {
        size_t blank = cmacros_blank((struct ud_slice){rest->ptr + n, rest->len - n});
        n += blank > 0 ? blank : 1;
    }
    n = n < rest->len ? n : rest->len;
    struct ud_slice line = {rest->ptr, n};
    cmacros_drop(rest, n);
    return line;
}

static void cmacros_define(struct ud_cmacros *macros, struct ud_slice line)
{
    struct ud_ctoken name;
    if (!ud_ctoken_next(&line, &name, NULL) || name.kind != UD_CTOKEN_WORD) {
        return;
    }
    struct ud_cmacro macro = {.body = line, .known = true};
    if (line.len > 0 && line.ptr[0] == '(') {
        const char *end = memchr(line.ptr, ')', line.len);
        if (end == NULL) {
            return;
        }
        macro.parameters = (struct ud_slice){line.ptr + 1, (size_t)(end - line.ptr) - 1};
        cmacros_drop(&line, (size_t)(end - line.ptr) + 1);
        macro.body = line;
    }
    uint32_t number = ud_names_add(&macros->names, name.text);
    if (number != UD_NAMES_NONE && !cmacros_item(macros, number)->expanding) {
        *cmacros_item(macros, number) = macro;
    }
}

static void cmacros_undefine(struct ud_cmacros *macros, struct ud_slice line)
{
    struct ud_ctoken name;
    struct ud_cmacro *macro =
        ud_ctoken_next(&line, &name, NULL) ? cmacros_find(macros, name.text) : NULL;
    if (macro != NULL && !macro->expanding) {
        *macro = (struct ud_cmacro){.known = true};
    }
}

static void cmacros_include(struct ud_cmacros *macros, const char *path, struct ud_slice line,
                            int depth)
{
    struct ud_ctoken name;
    struct ud_slice text;
    const char *found;
    if (macros->include != NULL && ud_ctoken_next(&line, &name, NULL) &&
        name.kind == UD_CTOKEN_TEXT && name.text.len > 2 &&
        macros->include(macros->ctx, path, (struct ud_slice){name.text.ptr + 1, name.text.len - 2},
                        &found, &text)) {
        cmacros_read(macros, found, text, depth + 1);
    }
}

/* What follows `#`. */
static void cmacros_directive(struct ud_cmacros *macros, const char *path, struct ud_slice line,
                              int depth)
{
    struct ud_ctoken word;
    if (!ud_ctoken_next(&line, &word, NULL)) {
        return;
    }
    if (ud_slice_equals(word.text, "define")) {
        cmacros_define(macros, line);
    } else if (ud_slice_equals(word.text, "undef")) {
        cmacros_undefine(macros, line);
    } else if (ud_slice_equals(word.text, "include")) {
        cmacros_include(macros, path, line, depth);
    }
}

/* The argument that starts *list, up to a comma outside of brackets. */
static struct ud_slice cmacros_argument(struct ud_slice *list)
{
    struct ud_slice rest = *list;
    struct ud_ctoken token;
    int open = 0;
    const char *end = list->ptr + list->len;
    while (ud_ctoken_next(&rest, &token, NULL)) {
        const char c = token.kind == UD_CTOKEN_SIGN ? token.text.ptr[0] : '\0';
        open += (c == '(' || c == '{' || c == '[') - (c == ')' || c == '}' || c == ']');
        if (c == ',' && open == 0) {
            end = token.text.ptr;
            break;
        }
    }
    struct ud_slice argument = {list->ptr, (size_t)(end - list->ptr)};
    cmacros_drop(list, argument.len + 1);
    return ud_slice_trim(argument);
}

/* The argument for a word of the body, if that is a parameter. */
static bool cmacros_parameter(const struct ud_cmacro *macro, struct ud_slice word,
                              struct ud_slice arguments, struct ud_slice *ret)
{
    struct ud_slice names = macro->parameters;
    struct ud_slice name;
    while (ud_scan_field(&names, ',', &name)) {
        name = ud_slice_trim(name);
        const bool rest = ud_slice_equals(name, "...");
        if (rest ? ud_slice_equals(word, "__VA_ARGS__")
                 : name.len == word.len && memcmp(name.ptr, word.ptr, word.len) == 0) {
            *ret = rest ? ud_slice_trim(arguments) : cmacros_argument(&arguments);
            return true;
        }
        (void)cmacros_argument(&arguments);
    }
    return false;
}

/* The body with the arguments in the places of the parameters. */
static void cmacros_substitute(const struct ud_cmacro *macro, struct ud_slice arguments,
                               struct ud_buf *out)
{
    struct ud_slice rest = macro->body;
    struct ud_ctoken token;
    bool glue = false;
    while (ud_ctoken_next(&rest, &token, NULL)) {
        struct ud_slice text = token.text;
        if (ud_slice_equals(text, "#")) {
            glue = rest.len > 0 && rest.ptr[0] == '#';
            if (glue) {
                cmacros_drop(&rest, 1);
            }
            continue; /* what would become a text stays as it is */
        }
        if (token.kind == UD_CTOKEN_WORD && macro->parameters.ptr != NULL) {
            (void)cmacros_parameter(macro, text, arguments, &text);
        }
        if (!glue) {
            ud_buf_adds(out, " ");
        }
        ud_buf_add(out, text.ptr, text.len);
        glue = false;
    }
}

/* Takes "(…)" off the front. */
static bool cmacros_arguments(struct ud_slice *rest, struct ud_slice *ret)
{
    struct ud_slice at = *rest;
    struct ud_ctoken token;
    int open = 1;
    if (!ud_ctoken_next(&at, &token, NULL) || !ud_slice_equals(token.text, "(")) {
        return false;
    }
    const char *start = at.ptr;
    while (open > 0) {
        if (!ud_ctoken_next(&at, &token, NULL)) {
            return false;
        }
        open += ud_slice_equals(token.text, "(") - ud_slice_equals(token.text, ")");
    }
    *ret = (struct ud_slice){start, (size_t)(token.text.ptr - start)};
    *rest = at;
    return true;
}

/* Whether the word was a macro and has been read as what it stands for. */
static bool cmacros_expand(struct ud_cmacros *macros, struct ud_slice word, struct ud_slice *rest,
                           int depth)
{
    const struct ud_cmacro *found = depth < DEPTH_MAX ? cmacros_find(macros, word) : NULL;
    if (found == NULL || found->body.ptr == NULL || found->expanding) {
        return false;
    }
    const struct ud_cmacro macro = *found;
    struct ud_slice arguments = {"", 0};
    if (macro.parameters.ptr != NULL && !cmacros_arguments(rest, &arguments)) {
        return false;
    }
    struct ud_buf text;
    ud_buf_init(&text, EXPANDED_MAX);
    cmacros_substitute(&macro, arguments, &text);
    const uint32_t number = ud_names_find(&macros->names, word);
    macros->items[number].expanding = true; /* the items may move while it is read */
    cmacros_read(macros, NULL, (struct ud_slice){text.data, text.len}, depth + 1);
    macros->items[number].expanding = false;
    ud_buf_done(&text);
    return true;
}

/* path is NULL for what a macro stands for: directives have no effect there. */
static void cmacros_read(struct ud_cmacros *macros, const char *path, struct ud_slice text,
                         int depth)
{
    struct ud_ctoken token;
    bool first;
    bool start = path != NULL;
    if (depth > DEPTH_MAX || text.len > macros->budget) {
        return;
    }
    macros->budget -= text.len;
    while (ud_ctoken_next(&text, &token, &first)) {
        if ((first || start) && ud_slice_equals(token.text, "#")) {
            struct ud_slice line = cmacros_line(&text);
            if (path != NULL) {
                cmacros_directive(macros, path, line, depth);
            }
        } else if (token.kind != UD_CTOKEN_WORD ||
                   !cmacros_expand(macros, token.text, &text, depth)) {
            macros->token(macros->ctx, &token);
        }
        start = false;
    }
}

void ud_cmacros_read(struct ud_cmacros *macros, const char *path, struct ud_slice text)
{
    cmacros_read(macros, path, text, 0);
}
