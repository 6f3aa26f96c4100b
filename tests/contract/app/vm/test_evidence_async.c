/* What the VM is asked while something else goes on: its answers are those of asking in
 * turn, and whoever no longer wants them leaves no container behind. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "build/steps.h"
#include "helper_answer.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vm/evidence_async.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define GOOD_MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"
#define SOME_BTF UD_SOURCE_DIR "/tests/fuzz/corpus/btf/module.btf"
#define DUMMY "kernel/drivers/net/dummy.ko"

/* A loaded machine needs some of it; the engine would stall for ever. */
enum { SOON_MS = 5000, AFTER_MS = 200 };

/* An engine, the kernel behind it, and the question. */
struct trial {
    struct engine_fixture f;
    struct ud_app app;
    struct script_rule rules[28];
    size_t rule_count;
    struct ud_buf answer, module, btf;
    struct ud_facts facts;
    struct ud_early_evidence *early;
    struct ud_error err;
};

static void read_into(const char *path, struct ud_buf *buf)
{
    ud_buf_init(buf, 1 << 20);
    assert_int_equal(ud_fs_read(path, buf, NULL), UD_OK);
}

static void add_rule(struct trial *t, struct script_rule rule)
{
    t->rules[t->rule_count++] = rule;
}

/* Rules that are added before the engine starts win over those that it always has. */
static void trial_init(struct trial *t)
{
    static const char dep[] = DUMMY ":\n";
    *t = (struct trial){0};
    read_into(GOOD_MODULE, &t->module);
    read_into(SOME_BTF, &t->btf);
    t->facts.modules_dir = ud_strdup("/lib/modules/6.1.0");
    t->facts.has_btf = true;
    assert_int_equal(ud_deps_parse(dep, strlen(dep), &t->facts.deps, &t->err), UD_OK);
    answer_begin(&t->answer);
    answer_file(&t->answer, "/lib/modules/6.1.0/" DUMMY, t->module.data, t->module.len);
    answer_file(&t->answer, UD_OPS_BTF, t->btf.data, t->btf.len);
}

static void start_engine(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    for (size_t i = 0; i < COUNT(always); i++) {
        add_rule(t, always[i]);
    }
    engine_fixture_init(&t->f, t->rules, t->rule_count, true);
    t->app.report = &t->f.report;
}

/* The kernel shows all there is. */
static void answer_all(struct trial *t)
{
    answer_text(&t->answer, UD_BLOB_SYMBOLS, "kfree\nother\n");
    answer_end(&t->answer, UD_OK, "");
}

static void ask(struct trial *t)
{
    start_engine(t);
    if (ud_early_evidence_start(&t->app, t->f.engine, &t->facts, NULL, &t->early, &t->err) !=
        UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void trial_done(struct trial *t)
{
    ud_early_evidence_free(t->early);
    assert_true(scripted_engine_seen(t->f.script, "DELETE", "/containers/") >=
                scripted_engine_seen(t->f.script, "POST", "/containers/create"));
    ud_facts_done(&t->facts);
    ud_buf_done(&t->answer);
    ud_buf_done(&t->module);
    ud_buf_done(&t->btf);
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

static void expect_all(const struct trial *t, const struct ud_evidence *evidence)
{
    assert_int_equal(evidence->stock_count, 1);
    assert_int_equal(evidence->btf.len, t->btf.len);
    assert_memory_equal(evidence->btf.data, t->btf.data, t->btf.len);
    assert_true(evidence->has_symbols);
    assert_string_equal(evidence->symbols.data, "kfree\nother\n");
}

static void the_answers_are_those_of_asking_in_turn(void **state)
{
    struct trial t;
    struct ud_evidence evidence;
    (void)state;
    trial_init(&t);
    answer_all(&t);
    add_rule(&t, (struct script_rule)ENGINE_RUN(t.answer));
    ask(&t);
    assert_int_equal(ud_early_evidence_get(t.early, &evidence, &t.err), UD_OK);
    expect_all(&t, &evidence);
    assert_string_equal(t.f.warnings, "");
    ud_evidence_done(&evidence);
    trial_done(&t);
}

static void what_there_is_to_tell_is_told_at_the_end(void **state)
{
    struct trial t;
    struct ud_evidence evidence;
    (void)state;
    trial_init(&t);
    answer_end(&t.answer, UD_ERR_FACTS, "cannot read /proc/kallsyms");
    add_rule(&t, (struct script_rule)ENGINE_RUN(t.answer));
    ask(&t);
    assert_int_equal(ud_early_evidence_get(t.early, &evidence, &t.err), UD_OK);
    assert_int_equal(evidence.stock_count, 1);
    assert_false(evidence.has_symbols);
    assert_non_null(strstr(t.f.warnings, "/proc/kallsyms cannot be read"));
    ud_evidence_done(&evidence);
    trial_done(&t);
}

/* Until the container runs whose output never comes. */
static void ask_in_vain(struct trial *t)
{
    trial_init(t);
    add_rule(t, stalled);
    ask(t);
    wait_for_attach(t);
}

static void what_nobody_waits_for_is_broken_off(void **state)
{
    struct trial t;
    (void)state;
    ask_in_vain(&t);
    const uint64_t begin = ud_host_now_ms();
    ud_early_evidence_free(t.early);
    t.early = NULL;
    assert_true(ud_host_now_ms() - begin < SOON_MS);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/"), 1);
    trial_done(&t);
}

static void a_container_that_may_be_left_is_told_of(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    add_rule(&t, stalled);
    add_rule(&t, (struct script_rule){.method = "DELETE",
                                      .path = "/containers/",
                                      .status = 500,
                                      .body = "{\"message\":\"disk\"}",
                                      .forever = true});
    ask(&t);
    wait_for_attach(&t);
    ud_early_evidence_free(t.early);
    t.early = NULL;
    assert_non_null(strstr(t.f.warnings, "may be left"));
    trial_done(&t);
}

static void an_interruption_of_the_command_ends_it(void **state)
{
    struct trial t;
    struct ud_evidence evidence;
    (void)state;
    ask_in_vain(&t);
    struct canceller *canceller = cancel_after(&t.f.cancel, AFTER_MS);
    assert_int_equal(ud_early_evidence_get(t.early, &evidence, &t.err), UD_ERR_INTERRUPTED);
    canceller_join(canceller);
    trial_done(&t);
}

static void build_init(struct trial *t, struct ud_build *build, struct ud_build_result *result)
{
    *result = (struct ud_build_result){.facts = t->facts};
    *build = (struct ud_build){.app = &t->app, .result = result, .vm.engine = t->f.engine};
}

static void build_done(struct ud_build *build)
{
    ud_early_evidence_free(build->early);
    ud_evidence_done(&build->evidence);
}

/* The VM may be too busy for both; it is asked once more when the builder is done. */
static void a_build_asks_again_what_could_not_be_asked_beside_it(void **state)
{
    struct trial t;
    struct ud_build build;
    struct ud_build_result result;
    (void)state;
    trial_init(&t);
    answer_all(&t);
    add_rule(&t, (struct script_rule){.method = "GET", .path = "/info", .drop = true});
    add_rule(&t, (struct script_rule){.method = "GET", .path = "/info", .drop = true});
    add_rule(&t, (struct script_rule)ENGINE_RUN(t.answer));
    start_engine(&t);
    build_init(&t, &build, &result);
    assert_int_equal(ud_build_ask_early(&build, &t.err), UD_OK);
    assert_non_null(build.early);
    assert_int_equal(ud_build_ask_evidence(&build, &t.err), UD_OK);
    expect_all(&t, &build.evidence);
    assert_true(scripted_engine_seen(t.f.script, "GET", "/info") > 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/attach?"), 1);
    build_done(&build);
    trial_done(&t);
}

static void a_build_asks_once(void **state)
{
    struct trial t;
    struct ud_build build;
    struct ud_build_result result;
    (void)state;
    trial_init(&t);
    answer_all(&t);
    add_rule(&t, (struct script_rule)ENGINE_RUN(t.answer));
    start_engine(&t);
    build_init(&t, &build, &result);
    assert_int_equal(ud_build_ask_evidence(&build, &t.err), UD_OK);
    assert_int_equal(ud_build_ask_early(&build, &t.err), UD_OK);
    assert_null(build.early);
    assert_int_equal(ud_build_ask_evidence(&build, &t.err), UD_OK);
    expect_all(&t, &build.evidence);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/create"), 1);
    build_done(&build);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answers_are_those_of_asking_in_turn),
        cmocka_unit_test(what_there_is_to_tell_is_told_at_the_end),
        cmocka_unit_test(what_nobody_waits_for_is_broken_off),
        cmocka_unit_test(a_container_that_may_be_left_is_told_of),
        cmocka_unit_test(an_interruption_of_the_command_ends_it),
        cmocka_unit_test(a_build_asks_again_what_could_not_be_asked_beside_it),
        cmocka_unit_test(a_build_asks_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
