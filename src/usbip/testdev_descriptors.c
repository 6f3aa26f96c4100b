#include "testdev_descriptors.h"

#include <string.h>

/* USB 2.0, 9.6: types of descriptors. */
enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, INTERFACE = 4 };
enum { LANGUAGES, MANUFACTURER, PRODUCT, SERIAL };

enum { VENDOR_SPECIFIC = 0xff, SELF_POWERED = 0xc0, US_ENGLISH = 0x0409 };

#define WORD(number) (number) & 0xff, (number) >> 8

/* USB 2.0, so that nobody asks for a BOS descriptor. */
static const unsigned char device_descriptor[] = {
    18, /* bLength */
    DEVICE,
    WORD(0x0200), /* bcdUSB */
    0,            /* bDeviceClass, bDeviceSubClass, bDeviceProtocol: the interface's */
    0,
    0,
    64, /* bMaxPacketSize0: the only one that high speed knows */
    WORD(UD_TESTDEV_VENDOR),
    WORD(UD_TESTDEV_PRODUCT),
    WORD(0x0100), /* bcdDevice */
    MANUFACTURER,
    PRODUCT,
    SERIAL,
    1, /* bNumConfigurations */
};

/* One interface without an endpoint of its own, of a class that no driver takes. */
static const unsigned char configuration_descriptor[] = {
    9, /* bLength */
    CONFIGURATION,
    WORD(18), /* wTotalLength */
    1,        /* bNumInterfaces */
    1,        /* bConfigurationValue */
    0,        /* iConfiguration */
    SELF_POWERED,
    0, /* bMaxPower */
    9, /* bLength */
    INTERFACE,
    0,               /* bInterfaceNumber */
    0,               /* bAlternateSetting */
    0,               /* bNumEndpoints */
    VENDOR_SPECIFIC, /* bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol */
    VENDOR_SPECIFIC,
    VENDOR_SPECIFIC,
    0, /* iInterface */
};

static const unsigned char languages[] = {4, STRING, WORD(US_ENGLISH)};

static size_t testdev_descriptors_give(unsigned char *ret, const unsigned char *bytes, size_t len)
{
    memcpy(ret, bytes, len);
    return len;
}

static size_t give_text(unsigned char *ret, const char *text)
{
    size_t len = 2;
    for (; *text != '\0'; text++) {
        ret[len++] = (unsigned char)*text;
        ret[len++] = 0;
    }
    ret[0] = (unsigned char)len;
    ret[1] = STRING;
    return len;
}

static size_t give_string(const struct ud_testdev *device, unsigned index, unsigned char *ret)
{
    switch (index) {
    case LANGUAGES:
        return testdev_descriptors_give(ret, languages, sizeof languages);
    case MANUFACTURER:
        return give_text(ret, "usbipd-desktop");
    case PRODUCT:
        return give_text(ret, "self-test");
    case SERIAL:
        return give_text(ret, device->serial);
    default:
        return 0;
    }
}

size_t ud_testdev_descriptor(const struct ud_testdev *device, uint16_t value,
                             unsigned char ret[UD_TESTDEV_DESCRIPTOR_MAX])
{
    unsigned index = value & 0xff;
    unsigned type = value >> 8;
    if (type == STRING) {
        return give_string(device, index, ret);
    }
    if (type == DEVICE && index == 0) {
        return testdev_descriptors_give(ret, device_descriptor, sizeof device_descriptor);
    }
    if (type == CONFIGURATION && index == 0) {
        return testdev_descriptors_give(ret, configuration_descriptor,
                                        sizeof configuration_descriptor);
    }
    return 0;
}
