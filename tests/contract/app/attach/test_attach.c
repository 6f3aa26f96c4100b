/* list, attach, detach and port against an engine whose helper answers as told: which runs
 * there are, in which containers, and what is said of them. */
#include "app/attach/attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helper_answer.h"
#include "engine_fixture.h"
#include "usbip/modalias.h"
#include "usbip/op.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define SERVER "10.0.2.2"
#define MODALIAS "usb:v0403p6001d0400dc00dsc00dp00icFFiscFFipFFin00"
#define STATUS                                                                                     \
    "hub port sta spd dev      sockfd local_busid\n"                                               \
    "hs  0000 006 002 00010002 000003 1-1\n"                                                       \
    "hs  0001 004 000 00000000 000000 0-0\n"                                                       \
    "ss  0002 004 000 00000000 000000 0-0\n"

enum { RUNS_MAX = 10 };

struct trial {
    struct engine_fixture f;
    struct ud_buf answers[RUNS_MAX];
    size_t runs;
    const char *remote; /* of attach; NULL: SERVER */
    bool no_guard;
    size_t left; /* of the runs: those that end well without this program, in a guard's container */
    struct script_rule rules[40];
    struct ud_error err;
};

static struct ud_buf *begin(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    return answer;
}

static void start(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    memcpy(t->rules, always, sizeof always);
    for (size_t i = 0; i < t->runs; i++) {
        t->rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(t->answers[i]);
    }
    engine_fixture_init(&t->f, t->rules, COUNT(always) + t->runs, false);
}

/* All runs that were prepared took place, and each container is gone, or the engine's to remove. */
static void finish(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "POST", "/containers/create"), t->runs);
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/"),
                     t->runs - t->left);
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    engine_fixture_done(&t->f);
}

static void expect_created(struct trial *t, size_t n, const char *part)
{
    if (strstr(engine_created(t->f.script, n), part) == NULL) {
        fail_msg("not %s in: %s", part, engine_created(t->f.script, n));
    }
}

/* ---- answers ---- */

static void answer_resolve(struct trial *t, const char *address)
{
    struct ud_buf *answer = begin(t);
    if (address != NULL) {
        ud_record_add_fact(answer, UD_FACT_ADDRESS, address);
    }
    answer_end(answer, address != NULL ? UD_OK : UD_ERR_NOT_FOUND, "there is no such name");
}

static void put_record(struct ud_buf *list, const char *busid, unsigned vendor, unsigned product)
{
    unsigned char record[UD_OP_RECORD_SIZE] = {0};
    const unsigned char interface[4] = {0xff, 0xff, 0xff, 0};
    (void)snprintf((char *)record, 256, "/sys/devices/x");
    (void)snprintf((char *)record + 256, 32, "%s", busid);
    record[291] = 1;
    record[295] = 2;
    record[299] = 2; /* full speed */
    record[300] = (unsigned char)(vendor >> 8);
    record[301] = (unsigned char)vendor;
    record[302] = (unsigned char)(product >> 8);
    record[303] = (unsigned char)product;
    record[304] = 4; /* bcdDevice 4.00 */
    record[309] = 1;
    record[310] = 1;
    record[311] = 1; /* interfaces */
    ud_buf_add(list, record, sizeof record);
    ud_buf_add(list, interface, sizeof interface);
}

static void answer_exports(struct trial *t, unsigned count)
{
    struct ud_buf *answer = begin(t);
    struct ud_buf list;
    const unsigned char head[12] = {1, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, (unsigned char)count};
    static const char *const busids[] = {"1-1", "1-1.4", "20-35-6"};
    ud_buf_init(&list, 1 << 16);
    ud_buf_add(&list, head, sizeof head);
    for (unsigned i = 0; i < count; i++) {
        put_record(&list, busids[i], 0x0403, 0x6001);
    }
    ud_record_add_fact(answer, UD_FACT_SERVER, SERVER);
    ud_record_add_blob(answer, UD_BLOB_EXPORTS, list.data, list.len);
    answer_end(answer, UD_OK, "");
    ud_buf_done(&list);
}

static void put_device(struct ud_buf *answer, const char *driver, const char *serial)
{
    struct ud_device_report report = {0};
    struct ud_buf text;
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    (void)snprintf(device->hub, sizeof device->hub, "hs");
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->server_host, sizeof device->server_host, SERVER);
    (void)snprintf(device->server_busid, sizeof device->server_busid, "1-1");
    (void)snprintf(device->serial, sizeof device->serial, "%s", serial);
    device->server_port = 3240;
    device->ids_known = true;
    device->vendor = 0x0403;
    device->product = 0x6001;
    struct ud_report_interface *interface = ud_reported_add_interface(device);
    (void)snprintf(interface->modalias, sizeof interface->modalias, MODALIAS);
    (void)snprintf(interface->driver, sizeof interface->driver, "%s", driver);
    ud_buf_init(&text, UD_REPORT_SIZE_MAX);
    ud_device_report_write(&report, &text);
    ud_record_add_blob(answer, UD_BLOB_DEVICES, text.data, text.len);
    ud_buf_done(&text);
    ud_device_report_done(&report);
}

/* driver NULL: no device is attached. */
static void answer_devices(struct trial *t, bool vhci, const char *driver)
{
    struct ud_buf *answer = begin(t);
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, vhci ? "1" : "0");
    ud_record_add_fact(answer, UD_FACT_VHCI_OVERFLOW, "0");
    if (driver != NULL) {
        answer_text(answer, UD_BLOB_VHCI_STATUS, STATUS);
        put_device(answer, driver, "A1");
    } else {
        answer_text(answer, UD_BLOB_DEVICES, "");
    }
    answer_end(answer, UD_OK, "");
}

static void answer_attach(struct trial *t, const char *driver)
{
    struct ud_buf *answer = begin(t);
    ud_record_add_fact(answer, UD_FACT_SERVER, SERVER);
    put_device(answer, driver, "A1");
    answer_end(answer, UD_OK, "");
    t->left += t->no_guard ? 0 : 1;
}

static void answer_aliases(struct trial *t, const char *module)
{
    struct ud_buf *answer = begin(t);
    if (module != NULL) {
        ud_record_add_fact(answer, UD_FACT_ALIAS_PREFIX "0", module);
    }
    answer_end(answer, UD_OK, "");
}

static void answer_only(struct trial *t, enum ud_code code, const char *message)
{
    answer_end(begin(t), code, message);
}

/* ---- list ---- */

static enum ud_code list(struct trial *t, const char *remote, struct ud_listing *ret)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_list_options options = {
        .vm = {.host = scripted_engine_endpoint(t->f.script)}, .remote = remote, .via = UD_VIA_VM};
    return ud_app_list(&app, &options, ret, &t->err);
}

static void a_list_has_names_modules_and_what_is_attached(void **state)
{
    static struct trial t;
    struct ud_listing listing = {0};
    (void)state;
    answer_exports(&t, 2);
    answer_devices(&t, true, "ftdi_sio");
    answer_aliases(&t, "ftdi_sio");
    if (list(&t, SERVER, &listing) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_string_equal(listing.server, SERVER ":3240");
    assert_int_equal(listing.count, 2);
    assert_non_null(strstr(listing.devices[0].vendor, "Future Technology Devices"));
    assert_non_null(strstr(listing.devices[0].product, "FT232"));
    assert_true(listing.devices[0].attached);
    assert_int_equal(listing.devices[0].port, 0);
    assert_false(listing.devices[1].attached);
    assert_int_equal(listing.devices[1].drivers.count, 1);
    assert_string_equal(listing.devices[1].drivers.items[0].module, "ftdi_sio");
    assert_int_equal(listing.devices[1].drivers.items[0].place, UD_DRIVER_IN_VM);
    expect_created(&t, 0, "\"Cmd\":[\"exports\",\"3240\",\"" SERVER "\"]");
    expect_created(&t, 0, "\"NetworkMode\":\"host\"");
    expect_created(&t, 0, "\"CapDrop\":[\"ALL\"]");
    assert_null(strstr(engine_created(t.f.script, 0), "\"Privileged\":true"));
    ud_listing_done(&listing);
    finish(&t);
}

static void a_name_is_looked_up_in_a_container(void **state)
{
    static struct trial t;
    struct ud_listing listing = {0};
    (void)state;
    answer_resolve(&t, "192.0.2.7");
    answer_exports(&t, 0);
    answer_devices(&t, true, NULL);
    if (list(&t, "box.example:3241", &listing) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(listing.count, 0);
    expect_created(&t, 0, "\"Cmd\":[\"resolve\",\"box.example\"]");
    expect_created(&t, 0, "\"NetworkMode\":\"bridge\"");
    expect_created(&t, 1, "\"Cmd\":[\"exports\",\"3241\",\"192.0.2.7\"]");
    ud_listing_done(&listing);
    finish(&t);
}

static void without_a_name_for_the_own_machine_one_has_to_be_given(void **state)
{
    static struct trial t;
    struct ud_listing listing = {0};
    (void)state;
    for (int i = 0; i < 3; i++) {
        answer_resolve(&t, NULL);
    }
    assert_int_equal(list(&t, NULL, &listing), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(t.err.remedy, "-r HOST"));
    expect_created(&t, 0, "host.docker.internal");
    finish(&t);
}

static void what_the_helper_says_of_a_server_is_said(void **state)
{
    static struct trial t;
    struct ud_listing listing = {0};
    (void)state;
    struct ud_buf *answer = begin(&t);
    ud_record_add_fact(answer, UD_FACT_REMEDY, "Start it.");
    answer_end(answer, UD_ERR_UNREACHABLE, "no server answers: refused");
    assert_int_equal(list(&t, SERVER, &listing), UD_ERR_UNREACHABLE);
    assert_string_equal(t.err.message, "no server answers: refused");
    assert_string_equal(t.err.remedy, "Start it.");
    finish(&t);
}

/* ---- attach ---- */

static enum ud_code attach(struct trial *t, const char *busid, const char *hardware_id,
                           struct ud_attached *ret)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_attach_options options = {
        .vm = {.host = scripted_engine_endpoint(t->f.script)},
        .remote = t->remote != NULL ? t->remote : SERVER,
        .busid = busid,
        .hardware_id = hardware_id,
        .mode = "0660",
        .group = "20",
        .no_guard = t->no_guard,
    };
    return ud_app_attach(&app, &options, ret, &t->err);
}

static void attach_well(struct trial *t, struct ud_attached *ret)
{
    if (attach(t, "1-1", NULL, ret) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

/* Whether it stays is the helper's to say: the engine removes its container when it ends. */
static void a_device_with_its_driver_takes_one_run(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    answer_attach(&t, "ftdi_sio");
    attach_well(&t, &attached);
    assert_string_equal(attached.server, SERVER ":3240");
    assert_int_equal(attached.loaded.len, 0);
    assert_int_equal(attached.missing.len, 0);
    assert_string_equal(attached.report.devices[0].interfaces[0].driver, "ftdi_sio");
    expect_created(&t, 0,
                   "\"attach\",\"--guard-unfixed\",\"--mode\",\"0660\",\"--group\",\"20\","
                   "\"1-1\",\"3240\",\"" SERVER "\"");
    expect_created(&t, 0, "\"Privileged\":true");
    expect_created(&t, 0, "\"PidMode\":\"host\"");
    expect_created(&t, 0, "\"AutoRemove\":true");
    expect_created(&t, 0, "io.github.usbipd-desktop.run\":\"none\"");
    ud_attached_done(&attached);
    finish(&t);
}

static void without_a_guard_its_container_is_removed(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    t = (struct trial){.no_guard = true};
    answer_attach(&t, "ftdi_sio");
    attach_well(&t, &attached);
    expect_created(&t, 0, "\"attach\",\"--mode\"");
    assert_null(strstr(engine_created(t.f.script, 0), "\"AutoRemove\":true"));
    ud_attached_done(&attached);
    finish(&t);
}

/* They are looked for as `load` does, whose words tell that there are none. */
static void modules_that_are_missing_are_loaded(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    t = (struct trial){0};
    struct ud_buf *answer = begin(&t);
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, "0");
    answer_end(answer, UD_ERR_NOT_FOUND, "the kernel has no USB/IP");
    answer = &t.answers[t.runs++];
    answer_begin_probe(answer);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0",
                "CONFIG_MODULES=y\nCONFIG_USB=y\nCONFIG_USBIP_CORE=y\nCONFIG_USBIP_VHCI_HCD=y\n");
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, "1");
    ud_record_add_fact(answer, UD_FACT_VHCI_NPORTS, "3");
    answer_text(answer, UD_BLOB_VHCI_STATUS, STATUS);
    answer_end(answer, UD_OK, "");
    answer_attach(&t, "ftdi_sio");
    attach_well(&t, &attached);
    expect_created(&t, 2, "\"attach\",\"--guard-unfixed\"");
    ud_attached_done(&attached);
    finish(&t);
}

static void a_driver_of_the_vm_is_inserted(void **state)
{
    static struct trial t;
    static const char deps[] = "kernel/usbserial.ko:\nkernel/ftdi_sio.ko: kernel/usbserial.ko\n";
    struct ud_attached attached = {0};
    (void)state;
    answer_attach(&t, "");
    answer_aliases(&t, "ftdi_sio");
    struct ud_buf *answer = &t.answers[t.runs++];
    answer_begin_probe(answer);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", "CONFIG_MODULES=y\n");
    answer_text(answer, UD_BLOB_MODULES_DEP, deps);
    answer_end(answer, UD_OK, "");
    answer = begin(&t);
    answer_file(answer, "/lib/modules/6.1.0/kernel/usbserial.ko", "one", 3);
    answer_file(answer, "/lib/modules/6.1.0/kernel/ftdi_sio.ko", "two", 3);
    answer_end(answer, UD_OK, "");
    answer = begin(&t);
    ud_record_add_result(answer, "usbserial", UD_VERDICT_INSERTED, 0, "");
    ud_record_add_result(answer, "ftdi_sio", UD_VERDICT_INSERTED, 0, "");
    answer_end(answer, UD_OK, "");
    answer_devices(&t, true, "ftdi_sio"); /* settle */
    if (attach(&t, "1-1", NULL, &attached) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(attached.loaded.len, 2);
    assert_string_equal(attached.loaded.items[1], "ftdi_sio");
    assert_int_equal(attached.missing.len, 0);
    expect_created(&t, 1, "\"aliases\",\"--enter\",\"" MODALIAS "\"");
    expect_created(&t, 4, "\"insert\",\"usbserial\",\"ftdi_sio\"");
    expect_created(&t, 5, "\"settle\",\"--mode\",\"0660\",\"--group\",\"20\",\"0\"");
    ud_attached_done(&attached);
    finish(&t);
}

static void a_device_that_no_driver_serves_is_attached(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    answer_attach(&t, "");
    answer_aliases(&t, NULL);
    if (attach(&t, "1-1", NULL, &attached) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(attached.missing.len, 1);
    assert_string_equal(attached.missing.items[0], MODALIAS);
    ud_attached_done(&attached);
    finish(&t);
}

static void ids_that_fit_two_devices_attach_none(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    answer_exports(&t, 2);
    assert_int_equal(attach(&t, NULL, "0403:6001", &attached), UD_ERR_USAGE);
    assert_non_null(strstr(t.err.message, "1-1.4"));
    finish(&t);
}

/* A server may leave out of its list what this VM has. */
static void what_is_not_listed_since_it_is_attached_is_told(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    answer_exports(&t, 0);
    answer_devices(&t, true, "ftdi_sio");
    assert_int_equal(attach(&t, NULL, "0403:6001", &attached), UD_ERR_BUSY);
    assert_non_null(strstr(t.err.message, "attached already, on port 0"));
    finish(&t);
}

static void what_is_attached_of_another_server_is_none_of_it(void **state)
{
    static const char *const others[] = {"10.0.2.3", SERVER ":3241"};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        static struct trial t;
        struct ud_attached attached = {0};
        t = (struct trial){.remote = others[i]};
        answer_only(&t, UD_ERR_NOT_FOUND, "the server shares no device 1-1");
        answer_devices(&t, true, "ftdi_sio");
        assert_int_equal(attach(&t, "1-1", NULL, &attached), UD_ERR_NOT_FOUND);
        assert_null(strstr(t.err.message, "already"));
        finish(&t);
    }
}

static void another_serial_number_is_given_back(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    answer_exports(&t, 1);
    answer_attach(&t, "ftdi_sio");
    answer_only(&t, UD_OK, "");
    assert_int_equal(attach(&t, NULL, "0403:6001:B*", &attached), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(t.err.message, "\"A1\""));
    expect_created(&t, 2, "\"detach\",\"--force\",\"0\"");
    finish(&t);
}

static void a_failed_attach_tells_the_kernels_words(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    struct ud_buf *answer = begin(&t);
    ud_record_add_klog(answer, "vhci_hcd", "usb 1-1: device descriptor read/64, error -71");
    answer_end(answer, UD_ERR_REFUSED, "the kernel could not configure the device");
    assert_int_equal(attach(&t, "1-1", NULL, &attached), UD_ERR_REFUSED);
    assert_non_null(strstr(t.err.message, "error -71"));
    finish(&t);
}

/* What the server's answer meant is the helper's to say; its code is the program's exit code. */
static void a_refusal_of_the_server_keeps_its_code_and_remedy(void **state)
{
    static const enum ud_code codes[] = {UD_ERR_ENGINE, UD_ERR_BUSY, UD_ERR_NOT_FOUND,
                                         UD_ERR_PROTOCOL, UD_ERR_UNREACHABLE};
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct trial t = {0};
        struct ud_attached attached = {0};
        struct ud_buf *answer = begin(&t);
        ud_record_add_fact(answer, UD_FACT_REMEDY, "Bind it there.");
        answer_end(answer, codes[i], SERVER " port 3240 (from 10.0.2.15): the server refuses");
        if (codes[i] == UD_ERR_NOT_FOUND) {
            answer_devices(&t, true, NULL); /* it may be that this VM has it */
        }
        assert_int_equal(attach(&t, "1-1", NULL, &attached), codes[i]);
        assert_string_equal(t.err.message,
                            SERVER " port 3240 (from 10.0.2.15): the server refuses");
        assert_string_equal(t.err.remedy, "Bind it there.");
        finish(&t);
    }
}

static void one_way_to_name_the_device_is_wanted(void **state)
{
    static struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    assert_int_equal(attach(&t, "1-1", "0403:6001", &attached), UD_ERR_USAGE);
    finish(&t);
    t = (struct trial){0};
    assert_int_equal(attach(&t, NULL, NULL, &attached), UD_ERR_USAGE);
    finish(&t);
}

/* ---- detach and port ---- */

static enum ud_code detach(struct trial *t, const struct ud_detach_options *what,
                           struct ud_detached *ret)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    struct ud_detach_options options = *what;
    options.vm.host = scripted_engine_endpoint(t->f.script);
    return ud_app_detach(&app, &options, ret, &t->err);
}

static void detach_finds_the_port(void **state)
{
    static const struct ud_detach_options ways[] = {
        {.busid = "1-1"}, {.hardware_id = "0403:6001"}, {.all = true, .force = true}};
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        static struct trial t;
        struct ud_detached detached = {0};
        t = (struct trial){0};
        answer_devices(&t, true, "ftdi_sio");
        answer_only(&t, UD_OK, "");
        if (detach(&t, &ways[i], &detached) != UD_OK) {
            fail_msg("%s", t.err.message);
        }
        assert_int_equal(detached.count, 1);
        expect_created(&t, 1, ways[i].force ? "\"detach\",\"--force\",\"0\"" : "\"detach\",\"0\"");
        ud_detached_done(&detached);
        finish(&t);
    }
}

/* It needs no look before; the helper says what was on it, if anything. */
static void a_port_is_detached_in_one_run(void **state)
{
    static const struct ud_detach_options what = {.port = "0"};
    static struct trial t;
    struct ud_detached detached = {0};
    (void)state;
    answer_devices(&t, true, "ftdi_sio");
    assert_int_equal(detach(&t, &what, &detached), UD_OK);
    assert_int_equal(detached.count, 1);
    assert_non_null(strstr(detached.ports[0].device, "0403:6001"));
    expect_created(&t, 0, "\"Cmd\":[\"detach\",\"0\"]");
    ud_detached_done(&detached);
    finish(&t);
    t = (struct trial){0};
    answer_devices(&t, true, NULL);
    assert_int_equal(detach(&t, &what, &detached), UD_OK);
    assert_int_equal(detached.count, 0);
    finish(&t);
}

static void where_there_is_no_usbip_nothing_is_attached(void **state)
{
    static const struct ud_detach_options what = {.port = "0"};
    static struct trial t;
    struct ud_detached detached = {0};
    (void)state;
    struct ud_buf *answer = begin(&t);
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, "0");
    answer_end(answer, UD_ERR_NOT_FOUND, "the kernel has no USB/IP");
    assert_int_equal(detach(&t, &what, &detached), UD_OK);
    assert_int_equal(detached.count, 0);
    finish(&t);
}

static void nothing_that_fits_is_nothing_to_do(void **state)
{
    static const struct ud_detach_options ways[] = {{.busid = "9-9"}, {.hardware_id = "1234:5678"}};
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        static struct trial t;
        struct ud_detached detached = {0};
        t = (struct trial){0};
        answer_devices(&t, true, "ftdi_sio");
        answer_only(&t, UD_OK, ""); /* of no port: what was left is removed all the same */
        assert_int_equal(detach(&t, &ways[i], &detached), UD_OK);
        assert_int_equal(detached.count, 0);
        expect_created(&t, 1, "\"Cmd\":[\"detach\"]");
        finish(&t);
    }
}

static void what_is_in_use_is_named(void **state)
{
    static struct trial t;
    struct ud_detached detached = {0};
    const struct ud_detach_options what = {.port = "0"};
    (void)state;
    struct ud_buf *answer = begin(&t);
    ud_record_add_result(answer, "0", UD_VERDICT_BUSY, 16, "/dev/sda1 is mounted at /mnt");
    answer_end(answer, UD_ERR_BUSY, "in use");
    assert_int_equal(detach(&t, &what, &detached), UD_ERR_BUSY);
    assert_non_null(strstr(t.err.message, "port 0: /dev/sda1 is mounted at /mnt"));
    assert_non_null(strstr(t.err.remedy, "--force"));
    finish(&t);
}

static void port_tells_what_is_free_and_what_is_not(void **state)
{
    static struct trial t;
    struct ud_ports ports = {0};
    (void)state;
    answer_devices(&t, true, "ftdi_sio");
    start(&t);
    const struct ud_app app = {.report = &t.f.report};
    const struct ud_ports_options options = {.vm.host = scripted_engine_endpoint(t.f.script)};
    if (ud_app_ports(&app, &options, &ports, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_true(ports.vhci);
    assert_int_equal(ports.free_hs, 1);
    assert_int_equal(ports.all_hs, 2);
    assert_int_equal(ports.free_ss, 1);
    assert_int_equal(ports.report.count, 1);
    ud_ports_done(&ports);
    finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_names_modules_and_what_is_attached),
        cmocka_unit_test(a_name_is_looked_up_in_a_container),
        cmocka_unit_test(without_a_name_for_the_own_machine_one_has_to_be_given),
        cmocka_unit_test(what_the_helper_says_of_a_server_is_said),
        cmocka_unit_test(a_device_with_its_driver_takes_one_run),
        cmocka_unit_test(without_a_guard_its_container_is_removed),
        cmocka_unit_test(modules_that_are_missing_are_loaded),
        cmocka_unit_test(a_driver_of_the_vm_is_inserted),
        cmocka_unit_test(a_device_that_no_driver_serves_is_attached),
        cmocka_unit_test(ids_that_fit_two_devices_attach_none),
        cmocka_unit_test(what_is_not_listed_since_it_is_attached_is_told),
        cmocka_unit_test(what_is_attached_of_another_server_is_none_of_it),
        cmocka_unit_test(another_serial_number_is_given_back),
        cmocka_unit_test(a_failed_attach_tells_the_kernels_words),
        cmocka_unit_test(a_refusal_of_the_server_keeps_its_code_and_remedy),
        cmocka_unit_test(one_way_to_name_the_device_is_wanted),
        cmocka_unit_test(detach_finds_the_port),
        cmocka_unit_test(a_port_is_detached_in_one_run),
        cmocka_unit_test(where_there_is_no_usbip_nothing_is_attached),
        cmocka_unit_test(nothing_that_fits_is_nothing_to_do),
        cmocka_unit_test(what_is_in_use_is_named),
        cmocka_unit_test(port_tells_what_is_free_and_what_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
