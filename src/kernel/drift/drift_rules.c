#include "drift/drift_rules.h"

#include <string.h>

#define SAME_COMPILER                                                                              \
    "Build with the compiler that built the kernel: choose an image that has it with --builder."
#define SAME_SOURCES "Pass the sources that this kernel was built from with --source."
#define HAVE_PAHOLE "Use a builder that has pahole (package dwarves or pahole) of a newer release."
#define HAVE_PLUGINS                                                                               \
    "Leave out --builder, so that a builder with all of it is made, or use one that has the "      \
    "plugin headers of its gcc, those of gmp, mpc and mpfr, and g++."

/* Order matters: the first rule that matches counts. Facts checked by building
 * kernels 5.10, 6.1 and 6.12; init/Kconfig, lib/Kconfig.debug and
 * scripts/Kconfig.include of those say which options describe tools. */
static const struct ud_drift_rule rules[] = {
    /* Descriptions of tools, which no structure depends on. */
    {"CC_VERSION_TEXT", "", UD_DRIFT_HARMLESS, "it names the compiler", NULL},
    {"*_VERSION", "", UD_DRIFT_HARMLESS, "it is a tool's version", NULL},
    {"*_VERSION_TEXT", "", UD_DRIFT_HARMLESS, "it is a tool's version", NULL},
    {"*_HAS_*", "", UD_DRIFT_HARMLESS, "it says what a tool can do", NULL},
    {"CC_CAN_*", "", UD_DRIFT_HARMLESS, "it says what the compiler can do", NULL},
    {"CC_NO_*", "", UD_DRIFT_HARMLESS, "it selects warnings", NULL},
    {"GCC*_NO_*", "", UD_DRIFT_HARMLESS, "it selects warnings", NULL},
    {"CC_STACKPROTECTOR_*", "", UD_DRIFT_HARMLESS, "it says what the compiler can do", NULL},
    {"GCC_ASM_*", "", UD_DRIFT_HARMLESS, "it works around a fault of some compilers", NULL},
    {"CC_*_WORKAROUND*", "", UD_DRIFT_HARMLESS, "it works around a fault of some compilers", NULL},
    {"AS_*", "", UD_DRIFT_HARMLESS, "it says what the assembler can do", NULL},
    {"LD_*", "", UD_DRIFT_HARMLESS, "it says what the linker can do", NULL},
    {"TOOLS_SUPPORT_*", "", UD_DRIFT_HARMLESS, "it says what the tools can do", NULL},
    {"OPENSSL_SUPPORTS_*", "", UD_DRIFT_HARMLESS, "it says what the tools can do", NULL},
    {"TOOLCHAIN_*", "", UD_DRIFT_HARMLESS, "it says what the tools can do", NULL},
    {"RELR", "", UD_DRIFT_HARMLESS, "it packs relocations of the kernel's image", NULL},
    {"*COMPAT_VDSO", "", UD_DRIFT_HARMLESS, "it is code of the image for 32-bit programs", NULL},
    {"RUSTC*", "", UD_DRIFT_HARMLESS, "no module that is built here is in Rust", NULL},
    {"RUST_IS_*", "", UD_DRIFT_HARMLESS, "no module that is built here is in Rust", NULL},
    /* The builder has no rustc. No header of 7.2 asks for RUST, so no structure depends on it. */
    {"RUST", "y>n", UD_DRIFT_HARMLESS, "no module that is built here is in Rust", NULL},
    {"RUST_*", "y>n", UD_DRIFT_HARMLESS, "no module that is built here is in Rust", NULL},
    {"BUILDTIME*", "", UD_DRIFT_HARMLESS, "it sorts a table of the kernel's image", NULL},
    {"WERROR", "", UD_DRIFT_HARMLESS, "it makes warnings errors", NULL},
    {"GCC_PLUGINS", "n>y", UD_DRIFT_HARMLESS, "it offers plugins of gcc, but switches none on",
     NULL},
    {"RANDSTRUCT_NONE", "n>y", UD_DRIFT_HARMLESS, "it says that no layout is randomized", NULL},
    {"LTO_NONE", "n>y", UD_DRIFT_HARMLESS, "it says that there is no link-time optimization", NULL},
    {"SGL_ALLOC", "", UD_DRIFT_HARMLESS,
     "it adds functions, and of USB/IP only the server uses them, which is not built", NULL},

    /* What distributions leave out of the configuration that they publish
     * (Debian's /boot/config-*), because it differs from build to build. */
    {"BUILD_SALT", "", UD_DRIFT_HARMLESS, "it only makes build ids differ", NULL},
    {"MODULE_SIG_ALL", "", UD_DRIFT_HARMLESS, "it signs modules while they are installed", NULL},
    {"MODULE_SIG_KEY", "", UD_DRIFT_HARMLESS, "it names the key of the kernel's builder", NULL},
    {"SYSTEM_TRUSTED_KEYS", "", UD_DRIFT_HARMLESS, "it names keys put into the image", NULL},

    /* What a missing tool in the builder takes away, with it the layout. */
    {"DEBUG_INFO_BTF*", "y>n", UD_DRIFT_FATAL,
     "the builder has no pahole, or one that is too old, and without it struct module and others "
     "lose members",
     HAVE_PAHOLE},
    {"DEBUG_INFO_BTF*", "", UD_DRIFT_FATAL,
     "struct module would have members that the kernel's does not have",
     "Use a builder whose pahole is as old as the one that the kernel was built with."},
    {"*RANDSTRUCT*", "", UD_DRIFT_FATAL,
     "the layout of structures is randomized by a compiler plugin and a seed", NULL},
    {"*STACKLEAK*", "", UD_DRIFT_FATAL,
     "it changes struct task_struct and needs the headers of gcc's plugins", HAVE_PLUGINS},
    /* Its name since 6.17, where clang has it too. */
    {"KSTACK_ERASE*", "", UD_DRIFT_FATAL,
     "it changes struct task_struct and needs the headers of gcc's plugins, or a newer clang",
     HAVE_PLUGINS},
    {"GCC_PLUGIN*", "", UD_DRIFT_FATAL, "the builder has no headers for plugins of its gcc",
     HAVE_PLUGINS},

    /* The compiler's own mark on structures and calls. */
    {"CC_IS_*", "", UD_DRIFT_FATAL, "gcc and clang would be mixed", SAME_COMPILER},
    {"LTO*", "", UD_DRIFT_FATAL, "link-time optimization needs the kernel's own clang",
     SAME_COMPILER},
    {"CFI*", "", UD_DRIFT_FATAL, "control-flow integrity needs the kernel's own clang",
     SAME_COMPILER},
    {"SHADOW_CALL_STACK", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"STACKPROTECTOR*", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"*RETPOLINE*", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"*KERNEL_IBT", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"ARM64_BTI_KERNEL", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"ARM64_PTR_AUTH_KERNEL", "", UD_DRIFT_FATAL, "the compiler cannot do it as the kernel's could",
     SAME_COMPILER},
    {"KASAN*", "", UD_DRIFT_FATAL, "memory checks change structures and calls", SAME_COMPILER},

    /* What a kernel without USB may lack and usbcore selects. */
    {"GENERIC_ALLOCATOR", "n>y", UD_DRIFT_SUPPLIED, "built as the extra module genalloc", NULL},
    {"NLS", "n>m", UD_DRIFT_SUPPLIED, "built as the extra module nls_base", NULL},
    {"NLS_DEFAULT", "", UD_DRIFT_SUPPLIED, "part of the extra module nls_base", NULL},

    /* Properties of the whole kernel. */
    {"PREEMPT*", "", UD_DRIFT_FATAL, "preemption changes locks and vermagic", SAME_SOURCES},
    {"SMP", "", UD_DRIFT_FATAL, "it changes locks and vermagic", SAME_SOURCES},
    {"MODVERSIONS", "", UD_DRIFT_FATAL, "the kernel would find no CRCs, or others", SAME_SOURCES},
    {"MODULE*", "", UD_DRIFT_FATAL, "it changes struct module and vermagic", SAME_SOURCES},
    {"*GENDWARFKSYMS*", "", UD_DRIFT_FATAL, "symbols would have other CRCs", SAME_SOURCES},
};

/* Whether the rest of a pattern matches the rest of a name. */
static bool drift_rules_matches(const char *pattern, const char *name)
{
    while (*pattern != '\0' && *pattern != '*') {
        if (*pattern++ != *name++) {
            return false;
        }
    }
    if (*pattern == '\0') {
        return *name == '\0';
    }
    for (;; name++) {
        if (drift_rules_matches(pattern + 1, name)) {
            return true;
        }
        if (*name == '\0') {
            return false;
        }
    }
}

static bool is_when(const char *when, const struct ud_config_change *change)
{
    if (when[0] == '\0') {
        return true;
    }
    const char before[] = {when[0], '\0'};
    return ud_config_same(change->before, before) && ud_config_same(change->after, when + 2);
}

const struct ud_drift_rule *ud_drift_rule_find(const struct ud_config_change *change)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (drift_rules_matches(rules[i].pattern, change->name) && is_when(rules[i].when, change)) {
            return &rules[i];
        }
    }
    return NULL;
}

bool ud_drift_rule_is_init_stack(const char *name)
{
    return strncmp(name, "INIT_STACK_", strlen("INIT_STACK_")) == 0;
}
