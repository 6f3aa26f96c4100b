#include "dispatch.h"

#include <stdio.h>
#include <string.h>

#include "ops/ops.h"
#include "proto/ops.h"

struct operation {
    const char *name;
    ud_op_fn *run;
    bool bare; /* answers with no records */
};

static const struct operation operations[] = {
    {UD_OP_PROBE, ud_op_probe, false},       {UD_OP_READ, ud_op_read, false},
    {UD_OP_CRCS, ud_op_crcs, false},         {UD_OP_INSERT, ud_op_insert, false},
    {UD_OP_REMOVE, ud_op_remove, false},     {UD_OP_HOLD, ud_op_hold, false},
    {UD_OP_SHELL, ud_op_shell, true},        {UD_OP_CLIENT, ud_op_client, true},
    {UD_OP_SELFTEST, ud_op_selftest, false}, {UD_OP_VERSION, ud_op_version, false},
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

int ud_helper_run(struct ud_helper *helper, const char *version, int argc, char **argv)
{
    const struct operation *operation = dispatch_find(argc, argv);
    struct ud_error err = {0};
    if (operation != NULL && operation->bare) {
        return run_bare(helper, operation, argc, argv);
    }
    ud_emit_hello(helper->emit, version);
    enum ud_code rc = helper_dispatch(helper, operation, argc, argv, &err);
    if (rc != UD_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
    }
    ud_emit_end(helper->emit, rc, err.message);
    if (rc == UD_ERR_USAGE) {
        return 2;
    }
    return rc == UD_OK && !ud_emit_gone(helper->emit) ? 0 : 1;
}
