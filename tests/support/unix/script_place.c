#include "script_place.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"

enum { WAITING_MAX = 256 };

struct script_place {
    int listener;
    char dir[64]; /* of the socket's file; empty for tcp */
    char path[100];
};

static char *listen_unix(struct script_place *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(place->dir, sizeof place->dir, "/tmp/scripted-engine-XXXXXX");
    if (mkdtemp(place->dir) == NULL) {
        abort();
    }
    (void)snprintf(place->path, sizeof place->path, "%s/engine.sock", place->dir);
    memcpy(address.sun_path, place->path, sizeof place->path);
    place->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(place->listener, (struct sockaddr *)&address, sizeof address) != 0) {
        abort();
    }
    return ud_strf("unix://%s", place->path);
}

static char *listen_tcp(struct script_place *place)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(place->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(place->listener, (struct sockaddr *)&address, &len) != 0) {
        abort();
    }
    return ud_strf("tcp://127.0.0.1:%u", ntohs(address.sin_port));
}

struct script_place *script_place_new(bool tcp, char **ret_endpoint)
{
    struct script_place *place = ud_alloc(1, sizeof *place);
    *ret_endpoint = tcp ? listen_tcp(place) : listen_unix(place);
    if (listen(place->listener, WAITING_MAX) != 0) {
        abort();
    }
    return place;
}

int script_place_accept(struct script_place *place)
{
    return accept(place->listener, NULL, NULL);
}

void script_place_shut(struct script_place *place)
{
    (void)shutdown(place->listener, SHUT_RDWR);
}

void script_place_free(struct script_place *place)
{
    (void)close(place->listener);
    if (place->dir[0] != '\0') {
        (void)unlink(place->path);
        (void)rmdir(place->dir);
    }
    free(place);
}

long script_recv(int fd, void *buf, size_t size)
{
    return recv(fd, buf, size, 0);
}

long script_send(int fd, const void *data, size_t len)
{
    return send(fd, data, len, MSG_NOSIGNAL);
}

void script_shutdown(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

void script_close(int fd)
{
    (void)close(fd);
}
