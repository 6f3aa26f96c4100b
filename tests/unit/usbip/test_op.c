#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/op.h"
#include "util/buf.h"

/* Literal bytes as Documentation/usb/usbip_protocol.rst lays them out; adjacent strings
 * keep a digit that follows an escape apart from it. */
#define LIST_HEADER "\x01\x11\x00\x05\x00\x00\x00\x00"
#define IMPORT_HEADER "\x01\x11\x00\x03\x00\x00\x00\x00"

/* What follows path and busid in a record: busnum 3, devnum 2, speed 2, 0403:6001,
 * bcdDevice 6.00, class of the interfaces, configuration 1 of 1, 1 interface. */
#define FTDI_TAIL                                                                                  \
    "\x00\x00\x00\x03\x00\x00\x00\x02\x00\x00\x00\x02\x04\x03\x60\x01\x06\x00"                     \
    "\x00\x00\x00\x01\x01\x01"
/* Every number with bytes that differ, so that none can be read in another order. */
#define ODD_TAIL                                                                                   \
    "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00\x00\x05\x12\x34\x56\x78\x9a\xbc"                     \
    "\xef\x02\x01\x04\x05\x00"

static void add_field(struct ud_buf *buf, const char *text, size_t size)
{
    char field[256] = {0};
    memcpy(field, text, strlen(text));
    ud_buf_add(buf, field, size);
}

static void add_record(struct ud_buf *buf, const char *path, const char *busid, const char *tail)
{
    add_field(buf, path, 256);
    add_field(buf, busid, 32);
    ud_buf_add(buf, tail, 24);
}

/* Two devices: an FTDI with one interface, and another one without. */
static void make_list(struct ud_buf *buf)
{
    ud_buf_init(buf, 1 << 20);
    ud_buf_add(buf, LIST_HEADER "\x00\x00\x00\x02", 12);
    add_record(buf, "/sys/devices/pci0000:00/usb3/3-1", "3-1", FTDI_TAIL);
    ud_buf_add(buf, "\xff\xfe\xfd\x5a", 4); /* the last one is padding */
    add_record(buf, "", "20-35-6", ODD_TAIL);
}

static void make_import(struct ud_buf *buf)
{
    ud_buf_init(buf, 1 << 20);
    ud_buf_add(buf, IMPORT_HEADER, 8);
    add_record(buf, "/sys/devices/pci0000:00/usb3/3-1", "3-1", FTDI_TAIL);
}

static void requests_are_the_documented_bytes(void **state)
{
    static const unsigned char list[8] = {0x01, 0x11, 0x80, 0x05};
    static const unsigned char import[40] = {0x01, 0x11, 0x80, 0x03, 0,   0,  0,
                                             0,    '1',  '-',  '1',  '.', '4'};
    unsigned char bytes[UD_OP_IMPORT_REQUEST_SIZE];
    (void)state;
    ud_op_list_request(bytes);
    assert_memory_equal(bytes, list, sizeof list);
    assert_int_equal(ud_op_import_request("1-1.4", bytes, NULL), UD_OK);
    assert_memory_equal(bytes, import, sizeof import);
}

static void a_busid_that_cannot_be_is_not_asked_for(void **state)
{
    unsigned char bytes[UD_OP_IMPORT_REQUEST_SIZE];
    (void)state;
    assert_int_equal(ud_op_import_request("", bytes, NULL), UD_ERR_USAGE);
    assert_int_equal(ud_op_import_request("1 1", bytes, NULL), UD_ERR_USAGE);
    assert_int_equal(ud_op_import_request("1-1\x7f", bytes, NULL), UD_ERR_USAGE);
    assert_int_equal(ud_op_import_request("1-\xc3\xa4", bytes, NULL), UD_ERR_USAGE);
    assert_int_equal(ud_op_import_request("1234567890123456789012345678901", bytes, NULL), UD_OK);
    assert_int_equal(bytes[39], 0);
    assert_int_equal(ud_op_import_request("12345678901234567890123456789012", bytes, NULL),
                     UD_ERR_USAGE);
}

static void check_list(const struct ud_op_reader *reader)
{
    assert_true(reader->whole);
    assert_int_equal(reader->count, 2);
    const struct ud_usbip_device *ftdi = &reader->devices[0];
    const struct ud_usbip_device *odd = &reader->devices[1];
    assert_string_equal(ftdi->path, "/sys/devices/pci0000:00/usb3/3-1");
    assert_string_equal(ftdi->busid, "3-1");
    assert_int_equal(ftdi->busnum, 3);
    assert_int_equal(ftdi->devnum, 2);
    assert_int_equal(ud_usbip_devid(ftdi), 0x30002);
    assert_int_equal(ftdi->speed, UD_USBIP_SPEED_FULL);
    assert_int_equal(ftdi->vendor, 0x0403);
    assert_int_equal(ftdi->product, 0x6001);
    assert_int_equal(ftdi->release, 0x0600);
    assert_int_equal(ftdi->configuration, 1);
    assert_int_equal(ftdi->configurations, 1);
    assert_int_equal(ftdi->interface_count, 1);
    assert_true(ftdi->interfaces_told);
    assert_int_equal(ftdi->interfaces[0].base, 0xff);
    assert_int_equal(ftdi->interfaces[0].sub, 0xfe);
    assert_int_equal(ftdi->interfaces[0].protocol, 0xfd);
    assert_string_equal(odd->path, "");
    assert_string_equal(odd->busid, "20-35-6");
    assert_int_equal(odd->busnum, 0x01020304);
    assert_int_equal(odd->devnum, 0x05060708);
    assert_int_equal(odd->speed, UD_USBIP_SPEED_SUPER);
    assert_int_equal(odd->vendor, 0x1234);
    assert_int_equal(odd->product, 0x5678);
    assert_int_equal(odd->release, 0x9abc);
    assert_int_equal(odd->class.base, 0xef);
    assert_int_equal(odd->class.sub, 2);
    assert_int_equal(odd->class.protocol, 1);
    assert_int_equal(odd->configuration, 4);
    assert_int_equal(odd->configurations, 5);
    assert_int_equal(odd->interface_count, 0);
}

static size_t feed(struct ud_op_reader *reader, const char *bytes, size_t len)
{
    struct ud_error err = {0};
    size_t used = 0;
    if (ud_op_feed(reader, bytes, len, &used, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return used;
}

static void a_list_is_read_however_it_is_cut(void **state)
{
    struct ud_buf buf;
    (void)state;
    make_list(&buf);
    for (size_t cut = 0; cut <= buf.len; cut++) {
        struct ud_op_reader reader;
        ud_op_reader_init_list(&reader);
        assert_int_equal(feed(&reader, buf.data, cut), cut);
        assert_int_equal(reader.whole, cut == buf.len);
        assert_int_equal(feed(&reader, buf.data + cut, buf.len - cut), buf.len - cut);
        check_list(&reader);
        assert_int_equal(ud_op_reader_end(&reader, NULL), UD_OK);
        ud_op_reader_done(&reader);
    }
    ud_buf_done(&buf);
}

static void a_list_cut_short_is_an_error(void **state)
{
    struct ud_buf buf;
    (void)state;
    make_list(&buf);
    for (size_t len = 0; len < buf.len; len++) {
        struct ud_op_reader reader;
        struct ud_error err = {0};
        ud_op_reader_init_list(&reader);
        (void)feed(&reader, buf.data, len);
        assert_int_equal(ud_op_reader_end(&reader, &err), UD_ERR_UNREACHABLE);
        assert_non_null(strstr(err.message, "closed the connection"));
        ud_op_reader_done(&reader);
    }
    ud_buf_done(&buf);
}

static void of_an_import_no_byte_behind_it_is_taken(void **state)
{
    struct ud_buf buf;
    (void)state;
    make_import(&buf);
    size_t own = buf.len;
    ud_buf_add(&buf, "URBs of the kernel", 18);
    for (size_t cut = 0; cut <= buf.len; cut++) {
        struct ud_op_reader reader;
        ud_op_reader_init_import(&reader, "3-1");
        size_t used = feed(&reader, buf.data, cut);
        used += feed(&reader, buf.data + used, buf.len - used);
        assert_int_equal(used, own);
        assert_true(reader.whole);
        assert_int_equal(reader.count, 1);
        assert_string_equal(reader.devices[0].busid, "3-1");
        assert_int_equal(reader.devices[0].interface_count, 1);
        assert_false(reader.devices[0].interfaces_told);
        assert_int_equal(ud_op_wanted(&reader), 0);
        ud_op_reader_done(&reader);
    }
    ud_buf_done(&buf);
}

static void who_reads_what_is_wanted_reads_just_the_answer(void **state)
{
    struct ud_buf buf;
    struct ud_op_reader reader;
    size_t at = 0;
    (void)state;
    make_list(&buf);
    ud_op_reader_init_list(&reader);
    while (ud_op_wanted(&reader) > 0) {
        size_t wanted = ud_op_wanted(&reader);
        assert_true(at + wanted <= buf.len);
        assert_int_equal(feed(&reader, buf.data + at, wanted), wanted);
        at += wanted;
    }
    assert_int_equal(at, buf.len);
    check_list(&reader);
    ud_op_reader_done(&reader);
    ud_buf_done(&buf);
}

/* Feeds all of bytes, first at once and then byte by byte: the same error comes of both. */
static void expect_error(const char *busid, const void *bytes, size_t len, enum ud_code code,
                         const char *message, const char *remedy)
{
    for (size_t piece = len; piece > 0; piece = piece > 1 ? 1 : 0) {
        struct ud_op_reader reader;
        struct ud_error err = {0};
        enum ud_code rc = UD_OK;
        if (busid[0] != '\0') {
            ud_op_reader_init_import(&reader, busid);
        } else {
            ud_op_reader_init_list(&reader);
        }
        for (size_t at = 0; at < len && rc == UD_OK; at += piece) {
            size_t used = 0;
            rc = ud_op_feed(&reader, (const char *)bytes + at, piece, &used, &err);
        }
        assert_int_equal(rc, code);
        if (strstr(err.message, message) == NULL || strstr(err.remedy, remedy) == NULL) {
            fail_msg("%s / %s", err.message, err.remedy);
        }
        ud_op_reader_done(&reader);
    }
}

static void another_version_is_named(void **state)
{
    (void)state;
    expect_error("", "\x01\x06\x00\x05\x00\x00\x00\x00", 8, UD_ERR_PROTOCOL,
                 "speaks version 0x0106 of USB/IP, this program 0x0111", "Update the server");
}

static void another_protocol_is_recognized(void **state)
{
    static const unsigned char tls_alert[] = {0x15, 3, 3, 0, 2, 2, 22};
    static const unsigned char swapped[] = {0x11, 1, 5, 0, 0, 0, 0, 0};
    static const unsigned char junk[] = {0xde, 0xad, 0xbe, 0xef, 0, 1};
    (void)state;
    expect_error("", "HTTP/1.1 400 Bad Request\r\nServer: x\r\n", 37, UD_ERR_PROTOCOL,
                 "an HTTP server answers there", "port 3240");
    expect_error("1-1", "SSH-2.0-OpenSSH_9.2p1\r\n", 23, UD_ERR_PROTOCOL,
                 "an ssh server answers there", "port 3240");
    expect_error("", "220 mail.example ESMTP\r\n", 24, UD_ERR_PROTOCOL,
                 "something else answers there, it begins with \"220 ", "port 3240");
    expect_error("", tls_alert, sizeof tls_alert, UD_ERR_PROTOCOL,
                 "wants TLS, it begins with 15 03 03 00", "port 3240");
    expect_error("", swapped, sizeof swapped, UD_ERR_PROTOCOL, "wrong byte order", "");
    expect_error("", junk, sizeof junk, UD_ERR_PROTOCOL, "begins with de ad be ef", "");
}

static void a_greeting_is_shown_up_to_the_end_of_its_line(void **state)
{
    struct ud_op_reader reader;
    struct ud_error err = {0};
    size_t used = 0;
    (void)state;
    ud_op_reader_init_list(&reader);
    assert_int_equal(ud_op_feed(&reader, "HTTP/1.1 400 Bad Request\r\n\x1b[2J", 30, &used, &err),
                     UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "\"HTTP/1.1 400 Bad Request\""));
    assert_null(strchr(err.message, '\x1b'));
    ud_op_reader_done(&reader);
}

static void a_stranger_that_says_little_is_one_too(void **state)
{
    struct ud_op_reader reader;
    struct ud_error err = {0};
    (void)state;
    ud_op_reader_init_list(&reader);
    assert_int_equal(feed(&reader, "+\r\n", 3), 3);
    assert_int_equal(ud_op_reader_end(&reader, &err), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "not a USB/IP server"));
    ud_op_reader_done(&reader);
}

static void another_answer_is_named(void **state)
{
    (void)state;
    expect_error("", IMPORT_HEADER, 8, UD_ERR_PROTOCOL,
                 "answers with 0x0003 (OP_REP_IMPORT) where 0x0005 (OP_REP_DEVLIST) is due", "");
    expect_error("1-1", "\x01\x11\x80\x03\x00\x00\x00\x00", 8, UD_ERR_PROTOCOL,
                 "answers with 0x8003 (OP_REQ_IMPORT) where 0x0003", "");
    expect_error("1-1", "\x01\x11\x42\x42\x00\x00\x00\x00", 8, UD_ERR_PROTOCOL,
                 "answers with 0x4242 (which USB/IP does not have)", "");
}

static void each_status_has_a_meaning_and_a_remedy(void **state)
{
    static const struct {
        const char *bytes;
        enum ud_code code;
        const char *message;
        const char *remedy;
    } cases[] = {
        {"\x01\x11\x00\x03\x00\x00\x00\x01", UD_ERR_ENGINE, "refuses to hand over the device 1-7",
         "usbip bind -b 1-7"},
        {"\x01\x11\x00\x03\x00\x00\x00\x02", UD_ERR_BUSY, "the device 1-7 is in use",
         "usbipd bind --force --busid 1-7"},
        {"\x01\x11\x00\x03\x00\x00\x00\x03", UD_ERR_ENGINE, "cannot use the device 1-7",
         "Plug the device in again"},
        {"\x01\x11\x00\x03\x00\x00\x00\x04", UD_ERR_NOT_FOUND, "shares no device 1-7",
         "usbipd bind --busid 1-7"},
        {"\x01\x11\x00\x03\x00\x00\x00\x05", UD_ERR_PROTOCOL, "failed at the device 1-7", "log"},
        {"\x01\x11\x00\x03\x00\x00\x00\x06", UD_ERR_PROTOCOL, "with status 0x6,", "log"},
        {"\x01\x11\x00\x03\xff\xff\xff\xff", UD_ERR_PROTOCOL, "with status 0xffffffff,", "log"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_error("1-7", cases[i].bytes, 8, cases[i].code, cases[i].message, cases[i].remedy);
    }
    expect_error("", "\x01\x11\x00\x05\x00\x00\x00\x01", 8, UD_ERR_ENGINE,
                 "refuses to list its devices (status 0x1)", "log");
}

static void absurd_counts_are_refused_at_once(void **state)
{
    struct ud_buf buf;
    (void)state;
    expect_error("", LIST_HEADER "\xff\xff\xff\xff", 12, UD_ERR_PROTOCOL,
                 "a list of 4294967295 devices; 1024 are the most", "");
    expect_error("", LIST_HEADER "\x00\x00\x04\x01", 12, UD_ERR_PROTOCOL, "a list of 1025", "");
    ud_buf_init(&buf, 1 << 20);
    ud_buf_add(&buf, LIST_HEADER "\x00\x00\x00\x01", 12);
    add_record(&buf, "", "1-1", FTDI_TAIL);
    buf.data[buf.len - 1] = 33;
    expect_error("", buf.data, buf.len, UD_ERR_PROTOCOL, "its device 1-1 has 33 interfaces", "");
    ud_buf_done(&buf);
}

static void the_most_that_may_come_is_read(void **state)
{
    struct ud_buf buf;
    struct ud_op_reader reader;
    (void)state;
    ud_buf_init(&buf, 1 << 20);
    ud_buf_add(&buf, LIST_HEADER "\x00\x00\x04\x00", 12);
    for (int i = 0; i < UD_OP_DEVICES_MAX; i++) {
        add_record(&buf, "", "1-1", FTDI_TAIL);
        buf.data[buf.len - 1] = UD_USBIP_INTERFACES_MAX;
        for (int j = 0; j < UD_USBIP_INTERFACES_MAX; j++) {
            ud_buf_add(&buf, "\x03\x01\x02\x00", 4);
        }
    }
    ud_op_reader_init_list(&reader);
    assert_int_equal(feed(&reader, buf.data, buf.len), buf.len);
    assert_int_equal(reader.count, UD_OP_DEVICES_MAX); /* all with one busid */
    assert_int_equal(reader.devices[1023].interfaces[31].base, 3);
    assert_true(reader.whole);
    ud_op_reader_done(&reader);
    ud_buf_done(&buf);
}

static void an_empty_list_is_whole(void **state)
{
    struct ud_op_reader reader;
    (void)state;
    ud_op_reader_init_list(&reader);
    assert_int_equal(feed(&reader, LIST_HEADER "\x00\x00\x00\x00more", 16), 12);
    assert_true(reader.whole);
    assert_int_equal(reader.count, 0);
    ud_op_reader_done(&reader);
}

static void texts_need_no_end_and_must_be_sane(void **state)
{
    struct ud_buf buf;
    struct ud_op_reader reader;
    (void)state;
    make_import(&buf);
    memset(buf.data + 8, 'p', 256);
    buf.data[9] = '\x1b';
    memset(buf.data + 8 + 256, 'b', 31);
    ud_op_reader_init_import(&reader, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    assert_int_equal(feed(&reader, buf.data, buf.len), buf.len);
    assert_int_equal(strlen(reader.devices[0].path), 256);
    assert_memory_equal(reader.devices[0].path, "p?pp", 4);
    assert_int_equal(strlen(reader.devices[0].busid), 31);
    ud_op_reader_done(&reader);

    memset(buf.data + 8 + 256, 'b', 32); /* no end at all: one too many */
    expect_error("bbb", buf.data, buf.len, UD_ERR_PROTOCOL, "device 1 of the server's answer", "");
    memcpy(buf.data + 8 + 256, "1-1\n\0", 5);
    expect_error("1-1", buf.data, buf.len, UD_ERR_PROTOCOL, "not printable", "");
    buf.data[8 + 256] = '\0';
    expect_error("1-1", buf.data, buf.len, UD_ERR_PROTOCOL, "empty", "");
    ud_buf_done(&buf);
}

static void another_device_than_asked_for_is_refused(void **state)
{
    struct ud_buf buf;
    (void)state;
    make_import(&buf);
    expect_error("3-2", buf.data, buf.len, UD_ERR_PROTOCOL,
                 "hands over the device 3-1 where 3-2 was asked for", "");
    ud_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_the_documented_bytes),
        cmocka_unit_test(a_busid_that_cannot_be_is_not_asked_for),
        cmocka_unit_test(a_list_is_read_however_it_is_cut),
        cmocka_unit_test(a_list_cut_short_is_an_error),
        cmocka_unit_test(of_an_import_no_byte_behind_it_is_taken),
        cmocka_unit_test(who_reads_what_is_wanted_reads_just_the_answer),
        cmocka_unit_test(another_version_is_named),
        cmocka_unit_test(another_protocol_is_recognized),
        cmocka_unit_test(a_greeting_is_shown_up_to_the_end_of_its_line),
        cmocka_unit_test(a_stranger_that_says_little_is_one_too),
        cmocka_unit_test(another_answer_is_named),
        cmocka_unit_test(each_status_has_a_meaning_and_a_remedy),
        cmocka_unit_test(absurd_counts_are_refused_at_once),
        cmocka_unit_test(the_most_that_may_come_is_read),
        cmocka_unit_test(an_empty_list_is_whole),
        cmocka_unit_test(texts_need_no_end_and_must_be_sane),
        cmocka_unit_test(another_device_than_asked_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
