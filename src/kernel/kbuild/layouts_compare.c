#include <string.h>

#include "kbuild/layouts_table.h"
#include "kernel/elf/btf.h"
#include "kernel/kbuild/layouts.h"

struct comparison {
    const struct ud_layouts *ours;
    struct ud_layouts_verdict *verdict;
};

static struct ud_layout_verdict layouts_compare_differs(const struct ud_layout_row *row,
                                                        const char *member, uint64_t ours,
                                                        uint64_t theirs)
{
    return (struct ud_layout_verdict){
        .state = UD_LAYOUT_DIFFERS,
        .name = row->name,
        .member = member,
        .ours = ours,
        .theirs = theirs,
    };
}

static struct ud_layout_verdict layouts_compare_judge(const struct ud_layout_row *row,
                                                      const struct ud_layout *ours,
                                                      const struct ud_btf_type *theirs)
{
    struct ud_layout_verdict equal = {
        .state = UD_LAYOUT_EQUAL, .name = row->name, .ours = ours->size, .theirs = theirs->size};
    if (ours->size != theirs->size) {
        return layouts_compare_differs(row, NULL, ours->size, theirs->size);
    }
    for (size_t i = 0; i < UD_LAYOUT_MEMBERS_MAX && row->members[i] != NULL; i++) {
        const struct ud_layout_member *mine = &ours->members[i];
        uint64_t offset;
        if (!mine->known || !ud_btf_member(theirs, row->members[i], &offset)) {
            continue;
        }
        if (mine->offset != offset) {
            return layouts_compare_differs(row, row->members[i], mine->offset, offset);
        }
        equal.members++;
    }
    return equal;
}

/* Of several structs of one name the kernel may use each in another place. */
static void layouts_compare_visit(void *ctx, const struct ud_btf_type *theirs)
{
    const struct comparison *c = ctx;
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        struct ud_layout_verdict *verdict = &c->verdict->structs[i];
        const struct ud_layout_row *row = &ud_layout_rows[i];
        if (!c->ours->structs[i].known || verdict->state == UD_LAYOUT_EQUAL ||
            strcmp(theirs->name, row->name) != 0) {
            continue;
        }
        struct ud_layout_verdict now = layouts_compare_judge(row, &c->ours->structs[i], theirs);
        if (verdict->state == UD_LAYOUT_UNSEEN || now.state == UD_LAYOUT_EQUAL) {
            *verdict = now;
        }
    }
}

enum ud_code ud_layouts_compare(const struct ud_layouts *ours, const void *btf, size_t len,
                                struct ud_layouts_verdict *ret, struct ud_error *err)
{
    struct ud_layouts_verdict verdict = {.count = ud_layout_row_count};
    struct comparison comparison = {ours, &verdict};
    for (size_t i = 0; i < ud_layout_row_count; i++) {
        verdict.structs[i].name = ud_layout_rows[i].name;
    }
    UD_TRY(ud_btf_each(btf, len, layouts_compare_visit, &comparison, err));
    *ret = verdict;
    return UD_OK;
}
