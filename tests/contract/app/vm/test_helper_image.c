/* The helper's image is known by what is in it: containers of it are privileged. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "helper_answer.h"
#include "util/mem.h"
#include "vm/helper_image.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define HELPER "/images/usbipd-desktop/helper:"

/* An engine whose image of that name is this; NULL: it has none. */
struct trial {
    struct engine_fixture f;
    char *id;
    struct ud_error err;
};

static void ensure(struct trial *t, const char *image)
{
    const struct script_rule rules[] = {PONG,
                                        {.method = "GET", .path = "/info", .body = ENGINE_INFO("")},
                                        {.method = "GET", .path = "/version", .body = "{}"},
                                        {.method = "GET",
                                         .path = HELPER,
                                         .status = image != NULL ? 200 : 404,
                                         .body = image != NULL ? image : "{}"},
                                        {.method = "POST",
                                         .path = "/images/create?fromSrc=-",
                                         .body = "{\"status\":\"sha256:new\"}"},
                                        {.method = "DELETE", .path = "/images/", .body = "[]"}};
    *t = (struct trial){0};
    engine_fixture_init(&t->f, rules, COUNT(rules), true);
    const struct ud_app app = {.report = &t->f.report};
    if (ud_helper_image_ensure(&app, t->f.engine, &t->id, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void trial_done(struct trial *t)
{
    engine_fixture_done(&t->f);
    free(t->id);
}

/* The digest of the whole image, as it is given to a new one. In new memory. */
static char *digest_of_ours(void)
{
    struct trial t;
    char *hex = NULL;
    ensure(&t, NULL);
    assert_string_equal(t.id, "sha256:new");
    for (size_t i = 0; i < scripted_engine_count(t.f.script) && hex == NULL; i++) {
        const char *label =
            strstr(scripted_engine_request(t.f.script, i)->target, "desktop.inputs");
        if (label != NULL) {
            label += strcspn(label, "=%");
            while (strspn(label, "0123456789abcdef") != 64) {
                label++;
            }
            hex = ud_strndup(label, 64);
        }
    }
    assert_non_null(hex);
    trial_done(&t);
    return hex;
}

static void expect(const char *image, const char *id, size_t imports, size_t removals,
                   const char *warning)
{
    struct trial t;
    ensure(&t, image);
    assert_string_equal(t.id, id);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/images/create"), imports);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/images/sha256:old"), removals);
    if (strstr(t.f.warnings, warning) == NULL || (warning[0] == '\0' && t.f.warnings[0] != '\0')) {
        fail_msg("%s", t.f.warnings);
    }
    trial_done(&t);
}

static void one_with_our_content_is_used_by_its_id(void **state)
{
    (void)state;
    char *hex = digest_of_ours();
    char *image = ud_strf("{\"Id\":\"sha256:old\",\"RootFS\":{\"Layers\":[\"sha256:%s\"]}}", hex);
    expect(image, "sha256:old", 0, 0, "");
    free(image);
    free(hex);
}

static void one_that_has_only_our_name_is_not_used(void **state)
{
    (void)state;
    expect("{\"Id\":\"sha256:old\",\"RepoTags\":[\"usbipd-desktop/helper:1\"],"
           "\"RootFS\":{\"Layers\":[\"sha256:0000\"]}}",
           "sha256:new", 1, 0, "not this program's");
    expect("{\"Id\":\"sha256:old\"}", "sha256:new", 1, 0, "not this program's");
}

/* Labels are easy to copy, and say nothing where the content is told. */
static void our_labels_do_not_stand_for_our_content(void **state)
{
    (void)state;
    char *hex = digest_of_ours();
    char *image = ud_strf("{\"Id\":\"sha256:old\",\"RootFS\":{\"Layers\":[\"sha256:%s\","
                          "\"sha256:0000\"]},\"Config\":{\"Labels\":{"
                          "\"io.github.usbipd-desktop\":\"1\","
                          "\"io.github.usbipd-desktop.role\":\"helper\","
                          "\"io.github.usbipd-desktop.inputs\":\"%s\"}}}",
                          hex, hex);
    expect(image, "sha256:new", 1, 1, "");
    free(image);
    free(hex);
}

static void where_no_content_is_told_the_label_counts(void **state)
{
    (void)state;
    char *hex = digest_of_ours();
    char *image = ud_strf("{\"Id\":\"sha256:old\",\"Config\":{\"Labels\":{"
                          "\"io.github.usbipd-desktop.inputs\":\"%s\"}}}",
                          hex);
    expect(image, "sha256:old", 0, 0, "");
    free(image);
    free(hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_with_our_content_is_used_by_its_id),
        cmocka_unit_test(one_that_has_only_our_name_is_not_used),
        cmocka_unit_test(our_labels_do_not_stand_for_our_content),
        cmocka_unit_test(where_no_content_is_told_the_label_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
