#include "ops/attach.h"
#include "ops/ops.h"

#include <stdio.h>
#include <string.h>

#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/keep.h"
#include "util/patience.h"

struct keep {
    struct ud_helper *helper;
    struct ud_access access;
    struct ud_ask ask;
    struct ud_keep_choice choice;
    struct ud_keep_pace pace;
    char waiting[sizeof((struct ud_error *)NULL)->message]; /* the reason that was told */
};

/* One time of being attached. */
struct keep_turn {
    struct keep *keep;
    struct ud_plug plug;
    struct ud_usbip_device device;
    const struct ud_usbip_selector *selector;
    bool is_there; /* attached already, by somebody else */
};

static enum ud_code keep_parse(struct keep *keep, int count, char **args, struct ud_error *err)
{
    keep->pace.patient = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_UNPLUGGED);
    UD_TRY(ud_attach_take_access(&count, &args, &keep->access, err));
    const int selectors = ud_helper_count_before_dashes(count, args);
    if (selectors == 0 || selectors >= count) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "keep takes devices, --, a port and addresses");
    }
    for (int i = 0; i < selectors; i++) {
        UD_TRY(ud_keep_choice_add(&keep->choice, args[i], err));
    }
    return ud_ask_parse(&keep->ask, count - selectors - 1, args + selectors + 1, err);
}

/* ---- one time ---- */

static enum ud_code keep_choose(struct keep_turn *turn, const struct ud_buf *answer,
                                struct ud_error *err)
{
    const struct ud_keep_choice *choice = &turn->keep->choice;
    struct ud_op_reader reader;
    size_t used = 0;
    size_t device = 0;
    size_t selector = 0;
    ud_op_reader_init_list(&reader);
    enum ud_code rc = ud_op_feed(&reader, answer->data, answer->len, &used, err);
    if (rc == UD_OK) {
        rc = ud_keep_choose(choice, reader.devices, reader.count, &device, &selector, err);
    }
    if (rc == UD_OK) {
        turn->device = reader.devices[device];
        turn->selector = &choice->selectors[selector];
    }
    ud_op_reader_done(&reader);
    return rc;
}

/* A list does not tell serial numbers, an attached device does. */
static enum ud_code keep_attached(void *ctx, struct ud_error *err)
{
    struct keep_turn *turn = ctx;
    const struct ud_device_report *made = &turn->plug.made;
    const char *serial = made->count > 0 ? made->devices[0].serial : "";
    if (!ud_usbip_serial_fits(turn->selector, serial)) {
        /* BUSY, for the pauses to grow: that device is not taken twice a second. */
        return ud_fail(err, UD_ERR_BUSY, NULL,
                       "the device with these ids has the serial number \"%s\", not %s", serial,
                       turn->selector->serial);
    }
    turn->keep->waiting[0] = '\0';
    ud_emit_fact(turn->keep->helper->emit, UD_FACT_ATTACHED, turn->device.busid);
    return UD_OK;
}

static enum ud_code keep_import(struct keep_turn *turn, struct ud_error *err)
{
    struct keep *keep = turn->keep;
    struct ud_ask ask = keep->ask;
    struct ud_asked asked;
    ask.busid = turn->device.busid;
    enum ud_code rc =
        ud_plug_check(&turn->plug, ask.addresses, ask.count, ask.port, ask.busid, err);
    turn->is_there = rc == UD_ERR_BUSY;
    if (rc == UD_OK) {
        rc = ud_ask(&ask, &asked, err);
    }
    UD_TRY(rc);
    ud_attach_introduce(&turn->plug, &ask, &asked);
    const struct ud_guarding guarding = {.plug = &turn->plug,
                                         .from_server = asked.fd,
                                         .to_server = asked.fd,
                                         .leash = keep->helper->input,
                                         .attached = keep_attached,
                                         .ctx = turn,
                                         .path = UD_REPORT_PATH_KEPT};
    rc = ud_attach_guarded(&guarding, err);
    ud_asked_done(&asked);
    return rc;
}

static enum ud_code keep_once(struct keep_turn *turn, struct ud_error *err)
{
    struct ud_asked asked;
    UD_TRY(ud_ask(&turn->keep->ask, &asked, err));
    enum ud_code rc = keep_choose(turn, &asked.bytes, err);
    ud_asked_done(&asked);
    return rc == UD_OK ? keep_import(turn, err) : rc;
}

/* ---- again and again ---- */

static void keep_tell(struct keep *keep, bool lost, const struct ud_error *why)
{
    if (lost || strcmp(keep->waiting, why->message) != 0) {
        ud_emit_fact(keep->helper->emit, lost ? UD_FACT_LOST : UD_FACT_WAITING, why->message);
    }
    (void)snprintf(keep->waiting, sizeof keep->waiting, "%s", lost ? "" : why->message);
}

static enum ud_code keep_pause(const struct keep *keep, unsigned ms, struct ud_error *err)
{
    const struct ud_kernel *kernel = keep->helper->kernel;
    for (unsigned slept = 0; slept < ms; slept += UD_PATIENCE_KEEP_POLL_MS) {
        if (ud_attach_stopped(keep->helper, keep->helper->input)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; nothing is attached");
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_KEEP_POLL_MS);
    }
    return UD_OK;
}

static enum ud_code keep_turns(struct keep *keep, struct ud_error *err)
{
    for (;;) {
        struct keep_turn turn = {.keep = keep, .plug.access = keep->access};
        struct ud_error why = {0};
        unsigned ms = 0;
        turn.plug.helper = keep->helper;
        const enum ud_code rc = keep_once(&turn, &why);
        const bool was_attached = turn.plug.made.count > 0;
        const bool lost = was_attached && rc == UD_ERR_UNREACHABLE;
        ud_plug_done(&turn.plug);
        if (rc == UD_OK) {
            return UD_OK;
        }
        if (turn.is_there && !keep->pace.attached) {
            return ud_error_pass(err, &why); /* two that keep one device would not know of it */
        }
        if (!ud_keep_goes_on(&keep->pace, lost ? UD_OK : rc, &ms)) {
            return ud_error_pass(err, &why);
        }
        keep_tell(keep, lost, &why);
        UD_TRY(keep_pause(keep, ms, err));
    }
}

enum ud_code ud_op_keep(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    const struct ud_kernel *kernel = helper->kernel;
    struct keep keep = {.helper = helper, .ask.helper = helper};
    struct ud_error why = {0};
    UD_TRY(keep_parse(&keep, count, args, err));
    enum ud_code rc = kernel->enter(kernel->ctx, UD_REACH_MODULES, &why);
    if (rc == UD_OK) {
        rc = keep_turns(&keep, &why);
    }
    return rc == UD_OK ? UD_OK : ud_helper_fail(helper, &why, err);
}
