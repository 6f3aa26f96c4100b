/* What an earlier run kept for this very kernel. */
#include "sources/acquire.h"

#include "kernel/kbuild/layout_seed.h"
#include "platform/fs.h"
#include "sources/source_store.h"
#include "util/mem.h"

static enum ud_code take_kept_symvers(struct ud_acquire *acquire, struct ud_error *err)
{
    struct ud_source_store kept;
    if (!ud_source_store_find(acquire->facts, UD_SOURCE_STORE_SYMVERS, &kept)) {
        return UD_OK;
    }
    enum ud_code rc = ud_fs_read(kept.path, acquire->symvers_text, err);
    if (rc == UD_OK) {
        rc = ud_symvers_parse(acquire->symvers_text->data, acquire->symvers_text->len, kept.path,
                              acquire->symvers, err);
    }
    if (rc == UD_OK) {
        acquire->got |= UD_ROUTE_SYMVERS;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "Module.symvers from %s, kept here from an earlier run", kept.origin);
    }
    ud_source_store_done(&kept);
    return rc;
}

/* One that no longer fits is fetched again. */
static void take_kept_seed(struct ud_acquire *acquire)
{
    struct ud_source_store kept;
    struct ud_buf text;
    struct ud_error why = {0};
    if (!ud_source_store_find(acquire->facts, UD_SOURCE_STORE_SEED, &kept)) {
        return;
    }
    ud_buf_init(&text, UD_LAYOUT_SEED_FILE_MAX);
    if (ud_fs_read(kept.path, &text, &why) == UD_OK &&
        ud_acquire_read_seed(&text, kept.path, acquire->layout_hash, acquire->layout_seed, &why) ==
            UD_OK) {
        acquire->got |= UD_ROUTE_SEED;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "the layout seed from %s, kept here from an earlier run", kept.origin);
    }
    ud_buf_done(&text);
    ud_source_store_done(&kept);
}

static void take_kept_sources(struct ud_acquire *acquire)
{
    struct ud_source_store kept;
    if (ud_source_store_find(acquire->facts, UD_SOURCE_STORE_SOURCES, &kept)) {
        acquire->sources->path = ud_strdup(kept.path);
        acquire->sources->name = ud_strdup(kept.origin);
        acquire->sources->sha256 = ud_strdup(kept.sha256);
        acquire->got |= UD_ROUTE_SOURCES;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "the sources from %s, kept here from an earlier run", kept.origin);
    }
    ud_source_store_done(&kept);
}

/* A mirror or an image that is named is asked first: it may be meant to be another. */
enum ud_code ud_acquire_take_stored(struct ud_acquire *acquire, unsigned need, struct ud_error *err)
{
    if (acquire->wish->kernel_image != NULL && !acquire->wish->offline) {
        return UD_OK;
    }
    if ((need & ~acquire->got & UD_ROUTE_SOURCES) != 0) {
        take_kept_sources(acquire);
    }
    if ((need & ~acquire->got & UD_ROUTE_SEED) != 0) {
        take_kept_seed(acquire);
    }
    return (need & ~acquire->got & UD_ROUTE_SYMVERS) != 0 ? take_kept_symvers(acquire, err) : UD_OK;
}
