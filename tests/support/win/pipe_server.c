#include "pipe_server.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLIENTS_MAX = 1024, BUFFER = 64 * 1024 };

struct client {
    struct pipe_server *server;
    struct pipe_end end;
    HANDLE thread;
};

struct pipe_server {
    struct pipe_server_options options;
    char path[260];
    HANDLE stop;
    HANDLE thread;
    HANDLE next; /* the instance that waits for a client */
    struct client *clients[CLIENTS_MAX];
    size_t client_count;
};

static void give_to(HANDLE handle, const char *owner)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    char text[100];
    snprintf(text, sizeof text, "O:%s", owner);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &descriptor,
                                                              NULL) ||
        !SetKernelObjectSecurity(handle, OWNER_SECURITY_INFORMATION, descriptor)) {
        abort();
    }
    LocalFree(descriptor);
}

static HANDLE new_instance(struct pipe_server *server, bool first)
{
    const struct pipe_server_options *options = &server->options;
    DWORD access = (options->deny ? PIPE_ACCESS_INBOUND : PIPE_ACCESS_DUPLEX) |
                   FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0) |
                   (options->owner != NULL ? (DWORD)WRITE_OWNER : 0);
    DWORD mode = options->bytes ? PIPE_TYPE_BYTE : PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE;
    HANDLE handle =
        CreateNamedPipeA(server->path, access, mode | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                         options->instances != 0 ? options->instances : PIPE_UNLIMITED_INSTANCES,
                         BUFFER, BUFFER, 0, NULL);
    if (handle != INVALID_HANDLE_VALUE && options->owner != NULL) {
        give_to(handle, options->owner);
    }
    return handle;
}

static DWORD WINAPI serve_client(void *arg)
{
    struct client *client = arg;
    client->server->options.serve(client->server->options.ctx, &client->end);
    CloseHandle(client->end.handle); /* as engines do: what was sent can still be read */
    CloseHandle(client->end.read_event);
    CloseHandle(client->end.write_event);
    return 0;
}

static void free_client(struct client *client)
{
    WaitForSingleObject(client->thread, INFINITE);
    CloseHandle(client->thread);
    free(client);
}

/* So that a test can tell what its own side leaves open. */
static void free_finished(struct pipe_server *server)
{
    size_t kept = 0;
    for (size_t i = 0; i < server->client_count; i++) {
        struct client *client = server->clients[i];
        if (WaitForSingleObject(client->thread, 0) == WAIT_OBJECT_0) {
            free_client(client);
        } else {
            server->clients[kept++] = client;
        }
    }
    server->client_count = kept;
}

static void begin_client(struct pipe_server *server, HANDLE handle)
{
    free_finished(server);
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL || server->client_count == CLIENTS_MAX) {
        abort();
    }
    client->server = server;
    client->end.handle = handle;
    client->end.stop = server->stop;
    client->end.read_event = CreateEventA(NULL, TRUE, FALSE, NULL);
    client->end.write_event = CreateEventA(NULL, TRUE, FALSE, NULL);
    client->thread = CreateThread(NULL, 0, serve_client, client, 0, NULL);
    if (client->thread == NULL) {
        abort();
    }
    server->clients[server->client_count++] = client;
}

/* Waits for a client of the next instance; false to stop. */
static bool await_client(struct pipe_server *server)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    const HANDLE events[] = {overlapped.hEvent, server->stop};
    DWORD n = 0;
    bool connected = true;
    if (!ConnectNamedPipe(server->next, &overlapped) && GetLastError() == ERROR_IO_PENDING) {
        connected = WaitForMultipleObjects(2, events, FALSE, INFINITE) == WAIT_OBJECT_0;
        if (!connected) {
            CancelIoEx(server->next, &overlapped);
        }
        GetOverlappedResult(server->next, &overlapped, &n, TRUE);
    }
    CloseHandle(overlapped.hEvent);
    return connected;
}

/* With all instances taken there is no next one until a client leaves. */
static bool make_next(struct pipe_server *server)
{
    for (;;) {
        server->next = new_instance(server, false);
        if (server->next != INVALID_HANDLE_VALUE) {
            return true;
        }
        if (WaitForSingleObject(server->stop, 5) == WAIT_OBJECT_0) {
            return false;
        }
    }
}

static DWORD WINAPI accept_clients(void *arg)
{
    struct pipe_server *server = arg;
    while (await_client(server)) {
        begin_client(server, server->next);
        if (!make_next(server)) {
            return 0;
        }
    }
    CloseHandle(server->next);
    return 0;
}

struct pipe_server *pipe_server_start(const struct pipe_server_options *options)
{
    struct pipe_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        abort();
    }
    server->options = *options;
    snprintf(server->path, sizeof server->path, "\\\\.\\pipe\\%s", options->name);
    server->next = new_instance(server, true);
    if (server->next == INVALID_HANDLE_VALUE) {
        free(server);
        return NULL;
    }
    server->stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    server->thread = CreateThread(NULL, 0, accept_clients, server, 0, NULL);
    if (server->thread == NULL) {
        abort();
    }
    return server;
}

void pipe_server_stop(struct pipe_server *server)
{
    SetEvent(server->stop);
    WaitForSingleObject(server->thread, INFINITE);
    for (size_t i = 0; i < server->client_count; i++) {
        free_client(server->clients[i]);
    }
    CloseHandle(server->thread);
    CloseHandle(server->stop);
    free(server);
}
