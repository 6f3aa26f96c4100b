/* The archive of a composed image, read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "bundle/bytes/digest.h"
#include "bundle/tar/tarread.h"
#include "bundle/tar/tarwrite.h"
#include "images/compose_stream.h"
#include "util/mem.h"

#define CONFIG                                                                                     \
    "{\"architecture\":\"amd64\",\"created\":\"2026-01-02T03:04:05Z\",\"container\":\"c0\","       \
    "\"docker_version\":\"20\",\"config\":{\"User\":\"daemon\",\"Env\":[\"A=1\",\"PATH=/bin\"],"   \
    "\"Cmd\":[\"sh\"],\"Labels\":{\"keep\":\"me\"},\"Healthcheck\":{\"Test\":[\"NONE\"]}},"        \
    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:aa\"]},\"history\":[{\"created_by\":"  \
    "\"base\"}]}"
#define MANIFEST                                                                                   \
    "[{\"Config\":\"cfg.json\",\"RepoTags\":[\"base:1\"],\"Layers\":[\"l1/layer.tar\"]}]"

struct file {
    const char *path;
    const char *text;
};

static const struct file usual[] = {
    {"cfg.json", CONFIG},          {"l1/layer.tar", "{not JSON but a layer"},
    {"manifest.json", MANIFEST},   {"repositories", "{\"base\":{}}"},
    {"index.json", "{\"old\":1}"}, {"oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"},
};

enum { USUAL = sizeof usual / sizeof *usual };

static void pack(const struct file *files, size_t count, struct ud_buf *out)
{
    struct ud_tarwrite *tar = ud_tarwrite_new(out);
    ud_buf_init(out, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(
            ud_tarwrite_file(tar, files[i].path, 0644, files[i].text, strlen(files[i].text), NULL),
            UD_OK);
    }
    assert_int_equal(ud_tarwrite_finish(tar, NULL), UD_OK);
    ud_tarwrite_free(tar);
}

static enum ud_code add(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    (void)err;
    ud_buf_add(ctx, data, len);
    return UD_OK;
}

static void fill(struct ud_compose *compose, struct ud_buf *layer)
{
    ud_buf_init(layer, 4096);
    ud_buf_adds(layer, "our layer");
    *compose = (struct ud_compose){
        .base = "base:1",
        .name = "vhcli:latest",
        .arch = "amd64",
        .layer = layer,
        .workdir = "/opt/x",
        .made_by = "a test",
        .seal = "seal",
        .pull_again = "Pull it again.",
    };
    ud_strv_add(&compose->env, "PATH=/bin:/opt/x");
    ud_strv_add(&compose->env, "HOME=/opt/x");
    ud_strv_add(&compose->labels, "ours=1");
    ud_strv_add(&compose->entrypoint, "/helper");
    ud_strv_add(&compose->cmd, "client");
}

static enum ud_code compose_of(const struct ud_buf *base, size_t piece, struct ud_buf *out,
                               struct ud_error *err)
{
    struct ud_compose compose;
    struct ud_buf layer;
    const struct ud_sink sink = {add, out};
    enum ud_code rc = UD_OK;
    fill(&compose, &layer);
    ud_buf_init(out, 1 << 20);
    struct ud_compose_stream *stream = ud_compose_stream_new(&compose, &sink);
    for (size_t at = 0; at < base->len && rc == UD_OK; at += piece) {
        size_t n = piece < base->len - at ? piece : base->len - at;
        rc = ud_compose_stream_feed(stream, base->data + at, n, err);
    }
    if (rc == UD_OK) {
        rc = ud_compose_stream_finish(stream, err);
    }
    ud_compose_stream_free(stream);
    ud_compose_done(&compose);
    ud_buf_done(&layer);
    return rc;
}

/* ---- reading the result ---- */

struct found {
    char *paths[32];
    char *texts[32];
    size_t count;
};

static enum ud_code take(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err)
{
    struct found *found = ctx;
    (void)err;
    found->paths[found->count] = ud_strdup(entry->path);
    found->texts[found->count++] = ud_strdup(entry->data);
    return UD_OK;
}

static void unpack(const struct ud_buf *tar, struct found *found)
{
    const struct ud_tarread_options options = {
        .entry = take, .ctx = found, .max_entries = 32, .max_file = 65536};
    struct ud_tarread *reader = ud_tarread_new(&options);
    *found = (struct found){0};
    assert_int_equal(ud_tarread_feed(reader, tar->data, tar->len, NULL), UD_OK);
    assert_int_equal(ud_tarread_finish(reader, NULL), UD_OK);
    ud_tarread_free(reader);
}

static void found_done(struct found *found)
{
    for (size_t i = 0; i < found->count; i++) {
        free(found->paths[i]);
        free(found->texts[i]);
    }
}

/* The text of the one file of that path, or NULL. */
static const char *text_of(const struct found *found, const char *path)
{
    const char *text = NULL;
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(found->paths[i], path) == 0) {
            assert_null(text);
            text = found->texts[i];
        }
    }
    return text;
}

static char *member(const cJSON *object, const char *key)
{
    return cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(object, key));
}

static void expect_member(const cJSON *object, const char *key, const char *expected)
{
    char *text = member(object, key);
    if (expected == NULL) {
        assert_null(text);
    } else {
        assert_non_null(text);
        assert_string_equal(text, expected);
    }
    cJSON_free(text);
}

/* The configuration that the manifest names; its name is its digest. */
static cJSON *config_of(const struct found *found)
{
    char hex[UD_DIGEST_HEX_SIZE];
    cJSON *manifest = cJSON_Parse(text_of(found, "manifest.json"));
    const cJSON *image = cJSON_GetArrayItem(manifest, 0);
    expect_member(image, "RepoTags", "[\"vhcli:latest\"]");
    expect_member(image, "Layers", "[\"l1/layer.tar\",\"usbipd-desktop/layer.tar\"]");
    const char *path = cJSON_GetStringValue(cJSON_GetObjectItem(image, "Config"));
    const char *text = text_of(found, path);
    assert_non_null(text);
    ud_digest_of(text, strlen(text), hex);
    assert_memory_equal(path, hex, 64);
    cJSON *config = cJSON_Parse(text);
    cJSON_Delete(manifest);
    return config;
}

static void the_new_image_has_the_bases_layers_and_ours(void **state)
{
    struct ud_buf base;
    (void)state;
    pack(usual, USUAL, &base);
    for (size_t piece = 1; piece <= base.len; piece = piece * 4 + 1) {
        struct ud_buf out;
        struct found found;
        assert_int_equal(compose_of(&base, piece, &out, NULL), UD_OK);
        unpack(&out, &found);
        assert_string_equal(text_of(&found, "l1/layer.tar"), "{not JSON but a layer");
        assert_string_equal(text_of(&found, "usbipd-desktop/layer.tar"), "our layer");
        assert_null(text_of(&found, "repositories"));
        assert_null(text_of(&found, "index.json"));
        assert_null(text_of(&found, "oci-layout"));
        cJSON_Delete(config_of(&found));
        found_done(&found);
        ud_buf_done(&out);
    }
    ud_buf_done(&base);
}

static void its_configuration_is_the_bases_with_our_changes(void **state)
{
    struct ud_buf base;
    struct ud_buf out;
    struct found found;
    char hex[UD_DIGEST_HEX_SIZE];
    (void)state;
    pack(usual, USUAL, &base);
    assert_int_equal(compose_of(&base, 512, &out, NULL), UD_OK);
    unpack(&out, &found);
    cJSON *root = config_of(&found);
    const cJSON *config = cJSON_GetObjectItem(root, "config");
    expect_member(root, "architecture", "\"amd64\"");
    expect_member(root, "created", "\"2026-01-02T03:04:05Z\"");
    expect_member(root, "container", NULL);
    expect_member(root, "docker_version", NULL);
    expect_member(config, "User", NULL);
    expect_member(config, "Healthcheck", NULL);
    expect_member(config, "Env", "[\"A=1\",\"PATH=/bin:/opt/x\",\"HOME=/opt/x\"]");
    ud_digest_of("our layer", strlen("our layer"), hex);
    char *labels =
        ud_strf("{\"keep\":\"me\",\"ours\":\"1\",\"seal\":\"sha256:%s of 1767323045\"}", hex);
    expect_member(config, "Labels", labels);
    free(labels);
    expect_member(config, "Entrypoint", "[\"/helper\"]");
    expect_member(config, "Cmd", "[\"client\"]");
    expect_member(config, "WorkingDir", "\"/opt/x\"");
    char *ids = ud_strf("[\"sha256:aa\",\"sha256:%s\"]", hex);
    expect_member(cJSON_GetObjectItem(root, "rootfs"), "diff_ids", ids);
    free(ids);
    expect_member(root, "history",
                  "[{\"created_by\":\"base\"},{\"created\":\"2026-01-02T03:04:05Z\","
                  "\"created_by\":\"a test\",\"comment\":\"a test\"}]");
    cJSON_Delete(root);
    found_done(&found);
    ud_buf_done(&out);
    ud_buf_done(&base);
}

static void what_is_made_on_top_of_it_is_not_it(void **state)
{
    static const struct {
        const char *last_layer;
        const char *created;
        const char *label;
        bool composed;
    } images[] = {
        {"sha256:ab", "2026-01-02T03:04:05.6Z", "seal=sha256:ab of 1767323045", true},
        {"sha256:ab", "2026-01-02T04:04:05+01:00", "seal=sha256:ab of 1767323045", true},
        {"sha256:cd", "2026-01-02T03:04:05Z", "seal=sha256:ab of 1767323045", false},
        {"sha256:ab", "2026-01-02T03:04:06Z", "seal=sha256:ab of 1767323045", false},
        {"sha256:ab", "2026-01-02T03:04:05Z", "other=sha256:ab of 1767323045", false},
        {NULL, "2026-01-02T03:04:05Z", "seal=sha256:ab of 1767323045", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        struct ud_image image = {.created = ud_strdup(images[i].created)};
        ud_strv_add(&image.labels, images[i].label);
        if (images[i].last_layer != NULL) {
            ud_strv_add(&image.layers, "sha256:base");
            ud_strv_add(&image.layers, images[i].last_layer);
        }
        assert_int_equal(ud_image_is_composed(&image, "seal"), images[i].composed);
        ud_image_done(&image);
    }
}

/* An OCI archive keeps configurations among the blobs, and may hold one for each
 * architecture. */
static void of_several_images_the_engines_is_taken(void **state)
{
    static const struct file files[] = {
        {"blobs/sha256/01", "{\"architecture\":\"arm64\",\"rootfs\":{\"diff_ids\":[]}}"},
        {"blobs/sha256/02", CONFIG},
        {"l1/layer.tar", "of amd64"},
        {"manifest.json", "[{\"Config\":\"blobs/sha256/01\",\"Layers\":[\"no\"]},"
                          "{\"Config\":\"blobs/sha256/02\",\"Layers\":[\"l1/layer.tar\"]}]"},
    };
    struct ud_buf base;
    struct ud_buf out;
    struct found found;
    (void)state;
    pack(files, 4, &base);
    assert_int_equal(compose_of(&base, 1000, &out, NULL), UD_OK);
    unpack(&out, &found);
    cJSON_Delete(config_of(&found));
    found_done(&found);
    ud_buf_done(&out);
    ud_buf_done(&base);
}

static void a_base_without_history_gets_an_entry_for_each_layer(void **state)
{
    static const struct file files[] = {
        {"cfg.json", "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:aa\"]}}"},
        {"l1/layer.tar", "its only one"},
        {"manifest.json", MANIFEST},
    };
    struct ud_buf base;
    struct ud_buf out;
    struct found found;
    (void)state;
    pack(files, 3, &base);
    assert_int_equal(compose_of(&base, 1000, &out, NULL), UD_OK);
    unpack(&out, &found);
    cJSON *root = config_of(&found);
    expect_member(root, "history",
                  "[{\"created\":\"1970-01-01T00:00:00Z\"},{\"created\":\"1970-01-01T00:00:00Z\","
                  "\"created_by\":\"a test\",\"comment\":\"a test\"}]");
    expect_member(root, "created", "\"1970-01-01T00:00:00Z\"");
    cJSON_Delete(root);
    found_done(&found);
    ud_buf_done(&out);
    ud_buf_done(&base);
}

static void expect_refused(const struct file *files, size_t count, enum ud_code code,
                           const char *reason)
{
    struct ud_buf base;
    struct ud_buf out;
    struct ud_error err = {0};
    pack(files, count, &base);
    assert_int_equal(compose_of(&base, 1000, &out, &err), code);
    assert_string_equal(err.remedy, code == UD_ERR_ENGINE ? "Pull it again." : "");
    if (strstr(err.message, reason) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", err.message, reason);
    }
    ud_buf_done(&out);
    ud_buf_done(&base);
}

static void a_base_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    expect_refused(usual, 2, UD_ERR_PROTOCOL, "has no manifest");
    expect_refused((const struct file[]){{"manifest.json", "{}"}}, 1, UD_ERR_PROTOCOL,
                   "has no manifest");
    expect_refused((const struct file[]){{"cfg.json", "{]"},
                                         {"l1/layer.tar", ""},
                                         {"manifest.json", MANIFEST}},
                   3, UD_ERR_PROTOCOL, "is not valid JSON");
    expect_refused((const struct file[]){{"cfg.json", "{}"},
                                         {"l1/layer.tar", ""},
                                         {"manifest.json", MANIFEST}},
                   3, UD_ERR_PROTOCOL, "names no layers");
}

/* As the containerd image store saves it. */
static void a_base_of_which_a_part_is_missing_is_to_be_pulled_again(void **state)
{
    (void)state;
    expect_refused((const struct file[]){{"manifest.json", "[]"}}, 1, UD_ERR_ENGINE,
                   "does not have all of the image base:1 for amd64");
    expect_refused((const struct file[]){{"manifest.json", MANIFEST}}, 1, UD_ERR_ENGINE,
                   "does not have all of the image base:1 for amd64");
    expect_refused((const struct file[]){{"cfg.json", CONFIG}, {"manifest.json", MANIFEST}}, 2,
                   UD_ERR_ENGINE, "l1/layer.tar is missing");
}

static void a_base_that_is_cut_short_is_refused(void **state)
{
    struct ud_buf base;
    (void)state;
    pack(usual, USUAL, &base);
    for (size_t len = 0; len < base.len - 1024; len += 300) {
        struct ud_buf out;
        struct ud_buf part = base;
        part.len = len;
        assert_int_equal(compose_of(&part, 512, &out, NULL), UD_ERR_PROTOCOL);
        ud_buf_done(&out);
    }
    ud_buf_done(&base);
}

/* "x/" at the beginning of a path becomes "./", as some archives have it. */
static void with_dots(struct ud_buf *tar)
{
    for (size_t at = 0; at + 512 <= tar->len; at += 512) {
        char *block = tar->data + at;
        if (memcmp(block, "x/", 2) == 0) {
            unsigned long sum = strtoul(block + 148, NULL, 8) - 'x' + '.';
            char digits[8];
            block[0] = '.';
            assert_int_equal(snprintf(digits, sizeof digits, "%06lo", sum), 6);
            memcpy(block + 148, digits, 6);
        }
    }
}

/* Or else the archive would hold two manifests, and the engine choose. */
static void a_manifest_under_another_spelling_does_not_pass(void **state)
{
    static const struct file files[] = {
        {"x/cfg.json", CONFIG},          {"l1/layer.tar", "{not JSON but a layer"},
        {"x/manifest.json", MANIFEST},   {"x/repositories", "{\"base\":{}}"},
        {"x/index.json", "{\"old\":1}"},
    };
    struct ud_buf base;
    struct ud_buf out;
    struct found found;
    (void)state;
    pack(files, sizeof files / sizeof *files, &base);
    with_dots(&base);
    assert_int_equal(compose_of(&base, 1000, &out, NULL), UD_OK);
    unpack(&out, &found);
    assert_non_null(text_of(&found, "manifest.json"));
    assert_non_null(text_of(&found, "cfg.json"));
    assert_null(text_of(&found, "repositories"));
    assert_null(text_of(&found, "index.json"));
    cJSON_Delete(config_of(&found));
    found_done(&found);
    ud_buf_done(&out);
    ud_buf_done(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_image_has_the_bases_layers_and_ours),
        cmocka_unit_test(a_manifest_under_another_spelling_does_not_pass),
        cmocka_unit_test(its_configuration_is_the_bases_with_our_changes),
        cmocka_unit_test(what_is_made_on_top_of_it_is_not_it),
        cmocka_unit_test(of_several_images_the_engines_is_taken),
        cmocka_unit_test(a_base_without_history_gets_an_entry_for_each_layer),
        cmocka_unit_test(a_base_that_makes_no_sense_is_refused),
        cmocka_unit_test(a_base_of_which_a_part_is_missing_is_to_be_pulled_again),
        cmocka_unit_test(a_base_that_is_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
