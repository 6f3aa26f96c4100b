/* Stands between a client and an engine and logs the requests of all connections:
 *
 *   relay --listen PATH --to unix:///PATH|tcp://HOST:PORT --log FILE
 *         [--interrupt N --pid-file FILE [--delay MILLISECONDS] [--signal NUMBER]]
 *
 * The log gets a line "METHOD PATH" for each request. With --interrupt the process whose id is in
 * the pid file gets SIGINT, or the signal of that number, as soon as the header of the answer to
 * the Nth request went through, or so much later; the log then says "interrupt". Ends when it is
 * killed, or its socket removed. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "requests.h"
#include "sockets.h"

enum { POLL_MS = 1000 };

static struct {
    const char *listen, *to, *log, *pid_file;
    unsigned long interrupt; /* 0: never */
    unsigned long delay;
    int signal;
} options = {.signal = SIGINT};

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
    const struct timespec delay = {(time_t)(options.delay / 1000),
                                   (long)(options.delay % 1000) * 1000000};
    long pid = 0;
    nanosleep(&delay, NULL);
    FILE *file = fopen(options.pid_file, "r");
    if (file == NULL || fscanf(file, "%ld", &pid) != 1 || pid <= 1) {
        die(options.pid_file);
    }
    fclose(file);
    pthread_mutex_lock(&log_lock);
    fputs("interrupt\n", log_stream);
    fflush(log_stream);
    pthread_mutex_unlock(&log_lock);
    if (kill((pid_t)pid, options.signal) != 0 && errno != ESRCH) {
        die("kill");
    }
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
    struct pollfd fds[2] = {{.fd = c->client, .events = POLLIN},
                            {.fd = c->engine, .events = POLLIN}};
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
    c->engine = sockets_connect(options.to);
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
    } else if (strcmp(name, "--signal") == 0) {
        options.signal = atoi(value);
    } else if (strcmp(name, "--delay") == 0) {
        options.delay = strtoul(value, NULL, 10);
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
    struct pollfd listener = {.fd = sockets_listen(options.listen), .events = POLLIN};
    if (listener.fd < 0) {
        die(options.listen);
    }
    while (access(options.listen, F_OK) == 0) {
        if (poll(&listener, 1, POLL_MS) > 0) {
            accept_one(listener.fd);
        }
    }
    return 0;
}
