#include "kernel/kbuild/compiler.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/str.h"

/* What follows mark in text, or NULL. */
static const char *compiler_after(const char *text, const char *mark)
{
    const char *at = strstr(text, mark);
    return at != NULL ? at + strlen(mark) : NULL;
}

static bool parse_number(struct ud_slice *rest, struct ud_compiler *compiler)
{
    if (!ud_scan_number(rest, &compiler->major) || compiler->major == 0) {
        return false;
    }
    if (ud_scan_text(rest, ".") && ud_scan_number(rest, &compiler->minor) &&
        ud_scan_text(rest, ".")) {
        (void)ud_scan_number(rest, &compiler->patch);
    }
    return true;
}

/* "[Vendor ]clang version 17.0.6[-package][ (…)]" */
static bool parse_clang(const char *text, struct ud_compiler *compiler)
{
    const char *version = compiler_after(text, "clang version ");
    if (version == NULL) {
        return false;
    }
    struct ud_slice before = {text, (size_t)(version - text) - strlen("clang version ")};
    struct ud_slice rest = ud_slice_of(version);
    struct ud_slice whole = rest;
    struct ud_slice word;
    compiler->kind = UD_COMPILER_CLANG;
    ud_slice_copy(ud_slice_trim(before), compiler->vendor, sizeof compiler->vendor);
    if (ud_scan_word(&whole, &word)) {
        ud_slice_copy(word, compiler->package, sizeof compiler->package);
    }
    return parse_number(&rest, compiler);
}

/* "[prefix-]gcc[-N] (Vendor package) 12.2.0[ date]"; a compiler that nobody
 * changed has "(GCC)". */
static bool parse_gcc(const char *text, struct ud_compiler *compiler)
{
    struct ud_slice rest = ud_slice_of(text);
    struct ud_slice command;
    struct ud_slice inside;
    struct ud_slice word;
    if (!ud_scan_word(&rest, &command) || !ud_slice_has(command, "gcc")) {
        return false;
    }
    compiler->kind = UD_COMPILER_GCC;
    rest = ud_slice_trim(rest);
    if (ud_scan_text(&rest, "(")) {
        if (!ud_scan_field(&rest, ')', &inside) || rest.ptr == NULL) {
            return false;
        }
        if (ud_scan_word(&inside, &word) && !ud_slice_equals(word, "GCC")) {
            ud_slice_copy(word, compiler->vendor, sizeof compiler->vendor);
            ud_slice_copy(ud_slice_trim(inside), compiler->package, sizeof compiler->package);
        }
        rest = ud_slice_trim(rest);
    }
    return parse_number(&rest, compiler);
}

enum ud_code ud_compiler_parse(const char *text, struct ud_compiler *ret, struct ud_error *err)
{
    struct ud_compiler compiler = {0};
    ud_slice_copy(ud_slice_of(text), compiler.text, sizeof compiler.text);
    if (!parse_clang(compiler.text, &compiler) && !parse_gcc(compiler.text, &compiler)) {
        return ud_fail(err, UD_ERR_FACTS, "Choose the image to build in with --builder.",
                       "\"%.100s\" names no compiler that is known", text);
    }
    *ret = compiler;
    return UD_OK;
}

/* GCC_VERSION=80300 and its like. */
static bool from_number(const struct ud_config *config, const char *name,
                        enum ud_compiler_kind kind, struct ud_compiler *ret)
{
    const char *value = ud_config_get(config, name);
    uint64_t number;
    if (value == NULL || !ud_str_to_u64(value, &number) || number < 10000 || number > 9999999) {
        return false;
    }
    *ret = (struct ud_compiler){.kind = kind,
                                .major = (unsigned)(number / 10000),
                                .minor = (unsigned)(number / 100 % 100),
                                .patch = (unsigned)(number % 100)};
    ud_slice_copy(ud_slice_of(kind == UD_COMPILER_GCC ? "gcc" : "clang"), ret->text,
                  sizeof ret->text);
    return true;
}

/* Kernels before 5.8 have it in a comment: "# Compiler: gcc (Alpine 8.3.0) 8.3.0". */
static bool from_comment(const char *config_text, struct ud_compiler *ret)
{
    const char *at = config_text != NULL ? compiler_after(config_text, "\n# Compiler: ") : NULL;
    if (at == NULL) {
        return false;
    }
    char text[sizeof ret->text];
    ud_slice_copy((struct ud_slice){at, strcspn(at, "\n")}, text, sizeof text);
    return ud_compiler_parse(text, ret, NULL) == UD_OK;
}

enum ud_code ud_compiler_of_config(const struct ud_config *config, const char *config_text,
                                   struct ud_compiler *ret, struct ud_error *err)
{
    char *text = ud_config_string(config, "CC_VERSION_TEXT");
    if (text != NULL) {
        enum ud_code rc = ud_compiler_parse(text, ret, err);
        free(text);
        return rc;
    }
    if (from_comment(config_text, ret) ||
        from_number(config, "CLANG_VERSION", UD_COMPILER_CLANG, ret) ||
        from_number(config, "GCC_VERSION", UD_COMPILER_GCC, ret)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_FACTS, "Choose the image to build in with --builder.",
                   "the kernel's configuration does not say which compiler built it");
}
