#include "vhcli/parts.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/helpers.h"
#include "kernel/plan/depmod.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vhcli/rootlayer.h"
#include "vm/helper_image.h"

enum { INDEX_MAX = 1 << 20, PROGRAM = 0755, FILE_MODE = 0644 };

/* Its settings: no looking for servers in the network. */
static const char settings[] = "[General]\nAutoFind=0\n";

static enum ud_code add_depmod(struct ud_rootlayer *layer, const struct ud_vhcli_modules *modules,
                               const char *top, struct ud_error *err)
{
    const struct ud_module **parsed = ud_alloc(modules->count, sizeof *parsed);
    char **files = ud_alloc(modules->count, sizeof *files);
    struct ud_deps deps = {0};
    struct ud_buf text;
    struct ud_buf index;
    for (size_t i = 0; i < modules->count; i++) {
        parsed[i] = &modules->items[i].module;
        files[i] = ud_strf("%s.ko", modules->items[i].name);
    }
    ud_depmod_deps(parsed, (const char *const *)files, modules->count, UD_OPS_EXTRA, &deps);
    ud_buf_init(&text, INDEX_MAX);
    ud_buf_init(&index, INDEX_MAX);
    ud_depmod_text(&deps, &text);
    ud_depmod_index(&deps, &index);
    char *text_path = ud_strf("%s/modules.dep", top);
    char *index_path = ud_strf("%s/modules.dep.bin", top);
    enum ud_code rc = ud_rootlayer_add(layer, text_path, FILE_MODE, text.data, text.len, err);
    if (rc == UD_OK) {
        rc = ud_rootlayer_add(layer, index_path, FILE_MODE, index.data, index.len, err);
    }
    free(index_path);
    free(text_path);
    ud_buf_done(&index);
    ud_buf_done(&text);
    ud_deps_done(&deps);
    for (size_t i = 0; i < modules->count; i++) {
        free(files[i]);
    }
    free(files);
    free(parsed);
    return rc;
}

static enum ud_code add_modules(struct ud_rootlayer *layer, const struct ud_vhcli_modules *modules,
                                const char *release, struct ud_error *err)
{
    char *top = ud_strf("/lib/modules/%s", release);
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < modules->count && rc == UD_OK; i++) {
        const struct ud_vhcli_module *module = &modules->items[i];
        char *path = ud_strf("%s/%s/%s.ko", top, UD_OPS_EXTRA, module->name);
        rc = ud_rootlayer_add(layer, path, FILE_MODE, module->bytes.data, module->bytes.len, err);
        free(path);
    }
    if (rc == UD_OK && modules->count > 0) {
        rc = add_depmod(layer, modules, top, err);
    }
    free(top);
    return rc;
}

static enum ud_code layer_add_all(struct ud_rootlayer *layer, const char *arch,
                                  const struct ud_vhcli_client *client,
                                  const struct ud_vhcli_modules *modules, const char *release,
                                  struct ud_error *err)
{
    const struct ud_helper_binary *helper = NULL;
    UD_TRY(ud_helper_binary_for(arch, &helper, err));
    UD_TRY(ud_rootlayer_add(layer, UD_OPS_HELPER, PROGRAM, helper->data, helper->size, err));
    char *path = ud_strf("%s/%s", UD_VHCLI_HOME, client->name);
    enum ud_code rc =
        ud_rootlayer_add(layer, path, PROGRAM, client->bytes.data, client->bytes.len, err);
    free(path);
    UD_TRY(rc);
    UD_TRY(ud_rootlayer_add(layer, UD_VHCLI_HOME "/.vhui", FILE_MODE, settings, sizeof settings - 1,
                            err));
    UD_TRY(add_modules(layer, modules, release, err));
    return ud_rootlayer_finish(layer, err);
}

enum ud_code ud_vhcli_layer(struct ud_engine *engine, const char *container, const char *arch,
                            const struct ud_vhcli_client *client,
                            const struct ud_vhcli_modules *modules, const char *release,
                            struct ud_buf *buf, struct ud_error *err)
{
    struct ud_rootlayer layer;
    ud_rootlayer_init(&layer, engine, container, buf);
    enum ud_code rc = layer_add_all(&layer, arch, client, modules, release, err);
    ud_rootlayer_done(&layer);
    return rc;
}
