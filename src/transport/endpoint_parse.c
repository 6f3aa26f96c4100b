#include "transport/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "transport/url.h"
#include "util/mem.h"
#include "util/str.h"

enum { PORT_PLAIN = 2375, PORT_TLS = 2376 };

#define NOT_IN_URLS "?#%\\\"<>^`{|}"
/* A path goes to the shell of another machine. */
#define SAFE_IN_SHELLS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-"
#define FORMS_REMEDY                                                                               \
    "Use unix:///path/to/docker.sock, tcp://host:port, ssh://user@host or, on Windows, "           \
    "npipe:////./pipe/name."

/* What a shell would have made a path of, and docker does not. */
static enum ud_code parse_unix(const char *rest, struct ud_endpoint *ep, struct ud_error *err)
{
    if (rest[0] == '~' || rest[0] == '$') {
        return ud_fail(err, UD_ERR_USAGE,
                       "Write the whole path, such as unix:///home/you/docker.sock.",
                       "unix://%s begins with %.*s, which only a shell replaces by a directory",
                       rest, (int)strcspn(rest, "/"), rest);
    }
    ep->kind = UD_ENDPOINT_UNIX;
    ep->path = ud_strdup(rest[0] != '\0' ? rest : "/var/run/docker.sock");
    ep->text = ud_strf("unix://%s", ep->path);
    return UD_OK;
}

/* "//./pipe/NAME" and "./pipe/NAME", with either slash; "" is the default. */
static enum ud_code parse_npipe(const char *rest, struct ud_endpoint *ep, struct ud_error *err)
{
    char *copy = ud_strdup(rest);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '\\' ? '/' : *p;
    }
    const char *name = copy + strspn(copy, "/");
    enum ud_code rc = UD_OK;
    if (name[0] == '\0') {
        name = "docker_engine";
    } else if (ud_str_starts(name, "./pipe/") && name[strlen("./pipe/")] != '\0') {
        name += strlen("./pipe/");
    } else {
        rc = ud_fail(err, UD_ERR_USAGE, "Write it as npipe:////./pipe/docker_engine.",
                     "npipe://%s names no pipe of this computer", rest);
    }
    if (rc == UD_OK) {
        ep->kind = UD_ENDPOINT_NPIPE;
        ep->path = ud_strf("//./pipe/%s", name);
        ep->text = ud_strf("npipe://%s", ep->path);
    }
    free(copy);
    return rc;
}

static bool parse_port(const char *text, size_t len, unsigned *port)
{
    char *copy = ud_strndup(text, len);
    uint64_t value = 0;
    bool ok = ud_str_to_u64(copy, &value) && value >= 1 && value <= 65535;
    free(copy);
    if (ok) {
        *port = (unsigned)value;
    }
    return ok;
}

/* HOST, HOST:PORT, [IPV6], [IPV6]:PORT or :PORT in len bytes of text; *port is
 * left alone when none is written. *host is the caller's even when this fails. */
static bool parse_authority(const char *text, size_t len, char **host, unsigned *port)
{
    const char *name = text;
    size_t name_len = len;
    const char *after = text + len;
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);
        if (close == NULL || close == text + 1) {
            return false;
        }
        name = text + 1;
        name_len = (size_t)(close - name);
        after = close + 1;
    } else {
        const char *colon = memchr(text, ':', len);
        after = colon != NULL ? colon : after;
        name_len = (size_t)(after - text);
    }
    size_t left = (size_t)(text + len - after);
    if (left == 1 || (left > 1 && (after[0] != ':' || !parse_port(after + 1, left - 1, port)))) {
        return false;
    }
    *host = ud_strndup(name, name_len);
    bool good = name == text ? strpbrk(*host, "[]") == NULL
                             : strspn(*host, "0123456789abcdefABCDEF:.") == name_len &&
                                   strchr(*host, ':') != NULL;
    return good;
}

/* Printable ASCII without blanks and without what is refused: a host and a base
 * go into the URLs of requests as they are. */
static bool endpoint_parse_plain(const char *text, const char *refused)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p <= 0x20 || *p >= 0x7f || strchr(refused, *p) != NULL) {
            return false;
        }
    }
    return true;
}

static char *endpoint_parse_bracketed(const char *host)
{
    return strchr(host, ':') != NULL ? ud_strf("[%s]", host) : ud_strdup(host);
}

/* What is wrong with it may be a password that does not belong there: it is not repeated. */
static enum ud_code bad_address(const char *text, struct ud_error *err)
{
    if (strchr(text, '@') != NULL) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Leave out what is before the '@'. A client certificate for the engine "
                       "goes into DOCKER_CERT_PATH.",
                       "the address has a user name or password in it, and engines take none");
    }
    return ud_fail(err, UD_ERR_USAGE, FORMS_REMEDY, "%.*s is not a host and port",
                   (int)strcspn(text, "?#"), text);
}

static enum ud_code parse_tcp(const char *rest, bool tls, struct ud_endpoint *ep,
                              struct ud_error *err)
{
    size_t len = strcspn(rest, "/");
    ep->kind = UD_ENDPOINT_TCP;
    ep->tls = tls;
    ep->port = tls ? PORT_TLS : PORT_PLAIN;
    if (!endpoint_parse_plain(rest, "@" NOT_IN_URLS) ||
        !parse_authority(rest, len, &ep->host, &ep->port)) {
        return bad_address(rest, err);
    }
    if (ep->host[0] == '\0') {
        free(ep->host);
        ep->host = ud_strdup("localhost");
    }
    size_t base_len = strlen(rest + len);
    while (base_len > 0 && rest[len + base_len - 1] == '/') {
        base_len--;
    }
    ep->base = ud_strndup(rest + len, base_len);
    char *host = endpoint_parse_bracketed(ep->host);
    ep->text = ud_strf("tcp://%s:%u%s", host, ep->port, ep->base);
    free(host);
    return UD_OK;
}

static enum ud_code parse_ssh(const char *rest, struct ud_endpoint *ep, struct ud_error *err)
{
    size_t len = strcspn(rest, "/");
    ep->kind = UD_ENDPOINT_SSH;
    if (len == 0 || !endpoint_parse_plain(rest, NOT_IN_URLS) ||
        !parse_authority(rest, len, &ep->host, &ep->port) || ep->host[0] == '\0' ||
        ep->host[0] == '-') {
        return bad_address(rest, err);
    }
    if (strlen(rest + len) > 1) {
        ep->path = ud_strdup(rest + len);
    }
    if (ep->path != NULL && strspn(ep->path, SAFE_IN_SHELLS) != strlen(ep->path)) {
        return ud_fail(err, UD_ERR_USAGE, "Link the socket to a path without them.",
                       "the path of the socket, %s, has other characters than letters, digits and "
                       "\"/._-\"",
                       ep->path);
    }
    char *host = endpoint_parse_bracketed(ep->host);
    char *port = ep->port != 0 ? ud_strf(":%u", ep->port) : ud_strdup("");
    ep->text = ud_strf("ssh://%s%s%s", host, port, ep->path != NULL ? ep->path : "");
    free(port);
    free(host);
    return UD_OK;
}

static enum ud_code parse_fd(const char *rest, struct ud_endpoint *ep)
{
    ep->kind = UD_ENDPOINT_FD;
    ep->path = ud_strdup(rest);
    ep->text = ud_strf("fd://%s", rest);
    return UD_OK;
}

static enum ud_code parse_scheme(const char *text, bool tls, struct ud_endpoint *ep,
                                 struct ud_error *err)
{
    if (ud_str_starts(text, "unix://")) {
        return parse_unix(text + strlen("unix://"), ep, err);
    }
    if (ud_str_starts(text, "npipe://")) {
        return parse_npipe(text + strlen("npipe://"), ep, err);
    }
    if (ud_str_starts(text, "tcp://")) {
        return parse_tcp(text + strlen("tcp://"), tls, ep, err);
    }
    if (ud_str_starts(text, "ssh://")) {
        return parse_ssh(text + strlen("ssh://"), ep, err);
    }
    if (ud_str_starts(text, "fd://")) {
        return parse_fd(text + strlen("fd://"), ep);
    }
    if (ud_str_starts(text, "//./") || ud_str_starts(text, "\\\\.\\")) {
        return parse_npipe(text, ep, err); /* as Windows' own programs write a pipe */
    }
    if (strstr(text, "://") != NULL) {
        struct ud_url url;
        ud_url_init(&url, text);
        (void)ud_fail(err, UD_ERR_USAGE, FORMS_REMEDY,
                      "%s is not a form of endpoint that docker knows", url.shown);
        ud_url_done(&url);
        return UD_ERR_USAGE;
    }
    if (strchr("/~$.", text[0]) != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Write a socket as unix:///path/to/docker.sock.",
                       "%s is a path, not an endpoint", text);
    }
    return parse_tcp(text, tls, ep, err);
}

enum ud_code ud_endpoint_parse(const char *text, bool tls, const char *origin,
                               struct ud_endpoint *ret, struct ud_error *err)
{
    struct ud_slice trimmed = ud_slice_trim(ud_slice_of(text));
    char *copy = ud_strndup(trimmed.ptr, trimmed.len);
    struct ud_endpoint ep = {0};
    enum ud_code rc = UD_OK;
    if (copy[0] == '\0' || ud_str_has_control(copy)) {
        rc = ud_fail(err, UD_ERR_USAGE, FORMS_REMEDY,
                     "the endpoint is empty or has control characters");
    } else {
        rc = parse_scheme(copy, tls, &ep, err);
    }
    free(copy);
    if (rc != UD_OK) {
        ud_endpoint_done(&ep);
        return rc;
    }
    ep.origin = ud_strdup(origin);
    *ret = ep;
    return UD_OK;
}
