#ifndef PLATFORM_UNIX_UNIX_FAIL_H
#define PLATFORM_UNIX_UNIX_FAIL_H

#include "util/error.h"

/* "<fmt>: <reason of errnum>", with its code and, where there is one, remedy. */
enum ud_code ud_unix_fail(struct ud_error *err, int errnum, const char *fmt, ...) UD_PRINTF(3, 4);

#endif
