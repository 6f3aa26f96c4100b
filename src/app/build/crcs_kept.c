/* CRCs that a build has found, kept for the next one of the same inputs. */
#include <stdlib.h>
#include <string.h>

#include "build/steps.h"
#include "cache/crcs_dir.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"

char *ud_crcs_dir(void)
{
    char *cache = ud_host_cache_dir();
    char *dir = cache != NULL ? ud_fs_join(cache, "crcs") : NULL;
    free(cache);
    return dir;
}

/* The file in new memory; NULL if there is no home. */
static char *file_of(const struct ud_build *build)
{
    char *dir = ud_crcs_dir();
    char *name = ud_strf("%s.symvers", build->cache.crcs);
    char *path = dir != NULL ? ud_fs_join(dir, name) : NULL;
    free(name);
    free(dir);
    return path;
}

/* The inputs of the modules: those of the CRCs, and the CRCs. */
static void crcs_kept_identify(struct ud_build *build)
{
    char found[UD_DIGEST_HEX_SIZE];
    ud_digest_of(build->symvers_text.data, build->symvers_text.len, found);
    char *text = ud_strf("%s|%s", build->cache.crcs, found);
    ud_digest_of(text, strlen(text), build->cache.inputs);
    free(text);
}

static bool crcs_kept_read_file(struct ud_build *build, const char *path)
{
    struct ud_error why = {0};
    if (ud_fs_kind(path) != UD_FS_FILE) {
        return false;
    }
    if (ud_fs_read(path, &build->symvers_text, &why) == UD_OK &&
        ud_symvers_parse(build->symvers_text.data, build->symvers_text.len, path, &build->symvers,
                         &why) == UD_OK) {
        return true;
    }
    ud_buf_clear(&build->symvers_text);
    ud_report_message(build->app->report, UD_REPORT_WARN, "the kept CRCs cannot be used: %s",
                      why.message);
    return false;
}

void ud_build_recall_crcs(struct ud_build *build)
{
    struct ud_build_cache *cache = &build->cache;
    /* Without CRCs the inputs are not those of the modules, but what CRCs follow from. */
    memcpy(cache->crcs, cache->inputs, sizeof cache->crcs);
    cache->inputs[0] = '\0';
    char *path = cache->crcs[0] != '\0' ? file_of(build) : NULL;
    if (path != NULL && crcs_kept_read_file(build, path)) {
        ud_report_message(build->app->report, UD_REPORT_DETAIL, "the CRCs are kept in %s", path);
        ud_exports_free(build->exports);
        build->exports = NULL;
        build->result->crcs = (struct ud_crc_counts){
            .needed = build->symvers.len,
            .kept = build->symvers.len,
        };
        ud_build_fill_kbuild(build);
        crcs_kept_identify(build);
    }
    free(path);
}

void ud_build_keep_crcs(struct ud_build *build)
{
    struct ud_error why = {0};
    char *dir = ud_crcs_dir();
    char *path = build->cache.crcs[0] != '\0' ? file_of(build) : NULL;
    if (path != NULL) {
        if (ud_fs_mkdirs(dir, &why) != UD_OK ||
            ud_fs_write_atomic(path, build->symvers_text.data, build->symvers_text.len, &why) !=
                UD_OK) {
            ud_report_message(build->app->report, UD_REPORT_WARN, "the CRCs are not kept: %s",
                              why.message);
        }
        crcs_kept_identify(build);
    }
    free(path);
    free(dir);
}
