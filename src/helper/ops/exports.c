#include "ops/ops.h"

#include "proto/fact.h"
#include "proto/ops.h"
#include "server/ask.h"

enum ud_code ud_op_exports(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_ask ask = {.helper = helper};
    struct ud_asked asked;
    struct ud_error why = {0};
    UD_TRY(ud_ask_parse(&ask, count, args, err));
    if (ud_ask(&ask, &asked, &why) != UD_OK) {
        return ud_helper_fail(helper, &why, err);
    }
    ud_emit_fact(helper->emit, UD_FACT_SERVER, asked.server);
    ud_emit_fact(helper->emit, UD_FACT_FROM, asked.from);
    ud_emit_blob(helper->emit, UD_BLOB_EXPORTS, asked.bytes.data, asked.bytes.len);
    ud_asked_done(&asked);
    return UD_OK;
}
