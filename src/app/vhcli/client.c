#include "vhcli/parts.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "kernel/elf/elf.h"
#include "kernel/elf/elf_program.h"
#include "platform/fs.h"
#include "sources/web.h"
#include "util/mem.h"

enum { CLIENT_MAX = 64 << 20 };

#define DOWNLOADS "https://www.virtualhere.com/sites/default/files/usbclient"

/* The maker's names for the machines that there is a helper for. */
static const struct {
    const char *arch;
    const char *name;
    uint16_t machine;
} clients[] = {
    {"amd64", "vhclientx86_64", UD_EM_X86_64},
    {"arm64", "vhclientarm64", UD_EM_AARCH64},
};

enum { CLIENTS = sizeof clients / sizeof *clients };

static size_t client_for(const char *arch)
{
    size_t i = 0;
    while (i < CLIENTS && strcmp(clients[i].arch, arch) != 0) {
        i++;
    }
    return i;
}

enum ud_code ud_vhcli_client_choose(const struct ud_vhcli_image_options *options, const char *arch,
                                    struct ud_vhcli_client *ret, struct ud_error *err)
{
    const size_t i = client_for(arch);
    *ret = (struct ud_vhcli_client){0};
    ud_buf_init(&ret->bytes, CLIENT_MAX);
    if (i == CLIENTS) {
        return ud_fail(err, UD_ERR_FACTS, "Use an engine on amd64 or arm64.",
                       "there is no VirtualHere client for the engine's architecture %s", arch);
    }
    ret->name = ud_strdup(clients[i].name);
    char *source = options->client != NULL ? ud_strdup(options->client)
                                           : ud_strf("%s/%s", DOWNLOADS, clients[i].name);
    ud_url_init(&ret->source, source);
    ret->from_web = ud_web_is_url(source);
    free(source);
    if (options->client_sha256 != NULL) {
        ret->sha256 = ud_strdup(options->client_sha256);
        for (char *p = ret->sha256; *p != '\0'; p++) {
            *p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
        }
    }
    return UD_OK;
}

static enum ud_code check_machine(const struct ud_vhcli_client *client, const char *arch,
                                  struct ud_error *err)
{
    static const char remedy[] = "Name the client for the engine's machine with --client.";
    uint16_t machine = 0;
    char is[32];
    enum ud_code rc = ud_elf_program_machine(client->bytes.data, client->bytes.len,
                                             client->source.shown, &machine, err);
    if (rc != UD_OK) {
        ud_error_remedy(err, "%s", remedy);
        return rc;
    }
    if (machine == clients[client_for(arch)].machine) {
        return UD_OK;
    }
    ud_elf_machine_name(machine, is, sizeof is);
    return ud_fail(err, UD_ERR_UNFIT, remedy, "%s is a program for %s, and the engine runs on %s",
                   client->source.shown, is, arch);
}

/* What was expected, if anything, and in any case what it is. */
static enum ud_code client_check_digest(struct ud_vhcli_client *client, struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(client->bytes.data, client->bytes.len, hex);
    if (client->sha256 != NULL && strcmp(client->sha256, hex) != 0) {
        return ud_fail(err, UD_ERR_SOURCE,
                       "The maker may have published another version: look at it, and give its "
                       "digest with --client-sha256.",
                       "%s has SHA-256 %s, expected was %s", client->source.shown, hex,
                       client->sha256);
    }
    free(client->sha256);
    client->sha256 = ud_strdup(hex);
    return UD_OK;
}

static enum ud_code client_get(const struct ud_app *app, struct ud_vhcli_client *client,
                               struct ud_error *err)
{
    if (!client->from_web && strstr(client->source.secret, "://") != NULL &&
        ud_fs_kind(client->source.secret) == UD_FS_NONE) {
        return ud_fail(err, UD_ERR_NOT_FOUND, "Name a file, or a URL with https:// or http://.",
                       "there is no client at %s", client->source.shown);
    }
    if (!client->from_web) {
        return ud_fs_read(client->source.secret, &client->bytes, err);
    }
    if (client->sha256 == NULL) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s is not checked: give its digest with --client-sha256",
                          client->source.shown);
    }
    ud_report_step(app->report, "Downloading %s", client->source.shown);
    enum ud_code rc = ud_web_get(app, &client->source, &client->bytes, err);
    if (rc == UD_ERR_SOURCE || rc == UD_ERR_NOT_FOUND) {
        ud_error_remedy(err, "Download the client elsewhere, and name the file with --client.");
    }
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
    }
    return rc;
}

enum ud_code ud_vhcli_client_fetch(const struct ud_app *app, const char *arch,
                                   struct ud_vhcli_client *client, struct ud_error *err)
{
    if (client->fetched) {
        return UD_OK;
    }
    UD_TRY(client_get(app, client, err));
    UD_TRY(client_check_digest(client, err));
    UD_TRY(check_machine(client, arch, err));
    client->fetched = true;
    return UD_OK;
}

void ud_vhcli_client_done(struct ud_vhcli_client *client)
{
    free(client->name);
    ud_url_done(&client->source);
    free(client->sha256);
    if (client->bytes.data != NULL) {
        ud_buf_done(&client->bytes);
    }
    *client = (struct ud_vhcli_client){0};
}
