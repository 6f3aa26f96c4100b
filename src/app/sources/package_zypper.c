/* zypper of SUSE: it checks the signature of a repository's lists, and what it fetches against
 * them. It works on a root of its own, since an ordinary user may not change the image's. */
#include "sources/package_rpm.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define KEYS "/usr/lib/rpm/gnupg/keys"
enum { NOTHING_FOUND = 104 }; /* ZYPPER_EXIT_INF_CAP_NOT_FOUND, zypper(8) */

static void package_zypper_call(const struct ud_package_fetcher *fetcher, struct ud_strv *argv)
{
    static const char *const words[] = {
        "zypper", "--non-interactive", "--cache-dir", UD_PACKAGE_IN_TREE("cache"),
        "--root", UD_PACKAGE_RPM_ROOT, NULL};
    ud_package_words(argv, words);
    ud_strv_add(argv, "--reposd-dir");
    ud_strv_add(argv, fetcher->by_vm ? UD_PACKAGE_OF_VM("/etc/zypp/repos.d") : "/etc/zypp/repos.d");
}

static enum ud_code package_zypper_refresh(struct ud_package_fetcher *fetcher, struct ud_error *err)
{
    struct ud_strv argv = {0};
    UD_TRY(ud_package_rpm_import(fetcher, KEYS, err));
    package_zypper_call(fetcher, &argv);
    ud_strv_add(&argv, "refresh");
    return ud_package_run(fetcher, &argv, err);
}

/* Lines "  | kernel-default | package | 6.12.0-160000.5.1 | x86_64 | repo"; the fourth column is
 * the version, whose end is the number of a rebuild. */
static bool package_zypper_version(struct ud_slice line, struct ud_slice *ret)
{
    for (int column = 0; column < 4; column++) {
        const char *bar = memchr(line.ptr, '|', line.len);
        if (bar == NULL) {
            return false;
        }
        *ret = ud_slice_trim((struct ud_slice){line.ptr, (size_t)(bar - line.ptr)});
        line.len -= (size_t)(bar + 1 - line.ptr);
        line.ptr = bar + 1;
    }
    return true;
}

static bool package_zypper_is_rebuild(struct ud_slice found, const char *version)
{
    const size_t len = strlen(version);
    return ud_slice_starts(found, version) && (found.len == len || found.ptr[len] == '.');
}

/* *ret_version is the newest rebuild, as the list has them first, in new memory. */
static enum ud_code package_zypper_find(struct ud_package_fetcher *fetcher, const char *name,
                                        const char *version, char **ret_version,
                                        struct ud_error *err)
{
    static const char *const words[] = {"search", "--details", "--match-exact",
                                        "--type", "package",   NULL};
    struct ud_strv argv = {0};
    struct ud_strv versions = {0};
    struct ud_slice line;
    struct ud_slice found;
    char *chosen = NULL;
    int exit_code = 0;
    package_zypper_call(fetcher, &argv);
    ud_package_words(&argv, words);
    ud_strv_add(&argv, name);
    UD_TRY(ud_package_try(fetcher, &argv, &exit_code, err));
    if (exit_code != 0 && exit_code != NOTHING_FOUND) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "zypper cannot look for %s: %s", name,
                       ud_package_output(fetcher));
    }
    struct ud_slice rest = ud_slice_of(ud_package_output(fetcher));
    while (ud_str_next_line(&rest, &line)) {
        if (!package_zypper_version(line, &found) || found.len == 0 || found.ptr[0] < '0' ||
            found.ptr[0] > '9') {
            continue;
        }
        ud_strv_addn(&versions, found.ptr, found.len);
        if (chosen == NULL && package_zypper_is_rebuild(found, version)) {
            chosen = ud_strndup(found.ptr, found.len);
        }
    }
    enum ud_code rc = UD_OK;
    if (chosen == NULL) {
        rc = ud_package_not_there(name, version, &versions, err);
    } else {
        *ret_version = chosen;
    }
    ud_strv_done(&versions);
    return rc;
}

/* It puts a package where its cache has those of the repository. */
static enum ud_code package_zypper_move(struct ud_package_fetcher *fetcher, const char *dir,
                                        struct ud_error *err)
{
    static const char *const words[] = {"find",  UD_PACKAGE_IN_TREE("cache/packages"),
                                        "-name", "*.rpm",
                                        "-exec", "mv",
                                        "{}",    ".",
                                        ";",     NULL};
    struct ud_strv argv = {0};
    ud_package_words(&argv, words);
    return ud_package_run_in(fetcher, dir, &argv, err);
}

static enum ud_code package_zypper_download(struct ud_package_fetcher *fetcher, const char *name,
                                            const char *version, const char *dir,
                                            struct ud_error *err)
{
    struct ud_strv argv = {0};
    char *exact = NULL;
    UD_TRY(package_zypper_find(fetcher, name, version, &exact, err));
    package_zypper_call(fetcher, &argv);
    ud_strv_add(&argv, "download");
    ud_strv_addf(&argv, "%s=%s", name, exact);
    free(exact);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    UD_TRY(package_zypper_move(fetcher, dir, err));
    return ud_package_rpm_verify(fetcher, dir, err);
}

const struct ud_package_tool_functions ud_package_zypper = {package_zypper_refresh,
                                                            package_zypper_download};
