#include "sys/helper.h"

#include <string.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"

bool ud_helper_take_flag(int *count, char ***args, const char *flag)
{
    if (*count == 0 || strcmp((*args)[0], flag) != 0) {
        return false;
    }
    *count -= 1;
    *args += 1;
    return true;
}

bool ud_helper_take_option(int *count, char ***args, const char *flag, const char **ret)
{
    if (!ud_helper_take_flag(count, args, flag)) {
        return false;
    }
    *ret = "";
    if (*count > 0) {
        *ret = (*args)[0];
        *count -= 1;
        *args += 1;
    }
    return true;
}

enum ud_code ud_helper_fail(const struct ud_helper *helper, const struct ud_error *why,
                            struct ud_error *err)
{
    if (why->remedy[0] != '\0') {
        ud_emit_fact(helper->emit, UD_FACT_REMEDY, why->remedy);
    }
    return ud_error_pass(err, why);
}

int ud_helper_count_before_dashes(int count, char **args)
{
    int before = 0;
    while (before < count && strcmp(args[before], "--") != 0) {
        before++;
    }
    return before;
}

enum ud_code ud_helper_take_symbols(int count, char **args, struct ud_strv *ret,
                                    struct ud_error *err)
{
    if (count < 1 || count > UD_OPS_SYMBOLS_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "it takes 1 to %d names of symbols",
                       UD_OPS_SYMBOLS_MAX);
    }
    for (int i = 0; i < count; i++) {
        if (!ud_check_symbol_name(args[i])) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a symbol's name: %.64s", args[i]);
        }
        ud_strv_add(ret, args[i]);
    }
    ud_strv_sort_unique(ret);
    return UD_OK;
}
