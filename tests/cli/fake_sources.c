/* What the sources command is told. */
#include <stdlib.h>

#include "app/list_sources.h"
#include "fake_data.h"
#include "util/mem.h"

enum ud_code ud_app_sources(const struct ud_app *app, const struct ud_sources_options *options,
                            struct ud_sources_listed *ret, struct ud_error *err)
{
    static const char version[] = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)";
    (void)app;
    if (ud_fake_scenario("down")) {
        return ud_fail(err, UD_ERR_UNREACHABLE, "Start Docker Desktop.", "no engine answers");
    }
    *ret = (struct ud_sources_listed){.config_known = true, .needs_symvers = true};
    UD_TRY(ud_release_parse("6.1.0-56-cloud-amd64", version, "debian", &ret->release, err));
    ret->machine = ud_strdup("x86_64");
    ret->builder = ud_strdup("debian:bookworm");
    const struct ud_routes_input input = {.release = &ret->release,
                                          .builder = ret->builder,
                                          .mirror = options->source_mirror,
                                          .offline = options->offline};
    ud_routes_make(&input, &ret->routes);
    return UD_OK;
}

void ud_sources_listed_done(struct ud_sources_listed *listed)
{
    free(listed->machine);
    free(listed->builder);
    ud_routes_done(&listed->routes);
}
