#include "kernel/kbuild/layouts.h"

#include <string.h>

#include "kbuild/layouts_table.h"
#include "text/scan.h"
#include "util/buf.h"
#include "util/str.h"

/* What begins the text about one struct or member. */
#define MARK "usbipd-layout "

/* As kbuild's own Kbuild.h gets constants out of the compiler: in inline assembler, which it
 * passes on as text; it is asked for no object. %c is an operand without punctuation. */
static const char prologue[] =
    "\n#define UD_SAY(what, value) asm volatile(\"\\n.ascii \\\"" MARK "\" what \" %c0\\\"\" "
    ": : \"i\"(value))\n"
    "#define UD_SIZE(type) UD_SAY(#type \" -\", sizeof(struct type))\n"
    "#define UD_MEMBER(type, member) UD_SAY(#type \" \" #member, offsetof(struct type, member))\n\n"
    "void " UD_LAYOUTS_NAME "(void);\n"
    "void " UD_LAYOUTS_NAME "(void)\n{\n";

/* A rule of its own, since it must not fail. As in kbuild's rule for %.s, link-time
 * optimization is left out: it has no assembler text. Linux 5.4 calls it `always`. */
const char ud_layouts_kbuild[] =
    "$(if $(filter 5.4 5.5,$(VERSION).$(PATCHLEVEL)),always,always-y) := " UD_LAYOUTS_NAME ".s\n"
    "$(obj)/" UD_LAYOUTS_NAME ".s: $(src)/" UD_LAYOUTS_NAME ".c FORCE\n"
    "\t$(Q)$(CC) $(filter-out $(DEBUG_CFLAGS) $(CC_FLAGS_LTO),$(c_flags)) -g0 -w -S -o $@ $< "
    "|| : >$@\n";

/* Rows with the same header stand together, or it is included again, which does no harm. */
static void add_includes(struct ud_buf *text)
{
    const char *last = "";
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        if (strcmp(ud_layout_rows[i].include, last) != 0) {
            ud_buf_addf(text, "#include <%s>\n", ud_layout_rows[i].include);
        }
        last = ud_layout_rows[i].include;
    }
}

char *ud_layouts_source(void)
{
    struct ud_buf text;
    ud_buf_init(&text, 1u << 16);
    add_includes(&text);
    ud_buf_adds(&text, prologue);
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        const struct ud_layout_row *row = &ud_layout_rows[i];
        ud_buf_addf(&text, "\tUD_SIZE(%s);\n", row->name);
        for (size_t k = 0; k < UD_LAYOUT_MEMBERS_MAX && row->members[k] != NULL; k++) {
            ud_buf_addf(&text, "\tUD_MEMBER(%s, %s);\n", row->name, row->members[k]);
        }
    }
    ud_buf_adds(&text, "}\n");
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    return result;
}

static void take_member(const struct ud_layout_row *row, struct ud_slice name, uint64_t value,
                        struct ud_layout *ret)
{
    for (size_t i = 0; i < UD_LAYOUT_MEMBERS_MAX && row->members[i] != NULL; i++) {
        if (ud_slice_equals(name, row->members[i]) && !ret->members[i].known) {
            ret->members[i] = (struct ud_layout_member){true, value};
        }
    }
}

static void layouts_take(struct ud_slice type, struct ud_slice member, uint64_t value,
                         struct ud_layouts *ret)
{
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        struct ud_layout *layout = &ret->structs[i];
        if (!ud_slice_equals(type, ud_layout_rows[i].name)) {
            continue;
        }
        if (!ud_slice_equals(member, "-")) {
            take_member(&ud_layout_rows[i], member, value, layout);
        } else if (!layout->known) {
            layout->known = true;
            layout->size = value;
            ret->known++;
        }
    }
}

/* .ascii "usbipd-layout device dma_mask 592"; clang writes a tab for the first blank. */
static void read_line(struct ud_slice line, struct ud_layouts *ret)
{
    struct ud_slice directive;
    struct ud_slice type;
    struct ud_slice member;
    struct ud_slice number;
    uint64_t value;
    if (!ud_scan_word(&line, &directive) || !ud_slice_equals(directive, ".ascii")) {
        return;
    }
    line = ud_slice_trim(line);
    if (ud_scan_text(&line, "\"" MARK) && ud_scan_field(&line, ' ', &type) &&
        ud_scan_field(&line, ' ', &member) && ud_scan_field(&line, '"', &number) &&
        line.ptr != NULL && line.len == 0 && ud_slice_to_u64(number, &value)) {
        layouts_take(type, member, value, ret);
    }
}

void ud_layouts_parse(const char *text, size_t len, struct ud_layouts *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    *ret = (struct ud_layouts){0};
    while (ud_str_next_line(&rest, &line)) {
        read_line(ud_slice_trim(line), ret);
    }
}
