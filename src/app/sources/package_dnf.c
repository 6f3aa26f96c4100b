/* dnf of Fedora, 4 and 5: it checks what it fetches against the lists, and the lists as the image
 * is configured; the package's own signature is checked besides, because `download` does not. */
#include <stdlib.h>
#include <string.h>

#include "kernel/facts/facts.h"
#include "sources/package_rpm.h"
#include "util/mem.h"
#include "util/str.h"

#define KEYS "/etc/pki/rpm-gpg"
#define SOURCE ".src" /* at the end of a name: the source package */
enum { OS_RELEASE_MAX = 64 * 1024 };

/* $releasever of the repositories, which dnf takes of an installed package that a small image may
 * lack. */
static enum ud_code package_dnf_read_release(struct ud_package_fetcher *fetcher,
                                             struct ud_error *err)
{
    struct ud_os_release os = {0};
    struct ud_buf text;
    ud_buf_init(&text, OS_RELEASE_MAX);
    /* /etc/os-release is a link. */
    enum ud_code rc =
        ud_build_container_get(&fetcher->container, "/usr/lib/os-release", &text, err);
    if (rc == UD_OK) {
        ud_os_release_parse(text.data, text.len, &os);
        free(fetcher->release);
        fetcher->release = ud_strdup(os.version_id != NULL ? os.version_id : "");
    }
    ud_os_release_done(&os);
    ud_buf_done(&text);
    return rc;
}

static void package_dnf_call(const struct ud_package_fetcher *fetcher, struct ud_strv *argv)
{
    static const char *const words[] = {"dnf",
                                        "-q",
                                        "-y",
                                        "--setopt=cachedir=" UD_PACKAGE_IN_TREE("cache"),
                                        "--setopt=logdir=" UD_PACKAGE_IN_TREE("log"),
                                        "--setopt=persistdir=" UD_PACKAGE_IN_TREE("persist"),
                                        NULL};
    static const char *const of_vm[] = {"--config=" UD_PACKAGE_OF_VM("/etc/dnf/dnf.conf"),
                                        "--setopt=reposdir=" UD_PACKAGE_OF_VM("/etc/yum.repos.d"),
                                        "--setopt=varsdir=" UD_PACKAGE_OF_VM("/etc/dnf/vars"),
                                        NULL};
    ud_package_words(argv, words);
    if (fetcher->by_vm) {
        ud_package_words(argv, of_vm);
    }
    ud_strv_addf(argv, "--releasever=%s", fetcher->release);
}

static enum ud_code package_dnf_refresh(struct ud_package_fetcher *fetcher, struct ud_error *err)
{
    struct ud_strv argv = {0};
    UD_TRY(package_dnf_read_release(fetcher, err));
    UD_TRY(ud_package_rpm_import(fetcher, KEYS, err));
    package_dnf_call(fetcher, &argv);
    ud_strv_add(&argv, "makecache");
    return ud_package_run(fetcher, &argv, err);
}

/* Names and versions are one word here: a package is asked for by "<name>-<version>". */
static enum ud_code package_dnf_check(struct ud_package_fetcher *fetcher, const char *name,
                                      struct ud_error *err)
{
    static const struct ud_strv none = {0};
    struct ud_strv argv = {0};
    package_dnf_call(fetcher, &argv);
    ud_strv_add(&argv, "repoquery");
    ud_strv_add(&argv, name);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    const struct ud_slice said = ud_slice_trim(ud_slice_of(ud_package_output(fetcher)));
    return said.len > 0 ? UD_OK : ud_package_not_there(name, NULL, &none, err);
}

/* Only `download` itself looks into the repositories of sources, which are not enabled. */
static enum ud_code package_dnf_download_source(struct ud_package_fetcher *fetcher,
                                                const char *name, const char *dir,
                                                struct ud_error *err)
{
    static const struct ud_strv none = {0};
    struct ud_strv argv = {0};
    int exit_code = 0;
    package_dnf_call(fetcher, &argv);
    ud_strv_add(&argv, "download");
    ud_strv_add(&argv, "--source");
    ud_strv_addf(&argv, "--destdir=" UD_PACKAGE_IN_TREE("%s"), dir);
    ud_strv_addf(&argv, "%.*s", (int)(strlen(name) - strlen(SOURCE)), name);
    UD_TRY(ud_package_try(fetcher, &argv, &exit_code, err));
    const char *said = ud_package_output(fetcher);
    if (exit_code != 0 &&
        (strstr(said, "No package ") != NULL || strstr(said, "No match") != NULL)) {
        return ud_package_not_there(name, NULL, &none, err);
    }
    if (exit_code != 0) {
        const struct ud_slice text = ud_slice_trim(ud_slice_of(said));
        return ud_fail(err, UD_ERR_BUILD, NULL, "dnf cannot download %s: %.*s", name, (int)text.len,
                       text.ptr);
    }
    return ud_package_rpm_verify(fetcher, dir, err);
}

static enum ud_code package_dnf_download(struct ud_package_fetcher *fetcher, const char *name,
                                         const char *version, const char *dir, struct ud_error *err)
{
    struct ud_strv argv = {0};
    (void)version;
    if (ud_str_ends(name, SOURCE)) {
        return package_dnf_download_source(fetcher, name, dir, err);
    }
    UD_TRY(package_dnf_check(fetcher, name, err));
    package_dnf_call(fetcher, &argv);
    ud_strv_add(&argv, "download");
    ud_strv_addf(&argv, "--destdir=" UD_PACKAGE_IN_TREE("%s"), dir);
    ud_strv_add(&argv, name);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    return ud_package_rpm_verify(fetcher, dir, err);
}

const struct ud_package_tool_functions ud_package_dnf = {package_dnf_refresh, package_dnf_download};
