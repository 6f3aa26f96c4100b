#include "proto/verdict.h"

#include <string.h>

static const char *const names[UD_VERDICT_COUNT] = {
    [UD_VERDICT_INSERTED] = "inserted", [UD_VERDICT_PRESENT] = "present",
    [UD_VERDICT_FAILED] = "failed",     [UD_VERDICT_REMOVED] = "removed",
    [UD_VERDICT_KEPT] = "kept",         [UD_VERDICT_ABSENT] = "absent",
    [UD_VERDICT_FOREIGN] = "foreign",   [UD_VERDICT_BUSY] = "busy",
};

const char *ud_verdict_name(enum ud_verdict verdict)
{
    return verdict < UD_VERDICT_COUNT ? names[verdict] : "failed";
}

bool ud_verdict_of(const char *name, enum ud_verdict *ret)
{
    for (int i = 0; i < UD_VERDICT_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (enum ud_verdict)i;
            return true;
        }
    }
    return false;
}
