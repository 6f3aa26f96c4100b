#include "guard_table.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ud_guard_table_init(struct ud_guard_table *table)
{
    *table = (struct ud_guard_table){.entries = NULL};
}

void ud_guard_table_done(struct ud_guard_table *table)
{
    for (size_t i = 0; i < table->made; i++) {
        free(table->entries[i].packets);
    }
    free(table->entries);
    ud_guard_table_init(table);
}

/* Seqnums count up, so their last bits are as good as a hash. */
static uint16_t *table_bucket(struct ud_guard_table *table, uint32_t seqnum)
{
    return &table->buckets[seqnum % UD_GUARD_BUCKETS];
}

struct ud_guard_entry *ud_guard_table_find(const struct ud_guard_table *table, uint32_t seqnum)
{
    size_t at = table->buckets[seqnum % UD_GUARD_BUCKETS];
    while (at != 0 && table->entries[at - 1].seqnum != seqnum) {
        at = table->entries[at - 1].next;
    }
    return at != 0 ? &table->entries[at - 1] : NULL;
}

/* The number + 1 of an entry that is not in use. */
static uint16_t table_take(struct ud_guard_table *table)
{
    if (table->unused != 0) {
        uint16_t at = table->unused;
        table->unused = table->entries[at - 1].next;
        return at;
    }
    if (table->made == table->room) {
        size_t room = table->room > 0 ? table->room * 2 : 64;
        table->room = room < UD_GUARD_ENTRIES ? room : UD_GUARD_ENTRIES;
        table->entries = ud_realloc(table->entries, table->room, sizeof *table->entries);
    }
    return (uint16_t)++table->made;
}

struct ud_guard_entry *ud_guard_table_add(struct ud_guard_table *table, uint32_t seqnum,
                                          enum ud_guard_kind kind, uint32_t count)
{
    uint16_t at = table_take(table);
    uint16_t *bucket = table_bucket(table, seqnum);
    struct ud_guard_entry *entry = &table->entries[at - 1];
    *entry =
        (struct ud_guard_entry){.seqnum = seqnum, .kind = kind, .count = count, .next = *bucket};
    if (count > 0) {
        entry->packets = ud_alloc(count, sizeof *entry->packets);
    }
    *bucket = at;
    table->waiting++;
    table->packets += count;
    return entry;
}

static void forget_late(struct ud_guard_table *table, uint32_t seqnum)
{
    size_t at = 0;
    while (table->late[at] != seqnum) {
        at++;
    }
    table->late_count--;
    memmove(table->late + at, table->late + at + 1, (table->late_count - at) * sizeof *table->late);
}

static void free_packets(struct ud_guard_table *table, struct ud_guard_entry *entry)
{
    table->packets -= entry->packets != NULL ? entry->count : 0;
    free(entry->packets);
    entry->packets = NULL;
}

void ud_guard_table_remove(struct ud_guard_table *table, uint32_t seqnum)
{
    uint16_t *link = table_bucket(table, seqnum);
    while (table->entries[*link - 1].seqnum != seqnum) {
        link = &table->entries[*link - 1].next;
    }
    uint16_t at = *link;
    struct ud_guard_entry *entry = &table->entries[at - 1];
    *link = entry->next;
    if (entry->kind == UD_GUARD_LATE) {
        forget_late(table, seqnum);
    } else {
        table->waiting--;
    }
    free_packets(table, entry);
    entry->next = table->unused;
    table->unused = at;
}

void ud_guard_table_make_late(struct ud_guard_table *table, struct ud_guard_entry *entry)
{
    if (table->late_count == UD_GUARD_LATE_MAX) {
        ud_guard_table_remove(table, table->late[0]);
    }
    free_packets(table, entry);
    entry->kind = UD_GUARD_LATE;
    table->late[table->late_count++] = entry->seqnum;
    table->waiting--;
}
