/* Sources of another version than the kernel's are told by their Makefile. */
#include "kernel/kbuild/source_version.h"

#include "check.h"

#define MAKEFILE(version, patchlevel, sublevel)                                                    \
    "# SPDX-License-Identifier: GPL-2.0\nVERSION = " version "\nPATCHLEVEL = " patchlevel          \
    "\nSUBLEVEL = " sublevel "\nEXTRAVERSION =\nNAME = Curry Ramen\n"                              \
    "export VERSION PATCHLEVEL SUBLEVEL KERNELRELEASE KERNELVERSION\nVERSION = 9\n"

static void a_version_has_to_be_the_kernels(void **state)
{
    static const struct {
        const char *release, *version, *makefile;
        const char *says; /* NULL: it can be */
    } cases[] = {
        {"6.1.59", NULL, MAKEFILE("6", "1", "59"), NULL},
        {"6.1.59", NULL, MAKEFILE("6", "1", "60"), "are of Linux 6.1.60, and the kernel 6.1.59"},
        {"6.1.59", NULL, MAKEFILE("6", "12", "59"), "are of Linux 6.12.59"},
        {"6.10.14-linuxkit", NULL, MAKEFILE("6", "10", "13"), "are of Linux 6.10.13"},
        {"5.15.133.1-microsoft-standard-WSL2", NULL, MAKEFILE("5", "15", "133"), NULL},
        {"5.15.133.1-microsoft-standard-WSL2", NULL, MAKEFILE("5", "15", "134"), "5.15.134"},
        {"6.1.0-57-cloud-amd64", "#1 SMP Debian 6.1.192-3 (2026-11-16)", MAKEFILE("6", "1", "192"),
         NULL},
        {"6.1.0-57-cloud-amd64", "#1 SMP Debian 6.1.192-3 (2026-11-16)", MAKEFILE("6", "1", "190"),
         "and the kernel 6.1.0-57-cloud-amd64 is of 6.1.192"},
        {"6.1.0-57-cloud-amd64", NULL, MAKEFILE("6", "1", "190"), NULL},
        {"6.8.0-45-generic", NULL, MAKEFILE("6", "8", "12"), NULL},
        {"6.8.0-45-generic", NULL, MAKEFILE("6", "5", "0"), "are of Linux 6.5.0"},
        {"6.6.30-0-virt", "#1-Alpine SMP", MAKEFILE("6", "6", "31"), "are of Linux 6.6.31"},
        {"6.1.90-mine", NULL, MAKEFILE("6", "1", "91"), "are of Linux 6.1.91"},
        {"6.1.90-mine", NULL, MAKEFILE("6", "1", "90"), NULL},
        {"6.12.0-160000.5-default", NULL, MAKEFILE("6", "12", "41"), NULL},
        {"6.1.59", NULL, "VERSION = 6\n", NULL},
        {"6.1.59", NULL, "VERSION = six\nPATCHLEVEL = 1\n", NULL},
        {"6.1.59", NULL, "VERSION_LIST = 1\nPATCHLEVEL = 1\nVERSION=99999999999999999999\n", NULL},
        {"6.1.59", NULL, "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_release release;
        struct ud_error err = {0};
        assert_ok(ud_release_parse(cases[i].release, cases[i].version, NULL, &release, NULL));
        enum ud_code rc =
            ud_source_version_check(&release, cases[i].makefile, strlen(cases[i].makefile), &err);
        if (cases[i].says == NULL) {
            assert_int_equal(rc, UD_OK);
        } else {
            assert_int_equal(rc, UD_ERR_SOURCE);
            assert_has(err.message, cases[i].says);
            assert_string_not_equal(err.remedy, "");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_has_to_be_the_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
