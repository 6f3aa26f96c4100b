#include "sources/acquire.h"

enum ud_code ud_walk_tarball(struct ud_walk *walk, const struct ud_route *route,
                             struct ud_error *err)
{
    UD_TRY(ud_sources_get_tarball(walk->app, walk->options, route->names.items[0], route->digest,
                                  walk->sources, err));
    walk->got |= UD_ROUTE_SOURCES;
    return UD_OK;
}
