/* Reading the text of proto/device_report.h: it comes from a machine that may be anybody's. */
#include <string.h>

#include "proto/check.h"
#include "proto/device_report.h"

/* Takes the next word off a line; words are separated by one blank each. */
static bool line_word(struct ud_slice *line, struct ud_slice *ret)
{
    const char *blank = line->len > 0 ? memchr(line->ptr, ' ', line->len) : NULL;
    size_t len = blank != NULL ? (size_t)(blank - line->ptr) : line->len;
    size_t used = blank != NULL ? len + 1 : len;
    *ret = (struct ud_slice){line->ptr, len};
    line->ptr += used;
    line->len -= used;
    return len > 0;
}

static bool line_text(struct ud_slice text, char *dst, size_t size)
{
    if (text.len == 0 || text.len >= size || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(dst, text.ptr, text.len);
    dst[text.len] = '\0';
    ud_str_sanitize(dst);
    return true;
}

static bool take_word(struct ud_slice *line, char *dst, size_t size)
{
    struct ud_slice word;
    return line_word(line, &word) && line_text(word, dst, size);
}

/* The whole rest of the line. */
static bool take_rest(struct ud_slice *line, char *dst, size_t size)
{
    bool good = line_text(*line, dst, size);
    line->len = 0;
    return good;
}

static bool word_number(struct ud_slice word, uint64_t max, uint64_t *ret)
{
    char text[24];
    return line_text(word, text, sizeof text) && ud_str_to_u64(text, ret) && *ret <= max;
}

static bool take_number(struct ud_slice *line, uint32_t *ret)
{
    struct ud_slice word;
    uint64_t number;
    if (!line_word(line, &word) || !word_number(word, UINT32_MAX, &number)) {
        return false;
    }
    *ret = (uint32_t)number;
    return true;
}

static bool take_flag(struct ud_slice *line, bool *ret)
{
    uint32_t number;
    if (!take_number(line, &number) || number > 1) {
        return false;
    }
    *ret = number == 1;
    return true;
}

/* Exactly digits of them. */
static bool word_hex(struct ud_slice word, size_t digits, uint32_t *ret)
{
    return word.len == digits && ud_slice_hex_to_u32(word, ret);
}

static bool take_ids(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_slice ids;
    struct ud_slice release;
    uint32_t numbers[3];
    if (!line_word(line, &ids) || !line_word(line, &release) || ids.len != 9 || ids.ptr[4] != ':' ||
        !word_hex((struct ud_slice){ids.ptr, 4}, 4, &numbers[0]) ||
        !word_hex((struct ud_slice){ids.ptr + 5, 4}, 4, &numbers[1]) ||
        !word_hex(release, 4, &numbers[2])) {
        return false;
    }
    device->ids_known = true;
    device->vendor = (uint16_t)numbers[0];
    device->product = (uint16_t)numbers[1];
    device->release = (uint16_t)numbers[2];
    return true;
}

static bool take_class(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_slice word;
    return line_word(line, &word) && word_hex(word, 6, &device->class);
}

static bool take_server(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_word(line, device->server_host, sizeof device->server_host) &&
           take_number(line, &device->server_port) && device->server_port <= UINT16_MAX &&
           take_word(line, device->server_busid, sizeof device->server_busid);
}

static bool take_path(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_word(line, device->path, sizeof device->path) &&
           ud_reported_path_valid(device->path);
}

static bool take_since(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_slice word;
    device->since_known = true;
    return line_word(line, &word) && word_number(word, UINT64_MAX, &device->since_s);
}

static bool take_interface(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_report_interface *face = ud_reported_add_interface(device);
    if (face == NULL || !take_number(line, &face->number) ||
        !take_word(line, face->modalias, sizeof face->modalias) ||
        !take_word(line, face->driver, sizeof face->driver)) {
        return false;
    }
    if (strcmp(face->driver, "-") == 0) {
        face->driver[0] = '\0';
    }
    return true;
}

static bool take_child(struct ud_slice *line, struct ud_reported_device *device)
{
    char modalias[UD_MODALIAS_TEXT_SIZE];
    return take_word(line, modalias, sizeof modalias) && ud_check_modalias(modalias) &&
           ud_reported_add_child(device, modalias);
}

static bool word_octal(struct ud_slice word, uint32_t *ret)
{
    uint32_t value = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '7') {
            return false;
        }
        value = value * 8 + (uint32_t)(word.ptr[i] - '0');
    }
    *ret = value;
    return word.len > 0 && word.len <= 5 && value <= 07777;
}

static bool take_node_file(struct ud_slice *line, struct ud_report_node *node)
{
    struct ud_slice mode;
    if (ud_slice_equals(*line, "- - -")) {
        line->len = 0;
        return true;
    }
    node->present = true;
    return line_word(line, &mode) && word_octal(mode, &node->mode) &&
           take_number(line, &node->uid) && take_number(line, &node->gid);
}

static bool take_node(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_report_node *node = ud_reported_add_node(device);
    struct ud_slice type;
    struct ud_slice numbers;
    uint64_t pair[2];
    if (node == NULL || !take_word(line, node->path, sizeof node->path) ||
        !line_word(line, &type) || type.len != 1 || (type.ptr[0] != 'c' && type.ptr[0] != 'b') ||
        !line_word(line, &numbers)) {
        return false;
    }
    const char *colon = memchr(numbers.ptr, ':', numbers.len);
    if (colon == NULL) {
        return false;
    }
    size_t len = (size_t)(colon - numbers.ptr);
    struct ud_slice minor = {colon + 1, numbers.len - len - 1};
    if (!word_number((struct ud_slice){numbers.ptr, len}, UINT32_MAX, &pair[0]) ||
        !word_number(minor, UINT32_MAX, &pair[1])) {
        return false;
    }
    node->type = type.ptr[0];
    node->major = (uint32_t)pair[0];
    node->minor = (uint32_t)pair[1];
    return take_node_file(line, node);
}

static bool take_link(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_report_link *link = ud_reported_add_link(device);
    return link != NULL && take_word(line, link->path, sizeof link->path) &&
           take_word(line, link->target, sizeof link->target);
}

static bool take_mount(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_report_mount *mount = ud_reported_add_mount(device);
    return mount != NULL && take_word(line, mount->node, sizeof mount->node) &&
           take_rest(line, mount->path, sizeof mount->path);
}

static bool take_open(struct ud_slice *line, struct ud_reported_device *device)
{
    struct ud_report_open *open = ud_reported_add_open(device);
    return open != NULL && take_word(line, open->node, sizeof open->node) &&
           take_number(line, &open->pid) && take_rest(line, open->comm, sizeof open->comm);
}

static bool take_hub(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_word(line, device->hub, sizeof device->hub);
}

static bool take_busid(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_word(line, device->busid, sizeof device->busid);
}

static bool take_devpath(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_word(line, device->devpath, sizeof device->devpath);
}

static bool take_manufacturer(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_rest(line, device->manufacturer_name, sizeof device->manufacturer_name);
}

static bool take_product(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_rest(line, device->product_name, sizeof device->product_name);
}

static bool take_serial(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_rest(line, device->serial, sizeof device->serial);
}

static bool take_speed(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_number(line, &device->speed);
}

static bool take_state(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_number(line, &device->state);
}

static bool take_busnum(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_number(line, &device->busnum);
}

static bool take_devnum(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_number(line, &device->devnum);
}

static bool take_configured(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_flag(line, &device->configured);
}

static bool take_authorized(struct ud_slice *line, struct ud_reported_device *device)
{
    return take_flag(line, &device->authorized);
}

static const struct {
    const char *key;
    bool (*take)(struct ud_slice *line, struct ud_reported_device *device);
} report_lines[] = {
    {"hub", take_hub},
    {"speed", take_speed},
    {"state", take_state},
    {"server", take_server},
    {"path", take_path},
    {"busid", take_busid},
    {"devpath", take_devpath},
    {"ids", take_ids},
    {"class", take_class},
    {"manufacturer", take_manufacturer},
    {"product", take_product},
    {"serial", take_serial},
    {"busnum", take_busnum},
    {"devnum", take_devnum},
    {"configured", take_configured},
    {"authorized", take_authorized},
    {"since", take_since},
    {"interface", take_interface},
    {"child", take_child},
    {"node", take_node},
    {"link", take_link},
    {"mount", take_mount},
    {"open", take_open},
};

static bool read_port(struct ud_device_report *report, struct ud_slice *line)
{
    uint32_t port;
    return take_number(line, &port) && line->len == 0 && ud_device_report_add(report, port) != NULL;
}

static bool read_line(struct ud_device_report *report, struct ud_slice line)
{
    struct ud_slice key;
    if (line.len > UD_REPORT_LINE_MAX || !line_word(&line, &key)) {
        return false;
    }
    if (ud_slice_equals(key, "port")) {
        return read_port(report, &line);
    }
    for (size_t i = 0; report->count > 0 && i < sizeof report_lines / sizeof report_lines[0]; i++) {
        if (ud_slice_equals(key, report_lines[i].key)) {
            return report_lines[i].take(&line, &report->devices[report->count - 1]) &&
                   line.len == 0;
        }
    }
    return false;
}

enum ud_code ud_device_report_read(struct ud_slice text, struct ud_device_report *ret,
                                   struct ud_error *err)
{
    struct ud_device_report report = {0};
    struct ud_slice line;
    size_t number = 0;
    bool good = text.len <= UD_REPORT_SIZE_MAX;
    while (good && ud_str_next_line(&text, &line)) {
        number++;
        good = read_line(&report, line);
    }
    if (!good) {
        ud_device_report_done(&report);
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "line %lu of the VM's report of its devices makes no sense",
                       (unsigned long)number);
    }
    *ret = report;
    return UD_OK;
}
