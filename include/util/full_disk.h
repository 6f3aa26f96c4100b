/* What compilers, package managers and engines say when a disk is full. */
#ifndef UTIL_FULL_DISK_H
#define UTIL_FULL_DISK_H

/* Each occurs in such a message. Ends with NULL. */
extern const char *const ud_full_disk_words[];

#endif
