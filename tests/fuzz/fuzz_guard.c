/* The input is a script: the first byte of a frame says who sends (bit 7: the server) and
 * how many bytes (the others), which follow. A stupid kernel, which knows what it
 * has asked for, reads what the guard passes on, and must never meet what would harm it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "usbip/guard.h"
#include "util/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ASKED_MAX = 1024, STREAM_MAX = 1 << 20 };

struct asked {
    struct ud_usbip_header header;
    size_t packets_at; /* their place in what was sent */
    bool open;
};

struct kernel {
    struct ud_buf sent;
    size_t parsed;
    struct ud_buf received;
    size_t read;
    struct asked asked[ASKED_MAX];
    size_t count;
};

static uint32_t get32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void insist(bool condition)
{
    if (!condition) {
        abort();
    }
}

static struct asked *kernel_find(struct kernel *kernel, uint32_t seqnum)
{
    for (size_t i = kernel->count; i > 0; i--) {
        struct asked *asked = &kernel->asked[i - 1];
        if (asked->open && asked->header.seqnum == seqnum) {
            return asked;
        }
    }
    return NULL;
}

/* The guard took these bytes as commands: so they are. */
static void kernel_remember(struct kernel *kernel)
{
    while (kernel->sent.len - kernel->parsed >= UD_USBIP_HEADER_SIZE) {
        const unsigned char *bytes = (unsigned char *)kernel->sent.data + kernel->parsed;
        struct ud_usbip_header header;
        insist(ud_usbip_decode(bytes, &header, NULL) == UD_OK);
        header.packets = header.endpoint != 0 ? header.packets : 0;
        size_t data = UD_USBIP_HEADER_SIZE;
        data += header.command == UD_USBIP_CMD_SUBMIT && header.direction == UD_USBIP_OUT
                    ? header.length
                    : 0;
        size_t all = data + (size_t)header.packets * UD_USBIP_PACKET_SIZE;
        if (kernel->sent.len - kernel->parsed < all || kernel->count == ASKED_MAX) {
            return;
        }
        insist(kernel_find(kernel, header.seqnum) == NULL);
        kernel->asked[kernel->count++] =
            (struct asked){.header = header, .packets_at = kernel->parsed + data, .open = true};
        kernel->parsed += all;
    }
}

/* What usbip_recv_iso() and usbip_pad_iso() do with these numbers stays in the buffer. */
static void check_packets(const struct kernel *kernel, const struct asked *asked,
                          const struct ud_usbip_header *answer, const unsigned char *bytes)
{
    const unsigned char *sent = (unsigned char *)kernel->sent.data + asked->packets_at;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < answer->packets; i++) {
        const unsigned char *given = bytes + (size_t)i * UD_USBIP_PACKET_SIZE;
        uint64_t actual = get32(given + 8);
        int32_t status = (int32_t)get32(given + 12);
        insist(memcmp(given, sent + (size_t)i * UD_USBIP_PACKET_SIZE, 8) == 0);
        insist(actual <= get32(given + 4));
        insist(actual == 0 || get32(given) + actual <= asked->header.length);
        insist(status <= 0 && status >= -4095 && status != -115);
        sum += actual;
    }
    insist(answer->packets == 0 || sum == answer->length);
}

static size_t kernel_take_submit(const struct kernel *kernel, struct asked *asked,
                                 const struct ud_usbip_header *answer, const unsigned char *bytes,
                                 size_t len)
{
    size_t data = asked->header.direction == UD_USBIP_IN ? answer->length : 0;
    size_t all = UD_USBIP_HEADER_SIZE + data + (size_t)answer->packets * UD_USBIP_PACKET_SIZE;
    insist(asked->header.command == UD_USBIP_CMD_SUBMIT);
    insist(answer->length <= asked->header.length);
    insist(answer->packets == asked->header.packets);
    if (len < all) {
        /* Of packets all come or none, at whatever end there is. */
        insist(len <= UD_USBIP_HEADER_SIZE + data);
        return 0;
    }
    check_packets(kernel, asked, answer, bytes + UD_USBIP_HEADER_SIZE + data);
    asked->open = false;
    return all;
}

static size_t kernel_take_unlink(struct kernel *kernel, struct asked *asked)
{
    insist(asked->header.command == UD_USBIP_CMD_UNLINK);
    struct asked *transfer = kernel_find(kernel, asked->header.unlinked);
    asked->open = false;
    if (transfer != NULL && transfer->header.command == UD_USBIP_CMD_SUBMIT) {
        transfer->open = false;
    }
    return UD_USBIP_HEADER_SIZE;
}

static void kernel_read(struct kernel *kernel)
{
    while (kernel->received.len - kernel->read > 0) {
        const unsigned char *bytes = (unsigned char *)kernel->received.data + kernel->read;
        size_t len = kernel->received.len - kernel->read;
        struct ud_usbip_header answer;
        insist(len >= UD_USBIP_HEADER_SIZE); /* headers come as a whole */
        insist(ud_usbip_decode(bytes, &answer, NULL) == UD_OK);
        insist(answer.status <= 0 && answer.status >= -4095 && answer.status != -115);
        insist(answer.devid == 0 && answer.direction == 0 && answer.endpoint == 0);
        struct asked *asked = kernel_find(kernel, answer.seqnum);
        insist(asked != NULL);
        size_t used = 0;
        if (answer.command == UD_USBIP_RET_SUBMIT) {
            used = kernel_take_submit(kernel, asked, &answer, bytes, len);
        } else {
            insist(answer.command == UD_USBIP_RET_UNLINK);
            used = kernel_take_unlink(kernel, asked);
        }
        if (used == 0) {
            return;
        }
        kernel->read += used;
    }
}

static bool server_sends(struct ud_guard *guard, struct kernel *kernel, const uint8_t *data,
                         size_t len)
{
    while (len > 0) {
        struct ud_guard_pass pass = {.used = 0};
        struct ud_error err = {0};
        if (ud_guard_answer(guard, data, len, &pass, &err) != UD_OK) {
            insist(pass.used == 0 && pass.len == 0 && err.message[0] != '\0');
            insist(ud_guard_answer(guard, data, len, &pass, &err) != UD_OK);
            return false;
        }
        insist(pass.used > 0 && pass.used <= len);
        ud_buf_add(&kernel->received, pass.bytes, pass.len);
        data += pass.used;
        len -= pass.used;
    }
    kernel_read(kernel);
    return true;
}

static size_t kernel_open(const struct kernel *kernel)
{
    size_t open = 0;
    for (size_t i = 0; i < kernel->count; i++) {
        open += kernel->asked[i].open ? 1 : 0;
    }
    return open;
}

static void play(struct ud_guard *guard, struct kernel *kernel, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size && kernel->count < ASKED_MAX;) {
        bool server = (data[at] & 0x80) != 0;
        size_t len = data[at] & 0x7f;
        at++;
        len = len < size - at ? len : size - at;
        if (server && !server_sends(guard, kernel, data + at, len)) {
            return;
        }
        if (!server) {
            ud_buf_add(&kernel->sent, data + at, len);
            if (ud_guard_command(guard, data + at, len, NULL) != UD_OK) {
                return;
            }
            kernel_remember(kernel);
        }
        at += len;
        /* A transfer that is being answered is open on both sides until its end. */
        insist(ud_guard_outstanding(guard) == kernel_open(kernel) || kernel->count == ASKED_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct kernel kernel;
    struct ud_guard *guard = ud_guard_new();
    kernel.count = 0;
    kernel.parsed = 0;
    kernel.read = 0;
    ud_buf_init(&kernel.sent, STREAM_MAX);
    ud_buf_init(&kernel.received, STREAM_MAX);
    play(guard, &kernel, data, size);
    ud_buf_done(&kernel.sent);
    ud_buf_done(&kernel.received);
    ud_guard_free(guard);
    return 0;
}
