/* Named pipes and ssh, which libcurl does not know: it asks for a socket, and gets the near end of
 * a bridge to the pipe, or to a program. A connection outlives the transfer it was opened for, so
 * the bridges belong to the ud_http. */
#include "http_internal.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/pipe.h"
#include "platform/process.h"
#include "platform/program.h"
#include "ssh.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

#define NO_COMMAND_REMEDY "Install docker's command line at the other end."
#define TRY_SSH_REMEDY "Try ssh to that host by itself, and then `docker system dial-stdio` there."

enum { NOT_FOUND_BY_SHELL = 127, CONTROL_PATH_MAX = 104 - 64, SETTINGS_MAX = 256 * 1024 };

struct ud_http_bridge {
    struct ud_http_bridge *next;
    struct ud_http_transfer *opener; /* NULL once that is gone */
    struct ud_pipe *pipe;            /* one of the two */
    struct ud_program *program;
    curl_socket_t socket;
};

/* The last lines of what ssh said, of which there are several where a host's key has changed. */
static struct ud_slice last_words(const char *says)
{
    enum { WORDS_MAX = 400 };
    struct ud_slice text = ud_slice_trim(ud_slice_of(says));
    if (text.len > WORDS_MAX) {
        text.ptr += text.len - WORDS_MAX;
        text.len = WORDS_MAX;
    }
    return text;
}

static void program_error(struct ud_http_transfer *t, struct ud_program *program)
{
    struct ud_http *http = t->http;
    const char *says = "";
    int exit_code = 0;
    if (!ud_program_failed(program, &exit_code, &says)) {
        return;
    }
    const struct ud_slice words = last_words(says);
    http->other_way = exit_code == NOT_FOUND_BY_SHELL && http->way + 1 < ud_ssh_ways();
    (void)ud_fail(&t->bridge_error, UD_ERR_UNREACHABLE,
                  exit_code == NOT_FOUND_BY_SHELL ? NO_COMMAND_REMEDY : TRY_SSH_REMEDY,
                  "ssh says: %.*s (exit code %d)", (int)words.len, words.ptr, exit_code);
}

static void keep_error(struct ud_http_transfer *t, const struct ud_http_bridge *bridge)
{
    struct ud_error why = {0};
    if (t == NULL || t->bridge_error.code != UD_OK) {
        return;
    }
    if (bridge->program != NULL) {
        if (!t->headers_done) { /* else there is nothing to explain, and it still runs */
            program_error(t, bridge->program);
        }
    } else if (ud_pipe_check(bridge->pipe, &why) != UD_OK) {
        t->bridge_error = why;
    }
}

static void http_bridge_tell(const struct ud_http *http, const struct ud_http_bridge *bridge)
{
    uint64_t in = 0;
    uint64_t out = 0;
    if (bridge->pipe != NULL) {
        ud_pipe_count(bridge->pipe, &in, &out);
        ud_report_message(http->report, UD_REPORT_DEBUG,
                          "a connection to %s: %llu bytes out, %llu in", http->endpoint.path,
                          (unsigned long long)in, (unsigned long long)out);
    }
}

/* ---- ssh ---- */

/* Where connections share one login, unless the user has such a place; ssh makes the socket there
 * for this user alone. NULL if there is none, or its path is too long for a socket's or has
 * characters that ssh's settings take for more than a path. */
static char *find_control_path(const struct ud_http *http)
{
    const char *const arguments[] = {"-G", "--", http->endpoint.host, NULL};
    const struct ud_process process = {
        .program = "ssh", .arguments = arguments, .input = "", .limit_ms = UD_PATIENCE_HELPER_MS};
    struct ud_buf settings;
    int exit_code = -1;
    if (!ud_program_ssh_shares_logins()) {
        return NULL;
    }
    ud_buf_init(&settings, SETTINGS_MAX);
    const bool asked =
        ud_process_run(&process, &settings, &exit_code, NULL) == UD_OK && exit_code == 0;
    const bool shares = !asked || ud_ssh_shares_login(settings.data != NULL ? settings.data : "");
    ud_buf_done(&settings);
    if (shares) {
        return NULL;
    }
    char *runtime = ud_host_runtime_dir();
    char *dir = runtime != NULL ? ud_fs_join(runtime, "usbipd-desktop") : ud_host_state_dir();
    char *path = NULL;
    if (dir != NULL && strlen(dir) < CONTROL_PATH_MAX && strpbrk(dir, " \t%\"'\\") == NULL &&
        ud_fs_mkdirs(dir, NULL) == UD_OK) {
        path = ud_strf("%s/ssh-%%C", dir); /* %C: ssh's own digest of host, port and user */
    }
    free(dir);
    free(runtime);
    return path;
}

static enum ud_code open_ssh(struct ud_http *http, struct ud_http_bridge *bridge,
                             uintptr_t *ret_socket, struct ud_error *err)
{
    struct ud_strv command = {0};
    if (!http->control_path_known) {
        http->control_path = find_control_path(http);
        http->control_path_known = true;
    }
    ud_ssh_command(&http->endpoint, http->way, http->control_path, &command);
    char *text = ud_strv_join(&command, " ");
    ud_report_message(http->report, UD_REPORT_DEBUG, "%s", text);
    free(text);
    /* The list is of strings that nobody changes, and ends with NULL. */
    const char **argv = ud_alloc(command.len + 1, sizeof *argv);
    for (size_t i = 0; i < command.len; i++) {
        argv[i] = command.items[i];
    }
    argv[command.len] = NULL;
    enum ud_code rc = ud_program_open(argv, &bridge->program, ret_socket, err);
    free(argv);
    ud_strv_done(&command);
    return rc;
}

bool ud_http_other_way(struct ud_http *http)
{
    const bool other = http->other_way;
    http->way += other ? 1 : 0;
    http->other_way = false;
    return other;
}

/* ---- both ---- */

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct ud_http_transfer *t = arg;
    struct ud_http *http = t->http;
    struct ud_http_bridge *bridge = ud_alloc(1, sizeof *bridge);
    uintptr_t socket = 0;
    (void)address;
    *bridge = (struct ud_http_bridge){.opener = t};
    enum ud_code rc = UD_ERR_INTERNAL;
    if (purpose == CURLSOCKTYPE_IPCXN) {
        rc = http->endpoint.kind == UD_ENDPOINT_SSH
                 ? open_ssh(http, bridge, &socket, &t->bridge_error)
                 : ud_pipe_open(http->endpoint.path, http->connect_timeout_ms, &bridge->pipe,
                                &socket, &t->bridge_error);
    }
    if (rc != UD_OK) {
        free(bridge);
        return CURL_SOCKET_BAD;
    }
    bridge->socket = (curl_socket_t)socket;
    bridge->next = http->bridges;
    http->bridges = bridge;
    return bridge->socket;
}

static int on_opened(void *arg, curl_socket_t socket, curlsocktype purpose)
{
    (void)arg;
    (void)socket;
    (void)purpose;
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int on_close(void *arg, curl_socket_t socket)
{
    struct ud_http *http = arg;
    struct ud_http_bridge **link = &http->bridges;
    while (*link != NULL && (*link)->socket != socket) {
        link = &(*link)->next;
    }
    struct ud_http_bridge *bridge = *link;
    if (bridge == NULL) {
        return 1;
    }
    *link = bridge->next;
    keep_error(bridge->opener, bridge);
    http_bridge_tell(http, bridge);
    ud_pipe_free(bridge->pipe); /* closes the socket too */
    ud_program_free(bridge->program);
    free(bridge);
    return 0;
}

void ud_http_set_bridge(struct ud_http_transfer *t)
{
    /* One address, so that libcurl does not race two connections. */
    (void)curl_easy_setopt(t->easy, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
    (void)curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    (void)curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
    (void)curl_easy_setopt(t->easy, CURLOPT_SOCKOPTFUNCTION, on_opened);
    (void)curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    (void)curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETDATA, t->http);
}

bool ud_http_bridge_error(struct ud_http_transfer *t, struct ud_error *ret)
{
    for (struct ud_http_bridge *b = t->http->bridges; b != NULL; b = b->next) {
        if (b->opener == t) {
            keep_error(t, b);
        }
    }
    *ret = t->bridge_error;
    return t->bridge_error.code != UD_OK;
}

void ud_http_bridge_forget(const struct ud_http_transfer *t)
{
    for (struct ud_http_bridge *b = t->http->bridges; b != NULL; b = b->next) {
        b->opener = b->opener == t ? NULL : b->opener;
    }
}
