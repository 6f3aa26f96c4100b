#include "vm/facts_fill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/tar/decompress.h"
#include "kernel/config/autoconf.h"
#include "platform/fs.h"
#include "proto/fact.h"

#define CONFIG_OF(path) UD_BLOB_CONFIG_PREFIX path

static void add_fact(struct ud_facts_fill *fill, const char *key, const char *value)
{
    struct ud_error err = {0};
    const struct ud_record record = {.type = UD_RECORD_FACT, .name = key, .text = value};
    assert_int_equal(ud_facts_fill_record(fill, &record, &err), UD_OK);
}

static void add_blob(struct ud_facts_fill *fill, const char *key, const char *data)
{
    struct ud_error err = {0};
    const struct ud_record record = {
        .type = UD_RECORD_BLOB, .name = key, .data = data, .len = strlen(data)};
    assert_int_equal(ud_facts_fill_record(fill, &record, &err), UD_OK);
}

static void add_identity(struct ud_facts_fill *fill)
{
    add_fact(fill, UD_FACT_RELEASE, "6.1.0-56-cloud-amd64");
    add_fact(fill, UD_FACT_VERSION, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)");
    add_fact(fill, UD_FACT_MACHINE, "x86_64");
}

static void records_become_facts(void **state)
{
    (void)state;
    struct ud_facts_fill fill = {0};
    struct ud_facts facts = {0};
    struct ud_error err = {0};
    add_identity(&fill);
    add_fact(&fill, UD_FACT_MODULES_SUPPORTED, "1");
    add_fact(&fill, UD_FACT_SIG_ENFORCE, "Y");
    add_fact(&fill, UD_FACT_LOCKDOWN, "none [integrity] confidentiality");
    add_fact(&fill, UD_FACT_BUILD_ID_PREFIX "usbcore", "0123");
    add_fact(&fill, UD_FACT_BUILTIN_PREFIX "usb_common", "1");
    add_blob(&fill, UD_BLOB_PROC_MODULES, "usbcore 405504 1 vhci_hcd, Live 0x0000000000000000\n");
    add_blob(&fill, UD_BLOB_OS_RELEASE, "ID=debian\nPRETTY_NAME=\"Debian \x1b[31m12\"\n");
    add_blob(&fill, UD_BLOB_PROC_KEYS,
             "38511869 I------ 1 perm 1f030000 0 0 asymmetri A key: cf73: X509.rsa cf73 []\n");
    add_blob(&fill, CONFIG_OF("/boot/config-6.1"), "CONFIG_MODULES=y\n# CONFIG_USB is");
    add_blob(&fill, CONFIG_OF("/boot/config-6.1"), " not set\n");
    add_fact(&fill, UD_FACT_VHCI_DRIVER, "1");
    add_fact(&fill, UD_FACT_VHCI_OVERFLOW, "1");
    add_blob(&fill, UD_BLOB_DEVICES, "port 3\nbusid 1-1\nids 0403:6001 0600\n");
    assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
    assert_int_equal(facts.release.flavor, UD_FLAVOR_DEBIAN);
    assert_string_equal(facts.release.upstream, "6.1.192");
    assert_true(facts.modules_supported && facts.sig_enforce && !facts.modules_disabled);
    assert_string_equal(facts.lockdown, "integrity");
    assert_int_equal(facts.keys.len, 1);
    assert_string_equal(facts.keys.items[0], "cf73");
    assert_string_equal(facts.loaded.items[0].build_id, "0123");
    assert_true(ud_builtin_has(&facts.builtin, "usb-common"));
    assert_true(facts.has_config);
    assert_true(ud_config_is(&facts.config, "USB", 'n'));
    assert_true(ud_config_is(&facts.config, "MODULES", 'y'));
    assert_true(facts.vhci_present);
    assert_true(facts.vhci_overflow);
    assert_int_equal(facts.devices.count, 1);
    assert_int_equal(facts.devices.devices[0].product, 0x6001);
    ud_facts_done(&facts);
    ud_facts_fill_done(&fill);
}

static void a_kernel_without_module_support_is_known(void **state)
{
    (void)state;
    struct ud_facts_fill fill = {0};
    struct ud_facts facts = {0};
    struct ud_error err = {0};
    add_identity(&fill);
    add_fact(&fill, UD_FACT_MODULES_SUPPORTED, "0");
    assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
    assert_false(facts.modules_supported);
    assert_false(facts.has_config);
    assert_int_equal(ud_facts_check_loadable(&facts, &err), UD_ERR_FACTS);
    ud_facts_done(&facts);
    ud_facts_fill_done(&fill);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *data;
    } bad[] = {
        {UD_BLOB_PROC_MODULES, "usbcore\n"},
        {UD_BLOB_VHCI_STATUS, "hello\n"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        struct ud_error err = {0};
        add_identity(&fill);
        add_blob(&fill, bad[i].key, bad[i].data);
        assert_int_not_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
        assert_string_not_equal(err.message, "");
        ud_facts_fill_done(&fill);
    }
}

#define CONFIGS UD_SOURCE_DIR "/tests/unit/app/vm/configs/"

static void add_file(struct ud_facts_fill *fill, const char *key, const char *path)
{
    struct ud_buf bytes;
    struct ud_error err = {0};
    ud_buf_init(&bytes, 65536);
    assert_int_equal(ud_fs_read(path, &bytes, &err), UD_OK);
    const struct ud_record record = {
        .type = UD_RECORD_BLOB, .name = key, .data = bytes.data, .len = bytes.len};
    assert_int_equal(ud_facts_fill_record(fill, &record, &err), UD_OK);
    ud_buf_done(&bytes);
}

#define ALPINE                                                                                     \
    "Linux version 6.6.30-0-virt (buildozer@build) (gcc (Alpine 13.2.1_git20240309) 13.2.1 "       \
    "20240309, GNU ld (GNU Binutils) 2.42) #1-Alpine SMP PREEMPT_DYNAMIC"

/* CONFIG_IKCONFIG=m: made as kernel/configs.c is, and packed as distributions pack modules. */
static void a_configuration_is_read_out_of_the_module_configs(void **state)
{
    static const char *const names[] = {
        "configs.ko",          "configs.ko.gz",     "configs.ko.xz",  "configs-sha256.ko.xz",
        "configs-crc64.ko.xz", "configs-x86.ko.xz", "configs.ko.zst", "configs-long.ko.zst"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        struct ud_error err = {0};
        char path[512];
        (void)snprintf(path, sizeof path, CONFIGS "%s", names[i]);
        add_fact(&fill, UD_FACT_RELEASE, "6.6.30-0-virt");
        add_fact(&fill, UD_FACT_VERSION, "#1-Alpine SMP PREEMPT_DYNAMIC");
        add_fact(&fill, UD_FACT_MACHINE, "x86_64");
        add_fact(&fill, UD_FACT_BANNER, ALPINE);
        add_file(&fill, CONFIG_OF("/lib/modules/6.6.30-0-virt/kernel/kernel/configs.ko"), path);
        assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
        if (facts.passed_over.len > 0) {
            fail_msg("%s: %s", names[i], facts.passed_over.items[0]);
        }
        assert_true(facts.has_config);
        assert_true(ud_config_is(&facts.config, "IKCONFIG", 'm'));
        assert_int_equal(memcmp(facts.config_text, "#\n# Automatically", 17), 0);
        ud_facts_done(&facts);
        ud_facts_fill_done(&fill);
    }
}

static void read_unpacked(const char *path, struct ud_buf *ret)
{
    struct ud_buf bytes;
    ud_buf_init(&bytes, 65536);
    ud_buf_init(ret, 1 << 20);
    assert_int_equal(ud_fs_read(path, &bytes, NULL), UD_OK);
    assert_int_equal(ud_decompress(path, bytes.data, bytes.len, ret, NULL), UD_OK);
    ud_buf_done(&bytes);
}

/* CONFIG_IKHEADERS=y: the archive is made as kernel/gen_kheaders.sh does, of a real kernel's
 * headers; the other file is that kernel's configuration. */
static void a_configuration_is_read_out_of_the_kernels_headers(void **state)
{
    struct ud_facts_fill fill = {0};
    struct ud_facts facts = {0};
    struct ud_config real = {0};
    struct ud_buf text;
    (void)state;
    read_unpacked(CONFIGS "kheaders-config.gz", &text);
    assert_int_equal(ud_config_parse(text.data, text.len, &real, NULL), UD_OK);
    add_identity(&fill);
    add_file(&fill, CONFIG_OF(UD_PATH_KHEADERS), CONFIGS "kheaders.tar.xz");
    assert_int_equal(ud_facts_fill_finish(&fill, &facts, NULL), UD_OK);
    assert_true(facts.has_config);
    assert_string_equal(facts.config_origin, UD_PATH_KHEADERS);
    assert_true(ud_autoconf_is_made(facts.config_text, facts.config_len));
    assert_true(
        ud_config_is(&facts.config, "BASE_SMALL", 'y')); /* a number, as only kconfig knows */
    ud_autoconf_learn(&facts.config, &real);
    assert_int_equal(facts.config.len, real.len);
    for (size_t i = 0; i < real.len; i++) {
        assert_string_equal(facts.config.options[i].name, real.options[i].name);
        assert_string_equal(facts.config.options[i].value, real.options[i].value);
    }
    ud_buf_done(&text);
    ud_config_done(&real);
    ud_facts_done(&facts);
    ud_facts_fill_done(&fill);
}

static void headers_without_a_configuration_are_passed_over(void **state)
{
    static const char *const files[] = {"configs.ko.xz", "kheaders-config.gz"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        char path[512];
        (void)snprintf(path, sizeof path, CONFIGS "%s", files[i]);
        add_identity(&fill);
        add_file(&fill, CONFIG_OF(UD_PATH_KHEADERS), path);
        assert_int_equal(ud_facts_fill_finish(&fill, &facts, NULL), UD_OK);
        assert_false(facts.has_config);
        assert_int_equal(facts.passed_over.len, 1);
        assert_non_null(
            strstr(facts.passed_over.items[0], UD_PATH_KHEADERS " is not the kernel's"));
        ud_facts_done(&facts);
        ud_facts_fill_done(&fill);
    }
}

/* A file may be left of another kernel. */
static void a_configuration_of_another_kernel_is_not_believed(void **state)
{
#define OF(version) "# Linux/x86 " version " Kernel Configuration\nCONFIG_USB=y\n"
    static const struct {
        const char *text;
        const char *says; /* NULL: it is believed */
    } files[] = {
        {OF("6.1.192"), NULL},
        {OF("6.1.192") "CONFIG_LOCALVERSION=\"-cloud-amd64\"\n", NULL},
        {OF("6.1.192") "CONFIG_CC_VERSION_TEXT=\"gcc-12 (Debian 12.2.0-14) 12.2.0\"\n", NULL},
        {OF("6.1.190"),
         "it is of Linux 6.1.190, and the kernel 6.1.0-56-cloud-amd64 is of 6.1.192"},
        {OF("5.10.0"), "it is of Linux 5.10.0"},
        {OF("6.1.192") "CONFIG_LOCALVERSION=\"-linuxkit\"\n",
         "CONFIG_LOCALVERSION is \"-linuxkit\""},
        {OF("6.1.192") "CONFIG_CC_VERSION_TEXT=\"clang version 17\"\n", "by another compiler"},
    };
#undef OF
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        struct ud_error err = {0};
        add_identity(&fill);
        add_fact(&fill, UD_FACT_BANNER,
                 "Linux version 6.1.0-56-cloud-amd64 (x@y) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU "
                 "ld (GNU Binutils for Debian) 2.40) #1 SMP");
        add_blob(&fill, CONFIG_OF("/boot/config-6.1"), files[i].text);
        add_blob(&fill, CONFIG_OF("/lib/modules/6.1/config"), "CONFIG_USB=m\n");
        assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
        assert_true(ud_config_is(&facts.config, "USB", files[i].says == NULL ? 'y' : 'm'));
        assert_int_equal(facts.passed_over.len, files[i].says != NULL);
        if (files[i].says != NULL && strstr(facts.passed_over.items[0], files[i].says) == NULL) {
            fail_msg("%s", facts.passed_over.items[0]);
        }
        ud_facts_done(&facts);
        ud_facts_fill_done(&fill);
    }
}

/* What the kernel itself shows is its own, whatever it says. */
static void the_kernels_own_configuration_is_believed(void **state)
{
    struct ud_facts_fill fill = {0};
    struct ud_facts facts = {0};
    struct ud_error err = {0};
    (void)state;
    add_identity(&fill);
    add_blob(&fill, CONFIG_OF("/proc/config.gz"),
             "# Linux/x86 6.2.0 Kernel Configuration\nCONFIG_USB=y\n");
    assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
    assert_true(facts.has_config);
    ud_facts_done(&facts);
    ud_facts_fill_done(&fill);
}

/* Each is told, and the next place is looked at. */
static void what_is_no_configuration_is_passed_over(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *says;
    } bad[] = {
        {"", "it is empty"},
        {"\n", "no option"},
        {"CONFIG_MODULES\n", "line 1"},
        {"\x7f"
         "ELF and so on",
         "line 1"},
        {"\x1f\x8b\x08 no gzip", "/boot/config-6.1"},
        {"#\n# Automatically generated file; DO NOT EDIT.\nCONFIG_MODULES=y\n", "is cut"},
        {"CONFIG_MODULES=y\n# end of General setup\nCONFIG_USB=y\n", "is cut"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (int next = 0; next < 2; next++) {
            struct ud_facts_fill fill = {0};
            struct ud_facts facts = {0};
            struct ud_error err = {0};
            add_identity(&fill);
            add_blob(&fill, CONFIG_OF("/boot/config-6.1"), bad[i].text);
            if (next) {
                add_blob(&fill, CONFIG_OF("/lib/modules/6.1/config"), "CONFIG_USB=m\n");
            }
            assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
            assert_int_equal(facts.passed_over.len, 1);
            assert_non_null(strstr(facts.passed_over.items[0], "/boot/config-6.1 is not the"));
            if (strstr(facts.passed_over.items[0], bad[i].says) == NULL) {
                fail_msg("%s", facts.passed_over.items[0]);
            }
            assert_int_equal(facts.has_config, next);
            if (next) {
                assert_string_equal(facts.config_origin, "/lib/modules/6.1/config");
                assert_true(ud_config_is(&facts.config, "USB", 'm'));
            }
            ud_facts_done(&facts);
            ud_facts_fill_done(&fill);
        }
    }
}

static void a_list_of_files_stands_in_for_a_modules_dep(void **state)
{
    (void)state;
    static const char *const deps[] = {NULL, "", "no line of a modules.dep\n"};
    for (size_t i = 0; i < sizeof deps / sizeof *deps; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        struct ud_error err = {0};
        add_identity(&fill);
        if (deps[i] != NULL) {
            add_blob(&fill, UD_BLOB_MODULES_DEP, deps[i]);
        }
        add_blob(&fill, UD_BLOB_MODULE_FILES, "kernel/usbcore.ko.gz\n../../etc/x.ko\nreadme\n");
        add_blob(&fill, UD_BLOB_MODULES_BUILTIN, "kernel/usb-common.ko\nwhat is this\n");
        assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_OK);
        assert_int_equal(facts.deps.len, 1);
        assert_true(facts.deps.needs_unknown);
        assert_non_null(ud_deps_find(&facts.deps, "usbcore"));
        assert_int_equal(facts.passed_over.len, i == 2 ? 2 : 1);
        ud_facts_done(&facts);
        ud_facts_fill_done(&fill);
    }
}

static void a_release_that_is_no_directory_name_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"../../etc", "6.1.0/..", "6.1.0 x", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ud_facts_fill fill = {0};
        struct ud_facts facts = {0};
        struct ud_error err = {0};
        add_fact(&fill, UD_FACT_RELEASE, bad[i]);
        add_fact(&fill, UD_FACT_MACHINE, "x86_64");
        assert_int_equal(ud_facts_fill_finish(&fill, &facts, &err), UD_ERR_PROTOCOL);
        ud_facts_fill_done(&fill);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_facts),
        cmocka_unit_test(a_kernel_without_module_support_is_known),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_configuration_is_read_out_of_the_module_configs),
        cmocka_unit_test(a_configuration_is_read_out_of_the_kernels_headers),
        cmocka_unit_test(headers_without_a_configuration_are_passed_over),
        cmocka_unit_test(a_configuration_of_another_kernel_is_not_believed),
        cmocka_unit_test(the_kernels_own_configuration_is_believed),
        cmocka_unit_test(what_is_no_configuration_is_passed_over),
        cmocka_unit_test(a_list_of_files_stands_in_for_a_modules_dep),
        cmocka_unit_test(a_release_that_is_no_directory_name_is_refused),
    };
    return cmocka_run_group_tests_name("app.facts_fill", tests, NULL, NULL);
}
