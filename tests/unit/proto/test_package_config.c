/* Which files are of a package manager's configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/package_config.h"

static void files_of_places_are(void **state)
{
    static const char *const paths[] = {
        "/etc/apt/sources.list",
        "/etc/apk/repositories",
        "/etc/apt/sources.list.d/ubuntu.sources",
        "/etc/yum.repos.d/fedora-updates.repo",
        "/etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-x86_64",
        "/etc/apk/keys/alpine-devel@lists.alpinelinux.org-6.rsa.pub"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_non_null(ud_package_config_place_of(paths[i]));
    }
    assert_true(ud_package_config_place_of("/etc/pki/rpm-gpg/KEY")->fixed);
    assert_false(ud_package_config_place_of("/etc/yum.repos.d/a.repo")->fixed);
}

static void others_are_not(void **state)
{
    static const char *const paths[] = {"",
                                        "/",
                                        "/etc/shadow",
                                        "/etc/apt/auth.conf",
                                        "/etc/apt/sources.list.d/",
                                        "/etc/apt/sources.list.d/..",
                                        "/etc/apt/sources.list.d/../../shadow",
                                        "/etc/apt/sources.list.d/deeper/a.list",
                                        "/etc/apt/sources.listing",
                                        "/etc/yum.repos.d/a b.repo",
                                        "/etc/yum.repos.d/a\n.repo",
                                        "/etc/zypp/credentials.d/SCCcredentials"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_null(ud_package_config_place_of(paths[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_places_are),
        cmocka_unit_test(others_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
