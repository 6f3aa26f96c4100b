/* A USB/IP server that does what it is told, well or not. Its devices are those of usbip/testdev.h,
 * which no driver wants.
 *
 *   usbip_server [NAME=VALUE...]    listens on 127.0.0.1, prints its port, and serves until it is
 * killed
 *
 *   port=N        listens there (default: a free one)
 *   busid=BUSID   of its first device (default 3-1); others are 4-1, 5-1, ...
 *   devices=N     how many there are (default 1)
 *   speed=N       of all of them, of enum usb_device_speed (default 3, high speed)
 *   status=N      refuses each import with it
 *   handover=BUSID  hands over that device, whichever is asked for
 *   answers=N     so many URBs of a device are answered well, then:
 *   then=WORD     leave: the connection ends; mute: nothing is answered any more; stall: each URB
 * is refused; cheat: an answer is sent again, with more packets than were asked for
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip/op.h"
#include "usbip/testdev.h"

enum { REQUEST_LIST = 0x8005, REQUEST_IMPORT = 0x8003, ANSWER_LIST = 5, ANSWER_IMPORT = 3 };

static struct {
    unsigned port;
    const char *busid;
    unsigned devices;
    unsigned speed;
    unsigned status;
    const char *handover;
    int answers; /* -1: all */
    const char *then;
} told = {.busid = "3-1", .devices = 1, .speed = 3, .answers = -1, .then = ""};

static void take_word(const char *word)
{
    const char *value = strchr(word, '=');
    const size_t name = value != NULL ? (size_t)(value++ - word) : 0;
    const struct {
        const char *name;
        unsigned *ret;
    } numbers[] = {{"port", &told.port},
                   {"devices", &told.devices},
                   {"speed", &told.speed},
                   {"status", &told.status}};
    const struct {
        const char *name;
        const char **ret;
    } texts[] = {{"busid", &told.busid}, {"handover", &told.handover}, {"then", &told.then}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (name == strlen(numbers[i].name) && strncmp(word, numbers[i].name, name) == 0) {
            *numbers[i].ret = (unsigned)strtoul(value, NULL, 0);
            return;
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (name == strlen(texts[i].name) && strncmp(word, texts[i].name, name) == 0) {
            *texts[i].ret = value;
            return;
        }
    }
    if (name == 7 && strncmp(word, "answers", name) == 0) {
        told.answers = atoi(value);
        return;
    }
    fprintf(stderr, "usbip_server: what is %s?\n", word);
    exit(2);
}

/* ---- the list, and the import ---- */

static bool read_all(int fd, void *dst, size_t len)
{
    return recv(fd, dst, len, MSG_WAITALL) == (ssize_t)len;
}

static void write_all(int fd, const void *data, size_t len)
{
    if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len) {
        exit(0); /* whoever asked has gone */
    }
}

static void put32(unsigned char *dst, uint32_t value)
{
    const uint32_t big = htonl(value);
    memcpy(dst, &big, sizeof big);
}

static void busid_of(unsigned index, char ret[UD_USBIP_BUSID_MAX + 1])
{
    if (index == 0) {
        (void)snprintf(ret, UD_USBIP_BUSID_MAX + 1, "%s", told.busid);
    } else {
        (void)snprintf(ret, UD_USBIP_BUSID_MAX + 1, "%u-1", index + 3);
    }
}

/* The record of a device: which numbers it has on its bus follows from its place in the list. */
static void put_record(unsigned index, const char *busid, unsigned char dst[UD_OP_RECORD_SIZE])
{
    memset(dst, 0, UD_OP_RECORD_SIZE);
    (void)snprintf((char *)dst, 256, "/sys/devices/scripted/%s", busid);
    memcpy(dst + 256, busid, strlen(busid));
    put32(dst + 288, index + 3);
    put32(dst + 292, 2);
    put32(dst + 296, told.speed);
    dst[300] = UD_TESTDEV_VENDOR >> 8;
    dst[301] = UD_TESTDEV_VENDOR & 0xff;
    dst[302] = UD_TESTDEV_PRODUCT >> 8;
    dst[303] = UD_TESTDEV_PRODUCT & 0xff;
    dst[309] = dst[310] = dst[311] = 1; /* configuration, configurations, interfaces */
}

static void write_head(int fd, unsigned code, unsigned status)
{
    unsigned char head[8] = {0x01, 0x11, 0, (unsigned char)code};
    put32(head + 4, status);
    write_all(fd, head, sizeof head);
}

static void answer_list(int fd)
{
    unsigned char count[4];
    const unsigned char interface[4] = {0xff, 0xff, 0xff, 0};
    unsigned char record[UD_OP_RECORD_SIZE];
    char busid[UD_USBIP_BUSID_MAX + 1];
    write_head(fd, ANSWER_LIST, 0);
    put32(count, told.devices);
    write_all(fd, count, sizeof count);
    for (unsigned i = 0; i < told.devices; i++) {
        busid_of(i, busid);
        put_record(i, busid, record);
        write_all(fd, record, sizeof record);
        write_all(fd, interface, sizeof interface);
    }
}

/* Whether the device is handed over. */
static bool answer_import(int fd, const char *wanted)
{
    char busid[UD_USBIP_BUSID_MAX + 1] = "";
    unsigned char record[UD_OP_RECORD_SIZE];
    unsigned index = 0;
    while (index < told.devices) {
        busid_of(index, busid);
        if (strcmp(busid, wanted) == 0) {
            break;
        }
        index++;
    }
    if (told.status != 0 || index == told.devices) {
        write_head(fd, ANSWER_IMPORT, told.status != 0 ? told.status : 4);
        return false;
    }
    put_record(index, told.handover != NULL ? told.handover : wanted, record);
    write_head(fd, ANSWER_IMPORT, 0);
    write_all(fd, record, sizeof record);
    return true;
}

/* ---- the device ---- */

/* The answer to one command, with what follows the command's own header read away. */
static void answer_urb(int fd, struct ud_testdev *device, const struct ud_usbip_header *header,
                       bool stall)
{
    struct ud_buf answer;
    ud_buf_init(&answer, UD_TESTDEV_ANSWER_MAX);
    for (size_t left = ud_usbip_command_payload(header); left > 0; left--) {
        unsigned char byte;
        if (!read_all(fd, &byte, 1)) {
            exit(0);
        }
    }
    if (ud_testdev_answer(device, header, &answer, NULL) != UD_OK) {
        exit(1);
    }
    if (stall && header->command == UD_USBIP_CMD_SUBMIT) {
        put32((unsigned char *)answer.data + 20, (uint32_t)UD_USBIP_STALL);
        put32((unsigned char *)answer.data + 24, 0);
        answer.len = UD_USBIP_HEADER_SIZE;
    }
    write_all(fd, answer.data, answer.len);
    if (told.answers == 0 && strcmp(told.then, "cheat") == 0) {
        put32((unsigned char *)answer.data + 32, 1000); /* packets */
        write_all(fd, answer.data, answer.len);
    }
    ud_buf_done(&answer);
}

static void be_device(int fd)
{
    struct ud_testdev device;
    struct ud_usbip_header header;
    unsigned char bytes[UD_USBIP_HEADER_SIZE];
    ud_testdev_init(&device, "scripted");
    while (read_all(fd, bytes, sizeof bytes) && ud_usbip_decode(bytes, &header, NULL) == UD_OK) {
        const bool over = told.answers == 0;
        if (over && strcmp(told.then, "leave") == 0) {
            return;
        }
        if (!over || strcmp(told.then, "mute") != 0) {
            answer_urb(fd, &device, &header, over && strcmp(told.then, "stall") == 0);
        }
        told.answers -= told.answers > 0 ? 1 : 0;
    }
}

static void serve(int fd)
{
    unsigned char request[8];
    char busid[32];
    if (!read_all(fd, request, sizeof request)) {
        return;
    }
    const unsigned code = (unsigned)request[2] << 8 | request[3];
    if (code == REQUEST_LIST) {
        answer_list(fd);
    } else if (code == REQUEST_IMPORT && read_all(fd, busid, sizeof busid)) {
        busid[sizeof busid - 1] = '\0';
        if (answer_import(fd, busid)) {
            be_device(fd);
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    for (int i = 1; i < argc; i++) {
        take_word(argv[i]);
    }
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)told.port);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        perror("usbip_server");
        return 1;
    }
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    (void)fflush(stdout);
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        const int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && fork() == 0) {
            (void)close(listener);
            serve(fd);
            return 0;
        }
        (void)close(fd);
    }
}
