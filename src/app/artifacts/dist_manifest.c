#include "artifacts/dist.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "kernel/elf/elf.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "util/strv.h"

static const char rebuild[] = "Build again with `usbipd-desktop build`.";

/* A text of the manifest and what the bytes say. */
static void dist_manifest_compare(const char *path, const char *what, const char *said,
                                  const char *is, struct ud_verify_check *check)
{
    if (strcmp(said, is) != 0) {
        ud_verify_check_find(check, UD_FOUND_ERROR, NULL, rebuild,
                             "%s has the %s \"%.120s\", the manifest says \"%.120s\"", path, what,
                             is, said);
    }
}

static bool same_bytes(const struct ud_manifest_module *said, const struct ud_buf *bytes,
                       const char *path, struct ud_verify_check *check)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(bytes->data, bytes->len, hex);
    if (bytes->len == said->size && strcmp(hex, said->sha256) == 0) {
        return true;
    }
    ud_verify_check_find(
        check, UD_FOUND_ERROR, NULL, rebuild,
        "%s is not the file that was built: it has %zu bytes and SHA-256 %.16s…, the "
        "manifest says %" PRIu64 " and %.16s…",
        path, bytes->len, hex, said->size, said->sha256);
    return false;
}

static void compare_kernel(const struct ud_manifest *manifest, const struct ud_module *module,
                           const char *path, struct ud_verify_check *check)
{
    char machine[24];
    char *release = ud_strndup(module->vermagic, strcspn(module->vermagic, " "));
    ud_elf_machine_name(module->machine, machine, sizeof machine);
    dist_manifest_compare(path, "release", manifest->release, release, check);
    dist_manifest_compare(path, "machine", manifest->machine, machine, check);
    free(release);
}

static void compare_module(const struct ud_manifest_module *said, const struct ud_module *module,
                           const char *path, struct ud_verify_check *check)
{
    char *depends = ud_strv_join(&module->depends, ",");
    dist_manifest_compare(path, "build ID", said->build_id, module->build_id, check);
    dist_manifest_compare(path, "vermagic", said->vermagic, module->vermagic, check);
    dist_manifest_compare(path, "depends", said->depends, depends, check);
    free(depends);
    uint64_t count = ud_module_count_crcs(module);
    if (count != said->crc_count) {
        ud_verify_check_find(check, UD_FOUND_ERROR, NULL, rebuild,
                             "%s has %" PRIu64 " CRCs, the manifest says %" PRIu64, path, count,
                             said->crc_count);
    }
}

/* Both are known, and differ. */
static bool dist_manifest_differs(const char *said, const char *is)
{
    return said != NULL && said[0] != '\0' && is != NULL && strcmp(said, is) != 0;
}

bool ud_dist_is_of_other_build(const struct ud_manifest *manifest, const struct ud_facts *facts)
{
    return dist_manifest_differs(manifest->kernel_version, facts->version) ||
           dist_manifest_differs(manifest->kernel_build_id, facts->build_id);
}

void ud_dist_check_kernel_build(const struct ud_dist *dist, const struct ud_facts *facts,
                                struct ud_verify_check *check)
{
    const struct ud_manifest *manifest = &dist->manifest;
    if (!dist->has_manifest || strcmp(manifest->release, facts->release.text) != 0) {
        ud_verify_check_compared(check, "nothing: no manifest of this release says for which build "
                                        "of the kernel the modules are");
        return;
    }
    ud_verify_check_compared(check, "`uname -v`%s with the kernel for which they were built: %s",
                             facts->build_id != NULL ? " and the kernel's build ID" : "",
                             facts->version != NULL ? facts->version : "not known");
    if (!ud_dist_is_of_other_build(manifest, facts)) {
        return;
    }
    const bool compares_crcs =
        facts->has_config && ud_config_is(&facts->config, "MODVERSIONS", 'y');
    const bool by_version = dist_manifest_differs(manifest->kernel_version, facts->version);
    ud_verify_check_find(
        check, compares_crcs ? UD_FOUND_WARNING : UD_FOUND_ERROR, NULL, rebuild,
        "The modules were built for another build of kernel %s: %s \"%.120s\", and the running one "
        "is \"%.120s\"%s",
        manifest->release, by_version ? "for" : "build ID",
        by_version ? manifest->kernel_version : manifest->kernel_build_id,
        by_version ? facts->version : facts->build_id,
        compares_crcs ? "; its CRCs are compared" : ", and the kernel compares no CRCs");
}

void ud_dist_check_manifest(const struct ud_dist *dist, struct ud_verify_check *check)
{
    if (!dist->has_manifest) {
        ud_verify_check_compared(check, "there is none, and none is needed");
        return;
    }
    ud_verify_check_compared(check, "what manifest.json says of %zu files with their bytes",
                             dist->count);
    for (size_t i = 0; i < dist->count; i++) {
        const struct ud_dist_module *module = &dist->modules[i];
        const struct ud_manifest_module *said = &dist->manifest.modules[i];
        char *path = ud_fs_join(dist->dir, module->file);
        /* Other bytes say other things: that is one finding, not six. */
        if (same_bytes(said, &module->bytes, path, check)) {
            compare_module(said, &module->module, path, check);
            compare_kernel(&dist->manifest, &module->module, path, check);
        }
        free(path);
    }
}
