#include <stdlib.h>
#include <string.h>

#include "app/attach/attach.h"
#include "attach/drivers.h"
#include "attach/session.h"
#include "attach/way.h"
#include "bundle/usb_ids.h"
#include "usbip/modalias.h"
#include "usbip/usb_ids.h"
#include "util/mem.h"
#include "util/str.h"

void ud_listing_done(struct ud_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        free(listing->devices[i].vendor);
        free(listing->devices[i].product);
        free(listing->devices[i].kind);
        ud_found_drivers_done(&listing->devices[i].drivers);
    }
    free(listing->devices);
    free(listing->server);
    *listing = (struct ud_listing){0};
}

static char *list_copy(struct ud_slice text)
{
    char *copy = ud_strndup(text.ptr != NULL ? text.ptr : "", text.len);
    ud_str_sanitize(copy);
    return copy;
}

/* A device of class 0 says at its interfaces what it is. */
static struct ud_usbip_class list_class(const struct ud_usbip_device *device)
{
    bool told = device->class.base != 0 || !device->interfaces_told || device->interface_count == 0;
    return told ? device->class : device->interfaces[0];
}

static void list_name(struct ud_slice ids, struct ud_listed_device *listed)
{
    struct ud_usb_ids_names names;
    struct ud_usb_ids_class class;
    ud_usb_ids_names(ids, listed->device.vendor, listed->device.product, &names);
    ud_usb_ids_class(ids, list_class(&listed->device), &class);
    listed->vendor = list_copy(names.vendor);
    listed->product = list_copy(names.product);
    listed->kind = list_class(&listed->device).base != 0 ? list_copy(class.base) : ud_strdup("");
}

static struct ud_listed_device *list_find(struct ud_listing *listing, const char *busid)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (strcmp(listing->devices[i].device.busid, busid) == 0) {
            return &listing->devices[i];
        }
    }
    return NULL;
}

/* Linux' usbipd leaves out of its list what somebody has: the VM knows it. */
static struct ud_listed_device *list_add(struct ud_listing *listing,
                                         const struct ud_reported_device *reported)
{
    listing->devices = ud_realloc(listing->devices, listing->count + 1, sizeof *listing->devices);
    struct ud_listed_device *listed = &listing->devices[listing->count++];
    *listed = (struct ud_listed_device){0};
    struct ud_usbip_device *device = &listed->device;
    memcpy(device->busid, reported->server_busid,
           sizeof device->busid < sizeof reported->server_busid ? sizeof device->busid
                                                                : sizeof reported->server_busid);
    device->busid[sizeof device->busid - 1] = '\0';
    device->speed = reported->speed;
    device->vendor = reported->vendor;
    device->product = reported->product;
    device->release = reported->release;
    device->class =
        (struct ud_usbip_class){(uint8_t)(reported->class >> 16), (uint8_t)(reported->class >> 8),
                                (uint8_t)reported->class};
    return listed;
}

/* The same server may be known by another of its names in a port's file. */
static void list_mark_attached(const struct ud_attach_exports *exports,
                               const struct ud_device_report *report, struct ud_listing *listing)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct ud_reported_device *reported = &report->devices[i];
        bool same_server = (strcmp(reported->server_host, exports->address) == 0 ||
                            strcmp(reported->server_host, exports->server.host) == 0) &&
                           reported->server_port == exports->server.port;
        if (same_server && ud_usbip_busid_valid(reported->server_busid)) {
            struct ud_listed_device *listed = list_find(listing, reported->server_busid);
            listed = listed != NULL ? listed : list_add(listing, reported);
            listed->attached = true;
            listed->port = reported->port;
        }
    }
}

/* Linux' usbipd tells no interfaces of a device that it exports, which has no configuration
 * then. Drivers that go by the ids are found all the same. */
static void list_add_modaliases(const struct ud_usbip_device *told, struct ud_strv *ret)
{
    struct ud_usbip_device device = *told;
    if (!device.interfaces_told || device.interface_count == 0) {
        device.interfaces_told = true;
        device.interface_count = 1;
        device.interfaces[0] = (struct ud_usbip_class){0};
    }
    for (size_t i = 0; i < device.interface_count; i++) {
        char modalias[UD_MODALIAS_SIZE];
        ud_modalias_write(&device, i, modalias);
        if (!ud_strv_has(ret, modalias)) {
            ud_strv_add(ret, modalias);
        }
    }
}

/* One question for all of them: each takes a container. */
static enum ud_code list_find_drivers(const struct ud_attach_session *session, const char *input,
                                      struct ud_listing *listing, struct ud_error *err)
{
    struct ud_strv all = {0};
    struct ud_attach_drivers drivers;
    for (size_t i = 0; i < listing->count; i++) {
        list_add_modaliases(&listing->devices[i].device, &all);
    }
    enum ud_code rc = ud_attach_drivers_ask(session, input, &all, &drivers, err);
    for (size_t i = 0; i < listing->count && rc == UD_OK; i++) {
        struct ud_strv own = {0};
        list_add_modaliases(&listing->devices[i].device, &own);
        for (size_t k = 0; k < own.len; k++) {
            ud_attach_drivers_find(&drivers, own.items[k], &listing->devices[i].drivers);
        }
        ud_strv_done(&own);
    }
    ud_attach_drivers_done(&drivers);
    ud_strv_done(&all);
    return rc;
}

static enum ud_code list_describe(const struct ud_attach_session *session, const char *input,
                                  const struct ud_attach_exports *exports,
                                  struct ud_listing *listing, struct ud_error *err)
{
    struct ud_buf ids;
    struct ud_attach_answer answer = {0};
    struct ud_device_report report = {0};
    ud_buf_init(&ids, UD_USB_IDS_MAX);
    enum ud_code rc = ud_usb_ids_text(&ids, err);
    if (rc == UD_OK) {
        rc = ud_attach_look(session, &answer, &report, err);
    }
    list_mark_attached(exports, &report, listing);
    for (size_t i = 0; i < listing->count; i++) {
        list_name((struct ud_slice){ids.data, ids.len}, &listing->devices[i]);
    }
    ud_device_report_done(&report);
    ud_attach_answer_done(&answer);
    ud_buf_done(&ids);
    return rc == UD_OK ? list_find_drivers(session, input, listing, err) : rc;
}

static enum ud_code list_in(const struct ud_attach_session *session,
                            const struct ud_list_options *options, struct ud_listing *ret,
                            struct ud_error *err)
{
    struct ud_attach_exports exports;
    UD_TRY(ud_attach_ask_exports(session, options->remote, options->via, &exports, err));
    ret->here = exports.here;
    ret->server = ud_usbip_server_text(exports.address, exports.server.port);
    ret->count = exports.count;
    ret->devices = ud_alloc(ret->count, sizeof *ret->devices);
    for (size_t i = 0; i < ret->count; i++) {
        ret->devices[i].device = exports.devices[i];
    }
    enum ud_code rc = list_describe(session, options->input, &exports, ret, err);
    ud_attach_exports_done(&exports);
    return rc;
}

enum ud_code ud_app_list(const struct ud_app *app, const struct ud_list_options *options,
                         struct ud_listing *ret, struct ud_error *err)
{
    struct ud_attach_session session;
    struct ud_listing listing = {0};
    enum ud_code rc = ud_attach_session_begin(app, &options->vm, &session, err);
    if (rc == UD_OK) {
        ud_report_step(app->report, "Asking the server for its devices");
        rc = list_in(&session, options, &listing, err);
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, "%zu devices at %s", listing.count, listing.server);
        *ret = listing;
    } else {
        ud_listing_done(&listing);
    }
    ud_attach_session_done(&session);
    return rc;
}
