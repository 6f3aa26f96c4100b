#include "app/artifacts/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/fs.h"
#include "util/mem.h"

static const char path[] = "test-manifest.json";

static void write_text(const char *text)
{
    struct ud_error err = {0};
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), &err), UD_OK);
}

static int remove_file(void **state)
{
    (void)state;
    return remove(path) == 0 ? 0 : -1;
}

static struct ud_manifest *sample(void)
{
    struct ud_manifest *manifest = ud_alloc(1, sizeof *manifest);
    manifest->schema = UD_MANIFEST_SCHEMA;
    manifest->release = ud_strdup("6.1.0-56-cloud-amd64");
    manifest->signer_key_id = ud_strdup("cf73");
    manifest->wanted = ud_strdup("serial,0403:6001");
    manifest->proof = ud_strdup("proven");
    manifest->known_holes = ud_strdup("CVE-2026-31607");
    manifest->modules = ud_alloc(1, sizeof *manifest->modules);
    manifest->module_count = 1;
    manifest->modules[0] = (struct ud_manifest_module){
        .name = ud_strdup("vhci-hcd"),
        .file = ud_strdup("vhci-hcd.ko"),
        .size = 109000,
        .sha256 = ud_strdup("00ff"),
        .build_id = ud_strdup("abcd"),
        .vermagic = ud_strdup("6.1.0-56-cloud-amd64 SMP \"quoted\""),
        .depends = ud_strdup("usbcore,usbip-core"),
        .crc_count = 86,
        .overflow_fixed = true,
    };
    ud_strv_add(&manifest->modules[0].aliases, "usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*");
    return manifest;
}

static char *sample_json(void)
{
    struct ud_manifest *manifest = sample();
    char *json = ud_manifest_to_json(manifest);
    ud_manifest_done(manifest);
    free(manifest);
    return json;
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    struct ud_manifest read = {0};
    struct ud_error err = {0};
    char *json = sample_json();
    write_text(json);
    free(json);
    assert_int_equal(ud_manifest_read(path, &read, &err), UD_OK);
    assert_string_equal(read.release, "6.1.0-56-cloud-amd64");
    assert_string_equal(read.compiler, "");
    assert_string_equal(read.signer_key_id, "cf73");
    assert_string_equal(read.signer_subject, "");
    assert_string_equal(read.wanted, "serial,0403:6001");
    assert_string_equal(read.proof, "proven");
    assert_string_equal(read.proof_of, "");
    assert_string_equal(read.known_holes, "CVE-2026-31607");
    assert_int_equal(read.module_count, 1);
    assert_string_equal(read.modules[0].depends, "usbcore,usbip-core");
    assert_string_equal(read.modules[0].vermagic, "6.1.0-56-cloud-amd64 SMP \"quoted\"");
    assert_int_equal(read.modules[0].size, 109000);
    assert_int_equal(read.modules[0].crc_count, 86);
    assert_true(read.modules[0].overflow_fixed);
    assert_int_equal(read.modules[0].aliases.len, 1);
    assert_string_equal(read.modules[0].aliases.items[0],
                        "usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*");
    ud_manifest_done(&read);
}

/* The sample with one text replaced by another. */
static char *spoiled(const char *from, const char *to)
{
    char *json = sample_json();
    char *at = strstr(json, from);
    assert_non_null(at);
    char *text = ud_strf("%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
    free(json);
    return text;
}

static void what_is_not_a_manifest_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *said;
    } cases[] = {
        {"{", "no json", "it is not JSON"},
        {"\"schema\":\t1", "\"schema\":\t2", "schema 1"},
        {"\"release\"", "\"other\"", "\"release\" is missing"},
        {"\"vhci-hcd\"", "\"../vhci\"", "not acceptable"},
        {"\"vhci-hcd.ko\"", "\"/etc/passwd\"", "not acceptable"},
        {"\"cf73\"", "7", "\"signer_key_id\" is"},
        {"\"size\":\t109000", "\"size\":\t-1", "\"size\" is not a count"},
        {"\"size\":\t109000", "\"size\":\t1e300", "\"size\" is not a count"},
        {"\"modules\":\t[{", "\"modules\":\t[], \"x\":\t[{", "lists no modules"},
        {"\"sha256\":\t\"00ff\"", "\"sha256\":\t7", "\"sha256\" is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ud_manifest read = {0};
        struct ud_error err = {0};
        char *text = spoiled(cases[i].from, cases[i].to);
        write_text(text);
        free(text);
        assert_int_equal(ud_manifest_read(path, &read, &err), UD_ERR_UNFIT);
        if (strstr(err.message, cases[i].said) == NULL || strstr(err.message, path) == NULL) {
            fail_msg("expected \"%s\" in \"%s\"", cases[i].said, err.message);
        }
        assert_string_not_equal(err.remedy, "");
    }
}

static void what_is_said_of_a_signer_may_be_missing(void **state)
{
    (void)state;
    struct ud_manifest read = {0};
    struct ud_error err = {0};
    char *text = spoiled("\"signer_key_id\"", "\"of_another_version\"");
    write_text(text);
    free(text);
    assert_int_equal(ud_manifest_read(path, &read, &err), UD_OK);
    assert_string_equal(read.signer_key_id, "");
    ud_manifest_done(&read);
}

/* A path on Unix may be any bytes. */
static void a_path_that_is_not_utf8_leaves_the_json_valid(void **state)
{
    (void)state;
    struct ud_manifest read = {0};
    struct ud_error err = {0};
    struct ud_manifest *manifest = sample();
    manifest->source_name = ud_strdup("/src/linux-\xff\xc3\x28.tar");
    char *json = ud_manifest_to_json(manifest);
    ud_manifest_done(manifest);
    free(manifest);
    for (const char *p = json; *p != '\0'; p++) {
        assert_true((unsigned char)*p < 0x80);
    }
    write_text(json);
    free(json);
    assert_int_equal(ud_manifest_read(path, &read, &err), UD_OK);
    assert_string_equal(read.source_name, "/src/linux-?\?(.tar");
    ud_manifest_done(&read);
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    struct ud_manifest read = {0};
    struct ud_error err = {0};
    assert_int_equal(ud_manifest_read("no-such-manifest.json", &read, &err), UD_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_was_written_is_read_again, remove_file),
        cmocka_unit_test_teardown(what_is_not_a_manifest_is_refused_with_the_reason, remove_file),
        cmocka_unit_test_teardown(what_is_said_of_a_signer_may_be_missing, remove_file),
        cmocka_unit_test_teardown(a_path_that_is_not_utf8_leaves_the_json_valid, remove_file),
        cmocka_unit_test(a_missing_file_is_not_found),
    };
    return cmocka_run_group_tests_name("app.manifest", tests, NULL, NULL);
}
