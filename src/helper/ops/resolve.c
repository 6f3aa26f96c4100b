#include "ops/ops.h"

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "server/resolve.h"

enum ud_code ud_op_resolve(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_strv addresses = {0};
    if (count != 1 || !ud_check_host(args[0])) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "resolve takes the name of a machine");
    }
    struct ud_error why = {0};
    enum ud_code rc = ud_resolve(helper->kernel, args[0], &addresses, &why);
    for (size_t i = 0; rc == UD_OK && i < addresses.len; i++) {
        ud_emit_fact(helper->emit, UD_FACT_ADDRESS, addresses.items[i]);
    }
    ud_strv_done(&addresses);
    return rc == UD_OK ? UD_OK : ud_helper_fail(helper, &why, err);
}
