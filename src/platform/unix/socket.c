#include "platform/socket.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"

void ud_socket_end_sending(uintptr_t socket)
{
    (void)shutdown((int)socket, SHUT_WR);
}

void ud_socket_limit_silence(uintptr_t socket, unsigned ms)
{
#ifdef TCP_USER_TIMEOUT
    (void)setsockopt((int)socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
#elif defined(TCP_RXT_CONNDROPTIME)
    int seconds = (int)(ms / 1000);
    (void)setsockopt((int)socket, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, &seconds, sizeof seconds);
#else
    (void)socket;
    (void)ms;
#endif
}

bool ud_socket_is_listened_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool listened = false;
    if (fd >= 0) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        listened = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
        (void)close(fd);
    }
    return listened;
}

bool ud_socket_is_same(const char *path, const char *other)
{
    struct stat a;
    struct stat b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* As the user database has it, which a session read when it began. */
static bool socket_user_is_in(const struct group *group)
{
    const struct passwd *user = getpwuid(getuid());
    bool in = user != NULL && user->pw_gid == group->gr_gid;
    for (char **member = group->gr_mem; user != NULL && *member != NULL && !in; member++) {
        in = strcmp(*member, user->pw_name) == 0;
    }
    return in;
}

enum ud_socket_bar ud_socket_bar(const char *path, char **ret_name)
{
    struct stat st;
    *ret_name = NULL;
    if (stat(path, &st) != 0) {
        return UD_SOCKET_BAR_DIRECTORY;
    }
    if ((st.st_mode & S_IWGRP) == 0 || st.st_gid == 0) {
        const struct passwd *owner = getpwuid(st.st_uid);
        *ret_name =
            owner != NULL ? ud_strdup(owner->pw_name) : ud_strf("%lu", (unsigned long)st.st_uid);
        return UD_SOCKET_BAR_OWNER;
    }
    const struct group *group = getgrgid(st.st_gid);
    *ret_name =
        group != NULL ? ud_strdup(group->gr_name) : ud_strf("%lu", (unsigned long)st.st_gid);
    return group != NULL && socket_user_is_in(group) ? UD_SOCKET_BAR_LOGIN : UD_SOCKET_BAR_GROUP;
}
