/* What the VM is configured with, brought into the container of a package manager: lists of
 * repositories and the like below UD_PACKAGE_OF_VM, where they do not mix with the image's; keys,
 * which lists name by their paths, at these paths. */
#include "sources/package_fetcher.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/tarwrite.h"
#include "proto/package_config.h"
#include "util/mem.h"
#include "util/str.h"

enum { CONFIG_MAX = 16 << 20 };

/* What says where the repositories are begins with this. */
static const char *const lists[UD_PACKAGE_TOOL_COUNT] = {
    [UD_PACKAGE_APT] = "/etc/apt/sources.list",
    [UD_PACKAGE_DNF] = "/etc/yum.repos.d/",
    [UD_PACKAGE_ZYPPER] = "/etc/zypp/repos.d/",
    [UD_PACKAGE_APK] = "/etc/apk/repositories",
};

#define APT_CONF "/etc/apt/apt.conf"
#define DNF_CONF "/etc/dnf/dnf.conf"

static bool is_list(enum ud_package_tool tool, const struct ud_vm_file *file)
{
    return ud_str_starts(file->path, lists[tool]) && file->bytes.len > 0;
}

/* Of apt's settings those of proxies: others are about the system that they are of, such as
 * programs to run afterwards. */
static bool is_of_a_proxy(const struct ud_vm_file *file)
{
    return ud_str_starts(file->path, APT_CONF) && strstr(file->bytes.data, "Proxy") != NULL;
}

struct bringing {
    struct ud_tarwrite *tar;
    struct ud_buf apt_conf; /* all in one, for the variable APT_CONFIG */
    bool dnf_conf;
};

static enum ud_code package_vm_add(struct bringing *b, const char *path, const struct ud_buf *bytes,
                                   struct ud_error *err)
{
    /* A tar names paths without the first slash. */
    return ud_tarwrite_file(b->tar, path + 1, 0644, bytes->data, bytes->len, err);
}

static enum ud_code package_vm_add_file(struct bringing *b, const struct ud_vm_file *file,
                                        struct ud_error *err)
{
    const struct ud_package_config_place *place = ud_package_config_place_of(file->path);
    if (place == NULL) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent %s", file->path);
    }
    if (file->bytes.len == 0) {
        return UD_OK;
    }
    if (is_of_a_proxy(file)) {
        ud_buf_add(&b->apt_conf, file->bytes.data, file->bytes.len);
        ud_buf_add(&b->apt_conf, "\n", 1);
    }
    if (ud_str_starts(file->path, APT_CONF)) {
        return UD_OK;
    }
    b->dnf_conf = b->dnf_conf || strcmp(file->path, DNF_CONF) == 0;
    char *path = ud_strf("%s%s", place->fixed ? "" : UD_PACKAGE_OF_VM(""), file->path);
    enum ud_code rc = package_vm_add(b, path, &file->bytes, err);
    free(path);
    return rc;
}

/* dnf insists on having the file that it is told of. */
static enum ud_code add_what_tools_need(struct bringing *b, struct ud_error *err)
{
    static char main_section[] = "[main]\n";
    const struct ud_buf none = {.data = main_section, .len = sizeof main_section - 1};
    UD_TRY(ud_buf_check(&b->apt_conf, "apt's configuration", err));
    UD_TRY(package_vm_add(b, UD_PACKAGE_OF_VM(APT_CONF), &b->apt_conf, err));
    return b->dnf_conf ? UD_OK : package_vm_add(b, UD_PACKAGE_OF_VM(DNF_CONF), &none, err);
}

static enum ud_code package_vm_pack(const struct ud_vm_files *files, struct ud_buf *ret,
                                    struct ud_error *err)
{
    struct bringing b = {.tar = ud_tarwrite_new(ret)};
    enum ud_code rc = UD_OK;
    ud_buf_init(&b.apt_conf, CONFIG_MAX);
    for (size_t i = 0; i < files->count && rc == UD_OK; i++) {
        rc = package_vm_add_file(&b, &files->items[i], err);
    }
    if (rc == UD_OK) {
        rc = add_what_tools_need(&b, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(b.tar, err);
    }
    ud_buf_done(&b.apt_conf);
    ud_tarwrite_free(b.tar);
    return rc;
}

static enum ud_code package_vm_bring(struct ud_package_fetcher *fetcher,
                                     const struct ud_vm_files *files, struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_buf tar;
    for (size_t i = 0; i < files->count; i++) {
        if (is_list(fetcher->tool, &files->items[i])) {
            ud_strv_add(&names, files->items[i].path);
        }
    }
    if (names.len == 0) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "the VM has no configuration of %s",
                       ud_package_tool_name(fetcher->tool));
    }
    char *joined = ud_strv_join(&names, ", ");
    ud_report_message(fetcher->app->report, UD_REPORT_NOTE,
                      "asking for packages by what the VM is configured with (%s)", joined);
    free(joined);
    ud_strv_done(&names);
    ud_buf_init(&tar, CONFIG_MAX);
    enum ud_code rc = package_vm_pack(files, &tar, err);
    if (rc == UD_OK) {
        rc = ud_build_container_put_tar(&fetcher->container, &tar, err);
    }
    ud_buf_done(&tar);
    return rc;
}

void ud_package_vm_done(struct ud_package_vm *vm)
{
    ud_vm_files_done(&vm->files);
    *vm = (struct ud_package_vm){.engine = vm->engine};
}

enum ud_code ud_package_bring_vms(struct ud_package_fetcher *fetcher, struct ud_error *err)
{
    struct ud_package_vm *vm = fetcher->vm;
    if (fetcher->by_vm || vm == NULL || vm->engine == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "there is no other configuration");
    }
    if (!vm->asked) {
        UD_TRY(ud_vm_files_read_package_config(fetcher->app, vm->engine, &vm->files, err));
        vm->asked = true;
    }
    UD_TRY(package_vm_bring(fetcher, &vm->files, err));
    ud_strv_add(&fetcher->env, "APT_CONFIG=" UD_PACKAGE_OF_VM(APT_CONF));
    return UD_OK;
}
