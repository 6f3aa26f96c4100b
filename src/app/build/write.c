#include "build/steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "artifacts/dist_place.h"
#include "bundle/bytes/digest.h"
#include "bundle/signer/signer.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "ud_version.h"
#include "util/mem.h"

static char *write_copy(const char *text)
{
    return ud_strdup(text != NULL ? text : "");
}

static char *digest_of(const char *data, size_t len)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(data, len, hex);
    return ud_strdup(hex);
}

static char *now_text(void)
{
    time_t now = (time_t)ud_host_wall_time();
    const struct tm *utc = gmtime(&now);
    char text[32] = "";
    if (utc != NULL) {
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", utc);
    }
    return ud_strdup(text);
}

static void describe_module(const struct ud_built *built, struct ud_manifest_module *ret)
{
    const char *name = built->name;
    *ret = (struct ud_manifest_module){
        .name = ud_strdup(name),
        .file = ud_strf("%s.ko", name),
        .size = built->bytes.len,
        .sha256 = digest_of(built->bytes.data, built->bytes.len),
        .build_id = write_copy(built->module.build_id),
        .vermagic = write_copy(built->module.vermagic),
        .depends = ud_strv_join(&built->module.depends, ","),
        .package = write_copy(built->package),
        .crc_count = ud_module_count_crcs(&built->module),
        .overflow_fixed = built->overflow_fixed,
    };
    if (built->driver) {
        ud_module_aliases(built->bytes.data, built->bytes.len, &ret->aliases);
    }
}

static void write_describe(const struct ud_build *build, struct ud_manifest *ret)
{
    const struct ud_facts *facts = &build->result->facts;
    const struct ud_signer *signer = build->signer;
    *ret = (struct ud_manifest){
        .schema = UD_MANIFEST_SCHEMA,
        .tool_version = ud_strdup(UD_VERSION),
        .created = now_text(),
        .release = ud_strdup(facts->release.text),
        .kernel_version = write_copy(facts->version),
        .kernel_build_id = write_copy(facts->build_id),
        .machine = write_copy(facts->machine),
        .config_source = write_copy(facts->config_origin),
        .config_sha256 = digest_of(facts->config_text, facts->config_len),
        .origin = ud_strdup(build->packaged ? UD_MANIFEST_PACKAGE : UD_MANIFEST_BUILD),
        .source_name = write_copy(build->packaged ? build->result->source : build->sources.name),
        .source_sha256 = write_copy(build->source_digest),
        .symvers_sha256 = build->symvers_text.len > 0
                              ? digest_of(build->symvers_text.data, build->symvers_text.len)
                              : ud_strdup(""),
        .builder_image = write_copy(build->builder_image.image),
        .builder_id = write_copy(build->builder_image.id),
        .compiler = write_copy(build->compiler),
        .signer_key_id = write_copy(signer != NULL ? ud_signer_key_id(signer) : NULL),
        .signer_subject = write_copy(signer != NULL ? ud_signer_subject(signer) : NULL),
        .signature_hash = write_copy(signer != NULL ? ud_signer_hash(signer) : NULL),
        .inputs_sha256 = ud_strdup(build->cache.inputs),
        .wanted = write_copy(build->result->wanted),
        .proof = ud_strdup(ud_proof_verdict_name(&build->result->proof)),
        .known_holes = ud_strv_join(&build->holes, ","),
        .proof_of = ud_proof_describe(&build->result->proof),
        .config = write_copy(build->options->kernel_config != NULL ? facts->config_text : NULL),
        .modules = ud_alloc(build->built_count, sizeof *ret->modules),
        .module_count = build->built_count,
    };
    for (size_t i = 0; i < build->built_count; i++) {
        describe_module(&build->built[i], &ret->modules[i]);
    }
}

static enum ud_code write_file(const char *dir, const char *name, const char *data, size_t len,
                               struct ud_error *err)
{
    char *path = ud_fs_join(dir, name);
    enum ud_code rc = ud_fs_write_atomic(path, data, len, err);
    free(path);
    return rc;
}

static enum ud_code write_all(const struct ud_build *build, const struct ud_manifest *manifest,
                              const char *dir, struct ud_error *err)
{
    UD_TRY(ud_fs_mkdirs(dir, err));
    for (size_t i = 0; i < build->built_count; i++) {
        const struct ud_buf *bytes = &build->built[i].bytes;
        UD_TRY(write_file(dir, manifest->modules[i].file, bytes->data, bytes->len, err));
    }
    char *json = ud_manifest_to_json(manifest);
    enum ud_code rc = write_file(dir, "manifest.json", json, strlen(json), err);
    free(json);
    return rc;
}

/* Everything goes into a directory beside the final one, which then takes its
 * place: whoever looks sees the old artifacts or the new ones. */
static enum ud_code write_replace(const struct ud_build *build, const struct ud_manifest *manifest,
                                  const char *dir, struct ud_error *err)
{
    char *temp = ud_fs_temp_sibling(dir);
    enum ud_code rc = write_all(build, manifest, temp, err);
    /* Compiling took its time, in which somebody may have put something there. */
    if (rc == UD_OK) {
        rc = ud_dist_place_check(dir, err);
    }
    if (rc == UD_OK) {
        rc = ud_fs_replace_dir(temp, dir, err);
    }
    if (rc != UD_OK) {
        struct ud_error why = {0};
        if (ud_fs_remove_tree(temp, &why) != UD_OK) {
            ud_report_message(build->app->report, UD_REPORT_WARN, "%s", why.message);
        }
    }
    free(temp);
    return rc;
}

static const char *output_top(const struct ud_build *build)
{
    return build->options->output != NULL ? build->options->output : "dist";
}

char *ud_build_output_dir(const struct ud_build *build)
{
    return ud_fs_join(output_top(build), build->result->facts.release.text);
}

enum ud_code ud_build_check_output(struct ud_build *build, struct ud_error *err)
{
    char *dir = ud_build_output_dir(build);
    enum ud_code rc = ud_dist_place_check(dir, err);
    free(dir);
    return rc;
}

enum ud_code ud_build_write(struct ud_build *build, struct ud_error *err)
{
    struct ud_build_result *result = build->result;
    UD_TRY(ud_fs_mkdirs(output_top(build), err));
    ud_dist_place_sweep(output_top(build), result->facts.release.text);
    char *dir = ud_build_output_dir(build);
    struct ud_manifest manifest = {0};
    write_describe(build, &manifest);
    enum ud_code rc = write_replace(build, &manifest, dir, err);
    if (rc == UD_OK) {
        result->dir = dir;
        result->manifest = manifest;
    } else {
        ud_manifest_done(&manifest);
        free(dir);
    }
    return rc;
}
