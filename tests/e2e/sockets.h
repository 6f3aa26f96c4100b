/* The two ends of the relay. */
#ifndef E2E_SOCKETS_H
#define E2E_SOCKETS_H

/* unix:///PATH or tcp://HOST:PORT; -1 if nobody answers there. */
int sockets_connect(const char *endpoint);

/* A new unix socket at path; -1 and errno if that cannot be. */
int sockets_listen(const char *path);

#endif
