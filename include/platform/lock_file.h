/* A file whose lock says that a process lives. The system itself gives the lock up when
 * the process ends, however it ends: no process number, no clock and no boot has to be
 * compared, and it holds across containers that share the file. */
#ifndef PLATFORM_LOCK_FILE_H
#define PLATFORM_LOCK_FILE_H

#include "util/error.h"

struct ud_lock_file;

/* Creates the file, or opens one that is there, and takes its lock, which no program that
 * is started later inherits. UD_ERR_BUSY if it is held, by this process too. */
UD_MUST_CHECK enum ud_code ud_lock_file_take(const char *path, struct ud_lock_file **ret,
                                             struct ud_error *err);

/* Gives the lock up; the file stays. NULL is fine. */
void ud_lock_file_free(struct ud_lock_file *lock);

enum ud_lock_state {
    UD_LOCK_UNKNOWN, /* there is no such file, or it cannot be looked at */
    UD_LOCK_FREE,
    UD_LOCK_HELD /* by another process or by this one */
};

/* Changes nothing. Several may ask at once: none takes the other for the holder. */
enum ud_lock_state ud_lock_file_state(const char *path);

#endif
