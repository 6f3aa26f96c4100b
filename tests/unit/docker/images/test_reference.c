#include "docker/images/reference.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "docker/engine/labels.h"
#include "engine/version.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *text, *name, *registry, *tag, *digest;
} references[] = {
    {"debian", "debian", "docker.io", "latest", NULL},
    {"debian:12", "debian", "docker.io", "12", NULL},
    {"library/debian:12", "library/debian", "docker.io", "12", NULL},
    {"docker.io/library/debian", "docker.io/library/debian", "docker.io", "latest", NULL},
    {"index.docker.io/a/b", "index.docker.io/a/b", "docker.io", "latest", NULL},
    {"ghcr.io/a/b:c", "ghcr.io/a/b", "ghcr.io", "c", NULL},
    {"127.0.0.1:5000/x", "127.0.0.1:5000/x", "127.0.0.1:5000", "latest", NULL},
    {"localhost/x:1", "localhost/x", "localhost", "1", NULL},
    {"debian@" DIGEST, "debian", "docker.io", NULL, DIGEST},
    {"debian:12@" DIGEST, "debian", "docker.io", "12", DIGEST},
};

static void references_are_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        struct ud_reference ref = {0};
        assert_int_equal(ud_reference_parse(references[i].text, &ref, NULL), UD_OK);
        assert_string_equal(ref.name, references[i].name);
        assert_string_equal(ref.registry, references[i].registry);
        assert_string_equal(ref.tag != NULL ? ref.tag : "-",
                            references[i].tag != NULL ? references[i].tag : "-");
        assert_string_equal(ref.digest != NULL ? ref.digest : "-",
                            references[i].digest != NULL ? references[i].digest : "-");
        ud_reference_done(&ref);
    }
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      ":1",     "a:",   "a b",   "a@",      "a@sha256:1",
                                      "../a",  "a/../b", "a//b", "a/",    "a?b",     "a#b",
                                      "a%2fb", "a\nb",   "a:-x", "a:b c", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ud_reference ref = {0};
        struct ud_error err = {0};
        assert_int_equal(ud_reference_parse(bad[i], &ref, &err), UD_ERR_USAGE);
        assert_null(ref.name);
    }
}

static void labels_become_instructions(void **state)
{
    (void)state;
    struct ud_strv labels = {0};
    ud_strv_add(&labels, "a.b=c d");
    ud_strv_add(&labels, "q=\"\\$x\ny=z");
    assert_string_equal(ud_labels_get(&labels, "a.b"), "c d");
    assert_null(ud_labels_get(&labels, "a"));
    char *change = ud_labels_change(labels.items[1]);
    assert_string_equal(change, "LABEL \"q\"=\"\\\"\\\\\\$x y=z\"");
    free(change);
    ud_strv_done(&labels);
}

static const struct {
    const char *theirs, *pinned, *ours; /* ours NULL: refused */
} versions[] = {
    {"1.41", NULL, "1.41"},   {"1.44", NULL, "1.44"},   {"1.51", NULL, "1.51"},
    {"1.40", NULL, NULL},     {"1.9", NULL, NULL},      {"2.0", NULL, "1.52"},
    {"", NULL, NULL},         {"x", NULL, NULL},        {"1.", NULL, NULL},
    {"1.44", "1.42", "1.42"}, {"1.41", "1.43", "1.41"}, {"1.51", "1.45", "1.45"},
    {"1.53", NULL, "1.52"},   {"1.53", "1.53", "1.52"}, {"1.44", "1.24", NULL},
    {"1.44", "latest", NULL}, {"1.44", "-1.43", NULL},
};

static void the_version_is_the_least_of_the_greatest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct ud_version got = {0};
        struct ud_version want = {0};
        struct ud_error err = {0};
        enum ud_code rc =
            ud_version_choose("it", versions[i].theirs, versions[i].pinned, &got, &err);
        if (versions[i].ours == NULL) {
            assert_int_not_equal(rc, UD_OK);
            assert_string_not_equal(err.remedy, "");
            continue;
        }
        assert_int_equal(rc, UD_OK);
        assert_true(ud_version_parse(versions[i].ours, &want));
        assert_int_equal(ud_version_compare(got, want), 0);
    }
}

static void a_minimum_above_ours_is_refused(void **state)
{
    (void)state;
    struct ud_error err = {0};
    const struct ud_version ours = {1, 44};
    assert_int_equal(ud_version_check_minimum("it", ours, "1.44", &err), UD_OK);
    assert_int_equal(ud_version_check_minimum("it", ours, "", &err), UD_OK);
    assert_int_equal(ud_version_check_minimum("it", ours, "1.45", &err), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "1.45"));
}

static void names_that_engines_list_belong_to_a_repository(void **state)
{
    static const struct {
        const char *listed;
        const char *repository;
        const char *tag;
    } names[] = {
        {"ours/prepared:12", "ours/prepared", "12"},
        {"docker.io/ours/prepared:12", "ours/prepared", "12"},
        {"localhost/ours/prepared:12", "ours/prepared", "12"},
        {"docker.io/library/debian:12", "debian", "12"},
        {"docker.io/library/ours/prepared:12", "ours/prepared", "12"},
        {"ours/prepared-not:12", "ours/prepared", NULL},
        {"mine/ours/prepared:12", "ours/prepared", NULL},
        {"ghcr.io/ours/prepared:12", "ours/prepared", NULL},
        {"ours/prepared@sha256:12", "ours/prepared", NULL},
        {"ours/prepared", "ours/prepared", NULL},
        {"", "ours/prepared", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *tag = ud_reference_tag_in(names[i].listed, names[i].repository);
        if (names[i].tag == NULL) {
            assert_null(tag);
        } else {
            assert_non_null(tag);
            assert_string_equal(tag, names[i].tag);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_split),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(names_that_engines_list_belong_to_a_repository),
        cmocka_unit_test(labels_become_instructions),
        cmocka_unit_test(the_version_is_the_least_of_the_greatest),
        cmocka_unit_test(a_minimum_above_ours_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
