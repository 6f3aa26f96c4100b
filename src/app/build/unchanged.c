/* Whether there is anything to do at all. */
#include <stdlib.h>
#include <string.h>

#include "artifacts/dist.h"
#include "build/steps.h"
#include "bundle/signer/signer.h"
#include "docker/images/image.h"
#include "platform/fs.h"

/* The same name may be another image by now. One that is not there any more is no
 * other: ours is named by what it is made from. */
static enum ud_code is_same_builder(struct ud_build *build, const struct ud_manifest *manifest,
                                    bool *ret, struct ud_error *err)
{
    struct ud_image image = {0};
    if (build->packaged) {
        *ret = true;
        return UD_OK;
    }
    UD_TRY(ud_image_find(ud_build_engine(build), build->builder_image.image, &image, err));
    *ret = image.id != NULL ? strcmp(image.id, manifest->builder_id) == 0
                            : build->options->builder == NULL;
    ud_image_done(&image);
    return UD_OK;
}

/* Signatures are put on after the build, which its inputs know nothing of. */
static bool is_same_signer(const struct ud_build *build, const struct ud_manifest *manifest)
{
    const struct ud_signer *signer = build->signer;
    return strcmp(manifest->signer_key_id, signer != NULL ? ud_signer_key_id(signer) : "") == 0 &&
           strcmp(manifest->signature_hash, signer != NULL ? ud_signer_hash(signer) : "") == 0;
}

/* Modules of these sources that somebody vouched for prove nothing. */
static bool is_proven(const struct ud_build *build, const struct ud_manifest *manifest)
{
    return !build->sources.unproven || strcmp(manifest->proof, "proven") == 0;
}

/* The commands after build need it as well. */
static bool has_given_config(const struct ud_build *build, const struct ud_manifest *manifest)
{
    return build->options->kernel_config == NULL || manifest->config[0] != '\0';
}

/* By the bytes, not by what the manifest says of them. */
static enum ud_code unchanged_judge(struct ud_build *build, const struct ud_dist *dist, bool *ret,
                                    struct ud_error *err)
{
    struct ud_error why = {0};
    const char *made_from = dist->manifest.inputs_sha256; /* NULL: there is no manifest */
    if (made_from == NULL || strcmp(made_from, build->cache.inputs) != 0 ||
        !is_proven(build, &dist->manifest) || !is_same_signer(build, &dist->manifest) ||
        !has_given_config(build, &dist->manifest)) {
        return UD_OK;
    }
    if (ud_dist_check(dist, &build->result->facts, build->options->allow_missing_crcs, &why) !=
        UD_OK) {
        ud_report_message(build->app->report, UD_REPORT_NOTE, "building again: %s", why.message);
        return UD_OK;
    }
    return is_same_builder(build, &dist->manifest, ret, err);
}

enum ud_code ud_build_is_unchanged(struct ud_build *build, bool *ret, struct ud_error *err)
{
    struct ud_build_result *result = build->result;
    struct ud_dist dist = {0};
    struct ud_error why = {0};
    *ret = false;
    if (build->cache.inputs[0] == '\0') {
        return UD_OK;
    }
    char *dir = ud_build_output_dir(build);
    enum ud_code rc = UD_OK;
    if (ud_dist_read(dir, &dist, &why) == UD_OK) {
        rc = unchanged_judge(build, &dist, ret, err);
    }
    if (rc == UD_OK && *ret) {
        rc = ud_build_refuse_holes(build, dist.manifest.known_holes, err);
    }
    if (rc == UD_OK && *ret) {
        result->unchanged = true;
        result->dir = dir;
        result->manifest = dist.manifest;
        dist.manifest = (struct ud_manifest){0};
        dir = NULL;
    }
    free(dir);
    ud_dist_done(&dist);
    return rc;
}
