/* Paths inside of archives: '/' separates, whatever the system. */
#ifndef BUNDLE_BYTES_PATH_H
#define BUNDLE_BYTES_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum ud_path_verdict { UD_PATH_OK, UD_PATH_ABSOLUTE, UD_PATH_UP };

/* Copies raw without ".", empty components and trailing '/', into new memory;
 * "" for the root. Refuses what begins with '/' or has a ".." component. */
enum ud_path_verdict ud_path_clean(const char *raw, char **ret);

/* What is wrong, for "... has an entry <words>: <path>". */
const char *ud_path_verdict_text(enum ud_path_verdict verdict);

/* Whether all bytes are printable ASCII, and there is at least one. */
bool ud_path_is_ascii(const char *path);

/* Whether a symbolic link at path (clean) with this text leads to a place below the top, as far
 * as its text says: what other links make of it is not followed ("l -> ..", then "e -> l/l").
 * It is there so that an archive that means a place outside is refused with a clear word, and
 * no such link gets into a slice. It protects nothing: only an engine unpacks what was read, in
 * a container, where there is nothing outside to be reached. */
bool ud_path_link_stays(const char *path, const char *target);

#endif
