/* A manifest against the bytes of the module that it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../platform/tempdir.h"
#include "artifacts/dist.h"
#include "bundle/bytes/digest.h"

/* Its own words: name=tiny, 6.1.0, two CRCs. */
#define MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"

struct folder {
    char *dir;
    struct ud_buf bytes;
    struct ud_manifest manifest;
};

static void put(const struct folder *f, const char *name, const char *data, size_t len)
{
    struct ud_error err = {0};
    char *path = ud_fs_join(f->dir, name);
    assert_int_equal(ud_fs_write_atomic(path, data, len, &err), UD_OK);
    free(path);
}

static void folder_init(struct folder *f)
{
    struct ud_error err = {0};
    struct ud_module module;
    char hex[UD_DIGEST_HEX_SIZE];
    *f = (struct folder){.dir = tempdir_new()};
    ud_buf_init(&f->bytes, 65536);
    assert_int_equal(ud_fs_read(MODULE, &f->bytes, &err), UD_OK);
    assert_int_equal(ud_module_parse(f->bytes.data, f->bytes.len, "x", &module, &err), UD_OK);
    ud_digest_of(f->bytes.data, f->bytes.len, hex);
    f->manifest = (struct ud_manifest){.release = ud_strdup("6.1.0"),
                                       .machine = ud_strdup("x86_64"),
                                       .modules = ud_alloc(1, sizeof *f->manifest.modules),
                                       .module_count = 1};
    f->manifest.modules[0] = (struct ud_manifest_module){
        .name = ud_strdup("tiny"),
        .file = ud_strdup("tiny.ko"),
        .size = f->bytes.len,
        .sha256 = ud_strdup(hex),
        .build_id = ud_strdup(module.build_id),
        .vermagic = ud_strdup(module.vermagic),
        .depends = ud_strv_join(&module.depends, ","),
        .crc_count = 2,
    };
    put(f, "tiny.ko", f->bytes.data, f->bytes.len);
    ud_module_done(&module);
}

static void folder_done(struct folder *f)
{
    ud_manifest_done(&f->manifest);
    ud_buf_done(&f->bytes);
    tempdir_free(f->dir);
}

/* What reading says with the manifest as it is now; NULL: all is well. */
static void expect(const struct folder *f, const char *part)
{
    struct ud_dist dist = {0};
    struct ud_error err = {0};
    char *json = ud_manifest_to_json(&f->manifest);
    put(f, "manifest.json", json, strlen(json));
    free(json);
    enum ud_code rc = ud_dist_read(f->dir, &dist, &err);
    assert_int_equal(rc, part == NULL ? UD_OK : UD_ERR_UNFIT);
    if (part != NULL && (strstr(err.message, part) == NULL || err.remedy[0] == '\0')) {
        fail_msg("\"%s\" lacks \"%s\"", err.message, part);
    }
    if (rc == UD_OK) {
        assert_int_equal(dist.count, 1);
        assert_string_equal(dist.modules[0].name, "tiny");
    }
    ud_dist_done(&dist);
}

/* The same with one text of the manifest replaced. */
static void expect_with(const struct folder *f, char **member, const char *text, const char *part)
{
    char *kept = *member;
    *member = ud_strdup(text);
    expect(f, part);
    free(*member);
    *member = kept;
}

static void each_contradiction_is_named(void **state)
{
    struct folder f;
    (void)state;
    folder_init(&f);
    struct ud_manifest_module *module = &f.manifest.modules[0];
    expect(&f, NULL);
    expect_with(&f, &f.manifest.release, "6.1.9", "has the release \"6.1.0\"");
    expect_with(&f, &f.manifest.machine, "aarch64", "has the machine \"x86_64\"");
    expect_with(&f, &module->vermagic, "6.1.0 SMP", "has the vermagic");
    expect_with(&f, &module->build_id, "00", "has the build ID");
    expect_with(&f, &module->depends, "", "has the depends \"usbcore,usb-common\"");
    expect_with(&f, &module->sha256, "00", "is not the file that was built");
    module->crc_count = 3;
    expect(&f, "has 2 CRCs, the manifest says 3");
    module->crc_count = 2;
    module->size++;
    expect(&f, "is not the file that was built");
    folder_done(&f);
}

/* The verdict of kernel-build, and whether its text has this; the modules are for #1. */
static enum ud_found build_of(const char *version, const char *build_id, bool modversions,
                              const char *part)
{
    struct ud_manifest_module module = {0};
    struct ud_dist dist = {.has_manifest = true,
                           .manifest = {.release = (char *)"6.1.0",
                                        .kernel_version = (char *)"#1 SMP",
                                        .kernel_build_id = (char *)"aa11",
                                        .modules = &module}};
    struct ud_facts facts = {.version = (char *)version, .build_id = (char *)build_id};
    struct ud_findings findings = {0};
    struct ud_error err = {0};
    (void)strcpy(facts.release.text, "6.1.0");
    if (modversions) {
        assert_int_equal(ud_facts_take_config(&facts, "CONFIG_MODVERSIONS=y\n", 21, "there", &err),
                         UD_OK);
    }
    struct ud_verify_check *check = ud_findings_check(&findings, "kernel-build");
    ud_dist_check_kernel_build(&dist, &facts, check);
    enum ud_found verdict = ud_verify_check_verdict(check);
    if (part != NULL && (check->len == 0 || strstr(check->items[0].text, part) == NULL)) {
        fail_msg("\"%s\" is not said", part);
    }
    ud_findings_done(&findings);
    facts.version = NULL;
    facts.build_id = NULL;
    ud_facts_done(&facts);
    return verdict;
}

static void another_build_of_the_release_is_named(void **state)
{
    (void)state;
    assert_int_equal(build_of("#1 SMP", "aa11", true, NULL), UD_FOUND_OK);
    assert_int_equal(build_of("#1 SMP", NULL, true, NULL), UD_FOUND_OK);
    assert_int_equal(build_of(NULL, NULL, false, NULL), UD_FOUND_OK);
    assert_int_equal(build_of("#2 SMP", "aa11", true,
                              "another build of kernel 6.1.0: for \"#1 SMP\", and the running one "
                              "is \"#2 SMP\"; its CRCs are compared"),
                     UD_FOUND_WARNING);
    assert_int_equal(build_of("#2 SMP", "bb22", false, "the kernel compares no CRCs"),
                     UD_FOUND_ERROR);
    assert_int_equal(
        build_of("#1 SMP", "bb22", false, "build ID \"aa11\", and the running one is \"bb22\""),
        UD_FOUND_ERROR);
}

static void modules_alone_are_found_by_their_names(void **state)
{
    struct ud_dist dist = {0};
    struct ud_error err = {0};
    struct folder f;
    char *dir = NULL;
    (void)state;
    folder_init(&f);
    put(&f, "notes.txt", "", 0);
    assert_int_equal(ud_dist_find(f.dir, "6.1.0", &dir, &err), UD_ERR_NOT_FOUND);
    assert_int_equal(ud_dist_find_modules(f.dir, "6.1.0", &dir, &err), UD_OK);
    assert_int_equal(ud_dist_open(dir, &dist, &err), UD_OK);
    assert_false(dist.has_manifest);
    assert_int_equal(dist.count, 1);
    assert_string_equal(dist.modules[0].file, "tiny.ko");
    ud_dist_done(&dist);
    put(&f, "broken.ko", "x", 1);
    assert_int_equal(ud_dist_open(dir, &dist, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "broken.ko"));
    free(dir);
    folder_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_contradiction_is_named),
        cmocka_unit_test(another_build_of_the_release_is_named),
        cmocka_unit_test(modules_alone_are_found_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
