#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "kernel/config/config.h"
#include "kernel/kbuild/layout_seed.h"
#include "sources/kept_file.h"
#include "sources/source_store.h"
#include "util/mem.h"

void ud_acquire_parts_init(struct ud_acquire_parts *parts)
{
    ud_buf_init(&parts->config, UD_CONFIG_TEXT_MAX);
    ud_buf_init(&parts->symvers, UD_SYMVERS_TEXT_MAX);
    ud_buf_init(&parts->seed, UD_LAYOUT_SEED_FILE_MAX);
}

void ud_acquire_parts_done(struct ud_acquire_parts *parts)
{
    ud_buf_done(&parts->config);
    ud_buf_done(&parts->symvers);
    ud_buf_done(&parts->seed);
}

/* The same version is built with several configurations, and the CRCs follow the
 * configuration. */
static enum ud_code check_config(const struct ud_acquire *acquire, const struct ud_buf *text,
                                 const char *where, struct ud_error *err)
{
    struct ud_config config = {0};
    size_t count = 0;
    char *first = NULL;
    enum ud_code rc = ud_config_parse(text->data, text->len, &config, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s, .config", where);
    } else if (!ud_config_is_of_one_build(&acquire->facts->config, &config, &count, &first)) {
        rc = ud_fail(err, UD_ERR_UNFIT, NULL, "%s is of another build: %llu options differ, %s",
                     where, (unsigned long long)count, first);
    }
    free(first);
    ud_config_done(&config);
    return rc;
}

enum ud_code ud_acquire_check_parts(const struct ud_acquire *acquire,
                                    const struct ud_acquire_parts *parts, const char *where,
                                    struct ud_error *err)
{
    if (parts->config.len == 0) {
        return ud_fail(err, UD_ERR_UNFIT, NULL, "%s has no .config of kernel %s", where,
                       acquire->facts->release.text);
    }
    return check_config(acquire, &parts->config, where, err);
}

enum ud_code ud_acquire_take_symvers(struct ud_acquire *acquire, const struct ud_buf *text,
                                     const char *origin, struct ud_error *err)
{
    UD_TRY(ud_symvers_parse(text->data, text->len, origin, acquire->symvers, err));
    if (ud_symvers_find(acquire->symvers, "module_layout") == NULL) {
        ud_symvers_done(acquire->symvers);
        return ud_fail(err, UD_ERR_UNFIT, NULL, "the Module.symvers of %s has no module_layout",
                       origin);
    }
    ud_buf_clear(acquire->symvers_text);
    ud_buf_add(acquire->symvers_text, text->data, text->len);
    acquire->got |= UD_ROUTE_SYMVERS;
    ud_report_message(acquire->app->report, UD_REPORT_NOTE, "Module.symvers from %s", origin);
    ud_source_store_add(acquire->app, acquire->facts, UD_SOURCE_STORE_SYMVERS, text, origin);
    return UD_OK;
}

enum ud_code ud_acquire_read_seed(const struct ud_buf *text, const char *where, const char *hash,
                                  char *ret, struct ud_error *err)
{
    char seed[UD_LAYOUT_SEED_SIZE];
    char mine[UD_DIGEST_HEX_SIZE];
    UD_TRY(ud_layout_seed_parse(text->data != NULL ? text->data : "", text->len, where, seed, err));
    ud_digest_of(seed, strlen(seed), mine);
    if (hash[0] != '\0' && strcmp(mine, hash) != 0) {
        return ud_fail(err, UD_ERR_UNFIT,
                       "Name the seed or the image of the very build that runs: each build of the "
                       "same configuration draws another.",
                       "the layout seed of %s is of another build: its hash is %.16s, that of the "
                       "kernel's own modules %.16s",
                       where, mine, hash);
    }
    memcpy(ret, seed, sizeof seed);
    return UD_OK;
}

enum ud_code ud_acquire_take_seed(struct ud_acquire *acquire, const struct ud_buf *text,
                                  const char *origin, struct ud_error *err)
{
    UD_TRY(ud_acquire_read_seed(text, origin, acquire->layout_hash, acquire->layout_seed, err));
    acquire->got |= UD_ROUTE_SEED;
    ud_report_message(acquire->app->report, UD_REPORT_NOTE, "the layout seed from %s", origin);
    ud_source_store_add(acquire->app, acquire->facts, UD_SOURCE_STORE_SEED, text, origin);
    return UD_OK;
}

static void hand_over_sources(struct ud_acquire *acquire, struct ud_kept_file *file,
                              const char *sha256, const char *origin)
{
    struct ud_sources *sources = acquire->sources;
    ud_kept_file_hand_over(file, true, &sources->path, &sources->temporary);
    sources->name = ud_strdup(origin);
    sources->sha256 = ud_strdup(sha256);
    if (!sources->temporary) {
        ud_source_store_note(acquire->app, sources->path, sha256, origin);
    }
    acquire->got |= UD_ROUTE_SOURCES;
}

enum ud_code ud_acquire_take_sources(struct ud_acquire *acquire, const char *container,
                                     const char *path, const char *origin, struct ud_error *err)
{
    struct ud_kept_file file;
    char sha256[UD_DIGEST_HEX_SIZE];
    char *place = ud_source_store_path(acquire->facts, UD_SOURCE_STORE_SOURCES);
    ud_report_step(acquire->app->report, "Taking the sources out of %s", origin);
    enum ud_code rc = ud_kept_file_begin(acquire->app, place, &file, err);
    if (rc == UD_OK) {
        rc = ud_kept_file_take_out(&file, acquire->builder_image->engine, container, path, sha256,
                                   err);
    }
    if (rc == UD_OK) {
        hand_over_sources(acquire, &file, sha256, origin);
        ud_report_step_end(acquire->app->report, NULL);
    }
    ud_kept_file_done(&file);
    free(place);
    return rc;
}

enum ud_code ud_acquire_headers_are_optional(const struct ud_acquire *acquire, unsigned need,
                                             enum ud_code rc, const struct ud_error *why,
                                             struct ud_error *err)
{
    if (rc == UD_ERR_NOT_FOUND && (need & UD_ROUTE_SOURCES) != 0) {
        ud_report_message(acquire->app->report, UD_REPORT_NOTE, "no Module.symvers: %s",
                          why->message);
        return UD_OK;
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, why);
}
