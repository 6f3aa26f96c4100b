/* Writing the text of proto/device_report.h. */
#include <stdio.h>
#include <string.h>

#include "proto/device_report.h"

enum { WORD_MAX = 512 };

/* A word for a line: "?" where there would be none. */
static const char *report_word(const char *text, char dst[WORD_MAX])
{
    (void)snprintf(dst, WORD_MAX, "%s", text[0] != '\0' ? text : "?");
    for (char *p = dst; *p != '\0'; p++) {
        if (*p == ' ' || *p == '\t' || *p == '\n') {
            *p = '?';
        }
    }
    ud_str_sanitize(dst);
    return dst;
}

/* The rest of a line. */
static const char *report_rest(const char *text, char dst[WORD_MAX])
{
    (void)snprintf(dst, WORD_MAX, "%s", text[0] != '\0' ? text : "?");
    for (char *p = dst; *p != '\0'; p++) {
        if (*p == '\t' || *p == '\n') {
            *p = '?';
        }
    }
    ud_str_sanitize(dst);
    return dst;
}

static void write_word(struct ud_buf *buf, const char *key, const char *text)
{
    char word[WORD_MAX];
    if (text[0] != '\0') {
        ud_buf_addf(buf, "%s %s\n", key, report_word(text, word));
    }
}

static void write_rest(struct ud_buf *buf, const char *key, const char *text)
{
    char rest[WORD_MAX];
    if (text[0] != '\0') {
        ud_buf_addf(buf, "%s %s\n", key, report_rest(text, rest));
    }
}

static void write_number(struct ud_buf *buf, const char *key, uint32_t number)
{
    ud_buf_addf(buf, "%s %lu\n", key, (unsigned long)number);
}

static void write_lists(const struct ud_reported_device *device, struct ud_buf *buf)
{
    char a[WORD_MAX];
    char b[WORD_MAX];
    for (size_t i = 0; i < device->interface_count; i++) {
        const struct ud_report_interface *face = &device->interfaces[i];
        ud_buf_addf(buf, "interface %lu %s %s\n", (unsigned long)face->number,
                    report_word(face->modalias, a),
                    face->driver[0] != '\0' ? report_word(face->driver, b) : "-");
    }
    for (size_t i = 0; i < device->children.len; i++) {
        ud_buf_addf(buf, "child %s\n", device->children.items[i]);
    }
    for (size_t i = 0; i < device->node_count; i++) {
        const struct ud_report_node *node = &device->nodes[i];
        ud_buf_addf(buf, "node %s %c %lu:%lu ", report_word(node->path, a),
                    node->type == 'b' ? 'b' : 'c', (unsigned long)node->major,
                    (unsigned long)node->minor);
        if (node->present) {
            ud_buf_addf(buf, "%04lo %lu %lu\n", (unsigned long)node->mode, (unsigned long)node->uid,
                        (unsigned long)node->gid);
        } else {
            ud_buf_adds(buf, "- - -\n");
        }
    }
    for (size_t i = 0; i < device->link_count; i++) {
        ud_buf_addf(buf, "link %s %s\n", report_word(device->links[i].path, a),
                    report_word(device->links[i].target, b));
    }
    for (size_t i = 0; i < device->mount_count; i++) {
        ud_buf_addf(buf, "mount %s %s\n", report_word(device->mounts[i].node, a),
                    report_rest(device->mounts[i].path, b));
    }
    for (size_t i = 0; i < device->open_count; i++) {
        const struct ud_report_open *open = &device->opens[i];
        ud_buf_addf(buf, "open %s %lu %s\n", report_word(open->node, a), (unsigned long)open->pid,
                    report_rest(open->comm, b));
    }
}

static void device_write(const struct ud_reported_device *device, struct ud_buf *buf)
{
    char host[WORD_MAX];
    char busid[WORD_MAX];
    write_number(buf, "port", device->port);
    write_word(buf, "hub", device->hub);
    write_number(buf, "speed", device->speed);
    write_number(buf, "state", device->state);
    if (device->server_host[0] != '\0') {
        ud_buf_addf(buf, "server %s %lu %s\n", report_word(device->server_host, host),
                    (unsigned long)device->server_port, report_word(device->server_busid, busid));
    }
    write_word(buf, "path", device->path);
    if (device->busid[0] == '\0') {
        return;
    }
    write_word(buf, "busid", device->busid);
    write_word(buf, "devpath", device->devpath);
    if (device->ids_known) {
        ud_buf_addf(buf, "ids %04x:%04x %04x\n", (unsigned)device->vendor,
                    (unsigned)device->product, (unsigned)device->release);
        ud_buf_addf(buf, "class %06lx\n", (unsigned long)(device->class & 0xffffff));
    }
    write_rest(buf, "manufacturer", device->manufacturer_name);
    write_rest(buf, "product", device->product_name);
    write_rest(buf, "serial", device->serial);
    write_number(buf, "busnum", device->busnum);
    write_number(buf, "devnum", device->devnum);
    write_number(buf, "configured", device->configured ? 1 : 0);
    write_number(buf, "authorized", device->authorized ? 1 : 0);
    if (device->since_known) {
        ud_buf_addf(buf, "since %llu\n", (unsigned long long)device->since_s);
    }
    write_lists(device, buf);
}

void ud_device_report_write(const struct ud_device_report *report, struct ud_buf *buf)
{
    for (size_t i = 0; i < report->count; i++) {
        device_write(&report->devices[i], buf);
    }
}
