/* Stands in for the VirtualHere client, which cannot be fetched in a test: as much of its command
 * line as is used.
 *
 *   vhclient              tells what it was given (arguments, HOME, working directory, rights,
 * .vhui), then serves commands until SIGTERM; ends with 42 when told "EXIT 42" vhclient -t COMMAND
 * gives the running one a command and prints its answer
 *
 * The two meet at a unix socket in /tmp, as the client's pipes are. */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/tmp/vhclient"};

static volatile sig_atomic_t ended_by;

static void on_signal(int number)
{
    ended_by = number;
}

static void tell(const char *name, const char *value)
{
    printf("%s: %s\n", name, value != NULL ? value : "(none)");
}

static void tell_all(int argc, char **argv)
{
    char text[4096];
    for (int i = 0; i < argc; i++) {
        printf("argv[%d]: %s\n", i, argv[i]);
    }
    tell("HOME", getenv("HOME"));
    tell("PATH", getenv("PATH"));
    tell("cwd", getcwd(text, sizeof text));
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(text, sizeof text, status) != NULL) {
        if (strncmp(text, "CapEff:", 7) == 0 || strncmp(text, "CapBnd:", 7) == 0) {
            printf("%s", text);
        }
    }
    if (status != NULL) {
        (void)fclose(status);
    }
    FILE *file = fopen(".vhui", "r");
    size_t n = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = '\0';
    printf(".vhui: %s", text);
    printf("ready\n");
    (void)fflush(stdout);
}

/* The exit code for "EXIT 42", or -1. */
static int answer(int fd)
{
    char command[512];
    ssize_t n = read(fd, command, sizeof command - 1);
    int code = -1;
    command[n > 0 ? n : 0] = '\0';
    if (strcmp(command, "LIST") == 0) {
        dprintf(fd, "VirtualHere Client IPC, below are the available devices:\n"
                    "   --> FT232 Serial (lab.11)\n");
    } else if (sscanf(command, "EXIT %d", &code) == 1) {
        dprintf(fd, "OK\n");
    } else {
        dprintf(fd, "OK: %s\n", command);
    }
    return code;
}

static int serve(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGUSR1, &action, NULL);
    (void)unlink(address.sun_path);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 4) != 0) {
        perror(address.sun_path);
        return 3;
    }
    while (ended_by == 0) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            continue;
        }
        int code = answer(fd);
        (void)close(fd);
        if (code >= 0) {
            return code;
        }
    }
    printf("ended by signal %d\n", (int)ended_by);
    return ended_by == SIGTERM ? 0 : 10;
}

static int command(const char *text)
{
    char piece[512];
    ssize_t n;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)fprintf(stderr, "An existing client is not running.\n");
        return 1;
    }
    if (write(fd, text, strlen(text)) < 0) {
        return 1;
    }
    (void)shutdown(fd, SHUT_WR);
    while ((n = read(fd, piece, sizeof piece)) > 0) {
        (void)fwrite(piece, 1, (size_t)n, stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "-t") == 0) {
        return command(argv[2]);
    }
    tell_all(argc, argv);
    return serve();
}
