#include "docker/engine/engine.h"

#include <stdlib.h>

#include "engine/engine_internal.h"
#include "platform/pipe.h"
#include "platform/socket.h"
#include "util/mem.h"

#define START_REMEDY "Start Docker, or name its endpoint with --host or --context."

enum { TRIED_SHOWN_MAX = 4 };

struct attempt {
    struct ud_strv tried;
    bool denied; /* one was there and did not let us in: error says so */
    struct ud_error error;
};

/* Whether to go on with the next candidate. */
static bool passed_over(struct attempt *attempt, const struct ud_endpoint *endpoint,
                        const struct ud_engine_options *options, enum ud_code rc, bool denied,
                        const struct ud_error *why)
{
    if (rc != UD_ERR_UNREACHABLE) {
        return false;
    }
    ud_report_message(options->report, UD_REPORT_DEBUG, "passed over: %s", why->message);
    ud_strv_add(&attempt->tried, endpoint->text);
    if (denied && !attempt->denied) {
        attempt->denied = true;
        attempt->error = *why;
    }
    return true;
}

static enum ud_code none_answers(const struct attempt *attempt, struct ud_error *err)
{
    if (attempt->denied) {
        if (err != NULL) {
            *err = attempt->error;
        }
        return UD_ERR_UNREACHABLE;
    }
    struct ud_strv shown = {0};
    for (size_t i = 0; i < attempt->tried.len && i < TRIED_SHOWN_MAX; i++) {
        ud_strv_add(&shown, attempt->tried.items[i]);
    }
    char *text = ud_strv_join(&shown, ", ");
    enum ud_code rc =
        ud_fail(err, UD_ERR_UNREACHABLE, START_REMEDY, "no engine answers at %s%s", text,
                attempt->tried.len > shown.len ? " or the other known places" : "");
    char *pipes = ud_pipe_advice();
    if (pipes != NULL) {
        ud_error_remedy(err, START_REMEDY " %s", pipes);
    }
    free(pipes);
    free(text);
    ud_strv_done(&shown);
    return rc;
}

/* Only where nobody named one: the first of several may not be the one that is meant. One engine
 * may have several names, as links to one socket. */
static void tell_others(const struct ud_endpoint_list *candidates, size_t taken,
                        const struct ud_engine_options *options)
{
    const struct ud_endpoint *first = &candidates->items[taken];
    for (size_t i = taken + 1; i < candidates->len; i++) {
        const struct ud_endpoint *other = &candidates->items[i];
        if (first->kind == UD_ENDPOINT_UNIX && other->kind == UD_ENDPOINT_UNIX &&
            !ud_socket_is_same(first->path, other->path) && ud_socket_is_listened_on(other->path)) {
            ud_report_message(options->report, UD_REPORT_NOTE,
                              "the engine at %s is used, and one listens at %s too: name the one "
                              "you mean with --host or --context",
                              first->text, other->text);
            return;
        }
    }
}

static enum ud_code try_each(const struct ud_endpoint_list *candidates,
                             const struct ud_engine_options *options, struct attempt *attempt,
                             struct ud_engine **ret, struct ud_error *err)
{
    for (size_t i = 0; i < candidates->len; i++) {
        const struct ud_endpoint *endpoint = &candidates->items[i];
        struct ud_error why = {0};
        bool denied = false;
        enum ud_code rc = ud_endpoint_check_supported(endpoint, &why);
        if (rc != UD_OK) {
            rc = UD_ERR_UNREACHABLE; /* a place that was only guessed */
        } else {
            rc = ud_engine_open(endpoint, options, ret, &denied, &why);
        }
        if (rc == UD_OK) {
            tell_others(candidates, i, options);
            return UD_OK;
        }
        if (!passed_over(attempt, endpoint, options, rc, denied, &why)) {
            return ud_error_pass(err, &why);
        }
    }
    return none_answers(attempt, err);
}

enum ud_code ud_engine_connect_any(const struct ud_endpoint_list *candidates,
                                   const struct ud_engine_options *options, struct ud_engine **ret,
                                   struct ud_error *err)
{
    for (size_t i = 0; i < candidates->warnings.len; i++) {
        ud_report_message(options->report, UD_REPORT_WARN, "%s", candidates->warnings.items[i]);
    }
    if (!candidates->guessed && candidates->len == 1) {
        return ud_engine_connect(&candidates->items[0], options, ret, err);
    }
    struct attempt attempt = {0};
    enum ud_code rc = try_each(candidates, options, &attempt, ret, err);
    ud_strv_done(&attempt.tried);
    return rc;
}
