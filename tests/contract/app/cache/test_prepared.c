/* Prepared trees in an engine: which are ours, in which order, and which go. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/clean.h"
#include "cache/prepared.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

/* One that a user made of ours, one that lost its name to a build at the same time,
 * and two with names, not in the order of their age. */
#define LIST                                                                                       \
    "["                                                                                            \
    "{\"Id\":\"sha256:u\",\"Created\":400,\"Size\":9,\"RepoTags\":[\"mine:1\"]},"                  \
    "{\"Id\":\"sha256:a\",\"Created\":100,\"Size\":9,"                                             \
    "\"RepoTags\":[\"usbipd-desktop/prepared:aaaa\"]},"                                            \
    "{\"Id\":\"sha256:n\",\"Created\":200,\"Size\":9,\"RepoTags\":[\"<none>:<none>\"]},"           \
    "{\"Id\":\"sha256:v\",\"Created\":250,\"Size\":9,\"RepoTags\":null},"                          \
    "{\"Id\":\"sha256:b\",\"Created\":300,\"Size\":9,"                                             \
    "\"RepoTags\":[\"docker.io/usbipd-desktop/prepared:bbbb\"]}"                                   \
    "]"

#define LISTED                                                                                     \
    PONG, {.method = "GET", .path = "/images/json", .body = LIST, .forever = true},                \
        {.method = "GET",                                                                          \
         .path = "/images/sha256:n/json",                                                          \
         .body = "{\"Id\":\"sha256:n\",\"Comment\":\"" UD_PREPARED_MADE_BY "\"}",                  \
         .forever = true},                                                                         \
    {                                                                                              \
        .method = "GET", .path = "/images/sha256:v/json",                                          \
        .body = "{\"Id\":\"sha256:v\",\"Comment\":\"\"}", .forever = true                          \
    }

static void lists_only_ours_and_the_newest_first(void **state)
{
    (void)state;
    struct engine_fixture f;
    struct ud_error err = {0};
    struct ud_image_list list = {0};
    const struct script_rule rules[] = {LISTED};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    if (ud_prepared_list(f.engine, &list, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(list.len, 3);
    assert_string_equal(ud_prepared_name(&list.items[0]), "docker.io/usbipd-desktop/prepared:bbbb");
    assert_string_equal(ud_prepared_name(&list.items[1]), "sha256:n");
    assert_string_equal(ud_prepared_name(&list.items[2]), "usbipd-desktop/prepared:aaaa");
    assert_int_equal(scripted_engine_seen(f.script, "GET", "prepared"), 1); /* the filter */
    ud_image_list_done(&list);
    engine_fixture_done(&f);
}

static void the_oldest_and_those_without_a_name_go(void **state)
{
    (void)state;
    struct engine_fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        LISTED, {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_prepared_limit(f.engine, 1, &err), UD_OK);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/images/"), 2);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "aaaa"), 1);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "sha256:n"), 1);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "force=1"), 0);
    engine_fixture_done(&f);
}

static void one_that_is_in_use_stays(void **state)
{
    (void)state;
    struct engine_fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {LISTED,
                                        {.method = "DELETE",
                                         .path = "/images/",
                                         .status = 409,
                                         .body = "{\"message\":\"in use\"}",
                                         .forever = true}};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_prepared_limit(f.engine, 0, &err), UD_OK);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/images/"), 3);
    engine_fixture_done(&f);
}

/* A builder that a prepared tree stands on cannot be removed before it. */
static void clean_takes_them_before_their_builders(void **state)
{
    (void)state;
    struct engine_fixture f;
    struct ud_error err = {0};
    struct ud_inventory inventory = {0};
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = "[]"},
        {.method = "GET", .path = "/volumes", .body = "{\"Volumes\":[]}"},
        {.method = "GET",
         .path = "/images/json",
         .body = "[{\"Id\":\"sha256:1\",\"RepoTags\":[\"usbipd-desktop/builder:1\"],"
                 "\"Labels\":{\"io.github.usbipd-desktop.role\":\"builder\"}},"
                 "{\"Id\":\"sha256:2\",\"RepoTags\":[\"usbipd-desktop/prepared:2\"],"
                 "\"Labels\":{\"io.github.usbipd-desktop.role\":\"prepared\"}}]"},
        {.method = "GET", .path = "/images/json", .body = "[]"}};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    if (ud_inventory_list(f.engine, &inventory, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(inventory.count, 2);
    assert_string_equal(inventory.items[0].name, "usbipd-desktop/prepared:2");
    assert_string_equal(inventory.items[1].name, "usbipd-desktop/builder:1");
    ud_inventory_done(&inventory);
    engine_fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_only_ours_and_the_newest_first),
        cmocka_unit_test(the_oldest_and_those_without_a_name_go),
        cmocka_unit_test(one_that_is_in_use_stays),
        cmocka_unit_test(clean_takes_them_before_their_builders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
