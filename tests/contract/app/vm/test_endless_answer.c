/* An engine, or a helper's image, that answers without end: an error within the bound, the
 * container removed, and no more memory taken than the bounds of proto/ops.h allow. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/load/usbip_check.h"
#include "helper_answer.h"
#include "proto/ops.h"
#include "vm/facts_fill.h"
#include "vm/helper_call.h"
#include "vm/vm_files.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])

enum { PACK = 60 * 1000 };

struct trial {
    struct engine_fixture f;
    struct ud_buf hello;
    struct ud_buf pack; /* many records in one frame of the engine's */
    struct script_rule rules[16];
    struct ud_error err;
    size_t records; /* that were received */
    uint64_t bytes;
};

/* The record that add writes, again and again, on this stream. */
static void trial_init(struct trial *t, unsigned char stream, void (*add)(struct ud_buf *pack))
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    *t = (struct trial){0};
    answer_begin(&t->hello);
    answer_frame(&t->hello, 1);
    ud_buf_init(&t->pack, 1 << 20);
    while (t->pack.len < PACK) {
        add(&t->pack);
    }
    answer_frame(&t->pack, stream);
    memcpy(t->rules, always, sizeof always);
    t->rules[COUNT(always)] = (struct script_rule)ENGINE_RUN(t->hello);
    t->rules[COUNT(always)].endless = t->pack.data;
    t->rules[COUNT(always)].endless_len = t->pack.len;
    engine_fixture_init(&t->f, t->rules, COUNT(always) + 1, true);
}

static void trial_done(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/usbipd-desktop-"), 1);
    assert_string_equal(t->f.warnings, "");
    engine_fixture_done(&t->f);
    ud_buf_done(&t->hello);
    ud_buf_done(&t->pack);
}

static enum ud_code count_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct trial *t = ctx;
    (void)err;
    t->records++;
    t->bytes += strlen(record->name) + strlen(record->text) + record->len;
    return UD_OK;
}

static enum ud_code call(struct trial *t, ud_record_fn *fn, void *ctx)
{
    struct ud_helper_call call = {.role = UD_ROLE_PROBE, .image = "i", .record = fn, .ctx = ctx};
    ud_strv_add(&call.args, UD_OP_PROBE);
    enum ud_code rc = ud_helper_call_run(t->f.engine, &call, &t->err);
    ud_strv_done(&call.args);
    return rc;
}

static void add_fact(struct ud_buf *pack)
{
    ud_record_add_fact(pack, "k", "v");
}

static void add_result(struct ud_buf *pack)
{
    ud_record_add_result(pack, "m", UD_VERDICT_INSERTED, 0, "");
}

static void add_klog(struct ud_buf *pack)
{
    ud_record_add_klog(pack, "m", "l");
}

static void add_nothing(struct ud_buf *pack)
{
    ud_record_add_blob(pack, "b", "", 0);
}

static void add_long_klog(struct ud_buf *pack)
{
    static char line[8000];
    memset(line, 'l', sizeof line - 1);
    ud_record_add_klog(pack, "m", line);
}

static void add_file(struct ud_buf *pack)
{
    static char bytes[50 * 1000];
    ud_record_add_blob(pack, UD_BLOB_FILE, bytes, sizeof bytes);
}

static void add_config(struct ud_buf *pack)
{
    static char bytes[50 * 1000];
    ud_record_add_blob(pack, UD_BLOB_CONFIG_PREFIX "x", bytes, sizeof bytes);
}

static void add_words(struct ud_buf *pack)
{
    ud_buf_adds(pack, "it went on and on and ");
}

/* Each kind by its number, whoever receives it. */
static void records_of_each_kind_are_counted(void **state)
{
    static const struct {
        void (*add)(struct ud_buf *pack);
        size_t max;
        const char *says;
    } cases[] = {
        {add_fact, UD_OPS_FACTS_MAX, "the helper in the VM sent more than 5184 facts"},
        {add_result, UD_OPS_RESULTS_MAX, "the helper in the VM sent more than 16896 results"},
        {add_klog, UD_OPS_LOGS_MAX,
         "the helper in the VM sent more than 16384 lines of the kernel's log"},
        {add_nothing, UD_OPS_PIECES_MAX,
         "the helper in the VM sent more than 40960 pieces of files"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        static struct trial t;
        trial_init(&t, 1, cases[i].add);
        assert_int_equal(call(&t, count_record, &t), UD_ERR_PROTOCOL);
        assert_int_equal(t.records, cases[i].max);
        assert_string_equal(t.err.message, cases[i].says);
        assert_string_not_equal(t.err.remedy, "");
        trial_done(&t);
    }
}

/* Few records can be large. */
static void texts_are_bounded_by_their_bytes(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, 1, add_long_klog);
    assert_int_equal(call(&t, count_record, &t), UD_ERR_PROTOCOL);
    assert_in_range(t.bytes, UD_OPS_TEXTS_MAX / 2, UD_OPS_TEXTS_MAX);
    assert_true(t.records < UD_OPS_LOGS_MAX);
    trial_done(&t);
}

static void the_blobs_of_a_probe_are_bounded(void **state)
{
    static struct trial t;
    struct ud_facts_fill fill = {0};
    (void)state;
    trial_init(&t, 1, add_config);
    assert_int_equal(call(&t, ud_facts_fill_record, &fill), UD_ERR_PROTOCOL);
    assert_in_range(fill.blob_bytes, UD_OPS_PROBE_FILE_MAX / 2, UD_OPS_PROBE_MAX);
    ud_facts_fill_done(&fill);
    trial_done(&t);
}

static void the_files_of_a_read_are_bounded(void **state)
{
    static struct trial t;
    struct ud_strv paths = {0};
    struct ud_vm_files files = {0};
    (void)state;
    trial_init(&t, 1, add_file);
    ud_strv_add(&paths, "/lib/modules/6.1.0/a.ko");
    const struct ud_app app = {.report = &t.f.report};
    assert_int_equal(ud_vm_files_read(&app, t.f.engine, &paths, false, &files, &t.err),
                     UD_ERR_PROTOCOL);
    ud_vm_files_done(&files);
    ud_strv_done(&paths);
    trial_done(&t);
}

/* A use case that keeps what it gets. */
static void a_use_case_ends_with_the_error(void **state)
{
    static void (*const adds[])(struct ud_buf * pack) = {add_result, add_klog, add_fact};
    (void)state;
    for (size_t i = 0; i < COUNT(adds); i++) {
        static struct trial t;
        struct ud_usbip_check check = {0};
        trial_init(&t, 1, adds[i]);
        const struct ud_app app = {.report = &t.f.report};
        assert_int_equal(ud_usbip_check_run(&app, t.f.engine, &check, &t.err), UD_ERR_PROTOCOL);
        assert_false(check.passed);
        ud_usbip_check_done(&check);
        trial_done(&t);
    }
}

static void standard_error_is_bounded(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, 2, add_words);
    assert_int_equal(call(&t, count_record, &t), UD_ERR_PROTOCOL);
    assert_non_null(strstr(t.err.message, "complaints"));
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_each_kind_are_counted),
        cmocka_unit_test(texts_are_bounded_by_their_bytes),
        cmocka_unit_test(the_blobs_of_a_probe_are_bounded),
        cmocka_unit_test(the_files_of_a_read_are_bounded),
        cmocka_unit_test(a_use_case_ends_with_the_error),
        cmocka_unit_test(standard_error_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
