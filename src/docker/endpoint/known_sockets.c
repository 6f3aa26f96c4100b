#include "endpoint/known_sockets.h"

#include <stdlib.h>

#include "util/mem.h"
#include "util/str.h"

static void known_sockets_add(struct ud_strv *list, const char *endpoint)
{
    if (!ud_strv_has(list, endpoint)) {
        ud_strv_add(list, endpoint);
    }
}

static void add_in(struct ud_strv *list, const char *dir, const char *name)
{
    struct ud_strv one = {0};
    if (dir != NULL) {
        ud_strv_addf(&one, "unix://%s/%s", dir, name);
        known_sockets_add(list, one.items[0]);
    }
    ud_strv_done(&one);
}

/* HOME/DIR/<each>/SUFFIX, the one called default first. */
static void add_each(struct ud_strv *list, const struct ud_config_source *source, const char *dir,
                     const char *usual, const char *suffix)
{
    if (source->home == NULL) {
        return;
    }
    struct ud_strv names = {0};
    struct ud_strv text = {0};
    ud_strv_addf(&text, "%s/%s", source->home, dir);
    if (source->list_dir != NULL) {
        source->list_dir(source->ctx, text.items[0], &names);
        ud_strv_sort_unique(&names);
    }
    ud_strv_addf(&text, "unix://%s/%s/%s%s", source->home, dir, usual, suffix);
    for (size_t i = 0; i < names.len; i++) {
        if (names.items[i][0] != '.' && names.items[i][0] != '_') {
            ud_strv_addf(&text, "unix://%s/%s/%s%s", source->home, dir, names.items[i], suffix);
        }
    }
    for (size_t i = 1; i < text.len; i++) {
        known_sockets_add(list, text.items[i]);
    }
    ud_strv_done(&text);
    ud_strv_done(&names);
}

/* podman machine since 5.0 listens in macOS's temporary directory of the user alone. Elsewhere
 * TMPDIR may be everybody's, where any user could offer an engine, and would be sent passwords. */
static void add_podman_temp(struct ud_strv *list, const struct ud_config_source *source)
{
    const char *temp = ud_config_env(source, "TMPDIR");
    if (temp == NULL ||
        !(ud_str_starts(temp, "/var/folders/") || ud_str_starts(temp, "/private/var/folders/"))) {
        return;
    }
    const char *slash = ud_str_ends(temp, "/") ? "" : "/";
    char *dir = ud_strf("%s%spodman", temp, slash);
    struct ud_strv names = {0};
    if (source->list_dir != NULL) {
        source->list_dir(source->ctx, dir, &names);
        ud_strv_sort_unique(&names);
    }
    add_in(list, dir, "podman-machine-default-api.sock");
    for (size_t i = 0; i < names.len; i++) {
        if (ud_str_ends(names.items[i], "-api.sock")) {
            add_in(list, dir, names.items[i]);
        }
    }
    ud_strv_done(&names);
    free(dir);
}

/* What podman machine says when it starts ("API forwarding listening on"). The places in the home
 * are those of 4.x. */
static void add_podman_machine(struct ud_strv *list, const struct ud_config_source *source)
{
    add_podman_temp(list, source);
    add_in(list, source->home, ".local/share/containers/podman/machine/podman.sock");
    add_in(list, source->home, ".local/share/containers/podman/machine/qemu/podman.sock");
    add_in(list, source->home,
           ".local/share/containers/podman/machine/podman-machine-default/podman.sock");
}

const char *ud_known_default(bool windows)
{
    return windows ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";
}

void ud_known_sockets(const struct ud_config_source *source, bool windows, struct ud_strv *ret)
{
    if (windows) {
        known_sockets_add(ret, "npipe:////./pipe/dockerDesktopLinuxEngine");
        known_sockets_add(ret, "npipe:////./pipe/docker_engine");
        known_sockets_add(ret, "npipe:////./pipe/podman-machine-default");
        return;
    }
    const char *runtime = ud_config_env(source, "XDG_RUNTIME_DIR");
    known_sockets_add(ret, "unix:///var/run/docker.sock");
    add_in(ret, runtime, "docker.sock");
    add_in(ret, source->home, ".docker/run/docker.sock");
    add_in(ret, source->home, ".docker/desktop/docker.sock");
    add_each(ret, source, ".colima", "default", "/docker.sock");
    add_in(ret, source->home, ".rd/docker.sock");
    add_in(ret, source->home, ".orbstack/run/docker.sock");
    add_each(ret, source, ".lima", "docker", "/sock/docker.sock");
    add_podman_machine(ret, source);
    add_in(ret, runtime, "podman/podman.sock");
    known_sockets_add(ret, "unix:///run/podman/podman.sock");
}
