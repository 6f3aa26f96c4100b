/* The documents that repeat a table of the code say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "engine/run_mark.h"
#include "engine/temp_image.h"
#include "platform/fs.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/mem.h"

static void read_doc(const char *name, struct ud_buf *text)
{
    struct ud_error err = {0};
    char *path = ud_strf("%s/docs/%s", UD_SOURCE_DIR, name);
    ud_buf_init(text, 1 << 20);
    if (ud_fs_read(path, text, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    free(path);
}

static void containers_md_has_the_row_of_each_role(void **state)
{
    (void)state;
    struct ud_buf text;
    read_doc("containers.md", &text);
    for (int i = 0; i < UD_ROLE_COUNT; i++) {
        const struct ud_role_info *role = ud_role_info((enum ud_role)i);
        const char *caps = role->privileged ? "all" : "the engine's default";
        char *row = ud_strf("\n| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
                            role->name, role->purpose, role->image, role->privileged ? "yes" : "no",
                            role->drop_all_caps ? "none" : caps, role->network,
                            role->host_pid ? "host" : "own",
                            role->read_only_root ? "read-only" : "writable", role->user,
                            role->mounts, role->lifetime);
        if (strstr(text.data, row) == NULL) {
            fail_msg("docs/containers.md lacks:%s", row);
        }
        free(row);
    }
    ud_buf_done(&text);
}

/* What users meet in an engine and may want to know about. */
static void containers_md_names_each_label_and_repository(void **state)
{
    (void)state;
    static const char *const names[] = {UD_LABEL_OURS,      UD_LABEL_ROLE,
                                        UD_LABEL_RUN,       UD_TEMP_IMAGE_REPO ":<run>-<random>",
                                        UD_VHCLI_CONTAINER, UD_INSTALLED_CONTAINER};
    struct ud_buf text;
    read_doc("containers.md", &text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strstr(text.data, names[i]) == NULL) {
            fail_msg("docs/containers.md lacks %s", names[i]);
        }
    }
    ud_buf_done(&text);
}

static void each_container_says_whose_it_is(void **state)
{
    (void)state;
    for (int i = 0; i < UD_ROLE_COUNT; i++) {
        struct ud_container_spec spec = {0};
        char *name = ud_role_container_name((enum ud_role)i);
        ud_role_fill((enum ud_role)i, name, "image", &spec);
        assert_true(ud_role_is_container_name(name));
        assert_string_equal(ud_labels_get(&spec.labels, UD_LABEL_OURS), "1");
        assert_string_equal(ud_labels_get(&spec.labels, UD_LABEL_RUN), ud_run_mark_id());
        ud_container_spec_done(&spec);
        free(name);
    }
}

static void only_what_lasts_has_a_log(void **state)
{
    (void)state;
    for (int i = 0; i < UD_ROLE_COUNT; i++) {
        struct ud_container_spec spec = {0};
        ud_role_fill((enum ud_role)i, "name", "image", &spec);
        if (ud_role_info((enum ud_role)i)->lasting != NULL) {
            assert_null(spec.log_driver);
        } else {
            assert_string_equal(spec.log_driver, "none");
        }
        ud_container_spec_done(&spec);
    }
}

static void errors_md_has_the_row_of_each_code(void **state)
{
    (void)state;
    struct ud_buf text;
    read_doc("errors.md", &text);
    for (int i = 0; i < UD_CODE_COUNT; i++) {
        enum ud_code code = (enum ud_code)i;
        char *row = ud_strf("\n| %d | `%s` | ", ud_error_exit_code(code), ud_error_name(code));
        if (strstr(text.data, row) == NULL) {
            fail_msg("docs/errors.md lacks:%s", row);
        }
        free(row);
    }
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_md_has_the_row_of_each_role),
        cmocka_unit_test(containers_md_names_each_label_and_repository),
        cmocka_unit_test(each_container_says_whose_it_is),
        cmocka_unit_test(only_what_lasts_has_a_log),
        cmocka_unit_test(errors_md_has_the_row_of_each_code),
    };
    return cmocka_run_group_tests_name("app.docs", tests, NULL, NULL);
}
