/* What a build is made from, as one digest. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build/steps.h"
#include "cache/slices.h"
#include "kernel/kbuild/build_key.h"
#include "kernel/kbuild/srcsel.h"
#include "platform/fs.h"
#include "sources/web.h"
#include "ud_version.h"
#include "util/str.h"

enum { KEY_MAX = 1 << 20, RULES_MAX = 1 << 20 };

void ud_build_cache_done(struct ud_build_cache *cache)
{
    ud_source_hash_free(cache->hash);
    ud_srcslice_free(cache->new_slice);
    ud_srcslice_done(&cache->slice);
    free(cache->slices);
    free(cache->prepared);
    free(cache->prepared_inputs);
    *cache = (struct ud_build_cache){0};
}

enum ud_code ud_build_cache_begin(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_options *options = build->options;
    if (options->no_cache || options->dry_run || options->source == NULL ||
        ud_web_is_url(options->source)) {
        return UD_OK;
    }
    return ud_source_hash_start(options->source, &build->cache.hash, err);
}

/* An archive that is not what --source-sha256 says has no digest here: reading it
 * tells why. */
static enum ud_code know_source(struct ud_build *build, struct ud_error *err)
{
    char lower[UD_DIGEST_HEX_SIZE] = "";
    char found[UD_DIGEST_HEX_SIZE] = "";
    const struct ud_sources *sources = &build->sources;
    if (sources->sha256 != NULL) {
        for (size_t i = 0; i < sizeof lower - 1; i++) {
            lower[i] = (char)tolower((unsigned char)sources->sha256[i]);
        }
        memcpy(found, lower, sizeof found);
    }
    bool is_named =
        build->options->source != NULL && strcmp(build->options->source, sources->path) == 0;
    if (build->cache.hash != NULL && is_named) {
        UD_TRY(ud_source_hash_get(build->cache.hash, found, err));
    }
    if (lower[0] == '\0' || strcmp(found, lower) == 0) {
        memcpy(build->source_digest, found, sizeof found);
    }
    return UD_OK;
}

static void digest_rules(struct ud_build *build, const char *rules, size_t len)
{
    ud_srcslice_rules(rules, len, build->cache.rules);
    /* Which files drivers need is known when the sources have been read. */
    if (!build->options->whole_tree && ud_driver_wish_is_empty(&build->wanted)) {
        build->cache.slices = ud_slices_dir();
    }
}

static void digest_patches(const struct ud_patches *patches, char *ret)
{
    struct ud_buf text;
    ud_buf_init(&text, SIZE_MAX);
    ud_patches_text(patches, &text);
    if (text.len > 0) {
        ud_digest_of(text.data, text.len, ret);
    }
    ud_buf_done(&text);
}

static void digest_inputs(struct ud_build *build, const char *selection)
{
    const struct ud_facts *facts = &build->result->facts;
    char config[UD_DIGEST_HEX_SIZE];
    char symvers[UD_DIGEST_HEX_SIZE] = "";
    char patches[UD_DIGEST_HEX_SIZE] = "";
    ud_digest_of(facts->config_text, facts->config_len, config);
    if (build->symvers_text.len > 0) {
        ud_digest_of(build->symvers_text.data, build->symvers_text.len, symvers);
    }
    digest_patches(&build->patches, patches);
    const struct ud_build_key key = {
        .program = UD_VERSION,
        .source_sha256 = build->source_digest,
        .selection = selection,
        .builder = build->builder_image.image,
        .config_sha256 = config,
        .symvers_sha256 = symvers,
        .patches_sha256 = patches,
        .layout_seed = build->layout_seed,
        .facts = facts,
        .plan = &build->result->plan,
        .edits = &build->edits,
        .wish = &build->wanted,
        .kbuild = &build->kbuild,
    };
    struct ud_buf text;
    ud_buf_init(&text, KEY_MAX);
    ud_build_key_text(&key, &text);
    if (!text.overflow) {
        ud_digest_of(text.data, text.len, build->cache.inputs);
    }
    ud_buf_done(&text);
}

enum ud_code ud_build_identify(struct ud_build *build, struct ud_error *err)
{
    struct ud_buf rules;
    if (build->options->no_cache || ud_fs_kind(build->sources.path) != UD_FS_FILE) {
        return UD_OK;
    }
    UD_TRY(know_source(build, err));
    ud_build_fill_kbuild(build);
    ud_buf_init(&rules, RULES_MAX);
    if (build->options->whole_tree) {
        ud_buf_adds(&rules, "whole");
    } else {
        ud_srcsel_rules(ud_kbuild_srcarch(build->result->facts.machine), &rules);
    }
    for (size_t i = 0; i < build->patched_files.len; i++) {
        ud_buf_addf(&rules, "changed: %s\n", build->patched_files.items[i]);
    }
    digest_rules(build, rules.data, rules.len);
    if (build->source_digest[0] != '\0') {
        digest_inputs(build, rules.data);
    }
    if (build->exports != NULL && build->symvers_text.len == 0) {
        ud_build_recall_crcs(build);
    }
    ud_buf_done(&rules);
    return UD_OK;
}
