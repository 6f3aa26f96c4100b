#include "drivers/kfile.h"

#include <stdlib.h>
#include <string.h>

#include "config/kconfig_help.h"
#include "drivers/lines.h"
#include "text/scan.h"
#include "util/mem.h"

enum {
    FRAMES_MAX = 64,      /* of `if`, `menu` and `choice` within one another */
    SOURCES_MAX = 32,     /* of files within one another */
    READS_MAX = 100000,   /* files in all; a kernel sources 1,500 */
    BYTES_MAX = 64 << 20, /* of them; a kernel has 6 MB */
    LINE_MAX = 1 << 16
};

/* An `if`, a `menu`, a `choice`, or the file itself. */
struct frame {
    uint32_t depends, visible;
    bool choice;
};

struct reader {
    struct ud_ktree *tree;
    const char *srcarch;
    struct frame frames[FRAMES_MAX];
    size_t frame_count;
    unsigned too_deep; /* frames that are not there */
    unsigned sources;  /* files that are being read */
    unsigned reads;    /* files that were read */
    size_t bytes;      /* in them */
    uint32_t symbol;   /* of the entry that is being read */
    uint32_t entry;    /* or UD_KTREE_END */
    bool in_frame;     /* else: what is said is of the innermost frame */
};

static const struct frame *kfile_top(const struct reader *reader)
{
    return &reader->frames[reader->frame_count - 1];
}

/* What follows is said of something else. */
static void kfile_end_entry(struct reader *reader)
{
    reader->entry = UD_KTREE_END;
    reader->in_frame = false;
}

static void kfile_push(struct reader *reader, uint32_t depends, bool choice)
{
    kfile_end_entry(reader);
    if (reader->frame_count == FRAMES_MAX) {
        reader->too_deep++;
        return;
    }
    const struct frame *top = kfile_top(reader);
    struct frame frame = {ud_kexpr_and(&reader->tree->exprs, top->depends, depends), top->visible,
                          choice};
    reader->frames[reader->frame_count++] = frame;
    reader->in_frame = true;
}

static void kfile_pop(struct reader *reader, size_t floor)
{
    kfile_end_entry(reader);
    if (reader->too_deep > 0) {
        reader->too_deep--;
    } else if (reader->frame_count > floor) {
        reader->frame_count--;
    }
}

static uint32_t kfile_expr(struct reader *reader, struct ud_slice *rest)
{
    return ud_kexpr_parse(&reader->tree->exprs, &reader->tree->names, rest);
}

/* What follows `if`, or y. */
static uint32_t kfile_condition(struct reader *reader, struct ud_slice *rest)
{
    *rest = ud_kexpr_skip(*rest);
    return ud_scan_text(rest, "if") ? kfile_expr(reader, rest) : UD_KEXPR_Y;
}

static void kfile_begin_entry(struct reader *reader, struct ud_slice *rest)
{
    struct ud_slice name;
    kfile_end_entry(reader);
    if (!ud_scan_word(rest, &name)) {
        return;
    }
    reader->symbol = ud_names_add(&reader->tree->names, name);
    if (reader->symbol == UD_NAMES_NONE) {
        return;
    }
    reader->entry = ud_ktree_add_entry(reader->tree, reader->symbol, kfile_top(reader)->choice);
    reader->tree->entries[reader->entry].depends = kfile_top(reader)->depends;
}

static void kfile_depends(struct reader *reader, struct ud_slice *rest)
{
    struct ud_kexprs *exprs = &reader->tree->exprs;
    struct ud_slice on;
    if (!ud_scan_word(rest, &on) || !ud_slice_equals(on, "on")) {
        return;
    }
    uint32_t expr = kfile_expr(reader, rest);
    if (reader->entry != UD_KTREE_END) {
        struct ud_kentry *entry = &reader->tree->entries[reader->entry];
        entry->depends = ud_kexpr_and(exprs, entry->depends, expr);
    } else if (reader->in_frame && reader->too_deep == 0) {
        struct frame *frame = &reader->frames[reader->frame_count - 1];
        frame->depends = ud_kexpr_and(exprs, frame->depends, expr);
    }
}

static void kfile_visible(struct reader *reader, struct ud_slice *rest)
{
    if (reader->in_frame && reader->too_deep == 0) {
        struct frame *frame = &reader->frames[reader->frame_count - 1];
        frame->visible =
            ud_kexpr_and(&reader->tree->exprs, frame->visible, kfile_condition(reader, rest));
    }
}

/* A text, if there is one, makes that the user is asked. */
static void kfile_prompt(struct reader *reader, struct ud_slice *rest)
{
    struct ud_slice text;
    if (reader->entry != UD_KTREE_END && ud_kexpr_quoted(rest, &text)) {
        uint32_t condition = kfile_condition(reader, rest);
        reader->tree->entries[reader->entry].prompt =
            ud_kexpr_and(&reader->tree->exprs, kfile_top(reader)->visible, condition);
    }
}

static void kfile_default(struct reader *reader, struct ud_slice *rest)
{
    if (reader->entry != UD_KTREE_END) {
        uint32_t value = kfile_expr(reader, rest);
        struct ud_kdefault item = {reader->entry, value, kfile_condition(reader, rest),
                                   UD_KTREE_END};
        ud_ktree_add_default(reader->tree, reader->symbol, &item);
    }
}

static void kfile_select(struct reader *reader, struct ud_slice *rest)
{
    struct ud_slice name;
    if (reader->entry == UD_KTREE_END || !ud_scan_word(rest, &name)) {
        return;
    }
    uint32_t target = ud_names_add(&reader->tree->names, name);
    if (target != UD_NAMES_NONE) {
        struct ud_kselect item = {
            .symbol = reader->symbol,
            .entry = reader->entry,
            .target = target,
            .condition = kfile_condition(reader, rest),
        };
        ud_ktree_add_select(reader->tree, &item);
    }
}

/* `bool "asked for"`, `def_tristate m`, …: false if it is no type. */
static bool kfile_type(struct reader *reader, struct ud_slice keyword, struct ud_slice *rest)
{
    static const struct {
        const char *keyword;
        enum ud_ktype type;
    } types[] = {
        {"bool", UD_KTYPE_BOOL},         {"boolean", UD_KTYPE_BOOL},
        {"def_bool", UD_KTYPE_BOOL},     {"int", UD_KTYPE_OTHER},
        {"tristate", UD_KTYPE_TRISTATE}, {"hex", UD_KTYPE_OTHER},
        {"string", UD_KTYPE_OTHER},      {"def_tristate", UD_KTYPE_TRISTATE},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!ud_slice_equals(keyword, types[i].keyword)) {
            continue;
        }
        if (reader->entry != UD_KTREE_END) {
            ud_ktree_set_type(reader->tree, reader->symbol, types[i].type);
        }
        if (ud_slice_starts(keyword, "def_")) {
            kfile_default(reader, rest);
        } else {
            kfile_prompt(reader, rest);
        }
        return true;
    }
    return false;
}

/* A path with SRCARCH in it, in new memory. */
static char *kfile_source_path(const struct reader *reader, struct ud_slice path)
{
    static const char variable[] = "$(SRCARCH)";
    struct ud_buf text;
    ud_buf_init(&text, LINE_MAX);
    while (path.len > 0) {
        if (ud_scan_text(&path, variable) || ud_scan_text(&path, "$SRCARCH")) {
            ud_buf_adds(&text, reader->srcarch);
        } else {
            ud_buf_add(&text, path.ptr, 1);
            path.ptr++;
            path.len--;
        }
    }
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

static enum ud_code kfile_read_file(struct reader *reader, const char *path, struct ud_error *err);

static enum ud_code kfile_source(struct reader *reader, struct ud_slice *rest, struct ud_error *err)
{
    struct ud_slice name;
    kfile_end_entry(reader);
    if (!ud_kexpr_quoted(rest, &name) && !ud_scan_word(rest, &name)) {
        return UD_OK;
    }
    char *path = kfile_source_path(reader, name);
    enum ud_code rc = kfile_read_file(reader, path, err);
    free(path);
    return rc;
}

/* `if`, `menu` and the like, and their ends; false if the keyword is none of them. */
static bool kfile_frame(struct reader *reader, struct ud_slice keyword, struct ud_slice *rest,
                        size_t floor)
{
    if (ud_slice_equals(keyword, "if")) {
        kfile_push(reader, kfile_expr(reader, rest), kfile_top(reader)->choice);
        reader->in_frame = false;
    } else if (ud_slice_equals(keyword, "menu")) {
        kfile_push(reader, UD_KEXPR_Y, false);
    } else if (ud_slice_equals(keyword, "choice")) {
        kfile_push(reader, UD_KEXPR_Y, true);
    } else if (ud_slice_equals(keyword, "endif") || ud_slice_equals(keyword, "endmenu") ||
               ud_slice_equals(keyword, "endchoice")) {
        kfile_pop(reader, floor);
    } else if (ud_slice_equals(keyword, "comment") || ud_slice_equals(keyword, "mainmenu")) {
        kfile_end_entry(reader);
    } else {
        return false;
    }
    return true;
}

static enum ud_code kfile_statement(struct reader *reader, struct ud_slice keyword,
                                    struct ud_slice *rest, size_t floor, struct ud_error *err)
{
    if (ud_slice_equals(keyword, "config") || ud_slice_equals(keyword, "menuconfig")) {
        kfile_begin_entry(reader, rest);
    } else if (ud_slice_equals(keyword, "depends")) {
        kfile_depends(reader, rest);
    } else if (ud_slice_equals(keyword, "select")) {
        kfile_select(reader, rest);
    } else if (ud_slice_equals(keyword, "default")) {
        kfile_default(reader, rest);
    } else if (ud_slice_equals(keyword, "prompt")) {
        kfile_prompt(reader, rest);
    } else if (ud_slice_equals(keyword, "visible")) {
        kfile_visible(reader, rest);
    } else if (ud_slice_equals(keyword, "source") || ud_slice_equals(keyword, "osource")) {
        return kfile_source(reader, rest, err);
    } else if (!kfile_frame(reader, keyword, rest, floor)) {
        (void)kfile_type(reader, keyword, rest);
    }
    return UD_OK;
}

static enum ud_code kfile_read_text(struct reader *reader, struct ud_slice text,
                                    struct ud_error *err)
{
    const size_t floor = reader->frame_count;
    struct ud_khelp help = {0};
    struct ud_buf scratch;
    struct ud_slice line;
    enum ud_code rc = UD_OK;
    ud_buf_init(&scratch, LINE_MAX);
    while (rc == UD_OK && ud_lines_next(&text, &scratch, &line)) {
        struct ud_slice keyword;
        if (ud_khelp_has(&help, line)) {
            continue;
        }
        line = ud_kexpr_skip(line);
        if (!ud_scan_word(&line, &keyword)) {
            continue;
        }
        if (ud_khelp_starts(&help, keyword)) {
            continue;
        }
        rc = kfile_statement(reader, keyword, &line, floor, err);
    }
    ud_buf_done(&scratch);
    reader->frame_count = floor; /* what was left open ends with the file */
    kfile_end_entry(reader);
    return rc;
}

static int kfile_compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct ud_kfile *)file)->path);
}

/* One that is not there is passed over: other architectures' are not always sent. */
static enum ud_code kfile_read_file(struct reader *reader, const char *path, struct ud_error *err)
{
    const struct ud_ktree *tree = reader->tree;
    const struct ud_kfile *file =
        tree->file_count == 0
            ? NULL
            : bsearch(path, tree->files, tree->file_count, sizeof *tree->files, kfile_compare_path);
    if (file == NULL) {
        return UD_OK;
    }
    if (reader->sources == SOURCES_MAX || reader->reads == READS_MAX || reader->bytes > BYTES_MAX) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "the Kconfig files source each other: %s", path);
    }
    reader->sources++;
    reader->reads++;
    reader->bytes += file->len;
    enum ud_code rc = kfile_read_text(reader, (struct ud_slice){file->text, file->len}, err);
    reader->sources--;
    return rc;
}

enum ud_code ud_kfile_read(struct ud_ktree *tree, const char *srcarch, struct ud_error *err)
{
    struct reader *reader = ud_alloc(1, sizeof *reader);
    *reader = (struct reader){
        .tree = tree,
        .srcarch = srcarch,
        .frames = {{UD_KEXPR_Y, UD_KEXPR_Y, false}},
        .frame_count = 1,
        .entry = UD_KTREE_END,
    };
    enum ud_code rc = kfile_read_file(reader, "Kconfig", err);
    if (rc == UD_OK && reader->reads == 0) {
        rc = ud_fail(err, UD_ERR_SOURCE, "Pass the sources of a kernel with --source.",
                     "there is no file Kconfig at the top of the sources");
    }
    free(reader);
    return rc;
}
