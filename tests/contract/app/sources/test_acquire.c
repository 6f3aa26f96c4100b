/* Archives by the routes of a release, from a mirror; what is told when there is none. */
#include <stdio.h>

#include "sources_fixture.h"

#include "sources/hub_tags.h"

#define BYTES "not a real archive"

static void expect_bytes(const struct fixture *f)
{
    assert_int_equal(f->acquire.got, UD_ROUTE_SOURCES);
    fixture_expect_file(f->sources.path, BYTES);
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
    fixture_begin(&f, rules, COUNT(rules), "5.15.133.1-microsoft-standard-WSL2");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_true(f.sources.temporary); /* nobody publishes its digest */
    fixture_end(&f);
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
    fixture_begin(&f, rules, COUNT(rules), "6.13.0-rc4");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    fixture_end(&f);
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
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_string_equal(f.sources.sha256, hex);
    f.wish.offline = true;
    fixture_again(&f);
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_int_equal(scripted_engine_count(f.server), 2);
    fixture_end(&f);
    free(sums);
}

/* Nobody says that somebody's own kernel is kernel.org's: the kernel has to prove it, and nothing
 * is fetched for one that cannot. */
static void the_base_of_somebodys_kernel_is_to_be_proven(void **state)
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
    fixture_begin(&f, rules, COUNT(rules), "6.1.9-mine");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(scripted_engine_count(f.server), 0);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "nothing proves that these sources are the kernel's"));
    assert_non_null(strstr(err.message, "the VM has no module of the kernel's own"));
    f.facts.has_btf = true;
    fixture_again(&f);
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    expect_bytes(&f);
    assert_true(f.sources.unproven);
    fixture_expect_told(&f, "taken only if the kernel proves that they are its own");
    fixture_end(&f);
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
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    if (strstr(err.message, says) == NULL) {
        fail_msg("%s", err.message);
    }
    f.wish.offline = true;
    fixture_again(&f);
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    fixture_end(&f);
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
    fixture_begin(&f, rules, COUNT(rules), "6.11.9-orbstack-00279-g4cf512143f2e");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, 0);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "/v6.x/linux-6.11.9.tar.xz: by hand"));
    assert_non_null(strstr(err.remedy, "Ask OrbStack"));
    fixture_end(&f);
    fixture_begin(&f, rules, COUNT(rules), "5.15.133.1-microsoft-standard-WSL2");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(ud_acquire_fail(&f.acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "linux-msft-wsl-5.15.133.1.tar.gz: "));
    assert_non_null(strstr(err.remedy, "--source"));
    fixture_end(&f);
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
    fixture_begin(&f, mirror, COUNT(mirror), "6.6.13-linuxkit");
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
    fixture_end(&f);
}

/* Eight are looked into; the sentence says that there are more, and each one is named. */
static void more_builds_than_are_tried_are_told(void **state)
{
    struct fixture f;
    struct engine_fixture engine;
    struct ud_error err = {0};
    char *listed = ud_strdup("{\"results\":[");
    for (unsigned i = 0; i < 8; i++) {
        char *more = ud_strf("%s%s{\"name\":\"6.6.13-%016x-amd64\"}", listed, i > 0 ? "," : "", i);
        free(listed);
        listed = more;
    }
    char *body = ud_strf("%s]}", listed);
    const struct script_rule mirror[] = {{.method = "GET", .path = "/k/v2/", .body = body}};
    const struct script_rule images[] = {
        PONG,
        {.method = "GET", .path = "/images/json", .body = "[]", .forever = true},
        {.method = "GET", .path = "/images/", .status = 404, .body = "{}", .forever = true},
        {.method = "POST",
         .path = "/images/create",
         .status = 404,
         .body = "{\"message\":\"manifest unknown\"}",
         .forever = true}};
    (void)state;
    fixture_begin(&f, mirror, COUNT(mirror), "6.6.13-linuxkit");
    engine_fixture_init(&engine, images, COUNT(images), true);
    f.builder_image.engine = engine.engine;
    f.builder_image.goarch = ud_strdup("amd64");
    assert_int_equal(
        ud_acquire_image(&f.acquire, &f.acquire.routes.items[1], UD_ROUTE_SOURCES, &err),
        UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "8 of 9 builds of this version were tried, and none fits "
                                        "(name one with --kernel-image). The last one"));
    fixture_expect_told(&f, "tried image linuxkit/kernel:6.6.13: ");
    fixture_expect_told(&f, "tried image linuxkit/kernel:6.6.13-0000000000000006-amd64: ");
    assert_null(strstr(f.told, "0000000000000007"));
    engine_fixture_done(&engine);
    fixture_end(&f);
    free(f.builder_image.goarch);
    free(listed);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wsl2s_archive_is_where_github_has_it),
        cmocka_unit_test(a_release_candidate_is_where_git_has_it),
        cmocka_unit_test(a_release_is_kept_and_found_again_offline),
        cmocka_unit_test(a_release_is_what_the_list_says_or_is_not_taken),
        cmocka_unit_test(the_base_of_somebodys_kernel_is_to_be_proven),
        cmocka_unit_test(builds_of_a_version_are_found_by_their_tags),
        cmocka_unit_test(more_builds_than_are_tried_are_told),
        cmocka_unit_test(the_error_lists_each_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
