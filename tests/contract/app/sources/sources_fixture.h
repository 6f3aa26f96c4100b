/* A mirror on this machine, an empty cache directory, and what a build would ask for. */
#ifndef CONTRACT_APP_SOURCES_FIXTURE_H
#define CONTRACT_APP_SOURCES_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "set_variable.h"

#include "bundle/bytes/digest.h"
#include "kernel/kbuild/layout_seed.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "sources/acquire.h"
#include "util/mem.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

struct fixture {
    struct scripted_engine *server;
    char *mirror;
    char *top;   /* what the cache directory is found below */
    char *cache; /* the cache directory, which is not there at first */
    struct ud_sources_wish wish;
    struct ud_facts facts;
    struct ud_builder_image builder_image;
    struct ud_sources sources;
    struct ud_buf symvers_text;
    struct ud_symvers symvers;
    char seed[UD_LAYOUT_SEED_SIZE];
    struct ud_report report;
    char told[8192]; /* notes and warnings, one line each */
    struct ud_app app;
    struct ud_acquire acquire;
};

static inline void fixture_hear(void *ctx, enum ud_report_level level, const char *text)
{
    struct fixture *f = ctx;
    size_t used = strlen(f->told);
    if (level == UD_REPORT_WARN || level == UD_REPORT_NOTE) {
        (void)snprintf(f->told + used, sizeof f->told - used, "%s%s\n",
                       level == UD_REPORT_WARN ? "warning: " : "", text);
    }
}

/* An empty directory where each system's cache directory is; a relative path would not
 * be taken. */
static inline char *fixture_new_top(void)
{
    struct ud_error err = {0};
    char *temp = ud_host_temp_dir();
    char *base = ud_fs_join(temp, "ud-sources");
    char *dir = ud_fs_temp_sibling(base);
    assert_int_equal(ud_fs_mkdirs(dir, &err), UD_OK);
    set_variable("XDG_CACHE_HOME", dir);
    set_variable("LOCALAPPDATA", dir);
    set_variable("HOME", dir);
    free(base);
    free(temp);
    return dir;
}

static inline void fixture_begin(struct fixture *f, const struct script_rule *rules, size_t count,
                                 const char *release)
{
    struct ud_error err = {0};
    *f = (struct fixture){.server = scripted_engine_start(rules, count, true)};
    f->mirror = ud_strf("http%s/k", strchr(scripted_engine_endpoint(f->server), ':'));
    f->top = fixture_new_top();
    f->cache = ud_host_cache_dir();
    f->report = (struct ud_report){.ctx = f, .message = fixture_hear};
    f->app.report = &f->report;
    assert_int_equal(ud_release_parse(release, "#1 SMP", NULL, &f->facts.release, &err), UD_OK);
    ud_url_init(&f->wish.mirror, f->mirror);
    ud_buf_init(&f->symvers_text, 1024);
    f->acquire = (struct ud_acquire){.app = &f->app,
                                     .wish = &f->wish,
                                     .facts = &f->facts,
                                     .builder_image = &f->builder_image,
                                     .sources = &f->sources,
                                     .symvers_text = &f->symvers_text,
                                     .symvers = &f->symvers,
                                     .layout_seed = f->seed,
                                     .layout_hash = "",
                                     .wanted = UD_ROUTE_SOURCES};
    ud_acquire_begin(&f->acquire);
}

/* The same again, as the next run would. */
static inline void fixture_again(struct fixture *f)
{
    ud_sources_done(&f->sources);
    ud_acquire_done(&f->acquire);
    ud_symvers_done(&f->symvers);
    ud_buf_clear(&f->symvers_text);
    f->acquire.got = 0;
    f->told[0] = '\0';
    ud_acquire_begin(&f->acquire);
}

static inline void fixture_end(struct fixture *f)
{
    struct ud_error err = {0};
    ud_sources_done(&f->sources);
    ud_acquire_done(&f->acquire);
    ud_sources_wish_done(&f->wish);
    ud_symvers_done(&f->symvers);
    ud_buf_done(&f->symvers_text);
    scripted_engine_stop(f->server);
    assert_int_equal(ud_fs_remove_tree(f->top, &err), UD_OK);
    free(f->mirror);
    free(f->cache);
    free(f->top);
}

/* root may write where it is read-only: a file in the way keeps everybody out. */
static inline void fixture_block_cache(const struct fixture *f)
{
    char *above = ud_fs_dirname(f->cache);
    assert_int_equal(ud_fs_mkdirs(above, NULL), UD_OK);
    assert_int_equal(ud_fs_write_atomic(f->cache, "x", 1, NULL), UD_OK);
    free(above);
}

static inline void fixture_expect_told(const struct fixture *f, const char *part)
{
    if (strstr(f->told, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", f->told, part);
    }
}

static inline void fixture_expect_file(const char *path, const char *content)
{
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 1 << 20);
    if (ud_fs_read(path, &got, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_string_equal(got.data, content);
    ud_buf_done(&got);
}

/* kernel.org's sha256sums.asc with the digest of these bytes, in new memory. */
static inline char *fixture_sums(const char *file, const char *bytes)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(bytes, strlen(bytes), hex);
    return ud_strf("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s  %s\n"
                   "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
                   hex, file);
}

#endif
