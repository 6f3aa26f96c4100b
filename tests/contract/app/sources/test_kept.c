/* What is kept on this machine: believed in nothing, and dispensable. */
#include <stdio.h>

#include "sources_fixture.h"

#include "docker/engine/engine.h"
#include "sources/kept_file.h"
#include "sources/source_store.h"

#define BYTES "a tar of a kernel, as it is published"
#define FILE_NAME "linux-6.1.9.tar.xz"
#define SYMVERS                                                                                    \
    "0x11223344\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"                                        \
    "0x55667788\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
#define SEED "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void get_sources(struct fixture *f)
{
    struct ud_error err = {0};
    assert_int_equal(ud_acquire_get(&f->acquire, UD_ROUTE_SOURCES, &err), UD_OK);
}

static void expect_sources(const struct fixture *f)
{
    if (f->acquire.got != UD_ROUTE_SOURCES) {
        fail_msg("no sources: %s", f->told);
    }
    fixture_expect_file(f->sources.path, BYTES);
}

static void overwrite(const char *path, const char *content)
{
    assert_int_equal(ud_fs_write_atomic(path, content, strlen(content), NULL), UD_OK);
}

/* ---- a download ---- */

static void damaged_download(const char *content)
{
    struct fixture f;
    char *sums = fixture_sums(FILE_NAME, BYTES);
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/sha256sums.asc", .body = sums, .forever = true},
        {.method = "GET", .path = "/" FILE_NAME, .body = BYTES, .forever = true}};
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    get_sources(&f);
    expect_sources(&f);
    assert_false(f.sources.temporary);
    char *path = ud_strdup(f.sources.path);
    overwrite(path, content);
    fixture_again(&f);
    get_sources(&f);
    expect_sources(&f);
    assert_string_equal(f.sources.path, path);
    assert_int_equal(scripted_engine_seen(f.server, "GET", "/" FILE_NAME), 2);
    fixture_expect_told(&f, "was damaged since it was kept");
    /* What is whole is not fetched again. */
    fixture_again(&f);
    get_sources(&f);
    expect_sources(&f);
    assert_int_equal(scripted_engine_seen(f.server, "GET", "/" FILE_NAME), 2);
    assert_null(strstr(f.told, "damaged"));
    /* Without a network there is only the note, and the file is gone. */
    overwrite(path, content);
    f.wish.offline = true;
    fixture_again(&f);
    get_sources(&f);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    fixture_expect_told(&f, "was damaged since it was kept");
    fixture_end(&f);
    free(path);
    free(sums);
}

static void a_damaged_download_is_removed_and_fetched_anew(void **state)
{
    (void)state;
    damaged_download("other bytes, of another length than before");
    damaged_download("a tar of a kernel"); /* cut short */
    damaged_download("");
}

static void expect_elsewhere(const struct fixture *f)
{
    char *temp = ud_host_temp_dir();
    assert_true(f->sources.temporary);
    assert_memory_equal(f->sources.path, temp, strlen(temp));
    free(temp);
}

static void a_download_that_cannot_be_kept_is_used_all_the_same(void **state)
{
    struct fixture f;
    char *sums = fixture_sums(FILE_NAME, BYTES);
    const struct script_rule rules[] = {{.method = "GET", .path = "/sha256sums.asc", .body = sums},
                                        {.method = "GET", .path = "/" FILE_NAME, .body = BYTES}};
    (void)state;
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    fixture_block_cache(&f);
    get_sources(&f);
    expect_sources(&f);
    expect_elsewhere(&f);
    fixture_expect_told(&f, "warning: ");
    fixture_expect_told(&f, "is not kept for the next time: cannot create the directory");
    assert_null(strstr(f.told, "tried tarball"));
    char *path = ud_strdup(f.sources.path);
    ud_sources_done(&f.sources);
    assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    free(path);
    fixture_end(&f);
    free(sums);
}

static void without_any_home_a_download_is_used_all_the_same(void **state)
{
    struct fixture f;
    const struct script_rule rules[] = {{.method = "GET", .path = "/x.tar", .body = BYTES}};
    struct ud_kept_file file;
    struct ud_error err = {0};
    char hex[UD_DIGEST_HEX_SIZE];
    char *path = NULL;
    bool temporary = false;
    (void)state;
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_kept_file_begin(&f.app, NULL, &file, &err), UD_OK);
    assert_int_equal(ud_kept_file_write(&file, BYTES, strlen(BYTES), &err), UD_OK);
    assert_int_equal(ud_kept_file_close(&file, hex, &err), UD_OK);
    ud_kept_file_hand_over(&file, true, &path, &temporary);
    ud_kept_file_done(&file);
    assert_true(temporary);
    fixture_expect_file(path, BYTES);
    fixture_expect_told(&f, "set XDG_CACHE_HOME or HOME");
    assert_int_equal(ud_fs_remove_tree(path, &err), UD_OK);
    free(path);
    fixture_end(&f);
}

/* ---- what images and packages gave ---- */

static void begin_stored(struct fixture *f, unsigned wanted)
{
    fixture_begin(f, NULL, 0, "6.1.9");
    f->acquire.wanted = wanted;
}

static void offer(struct fixture *f, const char *symvers, const char *seed)
{
    struct ud_buf text;
    struct ud_error err = {0};
    ud_buf_init(&text, 4096);
    ud_buf_adds(&text, symvers);
    assert_int_equal(ud_acquire_take_symvers(&f->acquire, &text, "image:1", &err), UD_OK);
    ud_buf_clear(&text);
    ud_buf_adds(&text, seed);
    assert_int_equal(ud_acquire_take_seed(&f->acquire, &text, "image:1", &err), UD_OK);
    ud_buf_done(&text);
}

static unsigned take_stored(struct fixture *f)
{
    fixture_again(f);
    ud_acquire_take_stored(&f->acquire, f->acquire.wanted);
    return f->acquire.got;
}

static void spoil_stored(struct fixture *f, const char *name, const char *content)
{
    char *path = ud_source_store_path(&f->facts, name);
    assert_int_equal(ud_fs_kind(path), UD_FS_FILE);
    overwrite(path, content);
    free(path);
}

static void symvers_and_seed_are_taken_as_they_were_kept_or_not(void **state)
{
    struct fixture f;
    (void)state;
    begin_stored(&f, UD_ROUTE_SYMVERS | UD_ROUTE_SEED);
    offer(&f, SYMVERS, SEED "\n");
    assert_int_equal(take_stored(&f), UD_ROUTE_SYMVERS | UD_ROUTE_SEED);
    assert_string_equal(f.seed, SEED);
    assert_string_equal(f.symvers_text.data, SYMVERS);
    fixture_expect_told(&f, "kept here from an earlier run");
    /* One digit of a CRC, in a file that can still be read. */
    char *other = ud_strdup(SYMVERS);
    other[2] = '2';
    spoil_stored(&f, UD_SOURCE_STORE_SYMVERS, other);
    spoil_stored(&f, UD_SOURCE_STORE_SEED, "f" SEED);
    free(other);
    assert_int_equal(take_stored(&f), 0);
    assert_int_equal(f.symvers_text.len, 0);
    fixture_expect_told(&f, "Module.symvers was damaged since it was kept");
    fixture_expect_told(&f, "randstruct.seed was damaged since it was kept");
    assert_int_equal(take_stored(&f), 0);
    assert_string_equal(f.told, "");
    /* Fetched again, they are kept again. */
    offer(&f, SYMVERS, SEED "\n");
    assert_int_equal(take_stored(&f), UD_ROUTE_SYMVERS | UD_ROUTE_SEED);
    spoil_stored(&f, UD_SOURCE_STORE_SYMVERS, "0x112");
    assert_int_equal(take_stored(&f), UD_ROUTE_SEED);
    fixture_end(&f);
}

/* One that an older version kept is what it was, and of no use. */
static void symvers_that_cannot_be_read_do_not_end_the_build(void **state)
{
    struct fixture f;
    struct ud_buf text;
    (void)state;
    begin_stored(&f, UD_ROUTE_SYMVERS);
    ud_buf_init(&text, 100);
    ud_buf_adds(&text, "no line of such a file\n");
    ud_source_store_add(&f.app, &f.facts, UD_SOURCE_STORE_SYMVERS, &text, "image:1");
    ud_buf_done(&text);
    assert_int_equal(take_stored(&f), 0);
    assert_int_equal(f.symvers_text.len, 0);
    fixture_expect_told(&f, "the kept Module.symvers is not used");
    fixture_end(&f);
}

static void what_cannot_be_kept_was_got_all_the_same(void **state)
{
    struct fixture f;
    (void)state;
    begin_stored(&f, UD_ROUTE_SYMVERS | UD_ROUTE_SEED);
    fixture_block_cache(&f);
    offer(&f, SYMVERS, SEED "\n");
    assert_int_equal(f.acquire.got, UD_ROUTE_SYMVERS | UD_ROUTE_SEED);
    fixture_expect_told(&f, "Module.symvers is not kept for the next time");
    fixture_expect_told(&f, "randstruct.seed is not kept for the next time");
    fixture_end(&f);
}

/* A tar with one file, as an engine sends it. */
static void wrap(const char *content, struct ud_buf *ret)
{
    char head[512] = "linux.tar.xz";
    char zeroes[1024] = "";
    unsigned sum = 0;
    (void)snprintf(head + 100, 8, "%07o", 0644u);
    (void)snprintf(head + 124, 12, "%011o", (unsigned)strlen(content));
    (void)snprintf(head + 136, 12, "%011o", 0u);
    memcpy(head + 257, "ustar\00000", 8);
    head[156] = '0';
    memset(head + 148, ' ', 8);
    for (size_t i = 0; i < sizeof head; i++) {
        sum += (unsigned char)head[i];
    }
    (void)snprintf(head + 148, 8, "%06o", sum);
    ud_buf_init(ret, 1 << 20);
    ud_buf_add(ret, head, sizeof head);
    ud_buf_adds(ret, content);
    ud_buf_add(ret, zeroes, (512 - strlen(content) % 512) % 512);
    ud_buf_add(ret, zeroes, sizeof zeroes);
}

static void take_from_container(struct fixture *f, struct engine_fixture *engine)
{
    struct ud_error err = {0};
    f->builder_image.engine = engine->engine;
    enum ud_code rc = ud_acquire_take_sources(&f->acquire, "c", "/linux.tar.xz", "image:1", &err);
    if (rc != UD_OK) {
        fail_msg("%s", err.message);
    }
    expect_sources(f);
}

static void sources_of_an_image_are_taken_as_they_were_kept_or_not(void **state)
{
    struct fixture f;
    struct engine_fixture engine;
    struct ud_buf tar;
    (void)state;
    wrap(BYTES, &tar);
    const struct script_rule rules[] = {PONG,
                                        {.method = "GET",
                                         .path = "/archive",
                                         .body = tar.data,
                                         .body_len = tar.len,
                                         .forever = true}};
    engine_fixture_init(&engine, rules, COUNT(rules), true);
    begin_stored(&f, UD_ROUTE_SOURCES);
    take_from_container(&f, &engine);
    assert_false(f.sources.temporary);
    assert_int_equal(take_stored(&f), UD_ROUTE_SOURCES);
    expect_sources(&f);
    assert_string_equal(f.sources.name, "image:1");
    spoil_stored(&f, UD_SOURCE_STORE_SOURCES, "a tar");
    assert_int_equal(take_stored(&f), 0);
    fixture_expect_told(&f, "sources was damaged since it was kept");
    /* With no place to keep them. */
    fixture_again(&f);
    assert_int_equal(ud_fs_remove_tree(f.cache, NULL), UD_OK);
    fixture_block_cache(&f);
    take_from_container(&f, &engine);
    expect_elsewhere(&f);
    fixture_expect_told(&f, "sources is not kept for the next time");
    fixture_end(&f);
    engine_fixture_done(&engine);
    ud_buf_done(&tar);
}

/* ---- who is trusted ---- */

static void a_mirror_without_tls_is_warned_of(void **state)
{
    struct fixture f;
    char hex[UD_DIGEST_HEX_SIZE];
    char *sums = fixture_sums(FILE_NAME, BYTES);
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/sha256sums.asc", .body = sums, .forever = true},
        {.method = "GET", .path = "/" FILE_NAME, .body = BYTES, .forever = true}};
    (void)state;
    ud_digest_of(BYTES, strlen(BYTES), hex);
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    get_sources(&f);
    expect_sources(&f);
    fixture_expect_told(&f, "warning: http://");
    fixture_expect_told(&f, "come over http, where anybody on the way can change both");
    /* With a digest of the user's nobody can. */
    f.wish.sha256 = hex;
    fixture_again(&f);
    get_sources(&f);
    expect_sources(&f);
    assert_null(strstr(f.told, "warning"));
    fixture_end(&f);
    free(sums);
}

static void a_file_of_the_users_is_never_removed(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    (void)state;
    fixture_begin(&f, NULL, 0, "6.1.9");
    char *path = ud_fs_join(f.top, "mine.tar");
    overwrite(path, BYTES);
    ud_url_init(&f.wish.source, path);
    f.wish.sha256 = "7777777777777777777777777777777777777777777777777777777777777777";
    assert_int_equal(ud_sources_get_named(&f.app, &f.wish, &f.sources, &err), UD_OK);
    assert_false(f.sources.temporary);
    ud_sources_done(&f.sources);
    fixture_expect_file(path, BYTES);
    free(path);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_download_is_removed_and_fetched_anew),
        cmocka_unit_test(a_download_that_cannot_be_kept_is_used_all_the_same),
        cmocka_unit_test(without_any_home_a_download_is_used_all_the_same),
        cmocka_unit_test(symvers_and_seed_are_taken_as_they_were_kept_or_not),
        cmocka_unit_test(symvers_that_cannot_be_read_do_not_end_the_build),
        cmocka_unit_test(what_cannot_be_kept_was_got_all_the_same),
        cmocka_unit_test(sources_of_an_image_are_taken_as_they_were_kept_or_not),
        cmocka_unit_test(a_mirror_without_tls_is_warned_of),
        cmocka_unit_test(a_file_of_the_users_is_never_removed),
    };
    return cmocka_run_group_tests_name("app.sources.kept", tests, NULL, NULL);
}
