#include "drivers/devices.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/cmacros.h"
#include "drivers/paths.h"
#include "text/scan.h"
#include "util/mem.h"

enum {
    KEPT_MAX = 96 << 20,    /* bytes of sources; Linux 6.1 has 20 MB of such */
    HEADER_MAX = 192 << 10, /* bytes; longer ones describe registers */
    READ_MAX = 8 << 20,     /* bytes that one source may come to when expanded */
    TABLES_MAX = 64         /* in one source */
};

struct source {
    char *path;
    char *text;
    size_t len;
    bool has_table;
    bool is_base; /* a header of include/: read before each source */
};

struct ud_devices {
    struct source *items;
    size_t len, cap;
    size_t kept; /* bytes */
};

/* What an entry says; of what it does not say no bit is set. */
enum field {
    FIELD_VENDOR,
    FIELD_PRODUCT,
    FIELD_CLASS,
    FIELD_SUBCLASS,
    FIELD_PROTOCOL,
    FIELD_BUS,
    FIELD_COUNT,
    FIELD_NONE
};

static const struct {
    const char *name;
    enum field field;
} fields[] = {
    {"idVendor", FIELD_VENDOR},
    {"idProduct", FIELD_PRODUCT},
    {"bInterfaceClass", FIELD_CLASS},
    {"bInterfaceSubClass", FIELD_SUBCLASS},
    {"bInterfaceProtocol", FIELD_PROTOCOL},
    {"vendor", FIELD_VENDOR}, /* of struct hid_device_id */
    {"product", FIELD_PRODUCT},
    {"bus", FIELD_BUS},
};

struct table {
    char name[64];
    bool exported; /* MODULE_DEVICE_TABLE names it */
    bool names_it; /* an entry is for the device */
};

/* Reads the tokens of one source. */
struct reader {
    const struct ud_devices *devices;
    const struct ud_device *device;
    struct table tables[TABLES_MAX];
    size_t table_count;
    size_t skipped;
    enum {
        LOOKING,
        TABLE_NAME, /* behind "usb_device_id" */
        TABLE_HEAD, /* behind the name */
        IN_TABLE,
        EXPORT_KIND, /* behind "MODULE_DEVICE_TABLE" */
        EXPORT_NAME
    } state;
    size_t table; /* of IN_TABLE; table_count: none */
    int depth;    /* of braces */
    enum { ENTRY, FIELD_NAME, FIELD_SIGN, FIELD_VALUE } part;
    enum field field;
    unsigned values[FIELD_COUNT];
    unsigned said;    /* bits by field */
    bool unknown;     /* a value that matters is not known */
    bool unknown_now; /* the one that is being read */
    bool any;         /* the one that is being read is ~0 */
    unsigned value;
};

struct ud_devices *ud_devices_new(void)
{
    return ud_alloc(1, sizeof(struct ud_devices));
}

void ud_devices_free(struct ud_devices *devices)
{
    if (devices == NULL) {
        return;
    }
    for (size_t i = 0; i < devices->len; i++) {
        free(devices->items[i].path);
        free(devices->items[i].text);
    }
    free(devices->items);
    free(devices);
}

static enum ud_code devices_refuse(const char *text, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE,
                   "Write it as lsusb shows it, 0403:6001, or with the class, subclass and "
                   "protocol of an interface, 0403:6001:ff0000.",
                   "\"%.80s\" is not a USB device", text);
}

static bool devices_hex(struct ud_slice text, size_t digits, unsigned *ret)
{
    uint32_t value;
    if (text.len != digits || memchr(text.ptr, 'x', text.len) != NULL ||
        !ud_slice_hex_to_u32(text, &value)) {
        return false;
    }
    *ret = value;
    return true;
}

enum ud_code ud_device_parse(const char *text, struct ud_device *ret, struct ud_error *err)
{
    struct ud_slice rest = ud_slice_of(text);
    struct ud_slice parts[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct ud_device device = {0};
    unsigned triple = 0;
    size_t count = 0;
    while (count < 3 && ud_scan_field(&rest, ':', &parts[count])) {
        count++;
    }
    if (count < 2 || rest.ptr != NULL || !devices_hex(parts[0], 4, &device.vendor) ||
        !devices_hex(parts[1], 4, &device.product) ||
        (count == 3 && !devices_hex(parts[2], 6, &triple))) {
        return devices_refuse(text, err);
    }
    device.has_class = count == 3;
    device.class = triple >> 16;
    device.subclass = triple >> 8 & 0xff;
    device.protocol = triple & 0xff;
    *ret = device;
    return UD_OK;
}

static bool devices_has_any(struct ud_slice text, const char *const *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ud_slice_has(text, marks[i])) {
            return true;
        }
    }
    return false;
}

/* A header that macros and numbers of USB are defined in. */
static bool devices_is_base(const char *path)
{
    return ud_str_starts(path, "include/") &&
           (strstr(path, "usb") != NULL || strstr(path, "hid") != NULL ||
            ud_str_ends(path, "/input.h") || ud_str_ends(path, "/mod_devicetable.h"));
}

void ud_devices_add(struct ud_devices *devices, const char *path, const char *text, size_t len)
{
    static const char *const tables[] = {"usb_device_id", "hid_device_id"};
    static const char *const ids[] = {"USB_DEVICE", "UNUSUAL_DEV", "idVendor", "VENDOR",
                                      "PRODUCT",    "_VID",        "_PID"};
    const struct ud_slice whole = {text, len};
    const bool header = ud_str_ends(path, ".h");
    const bool table = !header && ud_slice_has(whole, "MODULE_DEVICE_TABLE") &&
                       devices_has_any(whole, tables, sizeof tables / sizeof *tables);
    const bool base = header && devices_is_base(path);
    const bool wanted = table || base ||
                        (header && len <= HEADER_MAX && !ud_str_starts(path, "include/") &&
                         devices_has_any(whole, ids, sizeof ids / sizeof *ids));
    if (!wanted || devices->kept + len > KEPT_MAX) {
        return;
    }
    if (devices->len == devices->cap) {
        devices->cap = devices->cap == 0 ? 256 : 2 * devices->cap;
        devices->items = ud_realloc(devices->items, devices->cap, sizeof *devices->items);
    }
    char *copy = ud_strndup(text, len);
    devices->items[devices->len++] = (struct source){ud_strdup(path), copy, strlen(copy), table,
                                                     ud_str_starts(path, "include/")};
    devices->kept += len;
}

/* ---- one source ---- */

static size_t devices_table(struct reader *reader, struct ud_slice name)
{
    for (size_t i = 0; i < reader->table_count; i++) {
        if (ud_slice_equals(name, reader->tables[i].name)) {
            return i;
        }
    }
    if (reader->table_count == TABLES_MAX || name.len >= sizeof reader->tables[0].name) {
        return TABLES_MAX;
    }
    struct table *table = &reader->tables[reader->table_count];
    *table = (struct table){.exported = false};
    ud_slice_copy(name, table->name, sizeof table->name);
    return reader->table_count++;
}

static bool devices_says(const struct reader *reader, enum field field)
{
    return (reader->said >> field & 1) != 0;
}

static bool devices_agrees(const struct reader *reader, enum field field, unsigned value)
{
    return !devices_says(reader, field) || reader->values[field] == value;
}

/* Whether the entry that was read is for the device. */
static bool devices_matches(const struct reader *reader)
{
    enum { BUS_USB = 3 };
    const struct ud_device *device = reader->device;
    bool class_agrees = devices_agrees(reader, FIELD_CLASS, device->class) &&
                        devices_agrees(reader, FIELD_SUBCLASS, device->subclass) &&
                        devices_agrees(reader, FIELD_PROTOCOL, device->protocol);
    if (!devices_agrees(reader, FIELD_VENDOR, device->vendor) ||
        !devices_agrees(reader, FIELD_PRODUCT, device->product) ||
        !devices_agrees(reader, FIELD_BUS, BUS_USB)) {
        return false;
    }
    if (device->has_class) {
        return class_agrees &&
               (devices_says(reader, FIELD_VENDOR) || devices_says(reader, FIELD_CLASS));
    }
    return devices_says(reader, FIELD_VENDOR);
}

static void devices_end_value(struct reader *reader)
{
    if (reader->part == FIELD_VALUE && reader->field != FIELD_NONE && !reader->any) {
        reader->values[reader->field] = reader->value;
        reader->said |= 1u << reader->field;
        reader->unknown = reader->unknown || reader->unknown_now;
    }
    reader->part = ENTRY;
}

static void devices_end_entry(struct reader *reader)
{
    devices_end_value(reader);
    if (reader->unknown) {
        reader->skipped++;
    } else if (reader->said != 0 && devices_matches(reader)) {
        reader->tables[reader->table].names_it = true;
    }
    reader->said = 0;
    reader->unknown = false;
}

static enum field devices_field(struct ud_slice name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (ud_slice_equals(name, fields[i].name)) {
            return fields[i].field;
        }
    }
    return FIELD_NONE;
}

static bool devices_number(struct ud_slice text, unsigned *ret)
{
    uint64_t number;
    uint32_t hex;
    while (text.len > 1 && strchr("uUlL", text.ptr[text.len - 1]) != NULL) {
        text.len--;
    }
    if (ud_scan_text(&text, "0x") || ud_scan_text(&text, "0X")) {
        bool good = ud_slice_hex_to_u32(text, &hex);
        *ret = good ? hex : 0;
        return good;
    }
    bool good = ud_slice_to_u64(text, &number) && number <= UINT32_MAX;
    *ret = good ? (unsigned)number : 0;
    return good;
}

/* A value is a number, in brackets or not, or several with `|` between them. */
static void devices_value(struct reader *reader, const struct ud_ctoken *token)
{
    unsigned number = 0;
    if (token->kind == UD_CTOKEN_NUMBER && devices_number(token->text, &number)) {
        reader->value |= number;
    } else if (ud_slice_equals(token->text, "~")) {
        reader->any = true;
    } else if (token->kind != UD_CTOKEN_SIGN || strchr("()|", token->text.ptr[0]) == NULL) {
        reader->unknown_now = true;
    }
}

/* Within the braces of one entry. */
static void devices_entry(struct reader *reader, const struct ud_ctoken *token)
{
    const char c = token->kind == UD_CTOKEN_SIGN ? token->text.ptr[0] : '\0';
    if (reader->part == ENTRY && c == '.') {
        reader->part = FIELD_NAME;
    } else if (reader->part == FIELD_NAME) {
        reader->field = devices_field(token->text);
        reader->part = FIELD_SIGN;
    } else if (reader->part == FIELD_SIGN && c == '=') {
        reader->part = FIELD_VALUE;
        reader->value = 0;
        reader->any = false;
        reader->unknown_now = false;
    } else if (reader->part == FIELD_VALUE && c == ',') {
        devices_end_value(reader);
    } else if (reader->part == FIELD_VALUE) {
        devices_value(reader, token);
    }
}

static void devices_in_table(struct reader *reader, const struct ud_ctoken *token)
{
    enum { ENTRY_DEPTH = 2 };
    const char c = token->kind == UD_CTOKEN_SIGN ? token->text.ptr[0] : '\0';
    if (c == '{') {
        reader->depth++;
    } else if (c == '}') {
        if (reader->depth == ENTRY_DEPTH) {
            devices_end_entry(reader);
        }
        if (--reader->depth == 0) {
            reader->state = LOOKING;
        }
    } else if (reader->depth == ENTRY_DEPTH) {
        devices_entry(reader, token);
    }
}

static void devices_begin_table(struct reader *reader)
{
    reader->state = IN_TABLE;
    reader->depth = 1;
    reader->part = ENTRY;
    reader->said = 0;
    reader->unknown = false;
}

/* `struct usb_device_id name[] = {`, `MODULE_DEVICE_TABLE(usb, name)`. */
static void devices_token(void *ctx, const struct ud_ctoken *token)
{
    struct reader *reader = ctx;
    const char c = token->kind == UD_CTOKEN_SIGN ? token->text.ptr[0] : '\0';
    switch (reader->state) {
    case IN_TABLE:
        devices_in_table(reader, token);
        return;
    case TABLE_NAME:
        reader->table =
            token->kind == UD_CTOKEN_WORD ? devices_table(reader, token->text) : TABLES_MAX;
        reader->state = reader->table < TABLES_MAX ? TABLE_HEAD : LOOKING;
        return;
    case TABLE_HEAD:
        if (c == '{') {
            devices_begin_table(reader);
        } else if (c == ';' || c == '(' || c == ')' || c == ',') {
            reader->state = LOOKING;
        }
        return;
    case EXPORT_KIND:
        reader->state = c == '(' ? EXPORT_KIND : c == ',' ? EXPORT_NAME : EXPORT_KIND;
        if (token->kind == UD_CTOKEN_WORD && !ud_slice_equals(token->text, "usb") &&
            !ud_slice_equals(token->text, "hid")) {
            reader->state = LOOKING;
        }
        return;
    case EXPORT_NAME: {
        size_t table = devices_table(reader, token->text);
        if (table < TABLES_MAX) {
            reader->tables[table].exported = true;
        }
        reader->state = LOOKING;
        return;
    }
    default:
        if (ud_slice_equals(token->text, "usb_device_id") ||
            ud_slice_equals(token->text, "hid_device_id")) {
            reader->state = TABLE_NAME;
        } else if (ud_slice_equals(token->text, "MODULE_DEVICE_TABLE")) {
            reader->state = EXPORT_KIND;
        }
    }
}

static bool devices_include(void *ctx, const char *from, struct ud_slice path,
                            const char **ret_path, struct ud_slice *ret_text)
{
    const struct reader *reader = ctx;
    char *dir = ud_path_dir(from);
    char *wanted = ud_path_join(dir, path);
    bool found = false;
    for (size_t i = 0; i < reader->devices->len && !found; i++) {
        const struct source *source = &reader->devices->items[i];
        found = strcmp(source->path, wanted) == 0;
        if (found) {
            *ret_path = source->path;
            *ret_text = (struct ud_slice){source->text, source->len};
        }
    }
    free(wanted);
    free(dir);
    return found;
}

static void devices_ignore(void *ctx, const struct ud_ctoken *token)
{
    (void)ctx;
    (void)token;
}

/* What the headers of include/ define. */
static void devices_read_base(const struct ud_devices *devices, struct ud_cmacros *base)
{
    ud_cmacros_init(base);
    base->token = devices_ignore;
    base->budget = KEPT_MAX;
    for (size_t i = 0; i < devices->len; i++) {
        const struct source *source = &devices->items[i];
        if (source->is_base) {
            ud_cmacros_read(base, source->path, (struct ud_slice){source->text, source->len});
        }
    }
}

static bool devices_names_it(const struct ud_devices *devices, const struct source *source,
                             const struct ud_cmacros *base, const struct ud_device *device,
                             size_t *skipped)
{
    struct reader *reader = ud_alloc(1, sizeof *reader);
    struct ud_cmacros macros;
    bool names_it = false;
    *reader = (struct reader){.devices = devices, .device = device};
    ud_cmacros_init(&macros);
    macros.base = base;
    macros.token = devices_token;
    macros.include = devices_include;
    macros.ctx = reader;
    macros.budget = READ_MAX;
    ud_cmacros_read(&macros, source->path, (struct ud_slice){source->text, source->len});
    for (size_t i = 0; i < reader->table_count; i++) {
        names_it = names_it || (reader->tables[i].exported && reader->tables[i].names_it);
    }
    *skipped += reader->skipped;
    ud_cmacros_done(&macros);
    free(reader);
    return names_it;
}

void ud_devices_find(const struct ud_devices *devices, const struct ud_device *device,
                     struct ud_strv *ret, size_t *ret_skipped)
{
    struct ud_cmacros base;
    size_t skipped = 0;
    devices_read_base(devices, &base);
    for (size_t i = 0; i < devices->len; i++) {
        const struct source *source = &devices->items[i];
        if (source->has_table && devices_names_it(devices, source, &base, device, &skipped)) {
            ud_strv_add(ret, source->path);
        }
    }
    ud_cmacros_done(&base);
    ud_strv_sort_unique(ret);
    *ret_skipped = skipped;
}
