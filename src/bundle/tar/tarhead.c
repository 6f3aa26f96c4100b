#include "tar/tarhead.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* POSIX.1-2017, pax, "ustar Interchange Format". */
struct ustar {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[6];
    char version[2];
    char user[32];
    char group[32];
    char device_major[8];
    char device_minor[8];
    char prefix[155];
    char unused[12];
};
_Static_assert(sizeof(struct ustar) == UD_TAR_BLOCK, "a header is one block");

static const unsigned OWNER_MAX = 07777777;            /* what seven octal digits hold */
static const uint64_t ELEVEN_DIGITS = 077777777777ULL; /* and eleven: 8 GiB, or the year 2242 */

static void put_octal(char *field, size_t size, uint64_t value)
{
    for (size_t i = size - 1; i-- > 0;) {
        field[i] = (char)('0' + (value & 7));
        value >>= 3;
    }
    field[size - 1] = '\0';
}

/* Fields of text need no NUL when full. */
static void put_text(char *field, size_t size, const char *text, size_t len)
{
    memcpy(field, text, len < size ? len : size);
}

static void put_checksum(struct ustar *block)
{
    memset(block->checksum, ' ', sizeof block->checksum);
    const unsigned char *bytes = (const unsigned char *)block;
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof *block; i++) {
        sum += bytes[i];
    }
    put_octal(block->checksum, 7, sum);
}

/* Splits path between prefix and name at a '/'; false if no place for it fits. */
static bool put_path(struct ustar *block, const char *path)
{
    size_t len = strlen(path);
    if (len <= sizeof block->name) {
        put_text(block->name, sizeof block->name, path, len);
        return true;
    }
    for (size_t i = len - sizeof block->name - 1; i < len && i <= sizeof block->prefix; i++) {
        if (path[i] == '/' && i > 0 && i + 1 < len) {
            put_text(block->prefix, sizeof block->prefix, path, i);
            put_text(block->name, sizeof block->name, path + i + 1, len - i - 1);
            return true;
        }
    }
    put_text(block->name, sizeof block->name, path, len);
    return false;
}

/* Everything but the names; a pax record gives what does not fit. */
static void put_fields(struct ustar *block, const struct ud_tarhead *head, char type, uint64_t size)
{
    put_octal(block->mode, sizeof block->mode, head->mode & 07777);
    put_octal(block->uid, sizeof block->uid, head->uid <= OWNER_MAX ? head->uid : 0);
    put_octal(block->gid, sizeof block->gid, head->gid <= OWNER_MAX ? head->gid : 0);
    put_octal(block->size, sizeof block->size, size <= ELEVEN_DIGITS ? size : 0);
    const uint64_t mtime = head->mtime > 0 ? (uint64_t)head->mtime : 0;
    put_octal(block->mtime, sizeof block->mtime, mtime <= ELEVEN_DIGITS ? mtime : ELEVEN_DIGITS);
    block->type = type;
    memcpy(block->magic, "ustar", 6);
    memcpy(block->version, "00", 2);
    put_octal(block->device_major, sizeof block->device_major, 0);
    put_octal(block->device_minor, sizeof block->device_minor, 0);
}

/* "<length> <key>=<value>\n", where length counts itself. */
static void add_record(struct ud_buf *records, const char *key, const char *value)
{
    size_t rest = strlen(key) + strlen(value) + 3;
    size_t len = rest;
    for (int i = 0; i < 3; i++) {
        len = rest + (size_t)snprintf(NULL, 0, "%lu", (unsigned long)len);
    }
    ud_buf_addf(records, "%lu %s=%s\n", (unsigned long)len, key, value);
}

static void add_owner_record(struct ud_buf *records, const char *key, unsigned id)
{
    if (id > OWNER_MAX) {
        char text[16];
        (void)snprintf(text, sizeof text, "%u", id);
        add_record(records, key, text);
    }
}

static void add_padding(struct ud_buf *out, size_t size)
{
    static const char zeros[UD_TAR_BLOCK];
    ud_buf_add(out, zeros, ud_tarhead_padding(size));
}

static void add_pax(struct ud_buf *out, const struct ud_tarhead *head, const struct ud_buf *records)
{
    struct ustar block = {0};
    const struct ud_tarhead pax = {.mode = 0644, .mtime = head->mtime};
    (void)put_path(&block, "PaxHeaders/entry");
    put_fields(&block, &pax, 'x', records->len);
    put_checksum(&block);
    ud_buf_add(out, &block, sizeof block);
    ud_buf_add(out, records->data, records->len);
    add_padding(out, records->len);
}

void ud_tarhead_add(struct ud_buf *out, const struct ud_tarhead *head)
{
    enum { RECORDS_MAX = 4 * UD_TAR_PATH_MAX };
    struct ustar block = {0};
    struct ud_buf records;
    ud_buf_init(&records, RECORDS_MAX);
    bool is_dir = head->type == UD_TARHEAD_DIR;
    char *path = is_dir ? ud_strf("%s/", head->path) : ud_strdup(head->path);
    if (!put_path(&block, path)) {
        add_record(&records, "path", path);
    }
    free(path);
    size_t link_len = head->link != NULL ? strlen(head->link) : 0;
    if (link_len > sizeof block.link) {
        add_record(&records, "linkpath", head->link);
    }
    if (link_len > 0) {
        put_text(block.link, sizeof block.link, head->link, link_len);
    }
    add_owner_record(&records, "uid", head->uid);
    add_owner_record(&records, "gid", head->gid);
    if (head->type == UD_TARHEAD_FILE && head->size > ELEVEN_DIGITS) {
        char text[24];
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)head->size);
        add_record(&records, "size", text);
    }
    put_fields(&block, head, (char)head->type, head->type == UD_TARHEAD_FILE ? head->size : 0);
    put_checksum(&block);
    if (records.len > 0) {
        add_pax(out, head, &records);
    }
    ud_buf_add(out, &block, sizeof block);
    ud_buf_done(&records);
}

size_t ud_tarhead_padding(uint64_t size)
{
    return (size_t)((UD_TAR_BLOCK - size % UD_TAR_BLOCK) % UD_TAR_BLOCK);
}
