/* A named pipe of messages, as Docker Desktop has, in front of a port. */
#include "script_place.h"

#include <stdio.h>
#include <stdlib.h>

#include "pipe_to_tcp.h"
#include "util/mem.h"

enum { WAITING_MAX = 256 };

struct script_place {
    SOCKET listener;
    struct pipe_to_tcp relay;
    struct pipe_server *server; /* NULL for tcp */
};

static unsigned short listen_tcp(struct script_place *place)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(place->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(place->listener, (struct sockaddr *)&address, &len) != 0 ||
        listen(place->listener, WAITING_MAX) != 0) {
        abort();
    }
    return ntohs(address.sin_port);
}

static char *offer_pipe(struct script_place *place)
{
    char name[64];
    (void)snprintf(name, sizeof name, "scripted-engine-%lu-%u",
                   (unsigned long)GetCurrentProcessId(), place->relay.port);
    const struct pipe_server_options options = {
        .name = name,
        .serve = pipe_to_tcp_serve,
        .ctx = &place->relay,
    };
    place->server = pipe_server_start(&options);
    if (place->server == NULL) {
        abort();
    }
    return ud_strf("npipe:////./pipe/%s", name);
}

struct script_place *script_place_new(bool tcp, char **ret_endpoint)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        abort();
    }
    struct script_place *place = ud_alloc(1, sizeof *place);
    place->relay.port = listen_tcp(place);
    *ret_endpoint = tcp ? ud_strf("tcp://127.0.0.1:%u", place->relay.port) : offer_pipe(place);
    return place;
}

int script_place_accept(struct script_place *place)
{
    u_long yes = 1;
    SOCKET s = accept(place->listener, NULL, NULL);
    if (s != INVALID_SOCKET) {
        (void)ioctlsocket(s, (long)FIONBIO, &yes);
    }
    return (int)s;
}

void script_place_shut(struct script_place *place)
{
    (void)closesocket(place->listener);
}

void script_place_free(struct script_place *place)
{
    if (place->server != NULL) {
        pipe_server_stop(place->server);
    }
    free(place);
    (void)WSACleanup();
}

/* Whether it may be tried again: wine does not always wake who waits in send() when the other side
 * goes, so nobody waits there. */
static bool await_turn(int fd, bool writing)
{
    enum { TURN_MS = 50 };
    struct timeval turn = {.tv_usec = TURN_MS * 1000};
    fd_set set;
    if (WSAGetLastError() != WSAEWOULDBLOCK) {
        return false;
    }
    FD_ZERO(&set);
    FD_SET((SOCKET)fd, &set);
    return select(0, writing ? NULL : &set, writing ? &set : NULL, NULL, &turn) != SOCKET_ERROR;
}

long script_recv(int fd, void *buf, size_t size)
{
    int n;
    do {
        n = recv((SOCKET)fd, buf, (int)size, 0);
    } while (n < 0 && await_turn(fd, false));
    return n;
}

long script_send(int fd, const void *data, size_t len)
{
    int n;
    do {
        n = send((SOCKET)fd, data, (int)len, 0);
    } while (n < 0 && await_turn(fd, true));
    return n;
}

void script_shutdown(int fd)
{
    (void)shutdown((SOCKET)fd, SD_BOTH);
}

void script_close(int fd)
{
    (void)closesocket((SOCKET)fd);
}
