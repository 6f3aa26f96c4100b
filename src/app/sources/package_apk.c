/* apk of Alpine: `fetch` checks the signature of the index, `verify` that of the package. */
#include "sources/package_fetcher.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

static void package_apk_call(const struct ud_package_fetcher *fetcher, struct ud_strv *argv,
                             const char *command)
{
    ud_strv_add(argv, "apk");
    ud_strv_add(argv, "--no-cache");
    if (fetcher->by_vm) {
        ud_strv_add(argv, "--repositories-file");
        ud_strv_add(argv, UD_PACKAGE_OF_VM("/etc/apk/repositories"));
    }
    ud_strv_add(argv, command);
}

/* Without a cache each call reads the lists. */
static enum ud_code package_apk_refresh(struct ud_package_fetcher *fetcher, struct ud_error *err)
{
    (void)fetcher;
    (void)err;
    return UD_OK;
}

/* "linux-virt-6.6.58-r0 x86_64 {linux-lts} (GPL-2.0-only)", for each version that there is. */
static enum ud_code package_apk_check(struct ud_package_fetcher *fetcher, const char *name,
                                      const char *version, struct ud_error *err)
{
    struct ud_strv argv = {0};
    struct ud_strv versions = {0};
    struct ud_slice line;
    char *start = ud_strf("%s-", name);
    package_apk_call(fetcher, &argv, "list");
    ud_strv_add(&argv, name);
    enum ud_code rc = ud_package_run(fetcher, &argv, err);
    struct ud_slice rest = ud_slice_of(ud_package_output(fetcher));
    while (rc == UD_OK && ud_str_next_line(&rest, &line)) {
        const char *blank = memchr(line.ptr, ' ', line.len);
        if (ud_slice_starts(line, start) && blank != NULL) {
            const char *from = line.ptr + strlen(start);
            ud_strv_addn(&versions, from, (size_t)(blank - from));
        }
    }
    if (rc == UD_OK && !ud_strv_has(&versions, version)) {
        rc = ud_package_not_there(name, version, &versions, err);
    }
    ud_strv_done(&versions);
    free(start);
    return rc;
}

static enum ud_code package_apk_download(struct ud_package_fetcher *fetcher, const char *name,
                                         const char *version, const char *dir, struct ud_error *err)
{
    struct ud_strv argv = {0};
    UD_TRY(package_apk_check(fetcher, name, version, err));
    package_apk_call(fetcher, &argv, "fetch");
    ud_strv_add(&argv, "--output");
    ud_strv_addf(&argv, UD_PACKAGE_IN_TREE("%s"), dir);
    ud_strv_addf(&argv, "%s=%s", name, version);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    ud_strv_add(&argv, "apk");
    ud_strv_add(&argv, "verify");
    ud_strv_addf(&argv, UD_PACKAGE_IN_TREE("%s/%s-%s.apk"), dir, name, version);
    return ud_package_run(fetcher, &argv, err);
}

const struct ud_package_tool_functions ud_package_apk = {package_apk_refresh, package_apk_download};
