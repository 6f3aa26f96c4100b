/* A connection to a scripted engine, and small helpers around it. */
#ifndef SUPPORT_ENGINE_FIXTURE_H
#define SUPPORT_ENGINE_FIXTURE_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "docker/engine/engine.h"
#include "scripted_engine.h"
#include "util/buf.h"

#define PONG                                                                                       \
    {                                                                                              \
        .method = "HEAD", .path = "/_ping", .type = "text/plain",                                  \
        .headers = "Api-Version: 1.44\r\nOSType: linux\r\n", .forever = true                       \
    }

struct engine_fixture {
    struct scripted_engine *script;
    struct ud_endpoint endpoint;
    struct ud_engine *engine; /* NULL unless connected */
    struct ud_cancel cancel;
    struct ud_report report;
    unsigned exit_ms;    /* see ud_engine_options; for engine_fixture_connect */
    char notes[4096];    /* what was told at level note, one line each */
    char warnings[4096]; /* what was told at level warn, one line each */
};

/* Starts the script; connects if connect is set, which has to work. */
void engine_fixture_init(struct engine_fixture *f, const struct script_rule *rules, size_t count,
                         bool connect);
void engine_fixture_done(struct engine_fixture *f);

enum ud_code engine_fixture_connect(struct engine_fixture *f, struct ud_error *err);

/* Requests cancellation after ms, from a thread of its own; join ends it. */
struct canceller;
struct canceller *cancel_after(struct ud_cancel *cancel, unsigned ms);
void canceller_join(struct canceller *canceller);

/* Adds what it gets to the ud_buf that is ctx. */
enum ud_code buffer_sink(void *ctx, const void *data, size_t len, struct ud_error *err);

#endif
