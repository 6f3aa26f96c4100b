/* An image composed through an engine that saves and loads as it likes. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "bundle/tar/tarwrite.h"
#include "docker/containers/archive.h"
#include "docker/images/compose.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define MANIFEST "[{\"Config\":\"c\",\"Layers\":[\"l\"]}]"
#define CONFIG "{\"architecture\":\"amd64\",\"rootfs\":{\"diff_ids\":[\"sha256:aa\"]}}"

enum { LAYER_BYTES = 3 << 20 }; /* more than is under way at once */

static struct ud_buf saved; /* by an engine */

static int make_saved(void **state)
{
    char *layer = calloc(LAYER_BYTES, 1);
    (void)state;
    ud_buf_init(&saved, LAYER_BYTES + (1 << 20));
    struct ud_tarwrite *tar = ud_tarwrite_new(&saved);
    assert_int_equal(ud_tarwrite_file(tar, "c", 0644, CONFIG, strlen(CONFIG), NULL), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "l", 0644, layer, LAYER_BYTES, NULL), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "manifest.json", 0644, MANIFEST, strlen(MANIFEST), NULL),
                     UD_OK);
    assert_int_equal(ud_tarwrite_finish(tar, NULL), UD_OK);
    ud_tarwrite_free(tar);
    free(layer);
    return 0;
}

static int free_saved(void **state)
{
    (void)state;
    ud_buf_done(&saved);
    return 0;
}

static struct script_rule save_rule(void)
{
    return (struct script_rule){.method = "GET",
                                .path = "/images/base/get",
                                .type = "application/x-tar",
                                .body = saved.data,
                                .body_len = saved.len,
                                .framing = SCRIPT_CHUNKED};
}

static enum ud_code compose(struct engine_fixture *f, struct ud_error *err)
{
    struct ud_buf layer;
    ud_buf_init(&layer, 16);
    ud_buf_adds(&layer, "layer");
    const struct ud_compose what = {.base = "base",
                                    .name = "new:1",
                                    .arch = "amd64",
                                    .layer = &layer,
                                    .workdir = "/",
                                    .made_by = "a test"};
    enum ud_code rc = ud_image_compose(f->engine, &what, err);
    ud_buf_done(&layer);
    return rc;
}

static void the_base_streams_through_into_the_new_image(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        save_rule(),
        {.method = "POST",
         .path = "/images/load?quiet=1",
         .body = "{\"stream\":\"Loaded image: new:1\\n\"}\n"},
    };
    struct engine_fixture f;
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(compose(&f, &err), UD_OK);
    const struct script_request *load = NULL;
    for (size_t i = 0; i < scripted_engine_count(f.script); i++) {
        const struct script_request *request = scripted_engine_request(f.script, i);
        load = strstr(request->target, "/images/load") != NULL ? request : load;
    }
    assert_non_null(load);
    assert_true(load->body_len > LAYER_BYTES);
    assert_non_null(strstr(load->head, "application/x-tar"));
    engine_fixture_done(&f);
}

static void expect_failure(const struct script_rule *rules, size_t count, enum ud_code code,
                           const char *text)
{
    struct engine_fixture f;
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, count, true);
    assert_int_equal(compose(&f, &err), code);
    if (strstr(err.message, text) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", err.message, text);
    }
    assert_non_null(strstr(err.message, "new:1"));
    engine_fixture_done(&f);
}

static void a_base_that_cannot_be_saved_is_why(void **state)
{
    (void)state;
    const struct script_rule missing[] = {
        PONG,
        {.method = "GET",
         .path = "/images/base/get",
         .status = 404,
         .body = "{\"message\":\"no such image: base\"}"},
        {.method = "POST", .path = "/images/load", .body = ""},
    };
    expect_failure(missing, COUNT(missing), UD_ERR_NOT_FOUND, "no such image: base");
    struct script_rule cut[] = {
        PONG,
        save_rule(),
        {.method = "POST", .path = "/images/load", .body = ""},
    };
    cut[1].cut_after = saved.len / 2;
    expect_failure(cut, COUNT(cut), UD_ERR_PROTOCOL, "truncated");
}

/* Whether it reads all of the upload before it says so, or not. */
static void a_load_that_fails_is_told_in_the_engines_words(void **state)
{
    (void)state;
    const struct script_rule late[] = {
        PONG,
        save_rule(),
        {.method = "POST",
         .path = "/images/load",
         .body = "{\"errorDetail\":{\"message\":\"no space left on device\"}}\n"},
    };
    expect_failure(late, COUNT(late), UD_ERR_ENGINE, "no space left on device");
    const struct script_rule refused[] = {
        PONG,
        save_rule(),
        {.method = "POST",
         .path = "/images/load",
         .status = 500,
         .body = "{\"message\":\"read-only\"}"},
    };
    expect_failure(refused, COUNT(refused), UD_ERR_ENGINE, "read-only");
}

static void a_cancel_request_ends_both_sides_at_once(void **state)
{
    (void)state;
    struct script_rule rules[] = {
        PONG,
        save_rule(),
        {.method = "POST", .path = "/images/load", .body = ""},
    };
    rules[1].framing = SCRIPT_CLOSE;
    rules[1].stall_body = true; /* the base never ends, so neither does the new image */
    struct engine_fixture f;
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    struct canceller *canceller = cancel_after(&f.cancel, 200);
    assert_int_equal(compose(&f, &err), UD_ERR_INTERRUPTED);
    canceller_join(canceller);
    engine_fixture_done(&f);
}

/* {"name":"lib","size":7,"mode":134218239,"mtime":"…","linkTarget":"/usr/lib"} */
#define LINK_STAT                                                                                  \
    "X-Docker-Container-Path-Stat: eyJuYW1lIjoibGliIiwic2l6ZSI6NywibW9kZSI6MTM0MjE4MjM5LCJsaW5r"   \
    "VGFyZ2V0IjoiL3Vzci9saWIifQ==\r\n"
/* {"name":"opt","mode":2147484141} */
#define DIR_STAT "X-Docker-Container-Path-Stat: eyJuYW1lIjoib3B0IiwibW9kZSI6MjE0NzQ4NDE0MX0=\r\n"

static void what_is_at_a_path_is_told(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "HEAD", .path = "path=%2Flib", .headers = LINK_STAT, .body = ""},
        {.method = "HEAD", .path = "path=%2Fopt", .headers = DIR_STAT, .body = ""},
        {.method = "HEAD", .path = "path=%2Fnone", .status = 404, .body = ""},
        {.method = "HEAD", .path = "path=%2Fodd", .body = ""},
    };
    struct engine_fixture f;
    struct ud_archive_stat stat = {0};
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_archive_stat(f.engine, "c", "/lib", &stat, &err), UD_OK);
    assert_string_equal(stat.link, "/usr/lib");
    assert_false(stat.is_dir);
    ud_archive_stat_done(&stat);
    assert_int_equal(ud_archive_stat(f.engine, "c", "/opt", &stat, &err), UD_OK);
    assert_null(stat.link);
    assert_true(stat.is_dir);
    assert_int_equal(stat.mode, 0755);
    ud_archive_stat_done(&stat);
    assert_int_equal(ud_archive_stat(f.engine, "c", "/none", &stat, &err), UD_ERR_NOT_FOUND);
    assert_int_equal(ud_archive_stat(f.engine, "c", "/odd", &stat, &err), UD_ERR_PROTOCOL);
    engine_fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_streams_through_into_the_new_image),
        cmocka_unit_test(a_base_that_cannot_be_saved_is_why),
        cmocka_unit_test(a_load_that_fails_is_told_in_the_engines_words),
        cmocka_unit_test(a_cancel_request_ends_both_sides_at_once),
        cmocka_unit_test(what_is_at_a_path_is_told),
    };
    return cmocka_run_group_tests(tests, make_saved, free_saved);
}
