/* The image that compiles: for the engine's own platform, or for the one that the user names. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "helper_answer.h"
#include "state_home.h"

#include "builder/build_container.h"
#include "builder/builder_image.h"
#include "engine/run_mark.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define CONFIG                                                                                     \
    "CONFIG_CC_VERSION_TEXT=\"gcc (Debian 12.2.0-14) 12.2.0\"\nCONFIG_CC_IS_GCC=y\n"               \
    "CONFIG_GCC_VERSION=120200\n"
#define USERS "registry.example/" LONG "/tools:1"
#define LONG "a-team-with-a-long-name/its-kernels-and-drivers/for-all-boards-there-are"

static const struct script_rule rules[] = {
    PONG,
    {.method = "GET", .path = "/info", .body = ENGINE_INFO(",\"NCPU\":2"), .forever = true},
    {.method = "GET", .path = "/version", .body = "{}", .forever = true},
    {.method = "GET", .path = "/images/" USERS "/json", .status = 404, .body = "{}"},
    {.method = "GET",
     .path = "/images/" USERS "/json",
     .body = "{\"Id\":\"sha256:d\",\"RepoTags\":[]}",
     .forever = true},
    {.method = "POST", .path = "/images/create?", .body = "{\"status\":\"done\"}"},
    {.method = "POST", .path = "/images/sha256:d/tag?", .status = 201, .forever = true},
    {.method = "POST", .path = "/containers/create", .status = 201, .body = "{\"Id\":\"1\"}"},
    {.method = "PUT", .path = "/archive", .body = "", .forever = true},
    {.method = "HEAD", .path = "/archive", .status = 404, .forever = true},
    {.method = "DELETE", .path = "/", .status = 204, .forever = true},
};

struct trial {
    char *home;
    struct engine_fixture f;
    struct ud_app app;
    struct ud_facts facts;
    struct ud_builder_image image;
};

static void begin(struct trial *t, const struct ud_builder_wish *wish)
{
    struct ud_error err = {0};
    *t = (struct trial){.home = state_home_new()};
    ud_run_mark_begin(NULL);
    engine_fixture_init(&t->f, rules, COUNT(rules), true);
    t->app.report = &t->f.report;
    t->facts.config_text = ud_strdup(CONFIG);
    t->facts.machine = ud_strdup("x86_64");
    assert_int_equal(ud_config_parse(CONFIG, strlen(CONFIG), &t->facts.config, &err), UD_OK);
    if (ud_builder_image_choose(t->f.engine, wish, &t->facts, &t->image, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

static void end(struct trial *t)
{
    ud_builder_image_done(&t->image);
    ud_config_done(&t->facts.config);
    free(t->facts.config_text);
    free(t->facts.machine);
    engine_fixture_done(&t->f);
    ud_run_mark_end();
    state_home_free(t->home);
}

/* The kernel is x86-64's, as the engine is. */
static void another_platform_has_an_image_of_its_own_and_crosses(void **state)
{
    const struct ud_builder_wish none = {0};
    const struct ud_builder_wish same = {.platform = "linux/amd64"};
    const struct ud_builder_wish other = {.platform = "linux/arm64"};
    struct trial t;
    (void)state;
    begin(&t, &none);
    char *usual = ud_strdup(t.image.image);
    assert_string_equal(t.image.builder.cross_prefix, "");
    end(&t);
    begin(&t, &same);
    assert_string_equal(t.image.image, usual);
    end(&t);
    begin(&t, &other);
    assert_string_not_equal(t.image.image, usual);
    assert_string_equal(t.image.builder.cross_prefix, "x86_64-linux-gnu-");
    assert_string_equal(t.image.goarch, "amd64");
    end(&t);
    free(usual);
}

static void the_users_image_is_pulled_and_run_for_that_platform(void **state)
{
    const struct ud_builder_wish wish = {.image = USERS, .platform = "linux/arm64"};
    struct ud_build_container container;
    struct ud_error err = {0};
    struct trial t;
    (void)state;
    begin(&t, &wish);
    assert_string_equal(t.image.image, USERS);
    if (ud_builder_image_ensure(&t.app, &t.image, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "tag=1&platform=linux%2Farm64"), 1);
    const struct ud_build_container_image image = {
        .id = t.image.id, .platform = t.image.wish.platform, .goarch = t.image.goarch};
    if (ud_build_container_open(&t.app, t.f.engine, UD_ROLE_BUILD, &image, &container, &err) !=
        UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "platform=linux%2Farm64"), 2);
    ud_build_container_close(&container);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_platform_has_an_image_of_its_own_and_crosses),
        cmocka_unit_test(the_users_image_is_pulled_and_run_for_that_platform),
    };
    return cmocka_run_group_tests_name("app.builder.builder_image", tests, NULL, NULL);
}
