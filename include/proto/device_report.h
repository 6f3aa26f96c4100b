/* The devices on the ports of vhci_hcd as the VM has them: blob UD_BLOB_DEVICES. It is text,
 * a line for each thing that is known, and the same code writes (helper) and reads (host) it.
 * A device begins with "port N"; the lines after it are of that device:
 *
 *   hub hs|ss                    speed N (enum ud_usbip_speed)    state N (enum ud_vhci_state)
 *   server HOST PORT BUSID       where it comes from, if a file in UD_PORT_FILE_DIR tells
 *   path PATH                    how its bytes come, from the same file: UD_REPORT_PATH_*
 *   busid 1-1                    in the VM, once it has an address; so have all lines below
 *   devpath 1                    the hubs' ports that lead to it
 *   ids VVVV:PPPP BCD            hexadecimal
 *   class CCSSPP                 hexadecimal: class, subclass, protocol
 *   manufacturer, product, serial TEXT
 *   busnum N    devnum N         in the VM
 *   configured 0|1               authorized 0|1
 *   since S                      seconds since it was attached, if the kernel counts them
 *   interface N MODALIAS DRIVER  "-": it has no driver
 *   child MODALIAS               something that a driver found in the device, a disk or a keyboard,
 *                                and that no driver serves itself
 *   node PATH c|b MAJOR:MINOR MODE UID GID     "-" three times: there is no such file
 *   link PATH TARGET             below /dev, to a node of the device
 *   mount NODE PATH              a file system on it is mounted there
 *   open NODE PID COMM           a process has it open
 *
 * A word has no blanks; TEXT, the path of a mount and COMM are the rest of their line. What
 * is not known has no line. */
#ifndef PROTO_DEVICE_REPORT_H
#define PROTO_DEVICE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/str.h"
#include "util/strv.h"

/* The kernel has the connection to the server itself; the helper stands between; the same, and it
 * attaches the device again whenever it comes back; the bytes come from the user's machine. */
#define UD_REPORT_PATH_DIRECT "direct"
#define UD_REPORT_PATH_GUARDED "guarded"
#define UD_REPORT_PATH_KEPT "kept"
#define UD_REPORT_PATH_HERE "here"

enum {
    UD_REPORT_PATH_SIZE = 16,
    UD_REPORT_SIZE_MAX = 4 * 1024 * 1024, /* bytes of the text */
    UD_REPORT_LINE_MAX = 2304,            /* with the modalias of a child */
    UD_REPORT_DEVICES_MAX = 1024,
    UD_REPORT_LIST_MAX = 64 /* interfaces, children, nodes, links, mounts, open nodes: of each */
};

struct ud_report_interface {
    uint32_t number;
    char modalias[64];
    char driver[64]; /* "": none */
};

struct ud_report_node {
    char path[256];
    char type; /* 'c' or 'b' */
    uint32_t major;
    uint32_t minor;
    bool present; /* the file is there, and is that device; the rest is 0 otherwise */
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
};

struct ud_report_link {
    char path[320];
    char target[256]; /* the path of a node */
};

struct ud_report_mount {
    char node[256];
    char path[512];
};

struct ud_report_open {
    char node[256];
    uint32_t pid;
    char comm[32];
};

/* Texts are "" where they are not known. */
struct ud_reported_device {
    uint32_t port;
    char hub[8];
    uint32_t speed;
    uint32_t state;
    char server_host[256];
    uint32_t server_port;
    char server_busid[32];
    char path[UD_REPORT_PATH_SIZE];
    char busid[32];
    char devpath[32];
    bool ids_known;
    uint16_t vendor;
    uint16_t product;
    uint16_t release; /* bcdDevice */
    uint32_t class;   /* base << 16 | sub << 8 | protocol */
    char manufacturer_name[400];
    char product_name[400];
    char serial[400];
    uint32_t busnum;
    uint32_t devnum;
    bool configured;
    bool authorized;
    bool since_known;
    uint64_t since_s;

    struct ud_report_interface *interfaces;
    size_t interface_count;
    struct ud_strv children; /* their modaliases, each once */
    struct ud_report_node *nodes;
    size_t node_count;
    struct ud_report_link *links;
    size_t link_count;
    struct ud_report_mount *mounts;
    size_t mount_count;
    struct ud_report_open *opens;
    size_t open_count;
};

struct ud_device_report {
    struct ud_reported_device *devices;
    size_t count;
};

/* Whether that is a path: 1 to UD_REPORT_PATH_SIZE - 1 lower-case letters. */
bool ud_reported_path_valid(const char *text);

/* Frees what report holds; a zeroed one holds nothing. */
void ud_device_report_done(struct ud_device_report *report);

/* A new device at the end, zeroed but for its port, valid until the next call; NULL if there
 * are UD_REPORT_DEVICES_MAX. */
struct ud_reported_device *ud_device_report_add(struct ud_device_report *report, uint32_t port);

/* New, zeroed members at the end of a device's lists, valid until the next call of the same;
 * NULL if there are UD_REPORT_LIST_MAX. */
struct ud_report_interface *ud_reported_add_interface(struct ud_reported_device *device);
struct ud_report_node *ud_reported_add_node(struct ud_reported_device *device);
struct ud_report_link *ud_reported_add_link(struct ud_reported_device *device);
struct ud_report_mount *ud_reported_add_mount(struct ud_reported_device *device);
struct ud_report_open *ud_reported_add_open(struct ud_reported_device *device);

/* Adds a child, unless there is one with this modalias or it is none by ud_check_modalias();
 * false if there are UD_REPORT_LIST_MAX others. */
bool ud_reported_add_child(struct ud_reported_device *device, const char *modalias);

/* Adds the text to buf. What comes from a device or a file is made sound: control characters
 * and blanks in a word become '?', and a text is passed through ud_str_sanitize(). */
void ud_device_report_write(const struct ud_device_report *report, struct ud_buf *buf);

/* UD_ERR_PROTOCOL for a line that is none of these, or too many or too long ones. */
UD_MUST_CHECK enum ud_code ud_device_report_read(struct ud_slice text, struct ud_device_report *ret,
                                                 struct ud_error *err);

#endif
