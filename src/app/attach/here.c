#include "attach/here.h"

#include <string.h>

#include "platform/host.h"
#include "usbip/op.h"
#include "util/mem.h"
#include "util/patience.h"

static const char this_machine[] = "localhost";

enum ud_code ud_here_server(const char *remote, struct ud_usbip_server *ret, struct ud_error *err)
{
    return ud_usbip_server_parse(remote != NULL ? remote : this_machine, ret, err);
}

static enum ud_code here_wait(struct ud_tcp *tcp, bool sending, uint64_t until,
                              struct ud_error *err)
{
    const uint64_t now = ud_host_now_ms();
    if (now >= until) {
        return ud_fail(err, UD_ERR_UNREACHABLE,
                       "Look whether a USB/IP server listens at this port, and whether it hangs.",
                       "the connection was accepted, and nothing came");
    }
    const uint64_t left = until - now;
    return ud_tcp_wait(tcp, sending,
                       left < UD_PATIENCE_TURN_MS ? (unsigned)left : UD_PATIENCE_TURN_MS, err);
}

static enum ud_code here_send(struct ud_tcp *tcp, const unsigned char *bytes, size_t len,
                              uint64_t until, struct ud_error *err)
{
    for (size_t at = 0; at < len;) {
        bool end = false;
        at += ud_tcp_send(tcp, bytes + at, len - at, &end);
        if (end) {
            return ud_fail(err, UD_ERR_UNREACHABLE, "Look at the server's log.",
                           "the connection was accepted and then lost");
        }
        if (at < len) {
            UD_TRY(here_wait(tcp, true, until, err));
        }
    }
    return UD_OK;
}

/* Never takes a byte that is not of the answer: what comes behind it is the kernel's. */
static enum ud_code here_receive(struct ud_tcp *tcp, struct ud_op_reader *reader, uint64_t until,
                                 struct ud_error *err)
{
    while (!reader->whole) {
        unsigned char piece[4096];
        const size_t wanted = ud_op_wanted(reader);
        size_t len = 0;
        size_t used = 0;
        bool end = false;
        ud_tcp_receive(tcp, piece, wanted < sizeof piece ? wanted : sizeof piece, &len, &end);
        if (end) {
            return ud_op_reader_end(reader, err);
        }
        UD_TRY(len > 0 ? ud_op_feed(reader, piece, len, &used, err)
                       : here_wait(tcp, false, until, err));
    }
    return UD_OK;
}

/* One question; busid NULL: for the list. reader is to be released either way. */
static enum ud_code here_ask(struct ud_tcp *tcp, const char *busid, struct ud_op_reader *reader,
                             struct ud_error *err)
{
    unsigned char request[UD_OP_IMPORT_REQUEST_SIZE];
    size_t len = UD_OP_LIST_REQUEST_SIZE;
    uint64_t until = ud_host_now_ms();
    if (busid != NULL) {
        UD_TRY(ud_op_import_request(busid, request, err));
        ud_op_reader_init_import(reader, busid);
        len = UD_OP_IMPORT_REQUEST_SIZE;
        until += UD_PATIENCE_SERVER_IMPORT_MS;
    } else {
        ud_op_list_request(request);
        ud_op_reader_init_list(reader);
        until += UD_PATIENCE_SERVER_ANSWER_MS;
    }
    UD_TRY(here_send(tcp, request, len, until, err));
    return here_receive(tcp, reader, until, err);
}

static enum ud_code here_converse(const struct ud_usbip_server *server, const char *busid,
                                  struct ud_cancel *cancel, struct ud_tcp **ret_tcp,
                                  struct ud_op_reader *reader, struct ud_error *err)
{
    enum ud_code rc = ud_tcp_open(server->host, server->port, 0, cancel, ret_tcp, err);
    if (rc == UD_OK) {
        rc = here_ask(*ret_tcp, busid, reader, err);
    }
    if (rc != UD_OK && rc != UD_ERR_INTERRUPTED) {
        ud_error_prefix(err, "%s port %u (from this machine)", server->host, server->port);
    }
    return rc;
}

enum ud_code ud_here_list(const struct ud_usbip_server *server, struct ud_cancel *cancel,
                          struct ud_usbip_device **ret, size_t *ret_count, char **ret_address,
                          struct ud_error *err)
{
    struct ud_op_reader reader = {0};
    struct ud_tcp *tcp = NULL;
    enum ud_code rc = here_converse(server, NULL, cancel, &tcp, &reader, err);
    if (rc == UD_OK) {
        *ret = reader.devices;
        *ret_count = reader.count;
        *ret_address = ud_strdup(ud_tcp_address(tcp));
        reader.devices = NULL;
        reader.count = 0;
    }
    ud_op_reader_done(&reader);
    ud_tcp_free(tcp);
    return rc;
}

enum ud_code ud_here_import(const struct ud_usbip_server *server, const char *busid,
                            struct ud_cancel *cancel, struct ud_tcp **ret_tcp,
                            struct ud_usbip_device *ret, struct ud_error *err)
{
    struct ud_op_reader reader = {0};
    struct ud_tcp *tcp = NULL;
    enum ud_code rc = here_converse(server, busid, cancel, &tcp, &reader, err);
    if (rc == UD_OK) {
        *ret = reader.devices[0];
        *ret_tcp = tcp;
    } else {
        ud_tcp_free(tcp);
    }
    ud_op_reader_done(&reader);
    return rc;
}
