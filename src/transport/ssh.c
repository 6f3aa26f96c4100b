#include "ssh.h"

#include <string.h>

#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

/* Of an engine's socket that the endpoint names, and else of the usual one. The first two find it
 * themselves. ssh hands one line to the shell at the other end: none of these words, nor a path
 * (ud_endpoint_parse), has anything that a shell would take for more than a word. */
static const struct {
    const char *at_path; /* with the path for %s */
    const char *anywhere;
} ways[] = {
    {"docker --host unix://%s system dial-stdio", "docker system dial-stdio"},
    {"podman --url unix://%s system dial-stdio", "podman system dial-stdio"},
    {"socat - UNIX-CONNECT:%s", "socat - UNIX-CONNECT:/var/run/docker.sock"},
    {"nc -U %s", "nc -U /var/run/docker.sock"},
};

size_t ud_ssh_ways(void)
{
    return sizeof ways / sizeof ways[0];
}

void ud_ssh_command(const struct ud_endpoint *endpoint, size_t way, const char *control_path,
                    struct ud_strv *ret)
{
    ud_strv_add(ret, "ssh");
    ud_strv_add(ret, "-T");
    ud_strv_add(ret, "-o");
    ud_strv_addf(ret, "ConnectTimeout=%d", UD_PATIENCE_SSH_CONNECT_S);
    if (control_path != NULL) {
        ud_strv_add(ret, "-o");
        ud_strv_add(ret, "ControlMaster=auto");
        ud_strv_add(ret, "-o");
        ud_strv_addf(ret, "ControlPath=%s", control_path);
        ud_strv_add(ret, "-o");
        ud_strv_addf(ret, "ControlPersist=%d", UD_PATIENCE_SSH_LOGIN_S);
    }
    if (endpoint->port != 0) {
        ud_strv_add(ret, "-p");
        ud_strv_addf(ret, "%u", endpoint->port);
    }
    ud_strv_add(ret, "--");
    ud_strv_add(ret, endpoint->host);
    if (endpoint->path != NULL) {
        const char *hole = strstr(ways[way].at_path, "%s");
        ud_strv_addf(ret, "%.*s%s%s", (int)(hole - ways[way].at_path), ways[way].at_path,
                     endpoint->path, hole + 2);
    } else {
        ud_strv_add(ret, ways[way].anywhere);
    }
}

bool ud_ssh_shares_login(const char *settings)
{
    struct ud_slice rest = ud_slice_of(settings);
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        if (ud_slice_starts(line, "controlpath ")) {
            return !ud_slice_equals(ud_slice_trim(line), "controlpath none");
        }
    }
    return false;
}
