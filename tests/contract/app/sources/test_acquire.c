/* Archives by the routes of a release, from a mirror; what is told when there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "set_variable.h"

#include "bundle/bytes/digest.h"
#include "kernel/kbuild/layout_seed.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "sources/acquire.h"
#include "sources/hub_tags.h"
#include "util/mem.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define BYTES "not a real archive"

struct fixture {
    struct scripted_engine *server;
    char *mirror;
    char *cache;
    struct ud_sources_wish wish;
    struct ud_facts facts;
    struct ud_builder_image builder_image;
    struct ud_sources sources;
    struct ud_buf symvers_text;
    struct ud_symvers symvers;
    char seed[UD_LAYOUT_SEED_SIZE];
    struct ud_app app;
    struct ud_acquire acquire;
};

/* An empty directory where each system's cache directory is; a relative path would not
 * be taken. */
static char *new_cache(void)
{
    struct ud_error err = {0};
    char *tmp = ud_host_env("TMPDIR");
    char *temp = tmp != NULL ? tmp : ud_host_env("TEMP");
    char *base = ud_fs_join(temp != NULL && temp[0] != '\0' ? temp : "/tmp", "ud-walk");
    char *dir = ud_fs_temp_sibling(base);
    assert_int_equal(ud_fs_mkdirs(dir, &err), UD_OK);
    set_variable("XDG_CACHE_HOME", dir);
    set_variable("LOCALAPPDATA", dir);
    set_variable("HOME", dir);
    free(base);
    free(temp);
    return dir;
}

static void begin(struct fixture *f, const struct script_rule *rules, size_t count,
                  const char *release)
{
    struct ud_error err = {0};
    *f = (struct fixture){.server = scripted_engine_start(rules, count, true)};
    f->mirror = ud_strf("http%s/k", strchr(scripted_engine_endpoint(f->server), ':'));
    f->cache = new_cache();
    assert_int_equal(ud_release_parse(release, "#1 SMP", NULL, &f->facts.release, &err), UD_OK);
    f->wish.mirror = f->mirror;
    ud_buf_init(&f->symvers_text, 1024);
    f->acquire = (struct ud_acquire){.app = &f->app,
                                     .wish = &f->wish,
                                     .facts = &f->facts,
                                     .builder_image = &f->builder_image,
                                     .sources = &f->sources,
                                     .symvers_text = &f->symvers_text,
                                     .symvers = &f->symvers,
                                     .layout_seed = f->seed,
                                     .layout_hash = "",
                                     .wanted = UD_ROUTE_SOURCES};
    ud_acquire_begin(&f->acquire);
}

static void end(struct fixture *f)
{
    struct ud_error err = {0};
    ud_sources_done(&f->sources);
    ud_acquire_done(&f->acquire);
    ud_buf_done(&f->symvers_text);
    scripted_engine_stop(f->server);
    assert_int_equal(ud_fs_remove_tree(f->cache, &err), UD_OK);
    free(f->mirror);
    free(f->cache);
}

static void expect_bytes(const struct fixture *f)
{
    struct ud_buf got;
    struct ud_error err = {0};
    ud_buf_init(&got, 1024);
    assert_int_equal(f->acquire.got, UD_ROUTE_SOURCES);
    assert_int_equal(ud_fs_read(f->sources.path, &got, &err), UD_OK);
    assert_string_equal(got.data, BYTES);
    ud_buf_done(&got);
}

static void wsl2s_archive_is_where_github_has_it(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {{.method = "GET",
                                         .path = "/k/microsoft/WSL2-Linux-Kernel/archive/refs/tags/"
                                                 "linux-msft-wsl-5.15.133.1.tar.gz",
                                         .type = "application/gzip",
                                         .body = BYTES}};
    (void)state;
    begin(&f, rules, COUNT(rules), "5.15.133.1-microsoft-standard-WSL2");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_true(f.sources.temporary); /* nobody publishes its digest */
    end(&f);
}

static void a_release_candidate_is_where_git_has_it(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {{.method = "GET",
                                         .path = "/k/torvalds/t/linux-6.13-rc4.tar.gz",
                                         .type = "application/gzip",
                                         .body = BYTES}};
    (void)state;
    begin(&f, rules, COUNT(rules), "6.13.0-rc4");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    end(&f);
}

/* kernel.org's sha256sums.asc, in new memory. */
static char *list_with(const char *hex, const char *file)
{
    return ud_strf("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s  %s\n"
                   "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
                   hex, file);
}

static void a_release_is_kept_and_found_again_offline(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(BYTES, strlen(BYTES), hex);
    char *sums = list_with(hex, "linux-6.1.9.tar.xz");
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/k/v6.x/sha256sums.asc", .type = "text/plain", .body = sums},
        {.method = "GET", .path = "/k/v6.x/linux-6.1.9.tar.xz", .body = BYTES}};
    (void)state;
    begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_string_equal(f.sources.sha256, hex);
    ud_sources_done(&f.sources);
    ud_acquire_done(&f.acquire);
    f.wish.offline = true;
    f.acquire.got = 0;
    ud_acquire_begin(&f.acquire);
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_int_equal(scripted_engine_count(f.server), 2);
    end(&f);
    free(sums);
}

#define SEVENS "7777777777777777777777777777777777777777777777777777777777777777"

/* What the list says of an archive decides; nothing of one that is another is kept. */
static void refused_release(const char *file, const char *says)
{
    char *sums = list_with(SEVENS, file);
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/k/v6.x/sha256sums.asc", .type = "text/plain", .body = sums},
        {.method = "GET", .path = "/k/v6.x/linux-6.1.9.tar.xz", .body = BYTES}};
    begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    if (strstr(err.message, says) == NULL) {
        fail_msg("%s", err.message);
    }
    f.wish.offline = true;
    ud_acquire_done(&f.acquire);
    ud_acquire_begin(&f.acquire);
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    end(&f);
    free(sums);
}

static void a_release_is_what_the_list_says_or_is_not_taken(void **state)
{
    (void)state;
    refused_release("linux-6.1.9.tar.xz", "SHA-256");
    refused_release("linux-6.1.8.tar.xz", "linux-6.1.9.tar.xz");
}

static void the_error_lists_each_route(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/k/", .status = 404, .body = "", .forever = true}};
    (void)state;
    begin(&f, rules, COUNT(rules), "6.11.9-orbstack-00279-g4cf512143f2e");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "/v6.x/linux-6.11.9.tar.xz: by hand"));
    assert_non_null(strstr(err.remedy, "Ask OrbStack"));
    end(&f);
    begin(&f, rules, COUNT(rules), "5.15.133.1-microsoft-standard-WSL2");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "linux-msft-wsl-5.15.133.1.tar.gz: "));
    assert_non_null(strstr(err.remedy, "--source"));
    end(&f);
}

/* Those that the engine has come first, and the builders and other versions not at all. */
static void builds_of_a_version_are_found_by_their_tags(void **state)
{
    struct fixture f;
    struct engine_fixture engine;
    struct ud_error err = {0};
    struct ud_strv found = {0};
    const struct script_rule mirror[] = {
        {.method = "GET",
         .path = "/k/v2/repositories/linuxkit/kernel/tags?page_size=100&name=6.6.13",
         .body = "{\"results\":[{\"name\":\"6.6.13-0123456789abcdef-amd64\"},"
                 "{\"name\":\"6.6.13-builder\"},{\"name\":\"6.6.13-00000000ffffffff\"}]}"}};
    const struct script_rule images[] = {
        PONG,
        {.method = "GET",
         .path = "/images/json",
         .body = "[{\"Id\":\"a\",\"RepoTags\":[\"linuxkit/kernel:6.6.13-00000000ffffffff\"]},"
                 "{\"Id\":\"b\",\"RepoTags\":[\"linuxkit/kernel:6.6.12\",\"x:6.6.13\"]}]"}};
    (void)state;
    begin(&f, mirror, COUNT(mirror), "6.6.13-linuxkit");
    engine_fixture_init(&engine, images, COUNT(images), true);
    f.builder_image.engine = engine.engine;
    assert_int_equal(ud_hub_tags_references(&f.acquire, &f.acquire.routes.items[1], &found, &err),
                     UD_OK);
    char *text = ud_strv_join(&found, " ");
    assert_string_equal(text, "linuxkit/kernel:6.6.13-00000000ffffffff linuxkit/kernel:6.6.13 "
                              "linuxkit/kernel:6.6.13-0123456789abcdef-amd64");
    free(text);
    ud_strv_done(&found);
    engine_fixture_done(&engine);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wsl2s_archive_is_where_github_has_it),
        cmocka_unit_test(a_release_candidate_is_where_git_has_it),
        cmocka_unit_test(a_release_is_kept_and_found_again_offline),
        cmocka_unit_test(a_release_is_what_the_list_says_or_is_not_taken),
        cmocka_unit_test(builds_of_a_version_are_found_by_their_tags),
        cmocka_unit_test(the_error_lists_each_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
