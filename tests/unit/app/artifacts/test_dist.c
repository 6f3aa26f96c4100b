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
        cmocka_unit_test(modules_alone_are_found_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
