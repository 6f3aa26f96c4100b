/* Stands between a client and an engine and logs the requests of all connections:
 *
 *   relay --listen PATH --to unix:///PATH|tcp://HOST:PORT --log FILE
 *         [--interrupt N --pid-file FILE]
 *
 * The log gets a line "METHOD PATH" for each request. With --interrupt the process whose id is in
 * the pid file gets SIGINT as soon as the header of the answer to the Nth request went through;
 * the log then says "interrupt". Ends when it is killed. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "requests.h"

static struct {
    const char *listen, *to, *log, *pid_file;
    unsigned long interrupt; /* 0: never */
} options;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *log_stream;
static unsigned long request_count;

struct connection {
    int client, engine;
    unsigned long number; /* of the request under way, over all connections */
    struct requests requests;
    struct answers answers;
};

static void die(const char *what)
{
    fprintf(stderr, "relay: %s: %s\n", what, errno != 0 ? strerror(errno) : "not acceptable");
    exit(1);
}

static void log_request(void *ctx, const char *line)
{
    struct connection *c = ctx;
    size_t len = strcspn(line, " ");
    len += line[len] != '\0' ? 1 + strcspn(line + len + 1, " ") : 0;
    pthread_mutex_lock(&log_lock);
    c->number = ++request_count;
    fprintf(log_stream, "%.*s\n", (int)len, line);
    fflush(log_stream);
    pthread_mutex_unlock(&log_lock);
}

static void interrupt_client(void)
{
    long pid = 0;
    FILE *file = fopen(options.pid_file, "r");
    if (file == NULL || fscanf(file, "%ld", &pid) != 1 || pid <= 1) {
        die(options.pid_file);
    }
    fclose(file);
    pthread_mutex_lock(&log_lock);
    fputs("interrupt\n", log_stream);
    fflush(log_stream);
    pthread_mutex_unlock(&log_lock);
    if (kill((pid_t)pid, SIGINT) != 0 && errno != ESRCH) {
        die("kill");
    }
}

static int engine_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int engine_tcp(const char *host_port)
{
    char host[256];
    const char *colon = strrchr(host_port, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (colon == NULL || (size_t)(colon - host_port) >= sizeof host) {
        return -1;
    }
    memcpy(host, host_port, (size_t)(colon - host_port));
    host[colon - host_port] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0) {
        return -1;
    }
    int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static int engine_connect(void)
{
    if (strncmp(options.to, "unix://", 7) == 0) {
        return engine_unix(options.to + 7);
    }
    return strncmp(options.to, "tcp://", 6) == 0 ? engine_tcp(options.to + 6) : -1;
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* Moves what is there, in one direction. False at its end, which is passed on. */
static bool pump(struct connection *c, bool from_client)
{
    char data[65536];
    int from = from_client ? c->client : c->engine;
    int to = from_client ? c->engine : c->client;
    ssize_t n = read(from, data, sizeof data);
    if (n <= 0) {
        shutdown(to, SHUT_WR);
        return false;
    }
    bool interrupt = false;
    if (from_client && !requests_feed(&c->requests, data, (size_t)n, log_request, c)) {
        die("a request");
    }
    if (!from_client) {
        interrupt = answers_feed(&c->answers, &c->requests, data, (size_t)n) &&
                    c->number == options.interrupt;
    }
    bool ok = write_all(to, data, (size_t)n);
    if (interrupt) {
        interrupt_client();
    }
    return ok;
}

static void *serve(void *ctx)
{
    struct connection *c = ctx;
    struct pollfd fds[2] = {{.fd = c->client, .events = POLLIN}, {.fd = c->engine, .events = POLLIN}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        for (int i = 0; i < 2; i++) {
            if (fds[i].revents != 0 && !pump(c, i == 0)) {
                fds[i].fd = -1;
            }
            fds[i].revents = 0;
        }
    }
    close(c->client);
    close(c->engine);
    free(c);
    return NULL;
}

static void accept_one(int listener)
{
    pthread_t thread;
    struct connection *c = calloc(1, sizeof *c);
    if (c == NULL || (c->client = accept(listener, NULL, NULL)) < 0) {
        die("accept");
    }
    c->engine = engine_connect();
    if (c->engine < 0) {
        close(c->client); /* as the engine would: nobody is there */
        free(c);
        return;
    }
    if (pthread_create(&thread, NULL, serve, c) != 0) {
        die("pthread_create");
    }
    pthread_detach(thread);
}

static int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        die("--listen");
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 64) != 0) {
        die(path);
    }
    return fd;
}

static void read_option(const char *name, const char *value)
{
    if (strcmp(name, "--listen") == 0) {
        options.listen = value;
    } else if (strcmp(name, "--to") == 0) {
        options.to = value;
    } else if (strcmp(name, "--log") == 0) {
        options.log = value;
    } else if (strcmp(name, "--pid-file") == 0) {
        options.pid_file = value;
    } else if (strcmp(name, "--interrupt") == 0) {
        options.interrupt = strtoul(value, NULL, 10);
    } else {
        die(name);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        read_option(argv[i], argv[i + 1]);
    }
    if (options.listen == NULL || options.to == NULL || options.log == NULL ||
        (options.interrupt != 0 && options.pid_file == NULL)) {
        die("usage");
    }
    signal(SIGPIPE, SIG_IGN);
    log_stream = fopen(options.log, "a");
    if (log_stream == NULL) {
        die(options.log);
    }
    int listener = listen_on(options.listen);
    for (;;) {
        accept_one(listener);
    }
}
