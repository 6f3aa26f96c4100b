/* Offers a named pipe as an engine does and passes it on to a port of this machine:
 *
 *   pipe-relay.exe --pipe NAME --port PORT --log FILE [--piece N] [--stall-after N]
 *                  [--cut-after N] [--busy MILLISECONDS] [--instances N] [--deny 1]
 *
 * The log gets a line "ready", and each time that all connections are over, one
 * "connections N from-client BYTES to-client BYTES". Ends when the log is removed. */
#include "pipe_to_tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 50 };

static struct pipe_to_tcp relay;
static struct pipe_server_options options = {.serve = pipe_to_tcp_serve, .ctx = &relay};
static const char *log_path;
static unsigned busy_ms;

static void die(const char *what)
{
    fprintf(stderr, "pipe-relay: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void read_option(const char *name, const char *value)
{
    const long long number = strtoll(value, NULL, 10);
    if (strcmp(name, "--pipe") == 0) {
        options.name = value;
    } else if (strcmp(name, "--log") == 0) {
        log_path = value;
    } else if (strcmp(name, "--port") == 0) {
        relay.port = (unsigned short)number;
    } else if (strcmp(name, "--piece") == 0) {
        relay.piece = (size_t)number;
    } else if (strcmp(name, "--stall-after") == 0) {
        relay.stall_after = number;
    } else if (strcmp(name, "--cut-after") == 0) {
        relay.cut_after = number;
    } else if (strcmp(name, "--busy") == 0) {
        busy_ms = (unsigned)number;
    } else if (strcmp(name, "--instances") == 0) {
        options.instances = (unsigned)number;
    } else if (strcmp(name, "--deny") == 0) {
        options.deny = number != 0;
    } else {
        die(name);
    }
}

static void tell(const char *mode, const char *text)
{
    FILE *log = fopen(log_path, mode);
    if (log == NULL) {
        die(log_path);
    }
    fprintf(log, "%s\n", text);
    fclose(log);
}

static void tell_counts(void)
{
    char text[200];
    snprintf(text, sizeof text, "connections %ld from-client %lld to-client %lld",
             (long)relay.connections, (long long)relay.from_client, (long long)relay.to_client);
    tell("a", text);
}

static bool log_exists(void)
{
    return GetFileAttributesA(log_path) != INVALID_FILE_ATTRIBUTES;
}

/* A pipe whose only instance is taken, for a while. */
static void be_busy(void)
{
    char path[260];
    snprintf(path, sizeof path, "\\\\.\\pipe\\%s", options.name);
    HANDLE server = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1, 0, 0, 0, NULL);
    HANDLE client = CreateFileA(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (server == INVALID_HANDLE_VALUE || client == INVALID_HANDLE_VALUE) {
        die(path);
    }
    tell("w", "ready");
    Sleep(busy_ms);
    CloseHandle(client);
    CloseHandle(server);
}

int main(int argc, char **argv)
{
    WSADATA data;
    for (int i = 1; i + 1 < argc; i += 2) {
        read_option(argv[i], argv[i + 1]);
    }
    if (options.name == NULL || log_path == NULL || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        die("usage");
    }
    if (busy_ms != 0) {
        be_busy();
    }
    struct pipe_server *server = pipe_server_start(&options);
    if (server == NULL) {
        die(options.name);
    }
    tell(busy_ms != 0 ? "a" : "w", "ready");
    LONG told = 0;
    while (log_exists()) {
        if (relay.active == 0 && relay.connections != told) {
            told = relay.connections;
            tell_counts();
        }
        Sleep(POLL_MS);
    }
    pipe_server_stop(server);
    return 0;
}
