#include "kernel/facts/release.h"

#include <stdlib.h>

#include "check.h"

static struct ud_release parse(const char *release, const char *version, const char *os_id)
{
    struct ud_release out;
    assert_ok(ud_release_parse(release, version, os_id, &out, NULL));
    return out;
}

static void flavors_and_upstream_versions(void **state)
{
    static const struct {
        const char *release, *version, *os;
        enum ud_flavor flavor;
        const char *upstream;
    } cases[] = {
        {"6.1.192", NULL, "debian", UD_FLAVOR_KERNEL_ORG, "6.1.192"},
        {"6.13.0-rc4", NULL, NULL, UD_FLAVOR_KERNEL_ORG, "6.13.0-rc4"},
        {"6.10.14-linuxkit", "#1 SMP Thu Oct 24 19:28:55 UTC 2024", "alpine", UD_FLAVOR_LINUXKIT,
         "6.10.14"},
        {"5.15.133.1-microsoft-standard-WSL2", NULL, "ubuntu", UD_FLAVOR_WSL2, "5.15.133.1"},
        {"6.1.0-56-cloud-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)", "debian",
         UD_FLAVOR_DEBIAN, "6.1.192"},
        {"6.12.117+deb12-cloud-amd64", "#1 SMP Debian 6.12.117-1~deb12u1 (2026-11-14)", NULL,
         UD_FLAVOR_DEBIAN, "6.12.117"},
        {"6.1.0-0-amd64", "#1 SMP Debian 6.1~rc3-1~exp1 (2022-11-02)", NULL, UD_FLAVOR_DEBIAN,
         "6.1-rc3"},
        {"5.15.0-105-generic", "#115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024", "ubuntu",
         UD_FLAVOR_UBUNTU, "5.15.0"},
        {"6.8.5-301.fc40.x86_64", "#1 SMP PREEMPT_DYNAMIC", "fedora", UD_FLAVOR_FEDORA, "6.8.5"},
        {"6.12.0-160000.5-default", "#1 SMP PREEMPT_DYNAMIC", "opensuse-leap", UD_FLAVOR_SUSE,
         "6.12.0"},
        {"6.6.30-0-virt", "#1-Alpine SMP", "alpine", UD_FLAVOR_ALPINE, "6.6.30"},
        {"6.11.9-orbstack-00279-g4cf512143f2e", NULL, NULL, UD_FLAVOR_ORBSTACK, "6.11.9"},
        {"6.1.90-mine", "#1 SMP", "debian", UD_FLAVOR_OTHER, "6.1.90"},
        {"6.1.90+", NULL, NULL, UD_FLAVOR_OTHER, "6.1.90"},
        /* Built upon somebody's sources, in nearly the same words. */
        {"6.17.11-061711-generic", "#202512071335 SMP PREEMPT_DYNAMIC", "ubuntu", UD_FLAVOR_OTHER,
         "6.17.11"},
        {"6.8.0-100-generic", NULL, "ubuntu", UD_FLAVOR_UBUNTU, "6.8.0"},
        {"6.8.12-4-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-4 (2024-11-06T15:04Z)", "debian",
         UD_FLAVOR_OTHER, "6.8.12"},
        {"6.12.13-amd64", "#1 SMP PREEMPT_DYNAMIC Kali 6.12.13-1kali1 (2025-02-11)", "kali",
         UD_FLAVOR_OTHER, "6.12.13"},
        {"6.6.51+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.6.51-1+rpt3 (2024-10-08)", "debian",
         UD_FLAVOR_OTHER, "6.6.51"},
        {"6.6.36.6-xanmod-WSL2", NULL, "ubuntu", UD_FLAVOR_OTHER, "6.6.36"},
        {"6.1.21.1-microsoft-standard-WSL2+", NULL, "ubuntu", UD_FLAVOR_WSL2, "6.1.21.1"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_release out = parse(cases[i].release, cases[i].version, cases[i].os);
        assert_string_equal(out.text, cases[i].release);
        assert_string_equal(ud_flavor_name(out.flavor), ud_flavor_name(cases[i].flavor));
        assert_string_equal(out.upstream, cases[i].upstream);
    }
}

static void refuses_what_is_no_release(void **state)
{
    static const char *const bad[] = {
        "",
        "6",
        "6.",
        "x.y",
        "6.1 90",
        "6.1\n",
        "99999999999.1",
        "6.1.192-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ud_release out;
        struct ud_error err = {0};
        assert_int_equal(ud_release_parse(bad[i], NULL, NULL, &out, &err), UD_ERR_FACTS);
        assert_has(err.message, "not a kernel release");
    }
}

static void hostile_uname_v_is_ignored(void **state)
{
    (void)state;
    struct ud_release out = parse("6.1.0-1-amd64", "#1 Debian 6.1.9-$(reboot) x", NULL);
    assert_string_equal(out.upstream, "6.1.0");
    assert_string_equal(out.package, "");
}

static void tarballs_of_kernel_org(void **state)
{
    (void)state;
    struct ud_release_tarball ball;
    struct ud_release out = parse("6.10.14-linuxkit", NULL, NULL);
    assert_ok(ud_release_tarball(&out, &ball, NULL));
    assert_string_equal(ball.folder, "v6.x");
    assert_string_equal(ball.file, "linux-6.10.14.tar.xz");
    assert_string_equal(ball.top, "linux-6.10.14");
    out = parse("6.12.0", NULL, NULL);
    assert_ok(ud_release_tarball(&out, &ball, NULL));
    assert_string_equal(ball.file, "linux-6.12.tar.xz");
}

static void refuses_other_tarballs_with_advice(void **state)
{
    static const struct {
        const char *release, *version, *advice;
    } cases[] = {
        {"6.13.0-rc4", NULL, "v6.13-rc4"},
        {"5.15.133.1-microsoft-standard-WSL2", NULL, "linux-msft-wsl-5.15.133.1"},
        {"6.1.0-56-cloud-amd64", "#1 SMP Debian 6.1.192-2 (2026-11-16)", "6.1.192-2"},
        {"6.1.0-56-cloud-amd64", "#1 SMP Debian 6.1.192-2 (2026-11-16)", "linux-source-6.1"},
        {"5.15.0-105-generic", NULL, "apt source linux-image-unsigned-5.15.0-105-generic"},
        {"6.8.5-301.fc40.x86_64", NULL, "kernel-6.8.5-301.fc40.x86_64"},
        {"6.6.30-0-virt", NULL, "linux-virt"},
        {"6.11.9-orbstack-00279", NULL, "OrbStack"},
        {"6.1.90-mine", NULL, "Linux 6.1.90"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_release out = parse(cases[i].release, cases[i].version, NULL);
        struct ud_release_tarball ball;
        struct ud_error err = {0};
        assert_int_equal(ud_release_tarball(&out, &ball, &err), UD_ERR_SOURCE);
        assert_has(err.message, cases[i].release);
        assert_has(err.remedy, cases[i].advice);
    }
}

static void names_where_module_symvers_is(void **state)
{
    (void)state;
    struct ud_release out = parse("6.1.0-56-cloud-amd64", NULL, NULL);
    char *advice = ud_release_symvers_advice(&out);
    assert_has(advice, "/usr/src/linux-headers-6.1.0-56-cloud-amd64/Module.symvers");
    free(advice);
    for (int flavor = UD_FLAVOR_KERNEL_ORG; flavor <= UD_FLAVOR_OTHER; flavor++) {
        out.flavor = (enum ud_flavor)flavor;
        advice = ud_release_symvers_advice(&out);
        assert_has(advice, "--symvers");
        free(advice);
        advice = ud_release_source_advice(&out);
        assert_has(advice, "--source");
        free(advice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flavors_and_upstream_versions),
        cmocka_unit_test(refuses_what_is_no_release),
        cmocka_unit_test(hostile_uname_v_is_ignored),
        cmocka_unit_test(tarballs_of_kernel_org),
        cmocka_unit_test(refuses_other_tarballs_with_advice),
        cmocka_unit_test(names_where_module_symvers_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
