/* What is kept in directories of this machine: how large it is, and what of it is in use;
 * listed, and removed with or without an engine. */
#include <stdio.h>

#include "../sources/sources_fixture.h"

#include "app/cache/cache.h"
#include "app/clean.h"
#include "cache/cache_files.h"
#include "platform/lock_file.h"
#include "state_home.h"

static void put(const struct fixture *f, const char *name, size_t size)
{
    char *bytes = ud_alloc(size, 1);
    char *path = ud_fs_join(f->cache, name);
    char *dir = ud_fs_dirname(path);
    assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
    assert_int_equal(ud_fs_write_atomic(path, bytes, size, NULL), UD_OK);
    free(dir);
    free(path);
    free(bytes);
}

static bool is_there(const struct fixture *f, const char *name)
{
    char *path = ud_fs_join(f->cache, name);
    bool there = ud_fs_kind(path) != UD_FS_NONE;
    free(path);
    return there;
}

/* A kernel's directory, one that another run writes to, files, and one that is being written. */
static void fill(struct fixture *f)
{
    fixture_begin(f, NULL, 0, "6.1.9");
    put(f, "sources/kernel-1/sources", 70000);
    put(f, "sources/kernel-1/Module.symvers", 500);
    put(f, "sources/kernel-1/Module.symvers.from", 40);
    put(f, "sources/kernel-2/Module.symvers", 500);
    put(f, "sources/kernel-2/.sources.0123.tmp", 9000);
    put(f, "sources/a.tar", 300);
    put(f, "sources/.b.tar.0123.tmp", 400);
    put(f, "crcs/c.symvers", 7);
}

static uint64_t size_of(const struct ud_cache *cache, const char *ending)
{
    for (size_t i = 0; i < cache->count; i++) {
        const char *name = cache->items[i].name;
        if (strlen(name) > strlen(ending) &&
            strcmp(name + strlen(name) - strlen(ending), ending) == 0) {
            return cache->items[i].size;
        }
    }
    return 0;
}

static void a_directory_is_as_large_as_what_is_in_it(void **state)
{
    struct fixture f;
    struct ud_cache cache = {0};
    struct ud_error err = {0};
    const struct ud_cache_options options = {.kind = UD_CACHE_DOWNLOADS};
    (void)state;
    fill(&f);
    assert_int_equal(ud_app_cache_list(&f.app, &options, &cache, &err), UD_OK);
    assert_int_equal(cache.count, 2);
    assert_int_equal(size_of(&cache, "kernel-1"), 70540);
    assert_int_equal(size_of(&cache, "a.tar"), 300);
    ud_cache_done(&cache);
    fixture_end(&f);
}

static void pruning_spares_what_another_run_writes(void **state)
{
    struct fixture f;
    struct ud_cache cache = {0};
    struct ud_error err = {0};
    const struct ud_cache_options options = {.kind = UD_CACHE_DOWNLOADS};
    (void)state;
    fill(&f);
    assert_int_equal(ud_app_cache_prune(&f.app, &options, &cache, &err), UD_OK);
    assert_false(is_there(&f, "sources/kernel-1"));
    assert_false(is_there(&f, "sources/a.tar"));
    assert_true(is_there(&f, "sources/kernel-2/Module.symvers"));
    assert_true(is_there(&f, "sources/kernel-2/.sources.0123.tmp"));
    assert_true(is_there(&f, "sources/.b.tar.0123.tmp"));
    assert_true(is_there(&f, "crcs/c.symvers"));
    ud_cache_done(&cache);
    fixture_end(&f);
}

#define NOBODY "tcp://127.0.0.1:1"

static void clean_does_its_part_here_without_an_engine(void **state)
{
    struct fixture f;
    struct ud_inventory found = {0};
    struct ud_error err = {0};
    struct ud_clean_options options = {.vm.host = NOBODY, .downloads = true, .dry_run = true};
    (void)state;
    /* Another run is under way, which may be writing what is not finished. On Windows its
     * state and the cache have one directory, which is the fixture's. */
    struct ud_lock_file *other = NULL;
    char *home = state_home_new();
    fill(&f);
    char *run = state_home_run_file("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(ud_lock_file_take(run, &other, &err), UD_OK);
    assert_int_equal(ud_app_clean(&f.app, &options, &found, &err), UD_ERR_UNREACHABLE);
    assert_true(is_there(&f, "sources/a.tar"));
    assert_string_equal(f.told, "");
    options.dry_run = false;
    assert_int_equal(ud_app_clean(&f.app, &options, &found, &err), UD_ERR_UNREACHABLE);
    ud_lock_file_free(other);
    free(run);
    state_home_free(home);
    assert_false(is_there(&f, "sources/kernel-1"));
    assert_false(is_there(&f, "sources/a.tar"));
    assert_false(is_there(&f, "crcs/c.symvers"));
    assert_true(is_there(&f, "sources/kernel-2/.sources.0123.tmp"));
    assert_true(is_there(&f, "sources/.b.tar.0123.tmp"));
    fixture_expect_told(&f, "3 downloads that were kept on this machine are removed");
    fixture_end(&f);
}

static void clean_lists_what_was_here_after_what_the_engine_had(void **state)
{
    struct fixture f;
    struct engine_fixture engine;
    struct ud_inventory found = {0};
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = "[]", .forever = true},
        {.method = "GET",
         .path = "/images/json",
         .body = "[{\"Id\":\"sha256:1\",\"RepoTags\":[\"usbipd-desktop/helper:1\"],\"Labels\":"
                 "{\"io.github.usbipd-desktop\":\"1\"}}]",
         .forever = true},
        {.method = "GET", .path = "/volumes", .body = "{\"Volumes\":[]}"},
        {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
    (void)state;
    char *home = state_home_new();
    fill(&f);
    engine_fixture_init(&engine, rules, COUNT(rules), false);
    const struct ud_clean_options options = {.vm.host = scripted_engine_endpoint(engine.script),
                                             .downloads = true};
    if (ud_app_clean(&f.app, &options, &found, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    /* With no other run under way, what is not finished goes too. */
    assert_int_equal(found.count, 6);
    assert_string_equal(found.items[0].kind, "image");
    for (size_t i = 1; i < found.count; i++) {
        assert_string_equal(found.items[i].kind, "download");
        assert_true(found.items[i].removed);
    }
    assert_int_equal(found.items[3].size, 70540);
    ud_inventory_done(&found);
    fixture_end(&f);
    engine_fixture_done(&engine);
    state_home_free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_as_large_as_what_is_in_it),
        cmocka_unit_test(pruning_spares_what_another_run_writes),
        cmocka_unit_test(clean_does_its_part_here_without_an_engine),
        cmocka_unit_test(clean_lists_what_was_here_after_what_the_engine_had),
    };
    return cmocka_run_group_tests_name("app.cache.files", tests, NULL, NULL);
}
