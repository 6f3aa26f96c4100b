#include "usbip/select.h"

#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "util/str.h"

enum { LISTED_MAX = 8, FAR = 3 };

static bool take_hex_id(struct ud_slice text, uint16_t *ret)
{
    uint32_t value = 0;
    if (text.len > 4 || ud_slice_starts(text, "0x") || !ud_slice_hex_to_u32(text, &value)) {
        return false;
    }
    *ret = (uint16_t)value;
    return true;
}

/* VID:PID or VID:PID:SERIAL; colon is the first one. */
static bool take_ids(const char *text, const char *colon, struct ud_usbip_selector *ret)
{
    const char *product = colon + 1;
    const char *second = strchr(product, ':');
    size_t product_len = second != NULL ? (size_t)(second - product) : strlen(product);
    if (!take_hex_id((struct ud_slice){text, (size_t)(colon - text)}, &ret->vendor) ||
        !take_hex_id((struct ud_slice){product, product_len}, &ret->product)) {
        return false;
    }
    if (second == NULL) {
        return true;
    }
    size_t len = strlen(second + 1);
    if (len == 0 || len > UD_USBIP_SERIAL_MAX) {
        return false;
    }
    memcpy(ret->serial, second + 1, len + 1);
    return true;
}

enum ud_code ud_usbip_selector_parse(const char *text, struct ud_usbip_selector *ret,
                                     struct ud_error *err)
{
    struct ud_usbip_selector selector = {.vendor = 0};
    const char *colon = strchr(text, ':');
    bool valid = colon != NULL ? take_ids(text, colon, &selector) : ud_usbip_busid_valid(text);
    if (!valid) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Name it by its busid, such as 1-1.4, or by VID:PID or VID:PID:SERIAL, "
                       "such as 0403:6001.",
                       "\"%.80s\" names no USB device", text);
    }
    if (colon == NULL) {
        memcpy(selector.busid, text, strlen(text) + 1);
    }
    *ret = selector;
    return UD_OK;
}

bool ud_usbip_serial_fits(const struct ud_usbip_selector *selector, const char *serial)
{
    return selector->serial[0] == '\0' ||
           ud_glob_fits(ud_slice_of(selector->serial), ud_slice_of(serial));
}

static bool device_is_meant(const struct ud_usbip_device *device, const char *serial,
                            const struct ud_usbip_selector *selector)
{
    if (selector->busid[0] != '\0') {
        return strcmp(device->busid, selector->busid) == 0;
    }
    return device->vendor == selector->vendor && device->product == selector->product &&
           (serial == NULL || ud_usbip_serial_fits(selector, serial));
}

static bool device_is_twin(const struct ud_usbip_device *a, const struct ud_usbip_device *b)
{
    return strcmp(a->busid, b->busid) == 0 && a->vendor == b->vendor && a->product == b->product &&
           ud_usbip_devid(a) == ud_usbip_devid(b);
}

/* What is being listed in a message: "1-1 (0403:6001), 1-2 (0403:6001) and 7 more". */
struct device_listing {
    char text[512];
    size_t len;
    size_t count;
};

static void listing_add(struct device_listing *listing, const struct ud_usbip_device *device)
{
    if (listing->count++ >= LISTED_MAX) {
        return;
    }
    int n = snprintf(listing->text + listing->len, sizeof listing->text - listing->len,
                     "%s%s (%04x:%04x)", listing->count > 1 ? ", " : "", device->busid,
                     device->vendor, device->product);
    listing->len += n > 0 ? (size_t)n : 0;
}

static void listing_end(struct device_listing *listing)
{
    if (listing->count > LISTED_MAX) {
        (void)snprintf(listing->text + listing->len, sizeof listing->text - listing->len,
                       " and %lu more", (unsigned long)(listing->count - LISTED_MAX));
    }
}

static size_t select_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many characters must be put in, taken out or changed to make b of a (Levenshtein);
 * both are busids. */
static size_t busid_distance(const char *a, const char *b)
{
    size_t row[UD_USBIP_BUSID_MAX + 1]; /* distances of a's beginning to b's beginnings */
    size_t len = strlen(b);
    for (size_t j = 0; j <= len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t changed = diagonal + (a[i] != b[j] ? 1 : 0);
            diagonal = row[j + 1];
            row[j + 1] = select_smaller(changed, select_smaller(diagonal, row[j]) + 1);
        }
    }
    return row[len];
}

/* The device whose busid is most like the one that is not there; NULL if none is near. */
static const struct ud_usbip_device *nearest_device(const struct ud_usbip_device *devices,
                                                    size_t count, const char *busid)
{
    const struct ud_usbip_device *nearest = NULL;
    size_t least = select_smaller(FAR, strlen(busid));
    for (size_t i = 0; i < count; i++) {
        size_t distance = busid_distance(busid, devices[i].busid);
        if (distance < least) {
            nearest = &devices[i];
            least = distance;
        }
    }
    return nearest;
}

static void selector_describe(const struct ud_usbip_selector *selector, char *dst, size_t size)
{
    if (selector->busid[0] != '\0') {
        (void)snprintf(dst, size, "%s", selector->busid);
    } else {
        (void)snprintf(dst, size, "%04x:%04x%s%s", selector->vendor, selector->product,
                       selector->serial[0] != '\0' ? ":" : "", selector->serial);
    }
}

static enum ud_code fail_missing(const struct ud_usbip_device *devices, size_t count,
                                 const struct ud_usbip_selector *selector, struct ud_error *err)
{
    char wanted[UD_USBIP_SERIAL_MAX + 16];
    struct device_listing listing = {.len = 0};
    selector_describe(selector, wanted, sizeof wanted);
    if (count == 0) {
        return ud_fail(err, UD_ERR_NOT_FOUND,
                       "Share the device there: usbipd bind --busid BUSID (Windows), usbip bind -b "
                       "BUSID (Linux).",
                       "the server shares no device %s, nor any other", wanted);
    }
    for (size_t i = 0; i < count; i++) {
        listing_add(&listing, &devices[i]);
    }
    listing_end(&listing);
    enum ud_code rc =
        ud_fail(err, UD_ERR_NOT_FOUND, "Name one of these, or share the device there first.",
                "the server shares no device %s, but %s", wanted, listing.text);
    const struct ud_usbip_device *near = nearest_device(devices, count, selector->busid);
    if (near != NULL) {
        ud_error_remedy(err, "Did you mean %s?", near->busid);
    }
    return rc;
}

static enum ud_code fail_ambiguous(const struct device_listing *found,
                                   const struct ud_usbip_selector *selector, bool serials_known,
                                   struct ud_error *err)
{
    char wanted[UD_USBIP_SERIAL_MAX + 16];
    selector_describe(selector, wanted, sizeof wanted);
    if (selector->busid[0] != '\0') {
        return ud_fail(err, UD_ERR_USAGE, "Restart the server.",
                       "the server has more than one device of the busid %s: %s", wanted,
                       found->text);
    }
    return ud_fail(err, UD_ERR_USAGE,
                   selector->serial[0] != '\0' && !serials_known
                       ? "Name one by its busid: a server's list does not tell serial numbers."
                       : "Name one by its busid.",
                   "%s is more than one device: %s", wanted, found->text);
}

enum ud_code ud_usbip_select(const struct ud_usbip_device *devices, size_t count,
                             const struct ud_usbip_selector *selector, const char *const *serials,
                             size_t *ret, struct ud_error *err)
{
    struct device_listing found = {.len = 0};
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        const char *serial = serials != NULL ? serials[i] : NULL;
        if (!device_is_meant(&devices[i], serial, selector) ||
            (found.count > 0 && device_is_twin(&devices[i], &devices[first]))) {
            continue;
        }
        first = found.count == 0 ? i : first;
        listing_add(&found, &devices[i]);
    }
    if (found.count == 0) {
        return fail_missing(devices, count, selector, err);
    }
    if (found.count > 1) {
        listing_end(&found);
        return fail_ambiguous(&found, selector, serials != NULL, err);
    }
    *ret = first;
    return UD_OK;
}
