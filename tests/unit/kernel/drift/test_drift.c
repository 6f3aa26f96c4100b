#include "kernel/drift/drift.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

/* One comparison: its parts, and what came of it. */
struct trial {
    struct ud_config before, after;
    struct ud_config_edits edits;
    struct ud_strv usb;
    struct ud_drift drift;
    struct ud_strv force_off;
    struct ud_error err;
    enum ud_code rc;
};

static struct trial try(const char *before, const char *after, const char *edits)
{
    static const char *const usb[] = {"USB",          "USB_COMMON", "USB_DEFAULT_PERSIST",
                                      "USB_LED_TRIG", "USB_PCI",    "USB_STORAGE",
                                      "USB_SUPPORT"};
    struct trial t = {0};
    assert_ok(ud_config_parse(before, strlen(before), &t.before, NULL));
    assert_ok(ud_config_parse(after, strlen(after), &t.after, NULL));
    assert_ok(ud_config_edits_parse_fragment(&t.edits, edits, strlen(edits), "edits", NULL));
    for (size_t i = 0; i < COUNT(usb); i++) {
        ud_strv_add(&t.usb, usb[i]);
    }
    ud_drift_classify(&t.before, &t.after, &t.edits, &t.usb, &t.drift);
    t.rc = ud_drift_verdict(&t.drift, &t.force_off, &t.err);
    return t;
}

static void done(struct trial *t)
{
    ud_config_done(&t->before);
    ud_config_done(&t->after);
    ud_config_edits_done(&t->edits);
    ud_strv_done(&t->usb);
    ud_drift_done(&t->drift);
    ud_strv_done(&t->force_off);
}

static void assert_class(const struct trial *t, const char *name, const char *class)
{
    for (size_t i = 0; i < t->drift.len; i++) {
        if (strcmp(t->drift.items[i].name, name) == 0) {
            assert_string_equal(ud_drift_class_name(t->drift.items[i].class), class);
            return;
        }
    }
    fail_msg("no change of %s", name);
}

static void new_usb_code_is_fine(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_MODULES=y\n# CONFIG_USB_SUPPORT is not set\n",
                         "CONFIG_MODULES=y\nCONFIG_USB_SUPPORT=y\nCONFIG_USB=m\n"
                         "CONFIG_USB_COMMON=m\nCONFIG_USB_DEFAULT_PERSIST=y\n"
                         "CONFIG_GENERIC_ALLOCATOR=y\nCONFIG_SGL_ALLOC=y\nCONFIG_NLS=m\n"
                         "CONFIG_NLS_DEFAULT=\"iso8859-1\"\n",
                         "CONFIG_USB_SUPPORT=y\nCONFIG_USB=m\nCONFIG_USB_COMMON=m\n"
                         "CONFIG_USB_PCI=n\n");
    assert_ok(t.rc);
    assert_int_equal(t.force_off.len, 0);
    assert_class(&t, "USB", "asked");
    assert_class(&t, "USB_DEFAULT_PERSIST", "usb");
    assert_class(&t, "GENERIC_ALLOCATOR", "supplied");
    assert_class(&t, "NLS", "supplied");
    assert_class(&t, "SGL_ALLOC", "harmless");
    done(&t);
}

static void what_came_on_by_itself_is_forced_off(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_A=y\n",
                         "CONFIG_A=y\nCONFIG_USB=m\nCONFIG_USB_NET_DRIVERS=m\n"
                         "CONFIG_USB_STORAGE=m\nCONFIG_SND_USB=y\n",
                         "CONFIG_USB=m\n");
    assert_ok(t.rc);
    assert_class(&t, "USB_NET_DRIVERS", "force-off");
    assert_class(&t, "USB_STORAGE", "force-off");
    assert_class(&t, "SND_USB", "force-off");
    assert_int_equal(t.force_off.len, 3);
    done(&t);
}

static void what_cannot_be_forced_off_is_refused(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_SND_USB=y\nCONFIG_USB=m\n",
                         "CONFIG_USB=m\n# CONFIG_SND_USB is not set\n");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_class(&t, "SND_USB", "not-taken");
    assert_has(t.err.message, "CONFIG_SND_USB");
    assert_has(t.err.message, "selects it");
    done(&t);
}

static void an_edit_that_was_ignored_is_named(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_A=y\n", "CONFIG_A=y\n", "CONFIG_USBIP_CORE=m\n");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_class(&t, "USBIP_CORE", "not-taken");
    assert_has(t.err.message, "CONFIG_USBIP_CORE");
    done(&t);
}

static void without_edits_new_code_means_other_sources(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\n", "");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_class(&t, "B", "fatal");
    assert_has(t.err.remedy, "--source");
    done(&t);
}

static void a_lost_btf_names_pahole(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_DEBUG_INFO_BTF=y\nCONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_B=y\n"
                         "CONFIG_BPF_PRELOAD=y\nCONFIG_PAHOLE_HAS_SPLIT_BTF=y\n"
                         "CONFIG_PAHOLE_VERSION=124\n",
                         "CONFIG_B=y\nCONFIG_PAHOLE_VERSION=0\n", "");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_class(&t, "PAHOLE_VERSION", "harmless");
    assert_class(&t, "PAHOLE_HAS_SPLIT_BTF", "harmless");
    assert_ptr_equal(strstr(t.err.message, "CONFIG_DEBUG_INFO_BTF is y"), t.err.message);
    assert_has(t.err.message, "no pahole");
    assert_has(t.err.message, "CONFIG_DEBUG_INFO_BTF_MODULES");
    assert_has(t.err.remedy, "pahole");
    done(&t);
}

static void lost_plugins_and_compiler_features_are_refused(void **state)
{
    static const struct {
        const char *before, *after, *part;
    } cases[] = {
        {"CONFIG_A=y\nCONFIG_GCC_PLUGIN_STRUCTLEAK=y\n", "CONFIG_A=y\n", "plugins"},
        {"CONFIG_CC_IS_CLANG=y\n", "CONFIG_CC_IS_GCC=y\n", "gcc and clang"},
        {"CONFIG_A=y\nCONFIG_MODVERSIONS=y\n", "CONFIG_A=y\n", "CRCs"},
        {"CONFIG_A=y\nCONFIG_NR_CPUS=8\n", "CONFIG_A=y\nCONFIG_NR_CPUS=9\n", "another value"},
        {"CONFIG_A=y\nCONFIG_PM=y\n", "CONFIG_A=y\n", "running kernel has it"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t = try(cases[i].before, cases[i].after, "");
        assert_int_equal(t.rc, UD_ERR_CONFIG);
        assert_has(t.err.message, cases[i].part);
        done(&t);
    }
}

/* What marks structures and calls of a whole kernel, by all names that it has had. */
static const struct {
    const char *name;
    const char *lost, *gained; /* parts of the reasons */
    const char *remedy;        /* a part of the remedy where it is lost; "": there is none */
} marks[] = {
    {"RANDSTRUCT", "randomized", "randomized", ""},
    {"RANDSTRUCT_FULL", "randomized", "randomized", ""},
    {"GCC_PLUGIN_RANDSTRUCT", "randomized", "randomized", ""},
    {"GCC_PLUGIN_RANDSTRUCT_PERFORMANCE", "randomized", "randomized", ""},
    {"GCC_PLUGIN_STACKLEAK", "task_struct", "task_struct", "plugin headers"},
    {"STACKLEAK_METRICS", "task_struct", "task_struct", "plugin headers"},
    {"KSTACK_ERASE", "task_struct", "task_struct", "plugin headers"},
    {"DEBUG_INFO_BTF", "no pahole", "would have members", "pahole"},
    {"DEBUG_INFO_BTF_MODULES", "no pahole", "would have members", "pahole"},
    {"CFI_CLANG", "control-flow", "control-flow", "--builder"},
    {"CFI", "control-flow", "control-flow", "--builder"},
    {"SHADOW_CALL_STACK", "compiler cannot", "compiler cannot", "--builder"},
    {"PREEMPT", "preemption", "preemption", "--source"},
    {"PREEMPT_RT", "preemption", "preemption", "--source"},
    {"PREEMPT_VOLUNTARY", "preemption", "preemption", "--source"},
    {"PREEMPT_DYNAMIC", "preemption", "preemption", "--source"},
    {"LTO_CLANG", "link-time", "link-time", "--builder"},
    {"LTO_CLANG_THIN", "link-time", "link-time", "--builder"},
    {"LTO_CLANG_FULL", "link-time", "link-time", "--builder"},
};

static void assert_refused(const char *before, const char *after, const char *edits,
                           const char *reason, const char *remedy)
{
    struct trial t = try(before, after, edits);
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_has(t.err.message, reason);
    assert_has(t.err.remedy, remedy);
    done(&t);
}

static void what_marks_structures_and_calls_is_kept_as_it_is(void **state)
{
    static const char without[] = "CONFIG_A=y\n";
    (void)state;
    for (size_t i = 0; i < COUNT(marks); i++) {
        char with[128];
        char off[128];
        (void)snprintf(with, sizeof with, "CONFIG_A=y\nCONFIG_%s=y\n", marks[i].name);
        (void)snprintf(off, sizeof off, "# CONFIG_%s is not set\n", marks[i].name);
        assert_refused(with, without, "", marks[i].lost, marks[i].remedy);
        assert_refused(without, with, "", marks[i].gained, "");
        assert_refused(with, without, off, marks[i].lost, "as the running kernel has it");
    }
}

/* Debian's 7.2.13, where the builder has no rustc. */
static void a_kernel_with_rust_is_built_for_without(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_RUST_IS_AVAILABLE=y\nCONFIG_RUST=y\nCONFIG_HAVE_RUST=y\n"
                         "CONFIG_RUSTC_HAS_APXF=y\nCONFIG_RUST_FW_LOADER_ABSTRACTIONS=y\n"
                         "CONFIG_RUST_OVERFLOW_CHECKS=y\nCONFIG_OPENSSL_SUPPORTS_ML_DSA=y\n"
                         "CONFIG_BINDGEN_VERSION_TEXT=\"0.72\"\n",
                         "CONFIG_HAVE_RUST=y\n", "");
    assert_ok(t.rc);
    assert_class(&t, "RUST", "harmless");
    assert_class(&t, "RUST_FW_LOADER_ABSTRACTIONS", "harmless");
    done(&t);
    t = try("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_RUST=y\n", "");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    done(&t);
}

static void what_describes_tools_is_harmless(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_CC_VERSION_TEXT=\"gcc-11\"\nCONFIG_GCC_VERSION=110300\n"
                         "CONFIG_AS_HAS_LSE_ATOMICS=y\nCONFIG_GCC11_NO_ARRAY_BOUNDS=y\n"
                         "CONFIG_RUSTC_VERSION_TEXT=\"x\"\nCONFIG_COMPAT_VDSO=y\n",
                         "CONFIG_CC_VERSION_TEXT=\"gcc-12\"\nCONFIG_GCC_VERSION=120200\n"
                         "CONFIG_CC_HAS_KASAN_SW_TAGS=y\nCONFIG_TOOLS_SUPPORT_RELR=y\n"
                         "CONFIG_BUILDTIME_TABLE_SORT=y\n",
                         "");
    assert_ok(t.rc);
    for (size_t i = 0; i < t.drift.len; i++) {
        assert_string_equal(ud_drift_class_name(t.drift.items[i].class), "harmless");
    }
    done(&t);
}

static void init_stack_follows_the_compiler_only_if_its_members_do(void **state)
{
    (void)state;
    struct trial t = try("CONFIG_INIT_STACK_NONE=y\n",
                         "# CONFIG_INIT_STACK_NONE is not set\nCONFIG_INIT_STACK_ALL_ZERO=y\n", "");
    assert_ok(t.rc);
    done(&t);
    t = try("CONFIG_INIT_STACK_NONE=y\n# CONFIG_INIT_STACK_ALL_ZERO is not set\n",
            "# CONFIG_INIT_STACK_NONE is not set\nCONFIG_INIT_STACK_ALL_ZERO=y\n", "");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    done(&t);
}

static void builtin_code_cannot_be_edited(void **state)
{
    static const struct {
        const char *before, *after, *edits;
    } cases[] = {
        {"CONFIG_USB=y\nCONFIG_USB_PCI=y\n", "CONFIG_USB=y\n", "CONFIG_USB_PCI=n\n"},
        {"CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_SND=y\n", "CONFIG_SND=y\n"},
        {"CONFIG_DEBUG_INFO_BTF=y\nCONFIG_A=y\n", "CONFIG_A=y\n", "CONFIG_DEBUG_INFO_BTF=n\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t = try(cases[i].before, cases[i].after, cases[i].edits);
        assert_int_equal(t.rc, UD_ERR_CONFIG);
        done(&t);
    }
    struct trial t = try("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_HID=m\n", "CONFIG_HID=m\n");
    assert_ok(t.rc);
    done(&t);
}

static void many_changes_are_counted(void **state)
{
    char before[2048] = "CONFIG_A=y\n";
    (void)state;
    for (int i = 0; i < 20; i++) {
        (void)snprintf(before + strlen(before), 64, "CONFIG_B%d=y\n", i);
    }
    struct trial t = try(before, "CONFIG_A=y\n", "");
    assert_int_equal(t.rc, UD_ERR_CONFIG);
    assert_has(t.err.message, "and 11 more");
    done(&t);
}

static void describes_a_change(void **state)
{
    struct ud_buf text;
    (void)state;
    struct trial t = try("CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_USB=m\n", "CONFIG_USB=m\n");
    ud_buf_init(&text, 1000);
    ud_drift_describe(&t.drift.items[0], &text);
    assert_string_equal(text.data, "CONFIG_USB: n -> m (asked for)");
    ud_buf_done(&text);
    done(&t);
}

/* What describes tools, and modules that nobody needs, do not count. */
static void a_given_configuration_of_another_kernel_is_told(void **state)
{
    static const char own[] = "CONFIG_SMP=y\n# CONFIG_CMA is not set\nCONFIG_GCC_VERSION=120200\n";
    static const char same[] = "CONFIG_SMP=y\nCONFIG_DUMMY=m\nCONFIG_GCC_VERSION=120300\n";
    static const char other[] = "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\nCONFIG_CMA=y\nCONFIG_D=y\n"
                                "CONFIG_E=y\nCONFIG_F=y\nCONFIG_G=y\nCONFIG_SMP=y\nCONFIG_Z=y\n";
    struct ud_config configs[3];
    struct ud_buf names;
    (void)state;
    assert_ok(ud_config_parse(own, strlen(own), &configs[0], NULL));
    assert_ok(ud_config_parse(same, strlen(same), &configs[1], NULL));
    assert_ok(ud_config_parse(other, strlen(other), &configs[2], NULL));
    ud_buf_init(&names, 1024);
    ud_drift_name_given(&configs[0], &configs[1], &names);
    assert_int_equal(names.len, 0);
    ud_drift_name_given(&configs[0], &configs[2], &names);
    assert_string_equal(names.data, "CONFIG_A, CONFIG_B, CONFIG_C, CONFIG_CMA, CONFIG_D, CONFIG_E, "
                                    "CONFIG_F, CONFIG_G and 1 more");
    ud_buf_done(&names);
    for (size_t i = 0; i < COUNT(configs); i++) {
        ud_config_done(&configs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_usb_code_is_fine),
        cmocka_unit_test(what_came_on_by_itself_is_forced_off),
        cmocka_unit_test(what_cannot_be_forced_off_is_refused),
        cmocka_unit_test(an_edit_that_was_ignored_is_named),
        cmocka_unit_test(without_edits_new_code_means_other_sources),
        cmocka_unit_test(a_lost_btf_names_pahole),
        cmocka_unit_test(lost_plugins_and_compiler_features_are_refused),
        cmocka_unit_test(what_marks_structures_and_calls_is_kept_as_it_is),
        cmocka_unit_test(a_kernel_with_rust_is_built_for_without),
        cmocka_unit_test(what_describes_tools_is_harmless),
        cmocka_unit_test(init_stack_follows_the_compiler_only_if_its_members_do),
        cmocka_unit_test(builtin_code_cannot_be_edited),
        cmocka_unit_test(many_changes_are_counted),
        cmocka_unit_test(describes_a_change),
        cmocka_unit_test(a_given_configuration_of_another_kernel_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
