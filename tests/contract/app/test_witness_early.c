/* What the VM is asked while something else goes on: its answers are those of asking in
 * turn, and whoever no longer wants them leaves no container behind. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "helper_answer.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"
#include "witness_early.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define GOOD_MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"
#define DUMMY "kernel/drivers/net/dummy.ko"

/* A loaded machine needs some of it; the engine would stall for ever. */
enum { SOON_MS = 5000, AFTER_MS = 200 };

/* An engine, the kernel behind it, and the question. */
struct trial {
    struct engine_fixture f;
    struct script_rule rules[16];
    struct ud_buf answer;
    struct ud_buf module;
    struct ud_facts facts;
    struct ud_early_witness *early;
    struct ud_error err;
};

static void trial_init(struct trial *t, struct script_rule run)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    *t = (struct trial){0};
    memcpy(t->rules, always, sizeof always);
    t->rules[COUNT(always)] = run;
}

static void ask(struct trial *t)
{
    static const char dep[] = DUMMY ":\n";
    t->facts.modules_dir = ud_strdup("/lib/modules/6.1.0");
    assert_int_equal(ud_deps_parse(dep, strlen(dep), &t->facts.deps, &t->err), UD_OK);
    engine_fixture_init(&t->f, t->rules, COUNT(t->rules), true);
    if (ud_early_witness_start(t->f.engine, &t->facts, NULL, &t->early, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void trial_done(struct trial *t)
{
    ud_early_witness_free(t->early);
    assert_int_equal(scripted_engine_seen(t->f.script, "POST", "/create"), 1);
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/"), 1);
    ud_facts_done(&t->facts);
    ud_buf_done(&t->answer);
    ud_buf_done(&t->module);
    engine_fixture_done(&t->f);
}

static void wait_for_attach(struct trial *t)
{
    const uint64_t begin = ud_host_now_ms();
    while (scripted_engine_seen(t->f.script, "POST", "/attach?") == 0 &&
           ud_host_now_ms() - begin < SOON_MS) {
        assert_int_equal(ud_engine_pause(t->f.engine, 10, &t->err), UD_OK);
    }
}

/* Its own container, whose output never comes. */
static const struct script_rule stalled = {.method = "POST",
                                           .path = "/attach?",
                                           .type = "application/vnd.docker.raw-stream",
                                           .framing = SCRIPT_CLOSE,
                                           .stall_body = true};

static void the_answers_come_with_what_there_is_to_tell(void **state)
{
    struct trial t;
    struct ud_buf answer;
    struct ud_buf module;
    struct ud_witness witness;
    (void)state;
    ud_buf_init(&module, 1 << 20);
    assert_int_equal(ud_fs_read(GOOD_MODULE, &module, NULL), UD_OK);
    answer_begin(&answer);
    answer_file(&answer, "/lib/modules/6.1.0/" DUMMY, module.data, module.len);
    answer_end(&answer, UD_ERR_FACTS, "cannot read /proc/kallsyms");
    trial_init(&t, (struct script_rule)ENGINE_RUN(answer));
    t.answer = answer;
    t.module = module;
    ask(&t);
    const struct ud_app app = {.report = &t.f.report};
    assert_int_equal(ud_early_witness_get(t.early, &app, &witness, &t.err), UD_OK);
    assert_int_equal(witness.stock_count, 1);
    assert_false(witness.has_symbols);
    assert_non_null(strstr(t.f.warnings, "/proc/kallsyms cannot be read"));
    ud_witness_done(&witness);
    trial_done(&t);
}

static void what_nobody_waits_for_is_broken_off(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t, stalled);
    ask(&t);
    wait_for_attach(&t);
    const uint64_t begin = ud_host_now_ms();
    ud_early_witness_free(t.early);
    t.early = NULL;
    assert_true(ud_host_now_ms() - begin < SOON_MS);
    trial_done(&t);
}

static void an_interruption_of_the_command_ends_it(void **state)
{
    struct trial t;
    struct ud_witness witness;
    const struct ud_app app = {0};
    (void)state;
    trial_init(&t, stalled);
    ask(&t);
    wait_for_attach(&t);
    struct canceller *canceller = cancel_after(&t.f.cancel, AFTER_MS);
    assert_int_equal(ud_early_witness_get(t.early, &app, &witness, &t.err), UD_ERR_INTERRUPTED);
    canceller_join(canceller);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answers_come_with_what_there_is_to_tell),
        cmocka_unit_test(what_nobody_waits_for_is_broken_off),
        cmocka_unit_test(an_interruption_of_the_command_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
