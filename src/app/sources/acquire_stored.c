/* What an earlier run kept for this very kernel. */
#include "sources/acquire.h"

#include "kernel/kbuild/layout_seed.h"
#include "platform/fs.h"
#include "sources/source_store.h"
#include "util/mem.h"

static enum ud_code take_kept_symvers(struct ud_walk *walk, struct ud_error *err)
{
    struct ud_kept kept;
    if (!ud_kept_find(walk->facts, UD_KEPT_SYMVERS, &kept)) {
        return UD_OK;
    }
    enum ud_code rc = ud_fs_read(kept.path, walk->symvers_text, err);
    if (rc == UD_OK) {
        rc = ud_symvers_parse(walk->symvers_text->data, walk->symvers_text->len, kept.path,
                              walk->symvers, err);
    }
    if (rc == UD_OK) {
        walk->got |= UD_ROUTE_SYMVERS;
        ud_report_message(walk->app->report, UD_REPORT_NOTE,
                          "Module.symvers from %s, kept here from an earlier run", kept.origin);
    }
    ud_kept_done(&kept);
    return rc;
}

/* One that no longer fits is fetched again. */
static void take_kept_seed(struct ud_walk *walk)
{
    struct ud_kept kept;
    struct ud_buf text;
    struct ud_error why = {0};
    if (!ud_kept_find(walk->facts, UD_KEPT_SEED, &kept)) {
        return;
    }
    ud_buf_init(&text, UD_LAYOUT_SEED_FILE_MAX);
    if (ud_fs_read(kept.path, &text, &why) == UD_OK &&
        ud_walk_read_seed(&text, kept.path, walk->layout_hash, walk->layout_seed, &why) == UD_OK) {
        walk->got |= UD_ROUTE_SEED;
        ud_report_message(walk->app->report, UD_REPORT_NOTE,
                          "the layout seed from %s, kept here from an earlier run", kept.origin);
    }
    ud_buf_done(&text);
    ud_kept_done(&kept);
}

static void take_kept_sources(struct ud_walk *walk)
{
    struct ud_kept kept;
    if (ud_kept_find(walk->facts, UD_KEPT_SOURCES, &kept)) {
        walk->sources->path = ud_strdup(kept.path);
        walk->sources->name = ud_strdup(kept.origin);
        walk->sources->sha256 = ud_strdup(kept.sha256);
        walk->got |= UD_ROUTE_SOURCES;
        ud_report_message(walk->app->report, UD_REPORT_NOTE,
                          "the sources from %s, kept here from an earlier run", kept.origin);
    }
    ud_kept_done(&kept);
}

/* A mirror or an image that is named is asked first: it may be meant to be another. */
enum ud_code ud_walk_take_kept(struct ud_walk *walk, unsigned need, struct ud_error *err)
{
    if (walk->options->kernel_image != NULL && !walk->options->offline) {
        return UD_OK;
    }
    if ((need & ~walk->got & UD_ROUTE_SOURCES) != 0) {
        take_kept_sources(walk);
    }
    if ((need & ~walk->got & UD_ROUTE_SEED) != 0) {
        take_kept_seed(walk);
    }
    return (need & ~walk->got & UD_ROUTE_SYMVERS) != 0 ? take_kept_symvers(walk, err) : UD_OK;
}
