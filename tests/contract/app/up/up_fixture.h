/* up and down against an engine whose helper answers as told, with a state directory of their
 * own: what their tests share. */
#ifndef CONTRACT_APP_UP_FIXTURE_H
#define CONTRACT_APP_UP_FIXTURE_H

#include "app/up/up.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helper_answer.h"
#include "engine_fixture.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "state_home.h"
#include "usbip/op.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define SERVER "10.0.2.2"
#define BOOT "01234567-89ab-cdef-0123-456789abcdef"
#define FTDI "usb:v0403p6001d0400dc00dsc00dp00icFFiscFFipFFin00"
#define STICK "usb:v46F4p0001d0400dc00dsc00dp00icFFiscFFipFFin00"
#define USBIP_LOADED                                                                               \
    "vhci_hcd 1 0 - Live 0x0\nusbip_core 1 1 vhci_hcd, Live 0x0\nusbcore 1 0 - Live 0x0\n"         \
    "usb_common 1 0 - Live 0x0\n"

enum { RUNS_MAX = 12 };

struct trial {
    struct engine_fixture f;
    struct ud_buf answers[RUNS_MAX];
    size_t runs;
    size_t left; /* of the runs: those that end well without this program, in a guard's container */
    struct script_rule rules[40];
    struct ud_error err;
    char *home;
    bool tells_interfaces; /* the server, as Linux' does not */
    const char *also;      /* a hardware id for up, besides */
    struct ud_up_result up;
    struct ud_down_result down;
};

static inline struct ud_buf *begin(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    return answer;
}

static inline void trial_init(struct trial *t)
{
    *t = (struct trial){.home = state_home_new()};
}

static inline void start(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    memcpy(t->rules, always, sizeof always);
    for (size_t i = 0; i < t->runs; i++) {
        t->rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(t->answers[i]);
    }
    engine_fixture_init(&t->f, t->rules, COUNT(always) + t->runs, false);
}

/* All runs that were prepared took place, and no other. */
static inline void expect_all_runs(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "POST", "/containers/create"), t->runs);
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/"),
                     t->runs - t->left);
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    t->runs = 0;
    engine_fixture_done(&t->f);
}

static inline void trial_done(struct trial *t)
{
    ud_up_result_done(&t->up);
    ud_down_result_done(&t->down);
    state_home_free(t->home);
}

static inline void expect_created(struct trial *t, size_t n, const char *part)
{
    if (strstr(engine_created(t->f.script, n), part) == NULL) {
        fail_msg("not %s in: %s", part, engine_created(t->f.script, n));
    }
}

/* ---- the journal ---- */

static inline char *journal_path(const char *boot)
{
    char *state = ud_host_state_dir();
    char *path = ud_strf("%s/up/%s", state, boot);
    free(state);
    return path;
}

static inline void journal_put(const char *boot, const char *text)
{
    struct ud_error err = {0};
    char *path = journal_path(boot);
    char *dir = ud_fs_dirname(path);
    if (ud_fs_mkdirs(dir, &err) != UD_OK ||
        ud_fs_write_atomic(path, text, strlen(text), &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    free(dir);
    free(path);
}

/* What it tells after the line of the engine; NULL: there is none. */
static inline void journal_expect(const char *text)
{
    struct ud_buf found;
    struct ud_error err = {0};
    char *path = journal_path(BOOT);
    ud_buf_init(&found, 1 << 16);
    if (text == NULL) {
        assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    } else if (ud_fs_read(path, &found, &err) != UD_OK) {
        fail_msg("%s", err.message);
    } else {
        const char *first = strchr(found.data, '\n');
        const char *rest = first != NULL ? strchr(first + 1, '\n') : NULL;
        assert_non_null(rest);
        assert_string_equal(rest + 1, text);
    }
    ud_buf_done(&found);
    free(path);
}

/* ---- answers ---- */

struct plugged {
    const char *busid;
    unsigned product;
    const char *driver;
};

static inline void put_device(struct ud_device_report *report, const struct plugged *plugged)
{
    struct ud_reported_device *device = ud_device_report_add(report, (uint32_t)report->count);
    (void)snprintf(device->hub, sizeof device->hub, "hs");
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    (void)snprintf(device->server_host, sizeof device->server_host, SERVER);
    (void)snprintf(device->server_busid, sizeof device->server_busid, "%s", plugged->busid);
    device->server_port = 3240;
    device->ids_known = true;
    device->vendor = plugged->product == 1 ? 0x46f4 : 0x0403;
    device->product = (uint16_t)plugged->product;
    struct ud_report_interface *interface = ud_reported_add_interface(device);
    (void)snprintf(interface->modalias, sizeof interface->modalias, "%s",
                   plugged->product == 1 ? STICK : FTDI);
    (void)snprintf(interface->driver, sizeof interface->driver, "%s", plugged->driver);
}

static inline void answer_devices(struct trial *t, bool vhci, const struct plugged *plugged,
                                  size_t count)
{
    struct ud_buf *answer = begin(t);
    struct ud_device_report report = {0};
    struct ud_buf text;
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, vhci ? "1" : "0");
    ud_record_add_fact(answer, UD_FACT_VHCI_OVERFLOW, "0");
    ud_record_add_fact(answer, UD_FACT_SERVER, SERVER);
    for (size_t i = 0; i < count; i++) {
        put_device(&report, &plugged[i]);
    }
    ud_buf_init(&text, UD_REPORT_SIZE_MAX);
    ud_device_report_write(&report, &text);
    ud_record_add_blob(answer, UD_BLOB_DEVICES, text.data, text.len);
    answer_end(answer, UD_OK, "");
    ud_buf_done(&text);
    ud_device_report_done(&report);
}

/* The same after attaching. */
static inline void answer_attached(struct trial *t, const struct plugged *plugged)
{
    answer_devices(t, true, plugged, 1);
    t->left++;
}

static const struct plugged plugged_ftdi = {"1-1", 0x6001, "ftdi_sio"};

static inline void answer_exports(struct trial *t, unsigned count)
{
    struct ud_buf *answer = begin(t);
    struct ud_buf list;
    const unsigned char head[12] = {1, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, (unsigned char)count};
    ud_buf_init(&list, 1 << 16);
    ud_buf_add(&list, head, sizeof head);
    for (unsigned i = 0; i < count; i++) {
        unsigned char record[UD_OP_RECORD_SIZE] = {0};
        (void)snprintf((char *)record, 256, "/sys/devices/x");
        (void)snprintf((char *)record + 256, 32, "1-%u", i + 1);
        record[291] = 1;
        record[295] = 2;
        record[299] = 2; /* full speed */
        record[300] = 0x04;
        record[301] = 0x03;
        record[302] = 0x60;
        record[303] = (unsigned char)(1 + i);
        record[311] = t->tells_interfaces ? 1 : 0;
        ud_buf_add(&list, record, sizeof record);
        if (t->tells_interfaces) {
            ud_buf_add(&list, "\377\377\377", 4);
        }
    }
    ud_record_add_fact(answer, UD_FACT_SERVER, SERVER);
    ud_record_add_blob(answer, UD_BLOB_EXPORTS, list.data, list.len);
    answer_end(answer, UD_OK, "");
    ud_buf_done(&list);
}

static inline void answer_list(struct trial *t, unsigned count)
{
    answer_exports(t, count);
    answer_devices(t, true, NULL, 0);
    struct ud_buf *answer = begin(t);
    answer_end(answer, UD_OK, "");
}

static inline void answer_probe(struct trial *t, const char *modules)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin_probe(answer);
    ud_record_add_fact(answer, UD_FACT_BOOT_ID, BOOT);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0",
                "CONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\n");
    answer_text(answer, UD_BLOB_PROC_MODULES, modules);
    answer_text(answer, UD_BLOB_MODULES_DEP, "kernel/cp210x.ko:\n");
    answer_end(answer, UD_OK, "");
}

static inline void answer_only(struct trial *t, enum ud_code code, const char *message)
{
    answer_end(begin(t), code, message);
}

#endif
