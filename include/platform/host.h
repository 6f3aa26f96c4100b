/* The machine this program runs on: environment, well-known places, time.
 * Returned strings are the caller's to free and UTF-8. */
#ifndef PLATFORM_HOST_H
#define PLATFORM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A copy of an environment variable: NULL when unset, "" when empty. */
char *ud_host_env(const char *name);

/* Sets one for this process and for the programs that it runs. Before there are threads. */
void ud_host_set_env(const char *name, const char *value);

/* The path of this program's file, or NULL if the system does not say. */
char *ud_host_program(void);

/* $HOME, else the user database's answer; on Windows %USERPROFILE%. NULL if
 * none is known. */
char *ud_host_home(void);

/* Where to keep what can be had again: $XDG_CACHE_HOME/usbipd-desktop or
 * ~/.cache/usbipd-desktop, ~/Library/Caches/usbipd-desktop on macOS,
 * %LOCALAPPDATA%\usbipd-desktop\cache on Windows. NULL if no home is known.
 * Not created. A relative XDG_CACHE_HOME is ignored, as its specification says. */
char *ud_host_cache_dir(void);

/* The directory for temporary files, which others may write to as well: $TMPDIR, else /tmp;
 * on Windows what the system says (%TMP%, %TEMP%). */
char *ud_host_temp_dir(void);

/* Where to keep what tells of runs of this program: $XDG_STATE_HOME/usbipd-desktop or
 * ~/.local/state/usbipd-desktop, ~/Library/Application Support/usbipd-desktop on macOS,
 * %LOCALAPPDATA%\usbipd-desktop\state on Windows. As ud_host_cache_dir otherwise. */
char *ud_host_state_dir(void);

/* The user's directory for sockets, $XDG_RUNTIME_DIR, else /run/user/<uid> if
 * that exists; NULL elsewhere. */
char *ud_host_runtime_dir(void);

/* $DOCKER_CONFIG or ~/.docker. NULL if no home is known. */
char *ud_host_docker_config_dir(void);

/* Where the certificates are that this system trusts. */
struct ud_host_trust {
    char *file;     /* PEM, or NULL */
    char *dir;      /* of such files, or NULL */
    bool in_system; /* the system keeps them itself: nothing has to be named */
};

/* $SSL_CERT_FILE and $SSL_CERT_DIR, if one of them is set and not empty, and nothing else;
 * otherwise the first file that exists of the usual places. It is not read here. Both are NULL
 * where there is none, and on Windows, where only SSL_CERT_FILE is looked at. */
void ud_host_trust(struct ud_host_trust *ret);

/* A zeroed one is fine. */
void ud_host_trust_done(struct ud_host_trust *trust);

/* Milliseconds of a clock that never goes back, from an arbitrary start. */
uint64_t ud_host_now_ms(void);

/* Seconds since 1970. */
int64_t ud_host_wall_time(void);

/* Fills buf with random bytes of the system's best source; the program ends
 * with a message if it has none. */
void ud_host_random(void *buf, size_t len);

/* A text that changes with each boot of this machine (Linux), else NULL. */
char *ud_host_boot_id(void);

/* The release of this machine's kernel where that is Linux, else NULL. */
char *ud_host_kernel(void);

/* This process's id. */
uint64_t ud_host_pid(void);

/* This machine's processor as Docker names it ("amd64", "arm64", ...), for
 * messages; static text, "unknown" if it is another. */
const char *ud_host_arch(void);

/* "linux", "darwin" or "windows"; static text. */
const char *ud_host_os(void);

/* The system's words for an error number of its own (errno, GetLastError and
 * WSAGetLastError on Windows), in new memory. */
char *ud_host_error_text(long number);

/* The most memory this process has held so far, in bytes; 0 if unknown. */
uint64_t ud_host_peak_memory(void);

#endif
