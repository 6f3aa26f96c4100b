#include "ops/ops.h"

#include "insert/insertion.h"
#include "proto/ops.h"
#include "sys/vhci.h"

enum ud_code ud_op_insert(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    bool own = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_OWN);
    UD_TRY(ud_insertion_run(helper, UD_OPS_MODULES_DIR, count, args, own, err));
    ud_vhci_report(helper->root, helper->emit);
    return UD_OK;
}
