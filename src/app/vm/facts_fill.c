#include "vm/facts_fill.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/package/package.h"
#include "bundle/tar/decompress.h"
#include "kernel/config/autoconf.h"
#include "kernel/facts/config_of.h"
#include "kernel/facts/keys.h"
#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"

enum { BLOBS_MAX = 32 };

void ud_facts_fill_done(struct ud_facts_fill *fill)
{
    ud_strv_done(&fill->keys);
    ud_strv_done(&fill->values);
    ud_strv_done(&fill->blob_keys);
    for (size_t i = 0; i < fill->blob_count; i++) {
        ud_buf_done(&fill->blobs[i]);
    }
    free(fill->blobs);
    *fill = (struct ud_facts_fill){0};
}

static struct ud_buf *blob_for(struct ud_facts_fill *fill, const char *key)
{
    for (size_t i = 0; i < fill->blob_count; i++) {
        if (strcmp(fill->blob_keys.items[i], key) == 0) {
            return &fill->blobs[i];
        }
    }
    fill->blobs = ud_realloc(fill->blobs, fill->blob_count + 1, sizeof *fill->blobs);
    ud_buf_init(&fill->blobs[fill->blob_count], UD_OPS_PROBE_FILE_MAX);
    ud_strv_add(&fill->blob_keys, key);
    return &fill->blobs[fill->blob_count++];
}

static enum ud_code add_blob(struct ud_facts_fill *fill, const struct ud_record *record,
                             struct ud_error *err)
{
    struct ud_buf *blob = blob_for(fill, record->name);
    if (fill->blob_count > BLOBS_MAX || record->len > UD_OPS_PROBE_MAX - fill->blob_bytes) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper in the VM sent more than %d blobs or %d MiB of them", BLOBS_MAX,
                       UD_OPS_PROBE_MAX >> 20);
    }
    fill->blob_bytes += record->len;
    ud_buf_add(blob, record->data, record->len);
    return ud_buf_check(blob, record->name, err);
}

enum ud_code ud_facts_fill_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct ud_facts_fill *fill = ctx;
    if (record->type == UD_RECORD_BLOB) {
        return add_blob(fill, record, err);
    }
    if (record->type == UD_RECORD_FACT) {
        ud_strv_add(&fill->keys, record->name);
        ud_strv_add(&fill->values, record->text);
    }
    return UD_OK;
}

const char *ud_facts_fill_get(const struct ud_facts_fill *fill, const char *key)
{
    for (size_t i = 0; i < fill->keys.len; i++) {
        if (strcmp(fill->keys.items[i], key) == 0) {
            return fill->values.items[i];
        }
    }
    return NULL;
}

const struct ud_buf *ud_facts_fill_blob(const struct ud_facts_fill *fill, const char *key)
{
    for (size_t i = 0; i < fill->blob_count; i++) {
        if (strcmp(fill->blob_keys.items[i], key) == 0) {
            return &fill->blobs[i];
        }
    }
    return NULL;
}

/* A copy fit to be shown; NULL stays NULL. */
static char *copy_shown(const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    char *copy = ud_strdup(text);
    ud_str_sanitize(copy);
    return copy;
}

static bool is_set(const struct ud_facts_fill *fill, const char *key)
{
    const char *value = ud_facts_fill_get(fill, key);
    return value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "Y") == 0);
}

/* What a file of the VM says and cannot be used costs nobody the rest. */
static void pass_over(struct ud_facts *facts, const struct ud_error *why)
{
    ud_strv_addf(&facts->passed_over, "%s: it is passed over", why->message);
}

/* ---- the kernel's configuration ---- */

/* The headers that a kernel shows, as they are read. */
struct kheaders {
    const struct ud_buf *blob;
    size_t at;
    struct ud_buf *text; /* of the configuration that one of them is made of */
};

static enum ud_code kheaders_read(void *ctx, void *buf, size_t len, size_t *ret_n,
                                  struct ud_error *err)
{
    struct kheaders *headers = ctx;
    (void)err;
    *ret_n = headers->blob->len - headers->at < len ? headers->blob->len - headers->at : len;
    memcpy(buf, headers->blob->data + headers->at, *ret_n);
    headers->at += *ret_n;
    return UD_OK;
}

static bool kheaders_wants(void *ctx, const char *path)
{
    (void)ctx;
    return strcmp(path, UD_AUTOCONF_PATH) == 0;
}

static enum ud_code kheaders_take(void *ctx, const char *path, struct ud_buf *data,
                                  struct ud_error *err)
{
    struct kheaders *headers = ctx;
    (void)path;
    ud_buf_clear(headers->text);
    return ud_autoconf_to_config(data->data, data->len, headers->text, err);
}

static enum ud_code kheaders_unpack(const char *path, const struct ud_buf *blob,
                                    struct ud_buf *text, struct ud_error *err)
{
    struct kheaders headers = {.blob = blob, .text = text};
    const struct ud_package_input input = {kheaders_read, &headers, path};
    const struct ud_package_options options = {.wants = kheaders_wants,
                                               .file = kheaders_take,
                                               .ctx = &headers,
                                               .max_file = UD_CONFIG_TEXT_MAX};
    UD_TRY(ud_package_read(&input, &options, err));
    return text->len > 0 ? UD_OK : ud_fail(err, UD_ERR_FACTS, NULL, "it has no " UD_AUTOCONF_PATH);
}

/* The module configs has the configuration inside, compressed by itself. */
static enum ud_code unpack_config(const char *path, const struct ud_buf *blob, struct ud_buf *text,
                                  struct ud_error *err)
{
    struct ud_buf module;
    struct ud_slice packed;
    if (blob->len == 0) {
        return ud_fail(err, UD_ERR_FACTS, NULL, "it is empty");
    }
    if (strcmp(path, UD_PATH_KHEADERS) == 0) {
        return kheaders_unpack(path, blob, text, err);
    }
    ud_buf_init(&module, UD_CONFIG_TEXT_MAX);
    enum ud_code rc = ud_decompress(path, blob->data, blob->len, &module, err);
    if (rc == UD_OK && ud_config_find_packed(module.data, module.len, &packed)) {
        rc = ud_decompress(path, packed.ptr, packed.len, text, err);
    } else if (rc == UD_OK) {
        ud_buf_add(text, module.data, module.len);
    }
    ud_buf_done(&module);
    return rc;
}

/* What the kernel itself shows is its own; a file may be left of another one. */
static enum ud_code check_config_is_ours(const struct ud_facts_fill *fill,
                                         const struct ud_facts *facts, const char *path,
                                         const struct ud_buf *text, struct ud_error *err)
{
    struct ud_config config = {0};
    if (ud_str_starts(path, "/proc/") || strcmp(path, UD_PATH_KHEADERS) == 0) {
        return UD_OK;
    }
    UD_TRY(ud_config_parse(text->data, text->len, &config, err));
    enum ud_code rc =
        ud_config_check_of_kernel(&facts->release, ud_facts_fill_get(fill, UD_FACT_BANNER), &config,
                                  text->data, text->len, err);
    ud_config_done(&config);
    return rc;
}

static enum ud_code take_config(const struct ud_facts_fill *fill, struct ud_facts *facts,
                                const char *path, const struct ud_buf *blob, struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, UD_CONFIG_TEXT_MAX);
    enum ud_code rc = unpack_config(path, blob, &text, err);
    if (rc == UD_OK) {
        rc = check_config_is_ours(fill, facts, path, &text, err);
    }
    if (rc == UD_OK) {
        rc = ud_facts_take_config(facts, text.data, text.len, path, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* The first place with a configuration that is one. */
static void fill_config(const struct ud_facts_fill *fill, struct ud_facts *facts)
{
    for (size_t i = 0; i < fill->blob_count && !facts->has_config; i++) {
        const char *key = fill->blob_keys.items[i];
        if (!ud_str_starts(key, UD_BLOB_CONFIG_PREFIX)) {
            continue;
        }
        char *path = copy_shown(key + strlen(UD_BLOB_CONFIG_PREFIX));
        struct ud_error why = {0};
        if (take_config(fill, facts, path, &fill->blobs[i], &why) != UD_OK) {
            ud_error_prefix(&why, "%s is not the kernel's configuration", path);
            pass_over(facts, &why);
        }
        free(path);
    }
}

/* The kernel tells no build ids in /proc/modules: the helper read them from sysfs. */
static void attach_build_ids(const struct ud_facts_fill *fill, struct ud_loaded_modules *loaded)
{
    for (size_t i = 0; i < loaded->len; i++) {
        char *key = ud_strf(UD_FACT_BUILD_ID_PREFIX "%s", loaded->items[i].name);
        const char *value = ud_facts_fill_get(fill, key);
        loaded->items[i].build_id = value != NULL ? ud_strdup(value) : NULL;
        free(key);
    }
}

static void add_builtin_facts(const struct ud_facts_fill *fill, struct ud_strv *builtin)
{
    const size_t skip = strlen(UD_FACT_BUILTIN_PREFIX);
    for (size_t i = 0; i < fill->keys.len; i++) {
        if (ud_str_starts(fill->keys.items[i], UD_FACT_BUILTIN_PREFIX) &&
            !ud_builtin_has(builtin, fill->keys.items[i] + skip)) {
            ud_strv_add(builtin, fill->keys.items[i] + skip);
        }
    }
}

/* modules.dep and modules.builtin, made by whoever installed the kernel. */
static void fill_module_lists(const struct ud_facts_fill *fill, struct ud_facts *facts)
{
    struct ud_error why = {0};
    const struct ud_buf *blob = ud_facts_fill_blob(fill, UD_BLOB_MODULES_DEP);
    if (blob != NULL && ud_deps_parse(blob->data, blob->len, &facts->deps, &why) != UD_OK) {
        pass_over(facts, &why);
    }
    blob = ud_facts_fill_blob(fill, UD_BLOB_MODULE_FILES);
    if (blob != NULL && facts->deps.len == 0) {
        ud_deps_list_files(blob->data, blob->len, &facts->deps);
    }
    blob = ud_facts_fill_blob(fill, UD_BLOB_MODULES_BUILTIN);
    if (blob != NULL && ud_builtin_parse(blob->data, blob->len, &facts->builtin, &why) != UD_OK) {
        pass_over(facts, &why);
    }
}

static enum ud_unseen unseen_modules(const struct ud_facts_fill *fill)
{
    const char *why = ud_facts_fill_get(fill, UD_FACT_MODULES_UNSEEN);
    if (why == NULL) {
        return UD_UNSEEN_NOTHING;
    }
    return strcmp(why, UD_MODULES_DENIED) == 0 ? UD_UNSEEN_DENIED : UD_UNSEEN_LINKED;
}

static enum ud_code fill_modules(const struct ud_facts_fill *fill, struct ud_facts *facts,
                                 struct ud_error *err)
{
    facts->modules_supported = is_set(fill, UD_FACT_MODULES_SUPPORTED);
    facts->modules_disabled = is_set(fill, UD_FACT_MODULES_DISABLED);
    facts->sig_enforce = is_set(fill, UD_FACT_SIG_ENFORCE);
    facts->has_btf = is_set(fill, UD_FACT_BTF);
    const char *dir = ud_facts_fill_get(fill, UD_FACT_MODULES_DIR);
    facts->modules_dir = dir != NULL ? ud_strdup(dir) : NULL;
    facts->modules_unseen = unseen_modules(fill);
    const char *lockdown = ud_facts_fill_get(fill, UD_FACT_LOCKDOWN);
    facts->lockdown = lockdown != NULL ? ud_lockdown_parse(lockdown) : NULL;

    const struct ud_buf *blob = ud_facts_fill_blob(fill, UD_BLOB_PROC_MODULES);
    if (blob != NULL) {
        UD_TRY(ud_loaded_parse(blob->data, blob->len, &facts->loaded, err));
        attach_build_ids(fill, &facts->loaded);
    }
    fill_module_lists(fill, facts);
    add_builtin_facts(fill, &facts->builtin);
    blob = ud_facts_fill_blob(fill, UD_BLOB_PROC_KEYS);
    if (blob != NULL) {
        ud_kernel_keys_parse(blob->data, blob->len, &facts->keys);
    }
    return UD_OK;
}

static enum ud_code fill_identity(const struct ud_facts_fill *fill, struct ud_facts *facts,
                                  struct ud_error *err)
{
    const struct ud_buf *os = ud_facts_fill_blob(fill, UD_BLOB_OS_RELEASE);
    ud_os_release_parse(os != NULL ? os->data : "", os != NULL ? os->len : 0, &facts->os);
    facts->version = copy_shown(ud_facts_fill_get(fill, UD_FACT_VERSION));
    facts->build_id = copy_shown(ud_facts_fill_get(fill, UD_FACT_KERNEL_BUILD_ID));
    facts->machine = copy_shown(ud_facts_fill_get(fill, UD_FACT_MACHINE));
    facts->boot_id = copy_shown(ud_facts_fill_get(fill, UD_FACT_BOOT_ID));
    const char *release = ud_facts_fill_get(fill, UD_FACT_RELEASE);
    /* It becomes a directory's name here. */
    if (release == NULL || !ud_check_release(release) || facts->machine == NULL) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper did not name the kernel");
    }
    return ud_release_parse(release, facts->version, facts->os.id, &facts->release, err);
}

static enum ud_code fill_vhci(const struct ud_facts_fill *fill, struct ud_facts *facts,
                              struct ud_error *err)
{
    struct ud_error why = {0};
    facts->vhci_present = is_set(fill, UD_FACT_VHCI_DRIVER);
    facts->vhci_overflow = is_set(fill, UD_FACT_VHCI_OVERFLOW);
    const struct ud_buf *blob = ud_facts_fill_blob(fill, UD_BLOB_DEVICES);
    if (blob != NULL && ud_device_report_read((struct ud_slice){blob->data, blob->len},
                                              &facts->devices, &why) != UD_OK) {
        pass_over(facts, &why);
    }
    blob = ud_facts_fill_blob(fill, UD_BLOB_VHCI_STATUS);
    return blob != NULL ? ud_vhci_parse(blob->data, blob->len, &facts->ports, err) : UD_OK;
}

static enum ud_code fill_all(const struct ud_facts_fill *fill, struct ud_facts *facts,
                             struct ud_error *err)
{
    UD_TRY(fill_identity(fill, facts, err));
    UD_TRY(fill_modules(fill, facts, err));
    fill_config(fill, facts);
    return fill_vhci(fill, facts, err);
}

enum ud_code ud_facts_fill_finish(const struct ud_facts_fill *fill, struct ud_facts *ret,
                                  struct ud_error *err)
{
    struct ud_facts facts = {0};
    enum ud_code rc = fill_all(fill, &facts, err);
    if (rc == UD_OK) {
        *ret = facts;
    } else {
        ud_facts_done(&facts);
    }
    return rc;
}
