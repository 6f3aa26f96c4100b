#include "dispatch.h"

#include <stdio.h>
#include <string.h>

#include "ops/ops.h"
#include "proto/ops.h"

enum answers { RECORDS, RECORDS_ON_STDERR, NO_RECORDS };

struct operation {
    const char *name;
    ud_op_fn *run;
    enum answers answers;
};

static const struct operation operations[] = {
    {UD_OP_PROBE, ud_op_probe, RECORDS},
    {UD_OP_READ, ud_op_read, RECORDS},
    {UD_OP_CRCS, ud_op_crcs, RECORDS},
    {UD_OP_INSERT, ud_op_insert, RECORDS},
    {UD_OP_REMOVE, ud_op_remove, RECORDS},
    {UD_OP_HOLD, ud_op_hold, RECORDS},
    {UD_OP_SHELL, ud_op_shell, NO_RECORDS},
    {UD_OP_CLIENT, ud_op_client, NO_RECORDS},
    {UD_OP_SELFTEST, ud_op_selftest, RECORDS},
    {UD_OP_RESOLVE, ud_op_resolve, RECORDS},
    {UD_OP_EXPORTS, ud_op_exports, RECORDS},
    {UD_OP_ATTACH, ud_op_attach, RECORDS},
    {UD_OP_KEEP, ud_op_keep, RECORDS},
    {UD_OP_TUNNEL, ud_op_tunnel, RECORDS_ON_STDERR},
    {UD_OP_SETTLE, ud_op_settle, RECORDS},
    {UD_OP_DETACH, ud_op_detach, RECORDS},
    {UD_OP_DEVICES, ud_op_devices, RECORDS},
    {UD_OP_ALIASES, ud_op_aliases, RECORDS},
    {UD_OP_INSTALLED, ud_op_installed, NO_RECORDS},
    {UD_OP_VERSION, ud_op_version, RECORDS},
};

enum ud_code ud_op_version(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    (void)helper;
    (void)args;
    return count == 0 ? UD_OK : ud_fail(err, UD_ERR_USAGE, NULL, "%s takes nothing", UD_OP_VERSION);
}

static const struct operation *dispatch_find(int argc, char **argv)
{
    for (size_t i = 0; argc >= 2 && i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].name, argv[1]) == 0) {
            return &operations[i];
        }
    }
    return NULL;
}

static enum ud_code helper_dispatch(struct ud_helper *helper, const struct operation *operation,
                                    int argc, char **argv, struct ud_error *err)
{
    if (operation == NULL) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not an operation: %.64s",
                       argc >= 2 ? argv[1] : "");
    }
    return operation->run(helper, argc - 2, argv + 2, err);
}

static int run_bare(struct ud_helper *helper, const struct operation *operation, int argc,
                    char **argv)
{
    struct ud_error err = {0};
    if (helper_dispatch(helper, operation, argc, argv, &err) != UD_OK) {
        (void)fprintf(stderr, "usbipd-desktop: %s\n", err.message);
        return UD_OPS_SHELL_FAILED;
    }
    return helper->exit_code;
}

bool ud_helper_uses_output(int argc, char **argv)
{
    const struct operation *operation = dispatch_find(argc, argv);
    return operation != NULL && operation->answers == RECORDS_ON_STDERR;
}

int ud_helper_run(struct ud_helper *helper, const char *version, int argc, char **argv)
{
    const struct operation *operation = dispatch_find(argc, argv);
    struct ud_error err = {0};
    if (operation != NULL && operation->answers == NO_RECORDS) {
        return run_bare(helper, operation, argc, argv);
    }
    ud_emit_hello(helper->emit, version);
    enum ud_code rc = helper_dispatch(helper, operation, argc, argv, &err);
    if (rc != UD_OK && !ud_helper_uses_output(argc, argv)) {
        (void)fprintf(stderr, "%s\n", err.message);
    }
    ud_emit_end(helper->emit, rc, err.message);
    if (rc == UD_ERR_USAGE) {
        return 2;
    }
    return rc == UD_OK && !ud_emit_gone(helper->emit) ? 0 : 1;
}
