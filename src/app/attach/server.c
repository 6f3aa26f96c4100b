#include <stdlib.h>
#include <string.h>

#include "attach/session.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "usbip/op.h"
#include "util/mem.h"

/* By which containers know the machine that the VM runs on: Docker Desktop and Rancher Desktop,
 * podman, Lima and Colima. */
static const char *const own_machine[] = {"host.docker.internal", "host.containers.internal",
                                          "host.lima.internal"};

static enum ud_code server_resolve(const struct ud_attach_session *session, const char *host,
                                   struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv args = {0};
    struct ud_attach_answer answer;
    ud_strv_add(&args, UD_OP_RESOLVE);
    ud_strv_add(&args, host);
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_RESOLVE, &args, &answer, err);
    for (size_t i = 0; i < answer.facts.keys.len && rc == UD_OK; i++) {
        if (strcmp(answer.facts.keys.items[i], UD_FACT_ADDRESS) == 0) {
            ud_strv_add(ret, answer.facts.values.items[i]);
        }
    }
    ud_attach_answer_done(&answer);
    ud_strv_done(&args);
    return rc;
}

static enum ud_code server_find_own_machine(const struct ud_attach_session *session,
                                            struct ud_attach_server *ret, struct ud_error *err)
{
    for (size_t i = 0; i < sizeof own_machine / sizeof own_machine[0]; i++) {
        struct ud_error why = {0};
        enum ud_code rc = server_resolve(session, own_machine[i], &ret->addresses, &why);
        if (rc == UD_OK && ret->addresses.len > 0) {
            return ud_usbip_server_parse(own_machine[i], &ret->server, err);
        }
        if (rc != UD_OK && rc != UD_ERR_NOT_FOUND && rc != UD_ERR_UNREACHABLE) {
            return ud_error_pass(err, &why);
        }
    }
    return ud_fail(err, UD_ERR_NOT_FOUND, "Name the machine with the USB/IP server: -r HOST.",
                   "this engine's containers have no name for your own machine "
                   "(host.docker.internal and the like)");
}

enum ud_code ud_attach_server_find(const struct ud_attach_session *session, const char *remote,
                                   struct ud_attach_server *ret, struct ud_error *err)
{
    *ret = (struct ud_attach_server){0};
    if (remote == NULL) {
        ud_report_activity(session->app->report, "looking up your own machine");
        return server_find_own_machine(session, ret, err);
    }
    UD_TRY(ud_usbip_server_parse(remote, &ret->server, err));
    if (ud_usbip_server_is_numeric(&ret->server)) {
        ud_strv_add(&ret->addresses, ret->server.host);
        return UD_OK;
    }
    enum ud_code rc = server_resolve(session, ret->server.host, &ret->addresses, err);
    if (rc == UD_OK && ret->addresses.len == 0) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s has no address", ret->server.host);
    }
    return rc;
}

void ud_attach_server_done(struct ud_attach_server *server)
{
    ud_strv_done(&server->addresses);
}

static enum ud_code server_take_list(const struct ud_attach_answer *answer,
                                     struct ud_usbip_device **ret, size_t *ret_count,
                                     struct ud_error *err)
{
    const struct ud_buf *blob = ud_facts_fill_blob(&answer->facts, UD_BLOB_EXPORTS);
    struct ud_op_reader reader;
    size_t used = 0;
    ud_op_reader_init_list(&reader);
    enum ud_code rc = blob != NULL ? ud_op_feed(&reader, blob->data, blob->len, &used, err)
                                   : ud_fail(err, UD_ERR_PROTOCOL, NULL,
                                             "the helper in the VM sent no list of devices");
    if (rc == UD_OK) {
        rc = ud_op_reader_end(&reader, err);
    }
    if (rc == UD_OK) {
        *ret = reader.devices;
        *ret_count = reader.count;
        reader.devices = NULL;
        reader.count = 0;
    }
    ud_op_reader_done(&reader);
    return rc;
}

enum ud_code ud_attach_server_list(const struct ud_attach_session *session,
                                   const struct ud_attach_server *server,
                                   struct ud_usbip_device **ret, size_t *ret_count,
                                   char **ret_address, struct ud_error *err)
{
    struct ud_strv args = {0};
    struct ud_attach_answer answer;
    ud_strv_add(&args, UD_OP_EXPORTS);
    ud_strv_addf(&args, "%u", server->server.port);
    for (size_t i = 0; i < server->addresses.len && i < UD_OPS_ADDRESSES_MAX; i++) {
        ud_strv_add(&args, server->addresses.items[i]);
    }
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_EXPORTS, &args, &answer, err);
    if (rc == UD_OK) {
        rc = server_take_list(&answer, ret, ret_count, err);
    }
    if (rc == UD_OK) {
        const char *address = ud_facts_fill_get(&answer.facts, UD_FACT_SERVER);
        *ret_address = ud_strdup(address != NULL ? address : server->addresses.items[0]);
    }
    ud_attach_answer_done(&answer);
    ud_strv_done(&args);
    return rc;
}
