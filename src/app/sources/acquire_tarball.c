#include "sources/acquire.h"

enum ud_code ud_acquire_tarball(struct ud_acquire *acquire, const struct ud_route *route,
                                struct ud_error *err)
{
    UD_TRY(ud_sources_get_tarball(acquire->app, acquire->wish, route->names.items[0], route->digest,
                                  acquire->sources, err));
    acquire->got |= UD_ROUTE_SOURCES;
    return UD_OK;
}
