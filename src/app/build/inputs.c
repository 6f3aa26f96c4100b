#include "build/steps.h"

#include "platform/fs.h"

enum { FRAGMENT_MAX = 1 << 20 };

static enum ud_code read_fragment(struct ud_config_edits *edits, const char *path,
                                  struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, FRAGMENT_MAX);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        rc = ud_config_edits_parse_fragment(edits, text.data, text.len, path, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* Later ones win: the plan's, the fragments' in their order, then --set. */
static enum ud_code read_edits(struct ud_build *build, struct ud_error *err)
{
    const struct ud_config_edits *planned = &build->result->plan.edits;
    for (size_t i = 0; i < planned->len; i++) {
        ud_config_edits_set(&build->edits, planned->items[i].name, planned->items[i].value);
    }
    for (size_t i = 0; i < build->options->fragments.len; i++) {
        UD_TRY(read_fragment(&build->edits, build->options->fragments.items[i], err));
    }
    for (size_t i = 0; i < build->options->sets.len; i++) {
        UD_TRY(ud_config_edits_parse(&build->edits, build->options->sets.items[i], err));
    }
    return UD_OK;
}

enum ud_code ud_build_read_inputs(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(read_edits(build, err));
    const char *path = build->options->symvers;
    if (path == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_fs_read(path, &build->symvers_text, err));
    return ud_symvers_parse(build->symvers_text.data, build->symvers_text.len, path,
                            &build->symvers, err);
}
