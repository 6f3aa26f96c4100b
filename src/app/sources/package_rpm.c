#include "sources/package_rpm.h"

#include <string.h>

#include "util/str.h"

/* "rpm --root" changes into the directory where it runs programs of packages, which checking does
 * not do. */
static void package_rpm_call(struct ud_strv *argv)
{
    ud_strv_add(argv, "rpmkeys");
    ud_strv_add(argv, "--root");
    ud_strv_add(argv, UD_PACKAGE_RPM_ROOT);
}

enum ud_code ud_package_rpm_import(struct ud_package_fetcher *fetcher, const char *keys,
                                   struct ud_error *err)
{
    static const char *const make[] = {"mkdir", "-p", UD_PACKAGE_RPM_ROOT, NULL};
    struct ud_strv argv = {0};
    struct ud_strv files = {0};
    ud_package_words(&argv, make);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    enum ud_code rc = ud_package_list(fetcher, keys, &files, err);
    for (size_t i = 0; i < files.len && rc == UD_OK; i++) {
        int exit_code = 0;
        package_rpm_call(&argv);
        ud_strv_add(&argv, "--import");
        ud_strv_addf(&argv, "%s/%s", keys, files.items[i]);
        rc = ud_package_try(fetcher, &argv, &exit_code, err);
    }
    ud_strv_done(&files);
    return rc;
}

enum ud_code ud_package_rpm_verify(struct ud_package_fetcher *fetcher, const char *dir,
                                   struct ud_error *err)
{
    struct ud_strv argv = {0};
    struct ud_strv files = {0};
    UD_TRY(ud_package_list(fetcher, dir, &files, err));
    package_rpm_call(&argv);
    ud_strv_add(&argv, "--define"); /* else digests suffice */
    ud_strv_add(&argv, "_pkgverify_level all");
    ud_strv_add(&argv, "--checksig");
    for (size_t i = 0; i < files.len; i++) {
        ud_strv_addf(&argv, "%s/%s", dir, files.items[i]);
    }
    ud_strv_done(&files);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    return strstr(ud_package_output(fetcher), "signatures OK") != NULL
               ? UD_OK
               : ud_fail(err, UD_ERR_SOURCE, NULL, "the package in %s is not signed", dir);
}
