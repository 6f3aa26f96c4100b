#include "images/compose_stream.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "bundle/tar/tarread.h"
#include "bundle/tar/tarwrite.h"
#include "engine/json.h"
#include "images/compose_config.h"
#include "util/mem.h"

enum {
    ENTRIES_MAX = 100 * 1000,
    TEXT_MAX = 1 << 20,  /* of one JSON file */
    TEXTS_MAX = 8 << 20, /* of all that are kept */
    TEXT_COUNT_MAX = 1024,
    LAYERS_MAX = 1024 /* engines have 128 at most */
};

#define MANIFEST "manifest.json"
#define LAYER_PATH "usbipd-desktop/layer.tar"

/* A JSON file of the saved image: which of them is the configuration is known
 * only from the manifest, which comes last. */
struct text {
    char *path;
    char *data;
    size_t len;
};

struct ud_compose_stream {
    const struct ud_compose *compose;
    const struct ud_sink *out;
    struct ud_tarread *tar;
    struct text *texts;
    size_t text_count;
    size_t text_bytes;
    struct ud_strv paths; /* of all that passed */
};

/* What says which images an archive holds is ours to say. */
static bool compose_stream_passes(void *ctx, const char *path)
{
    static const char *const replaced[] = {MANIFEST, "repositories", "index.json", "oci-layout"};
    struct ud_compose_stream *stream = ctx;
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++) {
        if (strcmp(path, replaced[i]) == 0) {
            return false;
        }
    }
    ud_strv_add(&stream->paths, path);
    return true;
}

static enum ud_code on_raw(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    const struct ud_compose_stream *stream = ctx;
    return ud_sink_write(stream->out, data, len, err);
}

static enum ud_code on_entry(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err)
{
    struct ud_compose_stream *stream = ctx;
    if (entry->type != UD_TARREAD_FILE || entry->size == 0 ||
        (entry->data[0] != '{' && entry->data[0] != '[')) {
        return UD_OK;
    }
    stream->text_bytes += entry->size;
    if (stream->text_count == TEXT_COUNT_MAX || stream->text_bytes > TEXTS_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the saved image has too many descriptions");
    }
    stream->texts = ud_realloc(stream->texts, stream->text_count + 1, sizeof *stream->texts);
    stream->texts[stream->text_count++] = (struct text){
        .path = ud_strdup(entry->path),
        .data = ud_memdup(entry->data, entry->size),
        .len = entry->size,
    };
    return UD_OK;
}

struct ud_compose_stream *ud_compose_stream_new(const struct ud_compose *compose,
                                                const struct ud_sink *out)
{
    struct ud_compose_stream *stream = ud_alloc(1, sizeof *stream);
    const struct ud_tarread_options options = {
        .entry = on_entry,
        .ctx = stream,
        .max_entries = ENTRIES_MAX,
        .max_file = TEXT_MAX,
        .raw = on_raw,
        .passes = compose_stream_passes,
    };
    stream->compose = compose;
    stream->out = out;
    stream->tar = ud_tarread_new(&options);
    return stream;
}

void ud_compose_stream_free(struct ud_compose_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    for (size_t i = 0; i < stream->text_count; i++) {
        free(stream->texts[i].path);
        free(stream->texts[i].data);
    }
    free(stream->texts);
    ud_strv_done(&stream->paths);
    ud_tarread_free(stream->tar);
    free(stream);
}

enum ud_code ud_compose_stream_feed(struct ud_compose_stream *stream, const void *data, size_t len,
                                    struct ud_error *err)
{
    return ud_tarread_feed(stream->tar, data, len, err);
}

static const struct text *find_text(const struct ud_compose_stream *stream, const char *path)
{
    for (size_t i = 0; i < stream->text_count; i++) {
        if (strcmp(stream->texts[i].path, path) == 0) {
            return &stream->texts[i];
        }
    }
    return NULL;
}

static bool is_for(const struct text *config, const char *arch)
{
    cJSON *root = cJSON_ParseWithLength(config->data, config->len);
    bool is = strcmp(ud_json_text(root, "architecture"), arch) == 0;
    cJSON_Delete(root);
    return is;
}

/* An engine with the containerd image store may have only a part of an image, and saves that part
 * as if it were all. */
static enum ud_code compose_stream_check_layers(const struct ud_compose_stream *stream,
                                                const struct ud_saved_image *image,
                                                struct ud_error *err)
{
    const cJSON *layer = NULL;
    if (cJSON_GetArraySize(image->layers) > LAYERS_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the saved image %s has more than %d layers",
                       stream->compose->base, LAYERS_MAX);
    }
    cJSON_ArrayForEach(layer, image->layers)
    {
        const char *path = cJSON_GetStringValue(layer);
        if (path == NULL || !ud_strv_has(&stream->paths, path)) {
            return ud_fail(err, UD_ERR_ENGINE, stream->compose->pull_again,
                           "the engine does not have all of the image %s for %s: %s is missing",
                           stream->compose->base, stream->compose->arch,
                           path != NULL ? path : "a layer");
        }
    }
    return UD_OK;
}

/* The image of the wanted architecture; an archive of one image has no choice. */
static enum ud_code compose_stream_choose(const struct ud_compose_stream *stream,
                                          const cJSON *manifest, struct ud_saved_image *ret_image,
                                          const struct text **ret_config, struct ud_error *err)
{
    const int count = cJSON_GetArraySize(manifest);
    for (int i = 0; i < count; i++) {
        struct ud_saved_image image;
        const struct text *config =
            ud_saved_image_at(manifest, i, &image) ? find_text(stream, image.config) : NULL;
        if (config != NULL && (count == 1 || is_for(config, stream->compose->arch))) {
            *ret_image = image;
            *ret_config = config;
            return UD_OK;
        }
    }
    return ud_fail(err, UD_ERR_ENGINE, stream->compose->pull_again,
                   "the engine does not have all of the image %s for %s", stream->compose->base,
                   stream->compose->arch);
}

static enum ud_code write_ours(const struct ud_compose_stream *stream, const char *config_path,
                               const char *config, const char *manifest, struct ud_error *err)
{
    const struct ud_buf *layer = stream->compose->layer;
    struct ud_tarwrite *tar = ud_tarwrite_new_sink(on_raw, (void *)(uintptr_t)stream);
    enum ud_code rc = ud_tarwrite_dir(tar, "usbipd-desktop", 0755, err);
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, LAYER_PATH, 0644, layer->data, layer->len, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, config_path, 0644, config, strlen(config), err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, MANIFEST, 0644, manifest, strlen(manifest), err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    ud_tarwrite_free(tar);
    return rc;
}

static enum ud_code compose_stream_add_ours(const struct ud_compose_stream *stream,
                                            const cJSON *manifest, struct ud_error *err)
{
    struct ud_saved_image base;
    const struct text *base_config = NULL;
    char hex[UD_DIGEST_HEX_SIZE];
    char *config = NULL;
    UD_TRY(compose_stream_choose(stream, manifest, &base, &base_config, err));
    UD_TRY(compose_stream_check_layers(stream, &base, err));
    ud_digest_of(stream->compose->layer->data, stream->compose->layer->len, hex);
    UD_TRY(
        ud_compose_config(base_config->data, base_config->len, stream->compose, hex, &config, err));
    ud_digest_of(config, strlen(config), hex);
    char *config_path = ud_strf("%s.json", hex);
    char *text = ud_compose_manifest(&base, stream->compose, config_path, LAYER_PATH);
    enum ud_code rc = write_ours(stream, config_path, config, text, err);
    free(text);
    free(config_path);
    free(config);
    return rc;
}

enum ud_code ud_compose_stream_finish(struct ud_compose_stream *stream, struct ud_error *err)
{
    UD_TRY(ud_tarread_finish(stream->tar, err));
    const struct text *text = find_text(stream, MANIFEST);
    cJSON *manifest = text != NULL ? cJSON_ParseWithLength(text->data, text->len) : NULL;
    enum ud_code rc = cJSON_IsArray(manifest)
                          ? compose_stream_add_ours(stream, manifest, err)
                          : ud_fail(err, UD_ERR_PROTOCOL, NULL,
                                    "the saved image %s has no manifest", stream->compose->base);
    cJSON_Delete(manifest);
    return rc;
}
