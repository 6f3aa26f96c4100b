/* The verify use case: do these modules fit the VM's kernel? Nothing is changed. */
#ifndef APP_VERIFY_H
#define APP_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "kernel/verify/findings.h"
#include "util/error.h"

struct ud_verify_options {
    struct ud_engine_choice vm;
    const char *input;         /* directory with modules, or with <release>/; NULL: "dist" */
    const char *symvers;       /* the kernel's Module.symvers, or NULL */
    const char *kernel_config; /* its configuration, if the VM does not show it, or NULL */
    bool allow_missing_crcs;   /* modules without CRCs are accepted: a warning */
};

/* A module as its bytes describe it. */
struct ud_verified_module {
    char *name;
    char *file;
    char *build_id; /* "" if it has none */
    char *vermagic;
};

struct ud_verify_result {
    char *dir;
    char *release; /* of the kernel; so the machine */
    char *machine;
    struct ud_verified_module *modules;
    size_t module_count;
    struct ud_findings findings;
};

/* Makes all checks. The code is that of the first error among the findings, and *ret
 * is filled then too: it has checks. Errors besides, with no checks in *ret:
 * UD_ERR_NOT_FOUND (no modules there), UD_ERR_UNFIT (a file is no module), and those
 * of the engine. Release *ret either way. */
UD_MUST_CHECK enum ud_code ud_app_verify(const struct ud_app *app,
                                         const struct ud_verify_options *options,
                                         struct ud_verify_result *ret, struct ud_error *err);
void ud_verify_result_done(struct ud_verify_result *result);

#endif
