#include "attach/way.h"

#include <stdlib.h>

#include "attach/here.h"

void ud_attach_exports_done(struct ud_attach_exports *exports)
{
    free(exports->address);
    free(exports->devices);
    *exports = (struct ud_attach_exports){0};
}

static enum ud_code way_ask_by_vm(const struct ud_attach_session *session, const char *remote,
                                  struct ud_attach_exports *ret, struct ud_error *err)
{
    struct ud_attach_server server;
    enum ud_code rc = ud_attach_server_find(session, remote, &server, err);
    if (rc == UD_OK) {
        rc =
            ud_attach_server_list(session, &server, &ret->devices, &ret->count, &ret->address, err);
    }
    ret->server = server.server;
    ud_attach_server_done(&server);
    return rc;
}

static enum ud_code way_ask_by_here(const struct ud_attach_session *session, const char *remote,
                                    struct ud_attach_exports *ret, struct ud_error *err)
{
    ret->here = true;
    UD_TRY(ud_here_server(remote, &ret->server, err));
    return ud_here_list(&ret->server, ud_engine_cancel(session->vm.engine), &ret->devices,
                        &ret->count, &ret->address, err);
}

/* Whether the other way may do better: no server was reached. */
static bool way_leads_nowhere(enum ud_code code)
{
    return code == UD_ERR_UNREACHABLE || code == UD_ERR_NOT_FOUND || code == UD_ERR_PROTOCOL;
}

enum ud_code ud_attach_way_failed(const struct ud_error *by_vm, const struct ud_error *by_here,
                                  struct ud_error *err)
{
    if (by_here->code == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, by_here);
    }
    return ud_fail(err, by_vm->code, by_vm->remedy, "from the VM: %s; and %s", by_vm->message,
                   by_here->message);
}

static enum ud_code way_ask_by_any(const struct ud_attach_session *session, const char *remote,
                                   struct ud_attach_exports *ret, struct ud_error *err)
{
    struct ud_error by_vm = {0};
    struct ud_error by_here = {0};
    enum ud_code rc = way_ask_by_vm(session, remote, ret, &by_vm);
    if (rc == UD_OK || !way_leads_nowhere(rc)) {
        return rc == UD_OK ? UD_OK : ud_error_pass(err, &by_vm);
    }
    if (way_ask_by_here(session, remote, ret, &by_here) == UD_OK) {
        ud_report_message(session->app->report, UD_REPORT_NOTE,
                          "the VM does not reach the server (%s), this machine does",
                          by_vm.message);
        return UD_OK;
    }
    return ud_attach_way_failed(&by_vm, &by_here, err);
}

enum ud_code ud_attach_ask_exports(const struct ud_attach_session *session, const char *remote,
                                   unsigned via, struct ud_attach_exports *ret,
                                   struct ud_error *err)
{
    *ret = (struct ud_attach_exports){0};
    enum ud_code rc = via == UD_VIA_VM     ? way_ask_by_vm(session, remote, ret, err)
                      : via == UD_VIA_HERE ? way_ask_by_here(session, remote, ret, err)
                                           : way_ask_by_any(session, remote, ret, err);
    if (rc != UD_OK) {
        ud_attach_exports_done(ret);
    }
    return rc;
}
