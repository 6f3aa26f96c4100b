/* apt of Debian and Ubuntu: `update` checks the signature of the archive's Release file, `download`
 * the digest that the signed lists have of a package. */
#include "sources/package_fetcher.h"

#include <string.h>

#include "kernel/routes/routes.h"

/* Begins a call of apt with lists and files of its own. */
static void package_apt_call(const struct ud_package_fetcher *fetcher, const char *program,
                             struct ud_strv *argv)
{
    static const char *const options[] = {"-q",
                                          "-o",
                                          "Dir::State::lists=" UD_PACKAGE_IN_TREE("lists"),
                                          "-o",
                                          "Dir::State::status=" UD_PACKAGE_IN_TREE("status"),
                                          "-o",
                                          "Dir::Cache=" UD_PACKAGE_IN_TREE("cache"),
                                          "-o",
                                          "Acquire::Languages=none",
                                          "-o",
                                          "Acquire::Retries=3",
                                          "-o", /* of update, which ends well without it */
                                          "APT::Update::Error-Mode=any",
                                          NULL};
    const char *arch = strcmp(fetcher->machine, "aarch64") == 0 ? "arm64" : "amd64";
    ud_strv_add(argv, program);
    ud_package_words(argv, options);
    if (fetcher->by_vm) {
        ud_strv_add(argv, "-o");
        ud_strv_add(argv, "Dir::Etc=" UD_PACKAGE_OF_VM("/etc/apt"));
    }
    ud_strv_add(argv, "-o");
    ud_strv_addf(argv, "APT::Architecture=%s", arch);
    ud_strv_add(argv, "-o");
    ud_strv_addf(argv, "APT::Architectures=%s", arch);
}

static enum ud_code package_apt_refresh(struct ud_package_fetcher *fetcher, struct ud_error *err)
{
    static const char *const dirs[] = {"mkdir", "-p", "lists/partial", "cache/archives/partial",
                                       NULL};
    static const char *const status[] = {"touch", "status", NULL};
    struct ud_strv argv = {0};
    ud_package_words(&argv, dirs);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    ud_package_words(&argv, status);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    package_apt_call(fetcher, "apt-get", &argv);
    ud_strv_add(&argv, "update");
    return ud_package_run(fetcher, &argv, err);
}

/* Only the very version will do: said before anything is downloaded. */
static enum ud_code package_apt_check(struct ud_package_fetcher *fetcher, const char *name,
                                      const char *version, struct ud_error *err)
{
    struct ud_strv argv = {0};
    struct ud_strv versions = {0};
    package_apt_call(fetcher, "apt-cache", &argv);
    ud_strv_add(&argv, "madison");
    ud_strv_add(&argv, name);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    const char *output = ud_package_output(fetcher);
    ud_routes_archive_versions(output, strlen(output), name, &versions);
    const bool there = version != NULL ? ud_strv_has(&versions, version) : versions.len > 0;
    enum ud_code rc = there ? UD_OK : ud_package_not_there(name, version, &versions, err);
    ud_strv_done(&versions);
    return rc;
}

static enum ud_code package_apt_download(struct ud_package_fetcher *fetcher, const char *name,
                                         const char *version, const char *dir, struct ud_error *err)
{
    struct ud_strv argv = {0};
    UD_TRY(package_apt_check(fetcher, name, version, err));
    package_apt_call(fetcher, "apt-get", &argv);
    ud_strv_add(&argv, "download");
    ud_strv_addf(&argv, "%s%s%s", name, version != NULL ? "=" : "", version != NULL ? version : "");
    return ud_package_run_in(fetcher, dir, &argv, err);
}

const struct ud_package_tool_functions ud_package_apt = {package_apt_refresh, package_apt_download};
