/* Builder images: which are listed and which go. */
#include <string.h>

#include "engine_fixture.h"

#include "builder/builders_of.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

#define LIST                                                                                       \
    {                                                                                              \
        .method = "GET", .path = "/images/json?filters=",                                          \
        .body = "[{\"Id\":\"sha256:aa\"},{\"Id\":\"sha256:bb\"},{\"Id\":\"sha256:cc\"}]"           \
    }
#define OURS                                                                                       \
    {                                                                                              \
        .method = "GET", .path = "/images/sha256:aa/json",                                         \
        .body = "{\"Id\":\"sha256:aa\",\"RepoTags\":[\"usbipd-desktop/builder:1\"],"               \
                "\"Comment\":\"usbipd-desktop's builder\",\"Size\":5,"                             \
                "\"Created\":\"2026-11-20T10:00:00Z\",\"Config\":{\"Labels\":{"                    \
                "\"io.github.usbipd-desktop.base\":\"debian:bookworm\","                           \
                "\"io.github.usbipd-desktop.compiler\":\"gcc-12\"}},"                              \
                "\"Metadata\":{\"LastTagTime\":\"2026-11-24T09:30:00Z\"}}"                         \
    }
/* Made by a user on top of ours, whose labels it has. */
#define THEIRS                                                                                     \
    {                                                                                              \
        .method = "GET", .path = "/images/sha256:bb/json",                                         \
        .body = "{\"Id\":\"sha256:bb\",\"RepoTags\":[\"mine:1\"],\"Comment\":\"\"}"                \
    }
#define NAMELESS                                                                                   \
    {                                                                                              \
        .method = "GET", .path = "/images/sha256:cc/json",                                         \
        .body = "{\"Id\":\"sha256:cc\",\"Comment\":\"usbipd-desktop's builder\","                  \
                "\"Metadata\":{\"LastTagTime\":\"0001-01-01T00:00:00Z\"}}"                         \
    }

static void only_ours_are_listed(void **state)
{
    struct engine_fixture f;
    struct ud_builders builders = {0};
    struct ud_error err = {0};
    const struct script_rule rules[] = {PONG, LIST, OURS, THEIRS, NAMELESS};
    const struct ud_builders_options options = {.prune = true, .dry_run = true};
    (void)state;
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_builders_of(f.engine, &options, &builders, &err), UD_OK);
    assert_int_equal(builders.len, 2);
    assert_string_equal(builders.items[0].name, "usbipd-desktop/builder:1");
    assert_string_equal(builders.items[0].compiler, "gcc-12");
    assert_string_equal(builders.items[0].base, "debian:bookworm");
    assert_string_equal(builders.items[0].created, "2026-11-20T10:00:00Z");
    assert_string_equal(builders.items[0].used, "2026-11-24T09:30:00Z");
    assert_int_equal(builders.items[0].size, 5);
    assert_string_equal(builders.items[1].name, "sha256:cc");
    assert_string_equal(builders.items[1].used, "");
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", ""), 0);
    assert_int_equal(scripted_engine_seen(f.script, "GET", "role%3Dbuilder"), 1);
    ud_builders_done(&builders);
    engine_fixture_done(&f);
}

static void one_in_use_stays_and_the_rest_goes(void **state)
{
    struct engine_fixture f;
    struct ud_builders builders = {0};
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        PONG,
        LIST,
        OURS,
        THEIRS,
        NAMELESS,
        {.method = "DELETE",
         .path = "/images/usbipd-desktop/builder:1",
         .status = 409,
         .body = "{\"message\":\"conflict: a container uses it\"}"},
        {.method = "DELETE", .path = "/images/sha256:cc", .body = "[]"}};
    const struct ud_builders_options options = {.prune = true};
    (void)state;
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_builders_of(f.engine, &options, &builders, &err), UD_ERR_BUSY);
    assert_non_null(strstr(err.message, "builder:1"));
    assert_false(builders.items[0].removed);
    assert_true(builders.items[1].removed);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "mine"), 0);
    ud_builders_done(&builders);
    engine_fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_ours_are_listed),
        cmocka_unit_test(one_in_use_stays_and_the_rest_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
