/* CRCs from the VM's own modules: a second attempt does not go on with the first one's bytes. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "helper_answer.h"
#include "proto/ops.h"
#include "vm/crcs_from_modules.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define PATH "/lib/modules/6.1.0/kernel/drivers/usb/core/usbcore.ko.xz"

enum { PIECE = 200 * 1000, PART = UD_OPS_FILE_MAX / 3 * 2 };

/* Two thirds of what a file may have, then the end with this code. */
static void fill(struct ud_buf *answer, enum ud_code code)
{
    static char bytes[PIECE];
    ud_buf_init(answer, UD_OPS_FILE_MAX);
    for (size_t sent = 0; sent < PART; sent += PIECE) {
        struct ud_buf one;
        ud_buf_init(&one, 1 << 20);
        if (sent == 0) {
            ud_record_add_hello(&one, UD_VERSION);
        }
        ud_record_add_blob(&one, PATH, bytes, sizeof bytes);
        answer_frame(&one, 1);
        ud_buf_add(answer, one.data, one.len);
        ud_buf_done(&one);
    }
    struct ud_buf end;
    ud_buf_init(&end, 1 << 20);
    answer_end(&end, code, "no");
    ud_buf_add(answer, end.data, end.len);
    ud_buf_done(&end);
    assert_false(answer->overflow);
}

static void a_second_attempt_begins_anew(void **state)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    struct script_rule rules[COUNT(always) + 2];
    struct ud_buf answers[2];
    struct engine_fixture f;
    struct ud_strv symbols = {0};
    struct ud_crcs crcs = {0};
    struct ud_error err = {0};
    char dir[] = "/lib/modules/6.1.0";
    static const char deps[] = "kernel/drivers/usb/core/usbcore.ko.xz:\n";
    struct ud_facts facts = {.modules_dir = dir};
    (void)state;
    assert_int_equal(ud_deps_parse(deps, sizeof deps - 1, &facts.deps, &err), UD_OK);
    fill(&answers[0], UD_ERR_DENIED);
    fill(&answers[1], UD_OK);
    memcpy(rules, always, sizeof always);
    for (size_t i = 0; i < 2; i++) {
        rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(answers[i]);
    }
    engine_fixture_init(&f, rules, COUNT(rules), true);
    ud_strv_add(&symbols, "kfree");
    const struct ud_app app = {.report = &f.report};
    assert_int_equal(ud_crcs_from_modules(&app, f.engine, &facts, &symbols, &crcs, &err), UD_OK);
    assert_int_equal(scripted_engine_seen(f.script, "POST", "/attach?"), 2);
    assert_int_equal(crcs.len, 0); /* it was no module */
    ud_crcs_done(&crcs);
    ud_strv_done(&symbols);
    facts.modules_dir = NULL;
    ud_facts_done(&facts);
    engine_fixture_done(&f);
    ud_buf_done(&answers[0]);
    ud_buf_done(&answers[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_attempt_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
