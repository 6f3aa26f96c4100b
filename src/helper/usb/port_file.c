#include "usb/port_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/ops.h"
#include "sys/sysfile.h"
#include "usbip/device.h"
#include "util/str.h"

enum { FILE_MAX = 1024 };

static void port_file_path(uint32_t port, char dst[64])
{
    (void)snprintf(dst, 64, UD_PORT_FILE_DIR "/port%lu", (unsigned long)port);
}

/* "HOST PORT BUSID" */
static bool port_file_parse(char *line, struct ud_port_file *ret)
{
    char *port = strchr(line, ' ');
    char *busid = port != NULL ? strchr(port + 1, ' ') : NULL;
    if (busid == NULL) {
        return false;
    }
    *port++ = '\0';
    *busid++ = '\0';
    if (!ud_check_host(line) || !ud_check_tcp_port(port, &ret->port) ||
        !ud_usbip_busid_valid(busid)) {
        return false;
    }
    (void)snprintf(ret->host, sizeof ret->host, "%s", line);
    (void)snprintf(ret->busid, sizeof ret->busid, "%s", busid);
    return true;
}

/* One of the lines after the first, which are this program's own. */
static void port_file_take(const char *line, struct ud_port_file *file)
{
    if (ud_str_starts(line, "devid ")) {
        file->devid_known = ud_check_number(line + 6, UINT32_MAX, &file->devid);
    } else if (ud_str_starts(line, "path ") && ud_reported_path_valid(line + 5)) {
        (void)snprintf(file->path, sizeof file->path, "%s", line + 5);
    }
}

bool ud_port_file_read(const char *root, uint32_t port, struct ud_port_file *ret)
{
    char path[64];
    struct ud_buf buf;
    struct ud_port_file file = {0};
    port_file_path(port, path);
    ud_buf_init(&buf, FILE_MAX);
    bool good = ud_sysfile_read(root, path, &buf) == 0 && strlen(buf.data) == buf.len;
    char *line = good ? strchr(buf.data, '\n') : NULL;
    while (line != NULL) {
        char *next = strchr(line + 1, '\n');
        *line++ = '\0';
        if (next != NULL) {
            *next = '\0';
        }
        port_file_take(line, &file);
        line = next;
    }
    good = good && port_file_parse(buf.data, &file);
    if (good) {
        *ret = file;
    }
    ud_buf_done(&buf);
    return good;
}

int ud_port_file_write(const char *root, uint32_t port, const struct ud_port_file *file)
{
    char path[64];
    char text[512];
    char full[UD_SYSFILE_PATH_MAX];
    port_file_path(port, path);
    (void)snprintf(full, sizeof full, "%s" UD_PORT_FILE_DIR, root);
    (void)mkdir(full, 0700);
    (void)snprintf(full, sizeof full, "%s%s", root, path);
    int len =
        snprintf(text, sizeof text, "%s %lu %s\ndevid %lu\npath %s\n", file->host,
                 (unsigned long)file->port, file->busid, (unsigned long)file->devid, file->path);
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    ssize_t n = write(fd, text, (size_t)len);
    int why = n == len ? 0 : n < 0 ? errno : EIO;
    (void)close(fd);
    if (why != 0) {
        (void)unlink(full);
    }
    return why;
}

void ud_port_file_remove(const char *root, uint32_t port)
{
    char path[64];
    char full[UD_SYSFILE_PATH_MAX];
    port_file_path(port, path);
    (void)snprintf(full, sizeof full, "%s%s", root, path);
    (void)unlink(full);
}
