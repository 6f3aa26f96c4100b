/* The commands that have no answer yet, by their seqnum. */
#ifndef USBIP_GUARD_TABLE_H
#define USBIP_GUARD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usbip/guard.h"

enum ud_guard_kind {
    UD_GUARD_SUBMIT,
    UD_GUARD_UNLINK,
    UD_GUARD_LATE /* a SUBMIT that RET_UNLINK ended, and whose own answer may still come */
};

struct ud_guard_packet {
    uint32_t offset;
    uint32_t length;
};

struct ud_guard_entry {
    uint32_t seqnum;
    enum ud_guard_kind kind;
    uint32_t unlinked;               /* UNLINK: the seqnum of the other command */
    bool in;                         /* SUBMIT, LATE: the direction */
    uint32_t length;                 /* SUBMIT, LATE: of the buffer */
    uint32_t count;                  /* SUBMIT, LATE: of packets; 0 if not isochronous */
    struct ud_guard_packet *packets; /* SUBMIT: count of them */
    uint16_t next;                   /* the table's own */
};

enum { UD_GUARD_BUCKETS = 1024, UD_GUARD_ENTRIES = UD_GUARD_COMMANDS_MAX + UD_GUARD_LATE_MAX };

struct ud_guard_table {
    struct ud_guard_entry *entries;
    size_t room;                        /* of entries */
    uint16_t buckets[UD_GUARD_BUCKETS]; /* number of the first entry + 1; 0 for none */
    uint16_t unused;                    /* likewise, of those that were removed */
    size_t made;                        /* entries that were ever in use */
    size_t waiting;                     /* SUBMIT and UNLINK */
    size_t packets;                     /* that entries hold */
    uint32_t late[UD_GUARD_LATE_MAX];   /* seqnums in the order in which they came */
    size_t late_count;
};

void ud_guard_table_init(struct ud_guard_table *table);
void ud_guard_table_done(struct ud_guard_table *table);

/* Borrowed until the table is changed; NULL if there is none. */
struct ud_guard_entry *ud_guard_table_find(const struct ud_guard_table *table, uint32_t seqnum);

/* A new entry of that seqnum, with room for count packets, whose other members are the
 * caller's to fill. There is none of that seqnum, and the maxima allow another. */
struct ud_guard_entry *ud_guard_table_add(struct ud_guard_table *table, uint32_t seqnum,
                                          enum ud_guard_kind kind, uint32_t count);

/* The entry of that seqnum is there. */
void ud_guard_table_remove(struct ud_guard_table *table, uint32_t seqnum);

/* Makes a SUBMIT a LATE one; the oldest of these goes where they are too many. */
void ud_guard_table_make_late(struct ud_guard_table *table, struct ud_guard_entry *entry);

#endif
