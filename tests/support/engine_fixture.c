#include "engine_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/mem.h"

static void on_message(void *ctx, enum ud_report_level level, const char *text)
{
    struct engine_fixture *f = ctx;
    if (getenv("SCRIPTED_DEBUG") != NULL) {
        (void)fprintf(stderr, "[%d] %s\n", (int)level, text);
    }
    if (level == UD_REPORT_WARN || level == UD_REPORT_NOTE) {
        char *kept = level == UD_REPORT_WARN ? f->warnings : f->notes;
        size_t used = strlen(kept);
        (void)snprintf(kept + used, sizeof f->warnings - used, "%s\n", text);
    }
}

enum ud_code engine_fixture_connect(struct engine_fixture *f, struct ud_error *err)
{
    const struct ud_engine_options options = {
        .cancel = &f->cancel, .report = &f->report, .exit_ms = f->exit_ms};
    return ud_engine_connect(&f->endpoint, &options, &f->engine, err);
}

void engine_fixture_init(struct engine_fixture *f, const struct script_rule *rules, size_t count,
                         bool connect)
{
    memset(f, 0, sizeof *f);
    f->report = (struct ud_report){.ctx = f, .message = on_message};
    f->script = scripted_engine_start(rules, count, false);
    assert_int_equal(
        ud_endpoint_parse(scripted_engine_endpoint(f->script), false, "test", &f->endpoint, NULL),
        UD_OK);
    if (connect) {
        struct ud_error err = {0};
        assert_int_equal(engine_fixture_connect(f, &err), UD_OK);
    }
}

void engine_fixture_done(struct engine_fixture *f)
{
    ud_engine_free(f->engine);
    ud_endpoint_done(&f->endpoint);
    scripted_engine_stop(f->script);
}

struct canceller {
    pthread_t thread;
    struct ud_cancel *cancel;
    unsigned ms;
};

static void *cancel_later(void *arg)
{
    const struct canceller *c = arg;
    const struct timespec t = {c->ms / 1000, (long)(c->ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
    ud_cancel_request(c->cancel);
    return NULL;
}

struct canceller *cancel_after(struct ud_cancel *cancel, unsigned ms)
{
    struct canceller *c = ud_alloc(1, sizeof *c);
    c->cancel = cancel;
    c->ms = ms;
    if (pthread_create(&c->thread, NULL, cancel_later, c) != 0) {
        abort();
    }
    return c;
}

void canceller_join(struct canceller *c)
{
    (void)pthread_join(c->thread, NULL);
    free(c);
}

enum ud_code buffer_sink(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    ud_buf_add(ctx, data, len);
    return ud_buf_check(ctx, "the test's buffer", err);
}
