#include "kernel/routes/routes.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "kernel/config/config.h"
#include "util/buf.h"
#include "util/mem.h"

/* A line for each route but the first, which is the same for all, and that of modules, which has
 * a test of its own: kind, what it gives, what, and whether it is done by hand or why not. */
static char *routes_of(struct ud_routes_input *input, const char *release, const char *version,
                       const char *os_id)
{
    struct ud_release parsed;
    struct ud_routes routes;
    struct ud_buf out;
    assert_ok(ud_release_parse(release, version, os_id, &parsed, NULL));
    input->release = &parsed;
    ud_routes_make(input, &routes);
    assert_int_equal(routes.items[0].kind, UD_ROUTE_NAMED);
    ud_buf_init(&out, 65536);
    for (size_t i = 1; i < routes.len; i++) {
        const struct ud_route *route = &routes.items[i];
        if (route->gives == UD_ROUTE_MODULES) {
            continue;
        }
        ud_buf_addf(&out, "%s %x %s%s%s%s\n", ud_route_kind_name(route->kind), route->gives,
                    route->what, route->changed ? ", proven" : "",
                    route->unusable != NULL ? ": " : "",
                    route->unusable != NULL ? route->unusable : "");
        assert_non_null(route->why);
        assert_true(route->by_hand == NULL || route->unusable != NULL || route->changed);
    }
    ud_routes_done(&routes);
    char *text = ud_buf_take(&out, NULL);
    ud_buf_done(&out);
    return text;
}

#define KERNEL_ORG "https://cdn.kernel.org/pub/linux/kernel/"
#define GITHUB_WSL "https://github.com/microsoft/WSL2-Linux-Kernel/archive/refs/tags/"

static void the_routes_of_real_releases(void **state)
{
    static const struct {
        const char *release, *version, *os, *expected;
    } cases[] = {
        {"6.1.192", NULL, "debian", "tarball 8 " KERNEL_ORG "v6.x/linux-6.1.192.tar.xz\n"},
        {"6.6.0", NULL, NULL, "tarball 8 " KERNEL_ORG "v6.x/linux-6.6.tar.xz\n"},
        {"4.19.76", NULL, NULL, "tarball 8 " KERNEL_ORG "v4.x/linux-4.19.76.tar.xz\n"},
        {"7.0.1", NULL, NULL, "tarball 8 " KERNEL_ORG "v7.x/linux-7.0.1.tar.xz\n"},
        {"6.13.0-rc4", NULL, NULL,
         "tarball 8 https://git.kernel.org/torvalds/t/linux-6.13-rc4.tar.gz\n"},
        {"6.6.13-linuxkit", "#1 SMP Thu Feb 1 00:00:00 UTC 2024", "linuxkit",
         "image 3f linuxkit/kernel:6.6.13[-<hash>]\n"
         "image 37 docker/for-desktop-kernel:6.6.13-<hash>\n"
         "tarball 8 " KERNEL_ORG "v6.x/linux-6.6.13.tar.xz\n"},
        {"5.15.133.1-microsoft-standard-WSL2", "#1 SMP Thu Oct 5 21:02:42 UTC 2023", "ubuntu",
         "tarball 8 " GITHUB_WSL "linux-msft-wsl-5.15.133.1.tar.gz\n"},
        {"6.1.0-56-cloud-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)", "debian",
         "package b linux-source-6.1=6.1.192-2 and linux-headers-6.1.0-56-cloud-amd64=6.1.192-2\n"
         "package b https://snapshot.debian.org/package/linux/6.1.192-2/: by hand\n"},
        {"6.12.117+deb12-cloud-amd64", "#1 SMP Debian 6.12.117-1~deb12u1 (2026-11-14)", NULL,
         "package b linux-source-6.12=6.12.117-1~deb12u1 and "
         "linux-headers-6.12.117+deb12-cloud-amd64=6.12.117-1~deb12u1\n"
         "package b https://snapshot.debian.org/package/linux/6.12.117-1~deb12u1/: by hand\n"},
        {"6.1.0-56-amd64", NULL, "debian",
         "package b linux-source-6.1 and linux-headers-6.1.0-56-amd64: `uname -v` does not name "
         "the version of Debian's package\n"
         "package b https://snapshot.debian.org/package/linux/: by hand\n"},
        {"5.15.0-105-generic", "#115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024", "ubuntu",
         "package b linux-source-5.15.0=5.15.0-105.115 and "
         "linux-headers-5.15.0-105-generic=5.15.0-105.115\n"
         "package b linux-image-unsigned-5.15.0-105-generic (source) and "
         "linux-headers-5.15.0-105-generic: by hand\n"},
        {"6.8.5-301.fc40.x86_64", "#1 SMP PREEMPT_DYNAMIC", "fedora",
         "package b kernel-6.8.5-301.fc40.src and kernel-devel-6.8.5-301.fc40.x86_64\n"
         "package b kernel-6.8.5-301.fc40.src.rpm and kernel-devel-6.8.5-301.fc40.x86_64 of koji: "
         "by "
         "hand\n"
         "tarball 8 " KERNEL_ORG "v6.x/linux-6.8.5.tar.xz, proven\n"},
        {"6.6.30-0-virt", "#1-Alpine SMP", "alpine",
         "package 3 linux-virt-dev=6.6.30-r0: the VM does not say which version of Alpine it is\n"
         "tarball 8 " KERNEL_ORG "v6.x/linux-6.6.30.tar.xz, proven\n"},
        {"6.11.9-orbstack-00279-g4cf512143f2e", NULL, NULL,
         "tarball 8 " KERNEL_ORG "v6.x/linux-6.11.9.tar.xz, proven: by hand\n"},
        {"6.1.90-mine", "#1 SMP", "debian",
         "tarball 8 " KERNEL_ORG "v6.x/linux-6.1.90.tar.xz, proven\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_routes_input input = {0};
        char *text = routes_of(&input, cases[i].release, cases[i].version, cases[i].os);
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

static void the_packages_of_real_kernels_modules(void **state)
{
    static const struct {
        const char *release, *version, *os_id, *os_version, *builder, *expected;
    } cases[] = {
        {"6.1.0-57-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-16)", "debian", "12",
         "debian:bookworm", "apt debian:bookworm linux-image-6.1.0-57-amd64=6.1.192-3"},
        {"6.1.0-57-amd64", NULL, "debian", "12", "debian:bookworm",
         "`uname -v` does not name the version of Debian's package"},
        {"6.1.0-57-amd64", "#1 SMP Debian 6.1.192-3 (2026-11-16)", "debian", "12", "my/gcc:12",
         "the builder is made from my/gcc:12, which is not Debian"},
        {"6.8.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024",
         "ubuntu", "24.04", NULL,
         "apt ubuntu:24.04 linux-modules-extra-6.8.0-45-generic=6.8.0-45.45 "
         "linux-modules-6.8.0-45-generic=6.8.0-45.45"},
        {"6.8.0-45-generic", "#45~22.04.1-Ubuntu SMP PREEMPT_DYNAMIC Wed Sep 11", "ubuntu", "22.04",
         NULL,
         "apt ubuntu:22.04 linux-modules-extra-6.8.0-45-generic=6.8.0-45.45~22.04.1 "
         "linux-modules-6.8.0-45-generic=6.8.0-45.45~22.04.1"},
        {"6.8.0-45-generic", "#1 SMP by me", "ubuntu", "24.04", NULL,
         "`uname -v` does not name the upload of Ubuntu's package"},
        {"6.17.1-300.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Mon Oct 6", "fedora", "43", NULL,
         "dnf fedora:43 kernel-modules-extra-6.17.1-300.fc43.x86_64 "
         "kernel-modules-internal-6.17.1-300.fc43.x86_64 kernel-modules-6.17.1-300.fc43.x86_64 "
         "kernel-modules-core-6.17.1-300.fc43.x86_64"},
        {"6.17.1-300.fc42.x86_64", "#1 SMP", "nixos", "25", NULL,
         "dnf fedora:42 kernel-modules-extra-6.17.1-300.fc42.x86_64 "
         "kernel-modules-internal-6.17.1-300.fc42.x86_64 kernel-modules-6.17.1-300.fc42.x86_64 "
         "kernel-modules-core-6.17.1-300.fc42.x86_64"},
        {"6.17.1-300.fc43.x86_64+debug", "#1 SMP", "fedora", "43", NULL,
         "its release is not that of a package of Fedora's"},
        {"6.17.1-200.custom", "#1 SMP", "fedora", "43", NULL,
         "its release is not that of a package of Fedora's"},
        {"5.14.0-503.el9_4.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Oct 2", "rocky", "9.4", NULL,
         "dnf rockylinux:9 kernel-modules-extra-5.14.0-503.el9_4.x86_64 "
         "kernel-modules-internal-5.14.0-503.el9_4.x86_64 kernel-modules-5.14.0-503.el9_4.x86_64 "
         "kernel-modules-core-5.14.0-503.el9_4.x86_64"},
        {"4.18.0-553.el8_10.x86_64", "#1 SMP", "rhel", "8.10", NULL,
         "the VM's system is not CentOS Stream, AlmaLinux or Rocky Linux, whose repositories are "
         "known here"},
        {"5.15.0-300.163.18.el9uek.x86_64", "#1 SMP", "ol", "9.4", NULL, NULL},
        {"6.12.0-160000.5-default", "#1 SMP PREEMPT_DYNAMIC Mon Sep 1", "opensuse-leap", "16.0",
         NULL, "zypper opensuse/leap:16.0 kernel-default=6.12.0-160000.5"},
        {"6.17.3-1-default", "#1 SMP", "opensuse-tumbleweed", "20251110", NULL,
         "zypper opensuse/tumbleweed kernel-default=6.17.3-1"},
        {"6.4.0-150600.21-default", "#1 SMP", "sles", "15.6", NULL,
         "the VM's system is neither openSUSE Leap nor Tumbleweed, whose repositories are known "
         "here"},
        {"6.4.0-150600.21-azure", "#1 SMP", "opensuse-leap", "15.6", NULL, NULL},
        {"6.6.58-0-virt", "#1-Alpine SMP", "alpine", "3.20.3", NULL,
         "apk alpine:3.20 linux-virt=6.6.58-r0"},
        {"6.6.58-0-lts", "#1-Alpine SMP", "alpine", "3.20.3", NULL,
         "apk alpine:3.20 linux-lts=6.6.58-r0"},
        {"6.6.58-0-virt", "#1-Alpine SMP", "alpine", NULL, NULL,
         "the VM does not say which version of Alpine it is"},
        {"6.10.14-linuxkit", "#1 SMP", "alpine", "3.20", NULL, NULL},
        {"6.1.192", "#1 SMP", "ubuntu", "24.04", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_release release;
        struct ud_routes routes;
        assert_ok(
            ud_release_parse(cases[i].release, cases[i].version, cases[i].os_id, &release, NULL));
        const struct ud_routes_input input = {.release = &release,
                                              .os_id = cases[i].os_id,
                                              .os_version = cases[i].os_version,
                                              .builder = cases[i].builder};
        ud_routes_make(&input, &routes);
        const struct ud_route *route = ud_routes_modules(&routes);
        if (cases[i].expected == NULL) {
            assert_true(route == NULL || route->unusable != NULL);
        } else if (route->unusable != NULL) {
            assert_string_equal(route->unusable, cases[i].expected);
        } else {
            char *names = ud_strv_join(&route->names, " ");
            char *text =
                ud_strf("%s %s %s", ud_package_tool_name(route->tool), route->image, names);
            assert_string_equal(text, cases[i].expected);
            free(text);
            free(names);
        }
        ud_routes_done(&routes);
    }
}

/* The first route of packages that gives this, with the tool that fetches it. */
static void expect_fetched(const struct ud_routes *routes, unsigned gift, const char *expected)
{
    for (size_t i = 0; i < routes->len; i++) {
        const struct ud_route *route = &routes->items[i];
        if (route->kind == UD_ROUTE_PACKAGE && (route->gives & gift) != 0) {
            char *names = ud_strv_join(&route->names, " ");
            char *text =
                ud_strf("%s %s %s", ud_package_tool_name(route->tool), route->image, names);
            assert_string_equal(text, expected);
            assert_null(route->unusable);
            free(text);
            free(names);
            return;
        }
    }
    fail_msg("no route gives it");
}

static void the_packages_of_real_kernels_sources(void **state)
{
    static const struct {
        const char *release, *os_id, *os_version;
        unsigned gift;
        const char *expected;
    } cases[] = {
        {"6.17.1-300.fc43.x86_64", "fedora", "43", UD_ROUTE_SOURCES,
         "dnf fedora:43 kernel-6.17.1-300.fc43.src kernel-devel-6.17.1-300.fc43.x86_64"},
        {"5.14.0-503.el9_4.x86_64", "almalinux", "9.4", UD_ROUTE_SOURCES,
         "dnf almalinux:9 kernel-5.14.0-503.el9_4.src kernel-devel-5.14.0-503.el9_4.x86_64"},
        {"6.12.0-55.el10.aarch64", "centos", "10", UD_ROUTE_SYMVERS,
         "dnf quay.io/centos/centos:stream10 kernel-6.12.0-55.el10.src "
         "kernel-devel-6.12.0-55.el10.aarch64"},
        {"6.12.0-160000.5-default", "opensuse-leap", "16.0", UD_ROUTE_SOURCES,
         "zypper opensuse/leap:16.0 kernel-source=6.12.0-160000.5 "
         "kernel-default-devel=6.12.0-160000.5"},
        {"6.6.58-0-virt", "alpine", "3.20.3", UD_ROUTE_SYMVERS,
         "apk alpine:3.20 linux-virt-dev=6.6.58-r0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ud_release release;
        struct ud_routes routes;
        assert_ok(ud_release_parse(cases[i].release, "#1 SMP", cases[i].os_id, &release, NULL));
        const struct ud_routes_input input = {
            .release = &release, .os_id = cases[i].os_id, .os_version = cases[i].os_version};
        ud_routes_make(&input, &routes);
        expect_fetched(&routes, cases[i].gift, cases[i].expected);
        ud_routes_done(&routes);
    }
}

static void docker_desktops_own_image_comes_first_there(void **state)
{
    struct ud_routes_input input = {.os = "Docker Desktop"};
    (void)state;
    char *text = routes_of(&input, "5.10.104-linuxkit", NULL, NULL);
    assert_has(text, "image 37 docker/for-desktop-kernel:5.10.104-<hash>\nimage 3f");
    free(text);
}

static void an_image_that_is_named_comes_before_what_the_release_tells(void **state)
{
    struct ud_routes_input input = {.image = "linuxkit/kernel:6.6.13-0123456789ab"};
    (void)state;
    char *text = routes_of(&input, "6.6.13-linuxkit", NULL, NULL);
    assert_has(text, "image 3f linuxkit/kernel:6.6.13-0123456789ab\nimage 3f linuxkit/kernel:6.6");
    free(text);
}

static void a_mirror_stands_for_every_host(void **state)
{
    struct ud_routes_input input = {.mirror = "http://m/k"};
    (void)state;
    char *text = routes_of(&input, "6.1.192", NULL, NULL);
    assert_string_equal(text, "tarball 8 http://m/k/v6.x/linux-6.1.192.tar.xz\n");
    free(text);
    text = routes_of(&input, "6.13.0-rc4", NULL, NULL);
    assert_string_equal(text, "tarball 8 http://m/k/torvalds/t/linux-6.13-rc4.tar.gz\n");
    free(text);
    text = routes_of(&input, "5.15.133.1-microsoft-standard-WSL2", NULL, NULL);
    assert_string_equal(text, "tarball 8 http://m/k/microsoft/WSL2-Linux-Kernel/archive/refs/tags/"
                              "linux-msft-wsl-5.15.133.1.tar.gz\n");
    free(text);
}

static void what_cannot_be_used_here_is_said(void **state)
{
    static const char version[] = "#1 SMP Debian 6.1.192-2 (2026-11-16)";
    static const char *const others[] = {"alpine:3.19", "debian/other:1", "notdebian:12",
                                         "registry.corp/debian-like"};
    static const char *const debians[] = {"debian:bookworm", "debian", "library/debian@sha256:1",
                                          "registry.corp:5000/mirror/debian:12-slim"};
    struct ud_routes_input input = {0};
    char *text = NULL;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        input.builder = others[i];
        text = routes_of(&input, "6.1.0-56-amd64", version, NULL);
        assert_has(text, ", which is not Debian\n");
        assert_has(text, others[i]);
        free(text);
        input.builder = debians[i];
        text = routes_of(&input, "6.1.0-56-amd64", version, NULL);
        assert_null(strstr(text, "which is not Debian"));
        free(text);
    }
    input = (struct ud_routes_input){.builder = "debian:bookworm", .offline = true};
    text = routes_of(&input, "5.15.133.1-microsoft-standard-WSL2", NULL, NULL);
    assert_has(text, ": --offline: nothing is downloaded");
    free(text);
}

static void of_an_images_tags_the_builds_of_the_version_are_taken(void **state)
{
    static const char *const tags[] = {
        "6.6.13",
        "6.6.13-0123456789abcdef",
        "6.6.13-0123456789abcdef-amd64",
        "6.6.13-builder",
        "6.6.13-0123456789abcdef-arm64",
        "6.6.13-0123456789abcdef-dbg",
        "6.6.130",
        "6.6.13-amd64",
        "6.6.13-arm64",
        "6.6",
        "6.6.13-0123456789abcdef",
        "6.6.13-xamd64",
    };
    struct ud_release release;
    struct ud_strv list = {0};
    struct ud_strv found = {0};
    (void)state;
    assert_ok(ud_release_parse("6.6.13-linuxkit", NULL, NULL, &release, NULL));
    for (size_t i = 0; i < COUNT(tags); i++) {
        ud_strv_add(&list, tags[i]);
    }
    ud_routes_add_tags(&release, "r/k", "amd64", &list, &found);
    char *text = ud_strv_join(&found, " ");
    assert_string_equal(text, "r/k:6.6.13 r/k:6.6.13-0123456789abcdef "
                              "r/k:6.6.13-0123456789abcdef-amd64 r/k:6.6.13-amd64");
    free(text);
    ud_strv_done(&list);
    ud_strv_done(&found);
}

static void versions_of_an_archive(void **state)
{
    static const char answer[] =
        " linux-source-6.1 | 6.1.192-2 | http://deb.debian.org/debian-security bookworm-security/"
        "main amd64 Packages\nlinux-source-6.1 | 6.1.190-1 | http://deb.debian.org/debian "
        "bookworm/main amd64 Packages\nlinux-source-6.10 | 6.10.1-1 | x\nnoise\n";
    struct ud_strv versions = {0};
    (void)state;
    ud_routes_archive_versions(answer, strlen(answer), "linux-source-6.1", &versions);
    char *text = ud_strv_join(&versions, " ");
    assert_string_equal(text, "6.1.192-2 6.1.190-1");
    free(text);
    ud_strv_done(&versions);
}

static bool of_one_build(const char *running, const char *other, char **ret_first)
{
    struct ud_config a;
    struct ud_config b;
    size_t count = 0;
    assert_ok(ud_config_parse(running, strlen(running), &a, NULL));
    assert_ok(ud_config_parse(other, strlen(other), &b, NULL));
    bool same = ud_config_is_of_one_build(&a, &b, &count, ret_first);
    assert_int_equal(count, same ? 0 : 1);
    ud_config_done(&a);
    ud_config_done(&b);
    return same;
}

static void configurations_of_one_build(void **state)
{
    char *first = NULL;
    (void)state;
    assert_true(of_one_build("CONFIG_A=y\n", "# CONFIG_B is not set\nCONFIG_A=y\n", &first));
    assert_true(of_one_build("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_BUILD_SALT=\"1\"\n", &first));
    assert_false(of_one_build("CONFIG_A=y\nCONFIG_BUILD_SALT=\"2\"\n",
                              "CONFIG_A=y\nCONFIG_BUILD_SALT=\"1\"\n", &first));
    free(first);
    assert_false(of_one_build("CONFIG_A=y\n", "CONFIG_A=m\n", &first));
    assert_string_equal(first, "CONFIG_A is m there and y in the running kernel");
    free(first);
}

static void gifts_have_names(void **state)
{
    (void)state;
    assert_string_equal(ud_route_gift_name(UD_ROUTE_CONFIG), "configuration");
    assert_string_equal(ud_route_gift_name(UD_ROUTE_SYMVERS), "Module.symvers");
    assert_string_equal(ud_route_gift_name(UD_ROUTE_BUILDER), "builder image");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_routes_of_real_releases),
        cmocka_unit_test(the_packages_of_real_kernels_modules),
        cmocka_unit_test(the_packages_of_real_kernels_sources),
        cmocka_unit_test(docker_desktops_own_image_comes_first_there),
        cmocka_unit_test(an_image_that_is_named_comes_before_what_the_release_tells),
        cmocka_unit_test(a_mirror_stands_for_every_host),
        cmocka_unit_test(what_cannot_be_used_here_is_said),
        cmocka_unit_test(of_an_images_tags_the_builds_of_the_version_are_taken),
        cmocka_unit_test(versions_of_an_archive),
        cmocka_unit_test(configurations_of_one_build),
        cmocka_unit_test(gifts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
