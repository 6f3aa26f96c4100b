#include "usbip/guard.h"

#include <stdlib.h>
#include <string.h>

#include "bigendian.h"
#include "guard_table.h"
#include "util/mem.h"

enum {
    EPROTO_STATUS = -71,       /* include/uapi/asm-generic/errno.h */
    EINPROGRESS_STATUS = -115, /* the same */
    ERRNO_LOWEST = -4095       /* include/linux/err.h, MAX_ERRNO */
};

/* Where the members of a packet are, in bytes. */
enum { AT_OFFSET = 0, AT_LENGTH = 4, AT_ACTUAL = 8, AT_STATUS = 12 };

/* In an answer, what should be 0 and may be anything: devid, direction, endpoint. */
enum { AT_ECHO = 8, ECHO_SIZE = 12 };

/* The part of a message that comes next. */
enum guard_part { PART_HEADER, PART_PAYLOAD, PART_PACKETS };

struct ud_guard {
    struct ud_guard_table table;
    bool broken;

    struct {
        enum guard_part part;
        unsigned char bytes[UD_USBIP_HEADER_SIZE]; /* of the header, or of a packet */
        size_t have;
        size_t payload; /* bytes of it that are still to come */
        struct ud_usbip_header header;
        struct ud_guard_packet packets[UD_USBIP_PACKETS_MAX];
        size_t packet_count; /* of these, that have come */
    } command;

    struct {
        enum guard_part part;
        unsigned char bytes[UD_USBIP_HEADER_SIZE + UD_USBIP_PACKETS_MAX * UD_USBIP_PACKET_SIZE];
        size_t have;
        size_t payload;
        bool drop; /* the kernel does not want it any more */
        struct ud_usbip_header header;
    } answer;
};

struct ud_guard *ud_guard_new(void)
{
    struct ud_guard *guard = ud_alloc(1, sizeof *guard);
    ud_guard_table_init(&guard->table);
    return guard;
}

void ud_guard_free(struct ud_guard *guard)
{
    if (guard != NULL) {
        ud_guard_table_done(&guard->table);
        free(guard);
    }
}

size_t ud_guard_outstanding(const struct ud_guard *guard)
{
    return guard->table.waiting;
}

static size_t guard_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- from the kernel -------------------------------------------------------------- */

static bool is_isochronous(const struct ud_usbip_header *command)
{
    return command->packets > 0 && command->endpoint != 0;
}

/* The command is complete: from now on it may be answered. */
static enum ud_code command_register(struct ud_guard *guard, struct ud_error *err)
{
    const struct ud_usbip_header *header = &guard->command.header;
    struct ud_guard_table *table = &guard->table;
    struct ud_guard_entry *entry = ud_guard_table_find(table, header->seqnum);
    uint32_t count = is_isochronous(header) ? header->packets : 0;
    if (entry != NULL && entry->kind != UD_GUARD_LATE) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "vhci_hcd sends another command %lu before the first one is answered",
                       (unsigned long)header->seqnum);
    }
    if (entry != NULL) {
        ud_guard_table_remove(table, header->seqnum);
    }
    if (table->waiting == UD_GUARD_COMMANDS_MAX || table->packets + count > UD_GUARD_PACKETS_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, "Detach the device, and look at the server's log.",
                       "the server leaves %lu commands unanswered", (unsigned long)table->waiting);
    }
    bool submit = header->command == UD_USBIP_CMD_SUBMIT;
    entry = ud_guard_table_add(table, header->seqnum, submit ? UD_GUARD_SUBMIT : UD_GUARD_UNLINK,
                               count);
    entry->in = header->direction == UD_USBIP_IN;
    entry->length = header->length;
    entry->unlinked = header->unlinked;
    if (count > 0) {
        memcpy(entry->packets, guard->command.packets, count * sizeof *entry->packets);
    }
    return UD_OK;
}

/* Goes on to the next part that has any bytes. */
static enum ud_code command_advance(struct ud_guard *guard, struct ud_error *err)
{
    const struct ud_usbip_header *header = &guard->command.header;
    guard->command.have = 0;
    if (guard->command.part == PART_HEADER && guard->command.payload > 0) {
        guard->command.part = PART_PAYLOAD;
        return UD_OK;
    }
    if (is_isochronous(header) && guard->command.packet_count < header->packets) {
        guard->command.part = PART_PACKETS;
        return UD_OK;
    }
    guard->command.part = PART_HEADER;
    return command_register(guard, err);
}

static enum ud_code command_take_header(struct ud_guard *guard, struct ud_error *err)
{
    struct ud_usbip_header header;
    enum ud_code rc = ud_usbip_decode(guard->command.bytes, &header, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "vhci_hcd");
        return rc;
    }
    if (header.command != UD_USBIP_CMD_SUBMIT && header.command != UD_USBIP_CMD_UNLINK) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "vhci_hcd sends an answer, not a command");
    }
    bool has_data = header.command == UD_USBIP_CMD_SUBMIT && header.direction == UD_USBIP_OUT;
    guard->command.header = header;
    guard->command.payload = has_data ? header.length : 0;
    guard->command.packet_count = 0;
    return command_advance(guard, err);
}

static enum ud_code command_take_packet(struct ud_guard *guard, struct ud_error *err)
{
    guard->command.packets[guard->command.packet_count++] = (struct ud_guard_packet){
        .offset = ud_get_be32(guard->command.bytes + AT_OFFSET),
        .length = ud_get_be32(guard->command.bytes + AT_LENGTH),
    };
    return command_advance(guard, err);
}

/* Takes what there is of the part at hand; returns how much in *ret_used. */
static enum ud_code command_take(struct ud_guard *guard, const unsigned char *bytes, size_t len,
                                 size_t *ret_used, struct ud_error *err)
{
    bool is_header = guard->command.part == PART_HEADER;
    if (guard->command.part == PART_PAYLOAD) {
        *ret_used = guard_smaller(len, guard->command.payload);
        guard->command.payload -= *ret_used;
        return guard->command.payload == 0 ? command_advance(guard, err) : UD_OK;
    }
    size_t need = is_header ? UD_USBIP_HEADER_SIZE : UD_USBIP_PACKET_SIZE;
    *ret_used = guard_smaller(len, need - guard->command.have);
    memcpy(guard->command.bytes + guard->command.have, bytes, *ret_used);
    guard->command.have += *ret_used;
    if (guard->command.have < need) {
        return UD_OK;
    }
    return is_header ? command_take_header(guard, err) : command_take_packet(guard, err);
}

static enum ud_code fail_broken(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the connection to the server had to be ended");
}

enum ud_code ud_guard_command(struct ud_guard *guard, const void *bytes, size_t len,
                              struct ud_error *err)
{
    const unsigned char *next = bytes;
    if (guard->broken) {
        return fail_broken(err);
    }
    while (len > 0) {
        size_t used = 0;
        enum ud_code rc = command_take(guard, next, len, &used, err);
        if (rc != UD_OK) {
            guard->broken = true;
            return rc;
        }
        next += used;
        len -= used;
    }
    return UD_OK;
}

/* ---- from the server -------------------------------------------------------------- */

static int32_t plausible_status(int32_t status)
{
    bool plausible = status <= 0 && status >= ERRNO_LOWEST && status != EINPROGRESS_STATUS;
    return plausible ? status : EPROTO_STATUS;
}

/* Passes on what was written, ret->len bytes. */
static void answer_pass(struct ud_guard *guard, struct ud_guard_pass *ret)
{
    ret->bytes = guard->answer.bytes;
    guard->answer.have = 0;
}

static void write_packet(unsigned char *bytes, const struct ud_guard_packet *packet,
                         uint32_t actual, int32_t status)
{
    ud_put_be32(bytes + AT_OFFSET, packet->offset);
    ud_put_be32(bytes + AT_LENGTH, packet->length);
    ud_put_be32(bytes + AT_ACTUAL, actual);
    ud_put_be32(bytes + AT_STATUS, (uint32_t)status);
}

/* Goes on to the next part that has any bytes. Behind the last one the transfer is
 * answered, and neither the kernel nor the table waits for it any more. */
static void answer_advance(struct ud_guard *guard)
{
    bool packets_next = guard->answer.part != PART_PACKETS && guard->answer.header.packets > 0;
    if (guard->answer.payload > 0) {
        guard->answer.part = PART_PAYLOAD;
    } else if (packets_next) {
        guard->answer.part = PART_PACKETS;
    } else {
        guard->answer.part = PART_HEADER;
        ud_guard_table_remove(&guard->table, guard->answer.header.seqnum);
    }
}

static enum ud_code check_submitted(const struct ud_guard_entry *entry,
                                    const struct ud_usbip_header *answer, struct ud_error *err)
{
    unsigned long seqnum = answer->seqnum;
    bool failed_whole =
        entry->count > 0 && answer->packets == 0 && answer->status != 0 && answer->length == 0;
    if (answer->length > entry->length) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers command %lu with %lu bytes where %lu are the most",
                       seqnum, (unsigned long)answer->length, (unsigned long)entry->length);
    }
    if (answer->packets != entry->count && !failed_whole) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers command %lu with %lu isochronous packets where there "
                       "are %lu",
                       seqnum, (unsigned long)answer->packets, (unsigned long)entry->count);
    }
    return UD_OK;
}

/* Writes the header anew, and the packets where the server sent none; returns their size. */
static size_t answer_write(struct ud_guard *guard, const struct ud_guard_entry *entry,
                           bool failed_whole)
{
    const struct ud_usbip_header *answer = &guard->answer.header;
    const struct ud_usbip_header passed = {
        .command = UD_USBIP_RET_SUBMIT,
        .seqnum = answer->seqnum,
        .status = answer->status,
        .length = answer->length,
        .start_frame = entry->count > 0 ? answer->start_frame : 0,
        .packets = entry->count,
        .error_count = (uint32_t)guard_smaller(answer->error_count, entry->count),
    };
    size_t len = UD_USBIP_HEADER_SIZE;
    ud_usbip_encode(&passed, guard->answer.bytes);
    for (uint32_t i = 0; failed_whole && i < entry->count; i++) {
        write_packet(guard->answer.bytes + len, &entry->packets[i], 0, answer->status);
        len += UD_USBIP_PACKET_SIZE;
    }
    return len;
}

static enum ud_code answer_submitted(struct ud_guard *guard, struct ud_guard_pass *ret,
                                     struct ud_error *err)
{
    struct ud_usbip_header *answer = &guard->answer.header;
    const struct ud_guard_entry *entry = ud_guard_table_find(&guard->table, answer->seqnum);
    if (entry == NULL || entry->kind == UD_GUARD_UNLINK) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers the transfer %lu, which nobody waits for",
                       (unsigned long)answer->seqnum);
    }
    answer->status = plausible_status(answer->status);
    UD_TRY(check_submitted(entry, answer, err));
    guard->answer.payload = entry->in ? answer->length : 0;
    guard->answer.drop = entry->kind == UD_GUARD_LATE;
    if (guard->answer.drop) {
        guard->answer.payload += (size_t)answer->packets * UD_USBIP_PACKET_SIZE;
        answer->packets = 0;
        guard->answer.have = 0;
    } else {
        ret->len = answer_write(guard, entry, entry->count > 0 && answer->packets == 0);
        answer_pass(guard, ret);
    }
    answer_advance(guard);
    return UD_OK;
}

static enum ud_code answer_unlinked(struct ud_guard *guard, struct ud_guard_pass *ret,
                                    struct ud_error *err)
{
    const struct ud_usbip_header *answer = &guard->answer.header;
    const struct ud_guard_entry *entry = ud_guard_table_find(&guard->table, answer->seqnum);
    if (entry == NULL || entry->kind != UD_GUARD_UNLINK) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers the command %lu to unlink, which nobody gave",
                       (unsigned long)answer->seqnum);
    }
    const struct ud_usbip_header passed = {.command = UD_USBIP_RET_UNLINK,
                                           .seqnum = answer->seqnum,
                                           .status = plausible_status(answer->status)};
    uint32_t unlinked = entry->unlinked;
    ud_guard_table_remove(&guard->table, answer->seqnum);
    struct ud_guard_entry *transfer = ud_guard_table_find(&guard->table, unlinked);
    if (transfer != NULL && transfer->kind == UD_GUARD_SUBMIT) {
        if (answer->status == UD_USBIP_UNLINKED) {
            ud_guard_table_remove(&guard->table, unlinked);
        } else {
            ud_guard_table_make_late(&guard->table, transfer);
        }
    }
    ud_usbip_encode(&passed, guard->answer.bytes);
    ret->len = UD_USBIP_HEADER_SIZE;
    answer_pass(guard, ret);
    return UD_OK;
}

static enum ud_code answer_take_header(struct ud_guard *guard, struct ud_guard_pass *ret,
                                       struct ud_error *err)
{
    memset(guard->answer.bytes + AT_ECHO, 0, ECHO_SIZE);
    enum ud_code rc = ud_usbip_decode(guard->answer.bytes, &guard->answer.header, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "the server's answer");
        return rc;
    }
    switch (guard->answer.header.command) {
    case UD_USBIP_RET_SUBMIT:
        return answer_submitted(guard, ret, err);
    case UD_USBIP_RET_UNLINK:
        return answer_unlinked(guard, ret, err);
    default:
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the server sends a command, not an answer");
    }
}

static enum ud_code check_packet(const struct ud_guard_entry *entry, size_t index,
                                 const unsigned char *bytes, struct ud_error *err)
{
    const struct ud_guard_packet *packet = &entry->packets[index];
    uint64_t offset = ud_get_be32(bytes + AT_OFFSET);
    uint64_t length = ud_get_be32(bytes + AT_LENGTH);
    uint64_t actual = ud_get_be32(bytes + AT_ACTUAL);
    bool echoed = offset == packet->offset && length == packet->length;
    if (!echoed && offset + length > entry->length) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "in the server's answer to command %lu the isochronous packet %lu is not "
                       "within the buffer",
                       (unsigned long)entry->seqnum, (unsigned long)index);
    }
    if (actual > packet->length || (actual > 0 && packet->offset + actual > entry->length)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "in the server's answer to command %lu the isochronous packet %lu has %lu "
                       "bytes where %lu are the most",
                       (unsigned long)entry->seqnum, (unsigned long)index, (unsigned long)actual,
                       (unsigned long)packet->length);
    }
    return UD_OK;
}

static enum ud_code answer_take_packets(struct ud_guard *guard, struct ud_guard_pass *ret,
                                        struct ud_error *err)
{
    const struct ud_usbip_header *answer = &guard->answer.header;
    const struct ud_guard_entry *entry = ud_guard_table_find(&guard->table, answer->seqnum);
    uint64_t sum = 0;
    for (size_t i = 0; i < entry->count; i++) {
        unsigned char *bytes = guard->answer.bytes + i * UD_USBIP_PACKET_SIZE;
        UD_TRY(check_packet(entry, i, bytes, err));
        uint32_t actual = ud_get_be32(bytes + AT_ACTUAL);
        int32_t status = (int32_t)ud_get_be32(bytes + AT_STATUS);
        write_packet(bytes, &entry->packets[i], actual, plausible_status(status));
        sum += actual;
    }
    if (sum != answer->length) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the server answers command %lu with %lu bytes, and its isochronous "
                       "packets have %lu",
                       (unsigned long)answer->seqnum, (unsigned long)answer->length,
                       (unsigned long)sum);
    }
    ret->len = entry->count * (size_t)UD_USBIP_PACKET_SIZE;
    answer_pass(guard, ret);
    answer_advance(guard);
    return UD_OK;
}

static void answer_take_payload(struct ud_guard *guard, const unsigned char *bytes, size_t len,
                                struct ud_guard_pass *ret)
{
    ret->used = guard_smaller(len, guard->answer.payload);
    guard->answer.payload -= ret->used;
    if (!guard->answer.drop) {
        ret->bytes = bytes;
        ret->len = ret->used;
    }
    answer_advance(guard);
}

static enum ud_code answer_take(struct ud_guard *guard, const unsigned char *bytes, size_t len,
                                struct ud_guard_pass *ret, struct ud_error *err)
{
    if (guard->answer.part == PART_PAYLOAD) {
        answer_take_payload(guard, bytes, len, ret);
        return UD_OK;
    }
    bool is_header = guard->answer.part == PART_HEADER;
    size_t packets = (size_t)guard->answer.header.packets * UD_USBIP_PACKET_SIZE;
    size_t need = is_header ? UD_USBIP_HEADER_SIZE : packets;
    ret->used = guard_smaller(len, need - guard->answer.have);
    memcpy(guard->answer.bytes + guard->answer.have, bytes, ret->used);
    guard->answer.have += ret->used;
    if (guard->answer.have < need) {
        return UD_OK;
    }
    return is_header ? answer_take_header(guard, ret, err) : answer_take_packets(guard, ret, err);
}

enum ud_code ud_guard_answer(struct ud_guard *guard, const void *bytes, size_t len,
                             struct ud_guard_pass *ret, struct ud_error *err)
{
    struct ud_guard_pass pass = {.used = 0};
    if (guard->broken) {
        return fail_broken(err);
    }
    enum ud_code rc = answer_take(guard, bytes, len, &pass, err);
    if (rc != UD_OK) {
        guard->broken = true;
        ud_error_remedy(err, "Look at the server's log, and update it: it does not keep to USB/IP. "
                             "The kernel did not see what it sent.");
        return rc;
    }
    *ret = pass;
    return UD_OK;
}

enum ud_code ud_guard_end(const struct ud_guard *guard, struct ud_error *err)
{
    if (guard->answer.part != PART_HEADER || guard->answer.have > 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, "Look at the server's log.",
                       "the server closed the connection within an answer");
    }
    return UD_OK;
}
