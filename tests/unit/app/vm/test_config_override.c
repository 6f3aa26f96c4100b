/* A configuration in the place of the VM's own. */
#include "vm/config_override.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../platform/tempdir.h"

#define OWN "CONFIG_SMP=y\n# CONFIG_CMA is not set\n"
#define OTHER "CONFIG_SMP=y\nCONFIG_CMA=y\n"

static void keep_warning(void *ctx, enum ud_report_level level, const char *text)
{
    char **warning = ctx;
    assert_int_equal(level, UD_REPORT_WARN);
    assert_null(*warning);
    *warning = ud_strdup(text);
}

/* Uses a file of this text where the VM shows own, or nothing; the warning or NULL, to free. */
static char *use(const char *own, const char *given)
{
    char *warning = NULL;
    const struct ud_report report = {.ctx = &warning, .message = keep_warning};
    const struct ud_app app = {.report = &report};
    struct ud_error err = {0};
    struct ud_facts facts = {0};
    char *dir = tempdir_new();
    char *path = ud_fs_join(dir, "config");
    assert_int_equal(ud_fs_write_atomic(path, given, strlen(given), &err), UD_OK);
    if (own != NULL) {
        facts.has_config = true;
        facts.config_origin = ud_strdup("/boot/config");
        assert_int_equal(ud_config_parse(own, strlen(own), &facts.config, &err), UD_OK);
    }
    assert_int_equal(ud_config_override(&app, path, &facts, &err), UD_OK);
    assert_true(facts.has_config);
    assert_string_equal(facts.config_origin, path);
    assert_int_equal(facts.config_len, strlen(given));
    ud_facts_done(&facts);
    free(path);
    tempdir_free(dir);
    return warning;
}

static void where_the_vm_shows_none_it_is_believed(void **state)
{
    (void)state;
    assert_null(use(NULL, OTHER));
}

static void the_vms_own_is_no_reason_to_warn(void **state)
{
    (void)state;
    assert_null(use(OWN, OWN));
}

static void another_than_the_vms_own_is_warned_of(void **state)
{
    char *warning = use(OWN, OTHER);
    (void)state;
    assert_non_null(warning);
    assert_non_null(
        strstr(warning, "the VM's own /boot/config, from which it differs in CONFIG_CMA:"));
    free(warning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_vm_shows_none_it_is_believed),
        cmocka_unit_test(the_vms_own_is_no_reason_to_warn),
        cmocka_unit_test(another_than_the_vms_own_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
