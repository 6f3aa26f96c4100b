#include "kernel/routes/routes.h"

#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

static void routes_add_named(struct ud_routes *routes)
{
    ud_routes_add(routes, UD_ROUTE_NAMED,
                  UD_ROUTE_CONFIG | UD_ROUTE_SYMVERS | UD_ROUTE_SEED | UD_ROUTE_SOURCES,
                  ud_strdup("--source FILE|DIR|URL, --symvers FILE, --kernel-config FILE, "
                            "--randstruct-seed FILE"),
                  ud_strdup("what you name goes before all that follows"));
}

static void add_named_image(const struct ud_routes_input *input, struct ud_routes *routes)
{
    struct ud_route *route =
        ud_routes_add(routes, UD_ROUTE_IMAGE, UD_ROUTE_ALL, ud_strdup(input->image),
                      ud_strdup("you named it with --kernel-image"));
    ud_strv_add(&route->names, input->image);
}

/* What is not downloaded may still be in the engine or in the cache: only what
 * can be in neither is known to be of no use. */
static void forbid_downloads(struct ud_routes *routes)
{
    for (size_t i = 0; i < routes->len; i++) {
        struct ud_route *route = &routes->items[i];
        if (route->kind == UD_ROUTE_TARBALL && !route->digest) {
            ud_route_forbid(route, "--offline: nothing is downloaded, and an archive without a "
                                   "published digest is not kept");
        }
    }
}

void ud_routes_make(const struct ud_routes_input *input, struct ud_routes *ret)
{
    *ret = (struct ud_routes){0};
    routes_add_named(ret);
    if (input->image != NULL) {
        add_named_image(input, ret);
    }
    ud_routes_of_flavor(input, ret);
    for (size_t i = 0; i < ret->len; i++) {
        if (ret->items[i].by_hand != NULL && !ret->items[i].changed) {
            ud_route_forbid(&ret->items[i], "by hand");
        }
    }
    if (input->offline) {
        forbid_downloads(ret);
    }
}

/* What follows "<x.y.z>" of a tag must be a build's hash and an architecture, or
 * one of these: "-builder", "-dbg", "-rt" and "-bcc" are other things. */
static bool is_build_of(const char *rest, const char *goarch)
{
    static const char *const arches[] = {"amd64", "arm64", "riscv64", "s390x"};
    for (size_t i = 0; i < sizeof arches / sizeof *arches; i++) {
        size_t len = strlen(arches[i]);
        if (ud_str_ends(rest, arches[i]) && strlen(rest) > len) {
            return strcmp(arches[i], goarch) == 0 && rest[strlen(rest) - len - 1] == '-' &&
                   (strlen(rest) == len + 1 ||
                    strspn(rest + 1, "0123456789abcdef") == strlen(rest) - len - 2);
        }
    }
    return rest[0] == '\0' || (rest[0] == '-' && strlen(rest) > 8 &&
                               strspn(rest + 1, "0123456789abcdef") == strlen(rest) - 1);
}

void ud_routes_add_tags(const struct ud_release *release, const char *repository,
                        const char *goarch, const struct ud_strv *tags, struct ud_strv *ret)
{
    size_t len = strlen(release->upstream);
    for (size_t i = 0; i < tags->len; i++) {
        const char *tag = tags->items[i];
        char *reference = ud_strf("%s:%s", repository, tag);
        if (strncmp(tag, release->upstream, len) == 0 && is_build_of(tag + len, goarch) &&
            !ud_strv_has(ret, reference)) {
            ud_strv_add(ret, reference);
        }
        free(reference);
    }
}
