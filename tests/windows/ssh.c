/* Stands for the ssh.exe of Windows, where there is no other: what would log in somewhere goes to
 * an engine's port of this machine instead.
 *
 *   ssh.exe [OPTION...] -- HOST COMMAND
 *
 * The host's name says what happens, whoever logs in:
 *   refused    ssh's own error, exit code 255
 *   podman     there is no docker (exit code 127), but podman
 *   others     `docker system dial-stdio` is run
 *
 *   UD_TEST_SSH_PORT  the engine's port
 *   UD_TEST_SSH_LOG   a file that gets a line with each host and command */
#include <winsock2.h>

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 16 * 1024, SSH_FAILED = 255, NOT_FOUND = 127 };

static int say(const char *text, int code)
{
    (void)fprintf(stderr, "%s\r\n", text);
    return code;
}

/* The words after "--". */
static const char *const *words_of(const char *const *argv)
{
    for (; *argv != NULL; argv++) {
        if (strcmp(*argv, "--") == 0) {
            return argv + 1;
        }
    }
    return argv;
}

static void note(const char *host, const char *command)
{
    const char *path = getenv("UD_TEST_SSH_LOG");
    FILE *log = path != NULL ? fopen(path, "ab") : NULL;
    if (log != NULL) {
        (void)fprintf(log, "%s: %s\n", host, command);
        (void)fclose(log);
    }
}

static SOCKET connect_to_engine(void)
{
    WSADATA data;
    const char *port = getenv("UD_TEST_SSH_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (port == NULL || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return INVALID_SOCKET;
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)atoi(port));
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    return connect(s, (struct sockaddr *)&address, sizeof address) == 0 ? s : INVALID_SOCKET;
}

static DWORD WINAPI send_input(void *arg)
{
    const SOCKET s = *(SOCKET *)arg;
    static char piece[PIECE];
    int n = 0;
    while ((n = _read(0, piece, sizeof piece)) > 0) {
        if (send(s, piece, n, 0) != n) {
            break;
        }
    }
    (void)shutdown(s, SD_SEND);
    return 0;
}

static int dial_stdio(void)
{
    static char piece[PIECE];
    SOCKET s = connect_to_engine();
    int n = 0;
    if (s == INVALID_SOCKET) {
        return say("cannot connect to the Docker daemon", 1);
    }
    (void)_setmode(0, _O_BINARY);
    (void)_setmode(1, _O_BINARY);
    if (CreateThread(NULL, 0, send_input, &s, 0, NULL) == NULL) {
        return say("no thread", 1);
    }
    while ((n = recv(s, piece, sizeof piece, 0)) > 0) {
        if (_write(1, piece, (unsigned)n) != n) {
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *const *words = words_of((const char *const *)argv);
    (void)argc;
    if (words[0] == NULL || words[1] == NULL || words[2] != NULL) {
        return say("usage: ssh [OPTION...] -- HOST COMMAND", SSH_FAILED);
    }
    const char *at = strchr(words[0], '@');
    const char *host = at != NULL ? at + 1 : words[0];
    note(words[0], words[1]);
    if (strcmp(host, "refused") == 0) {
        return say("me@refused: Permission denied (publickey).", SSH_FAILED);
    }
    const char *wanted =
        strcmp(host, "podman") == 0 ? "podman system dial-stdio" : "docker system dial-stdio";
    if (strcmp(words[1], wanted) != 0) {
        return say("bash: line 1: command not found", NOT_FOUND);
    }
    return dial_stdio();
}
