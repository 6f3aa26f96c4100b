#include "witness.h"

#include <stdlib.h>

#include "helper_call.h"
#include "helper_image.h"
#include "proto/ops.h"

static enum ud_code on_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    (void)err;
    struct ud_strv *absent = ctx;
    if (record->type == UD_RECORD_RESULT && record->verdict == UD_VERDICT_ABSENT) {
        ud_strv_add(absent, record->name);
    }
    return UD_OK;
}

enum ud_code ud_witness_symbols(const struct ud_app *app, struct ud_engine *engine,
                                const struct ud_strv *names, struct ud_strv *ret_absent,
                                struct ud_error *err)
{
    char *image = NULL;
    if (names->len == 0) {
        return UD_OK;
    }
    UD_TRY(ud_helper_image_ensure(app, engine, &image, err));
    struct ud_helper_call call = {
        .role = UD_ROLE_PROBE, .image = image, .record = on_record, .ctx = ret_absent};
    ud_strv_add(&call.args, UD_OP_SYMBOLS);
    for (size_t i = 0; i < names->len; i++) {
        ud_strv_add(&call.args, names->items[i]);
    }
    enum ud_code rc = ud_helper_call_run(engine, &call, err);
    ud_strv_done(&call.args);
    free(image);
    return rc;
}
