/* What manifest.json says of where the sources came from. */
#include <stdio.h>

#include "../sources/sources_fixture.h"

#include "build/steps.h"

#define URL "https://bob:s3cret@host/x.tar.xz?token=s3cret"
#define CONFIG "CONFIG_MODULES=y\n"

static void the_manifest_names_the_url_without_its_secrets(void **state)
{
    struct fixture f;
    struct ud_build_result result = {0};
    struct ud_error err = {0};
    struct ud_buf manifest;
    (void)state;
    fixture_begin(&f, NULL, 0, "6.1.9");
    const struct ud_build_options options = {.output = f.top};
    struct ud_build build = {.app = &f.app, .options = &options, .result = &result};
    ud_buf_init(&build.symvers_text, 16);
    ud_buf_init(&manifest, 1 << 20);
    result.facts.release = f.facts.release;
    result.facts.config_text = ud_strdup(CONFIG);
    result.facts.config_len = strlen(CONFIG);
    ud_url_init(&f.wish.source, URL);
    f.wish.dry_run = true;
    assert_int_equal(ud_sources_get_named(&f.app, &f.wish, &build.sources, &err), UD_OK);
    if (ud_build_write(&build, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    char *path = ud_fs_join(result.dir, "manifest.json");
    assert_int_equal(ud_fs_read(path, &manifest, &err), UD_OK);
    assert_non_null(strstr(manifest.data, "\"https://host/x.tar.xz?...\""));
    assert_null(strstr(manifest.data, "s3cret"));
    assert_null(strstr(manifest.data, "bob"));
    free(path);
    ud_buf_done(&manifest);
    ud_buf_done(&build.symvers_text);
    ud_sources_done(&build.sources);
    result.facts.release = (struct ud_release){0};
    ud_build_result_done(&result);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manifest_names_the_url_without_its_secrets),
    };
    return cmocka_run_group_tests_name("app.build.source_name", tests, NULL, NULL);
}
