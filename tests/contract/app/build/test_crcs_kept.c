/* CRCs that a build found, kept for the next one. */
#include <stdio.h>

#include "../sources/sources_fixture.h"

#include "build/steps.h"
#include "cache/crcs_dir.h"

#define INPUTS "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define CRCS "0x11223344\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"

struct run {
    struct fixture f; /* its directories and its ears */
    struct ud_build_options options;
    struct ud_build_result result;
    struct ud_build build;
    bool unproven;         /* the sources have to be proven */
    struct ud_proof proof; /* that is found with the CRCs */
};

static void run_begin(struct run *r)
{
    r->options = (struct ud_build_options){0};
    r->result = (struct ud_build_result){0};
    r->build = (struct ud_build){.app = &r->f.app, .options = &r->options, .result = &r->result};
    r->result.facts.machine = (char *)"x86_64";
    r->build.exports = ud_exports_new();
    r->build.sources.unproven = r->unproven;
    ud_buf_init(&r->build.symvers_text, 4096);
    (void)strcpy(r->build.cache.inputs, INPUTS);
    r->f.told[0] = '\0';
    ud_build_recall_crcs(&r->build);
}

static void run_end(struct run *r)
{
    ud_exports_free(r->build.exports);
    ud_symvers_done(&r->build.symvers);
    ud_buf_done(&r->build.symvers_text);
    ud_build_cache_done(&r->build.cache);
}

static void keep(struct run *r)
{
    run_begin(r);
    assert_int_equal(r->result.crcs.kept, 0);
    r->result.proof = r->proof;
    ud_buf_adds(&r->build.symvers_text, CRCS);
    ud_build_keep_crcs(&r->build);
    run_end(r);
}

static size_t recall(struct run *r)
{
    run_begin(r);
    size_t kept = r->result.crcs.kept;
    assert_int_equal(r->build.symvers_text.len, kept > 0 ? strlen(CRCS) : 0);
    assert_true((r->build.exports == NULL) == (kept > 0));
    run_end(r);
    return kept;
}

/* The only file there, in new memory. */
static char *kept_file(void)
{
    struct ud_strv names = {0};
    char *dir = ud_crcs_dir();
    assert_int_equal(ud_fs_list(dir, &names, NULL), UD_OK);
    assert_int_equal(names.len, 1);
    char *path = ud_fs_join(dir, names.items[0]);
    ud_strv_done(&names);
    free(dir);
    return path;
}

static void crcs_are_taken_as_they_were_kept_or_found_anew(void **state)
{
    struct run r = {0};
    (void)state;
    fixture_begin(&r.f, NULL, 0, "6.1.9");
    keep(&r);
    assert_int_equal(recall(&r), 1);
    assert_string_equal(r.f.told, "");
    char *path = kept_file();
    /* One digit: still a list of CRCs, with which every module would be refused. */
    assert_int_equal(ud_fs_write_atomic(path, "0x2", 3, NULL), UD_OK);
    assert_int_equal(recall(&r), 0);
    fixture_expect_told(&r.f, "was damaged since it was kept");
    assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    keep(&r);
    char *other = ud_strdup(CRCS);
    other[2] = '2';
    assert_int_equal(ud_fs_write_atomic(path, other, strlen(other), NULL), UD_OK);
    assert_int_equal(recall(&r), 0);
    keep(&r);
    assert_int_equal(recall(&r), 1);
    free(other);
    free(path);
    fixture_end(&r.f);
}

/* 1 if the CRCs are taken for sources that have to be proven. */
static size_t recall_unproven(struct run *r)
{
    r->unproven = true;
    size_t kept = recall(r);
    r->unproven = false;
    return kept;
}

static void kept_crcs_that_prove_too_little_are_found_anew(void **state)
{
    struct run r = {0};
    (void)state;
    fixture_begin(&r.f, NULL, 0, "6.1.9");
    r.proof = (struct ud_proof){.crcs = UD_PROOF_CRCS_MIN - 1, .module_layout = true};
    keep(&r);
    assert_int_equal(recall(&r), 1);
    assert_int_equal(r.result.proof.crcs, UD_PROOF_CRCS_MIN - 1);
    assert_int_equal(recall_unproven(&r), 0);
    assert_string_equal(r.f.told, "");
    char *path = kept_file();
    assert_int_equal(ud_fs_remove_tree(path, NULL), UD_OK);
    free(path);
    r.proof.crcs = 412;
    keep(&r);
    assert_int_equal(recall_unproven(&r), 1);
    assert_int_equal(r.result.proof.crcs, 412);
    assert_true(r.result.proof.module_layout);
    fixture_end(&r.f);
}

static void crcs_that_cannot_be_kept_are_warned_of(void **state)
{
    struct run r = {0};
    (void)state;
    fixture_begin(&r.f, NULL, 0, "6.1.9");
    fixture_block_cache(&r.f);
    keep(&r);
    fixture_expect_told(&r.f, "warning: the CRCs are not kept");
    assert_int_equal(recall(&r), 0);
    fixture_end(&r.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crcs_are_taken_as_they_were_kept_or_found_anew),
        cmocka_unit_test(kept_crcs_that_prove_too_little_are_found_anew),
        cmocka_unit_test(crcs_that_cannot_be_kept_are_warned_of),
    };
    return cmocka_run_group_tests_name("app.build.crcs_kept", tests, NULL, NULL);
}
