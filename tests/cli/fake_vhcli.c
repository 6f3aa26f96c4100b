/* The use cases of the VirtualHere client with made-up results; see fake_app.c. */
#include <stdlib.h>
#include <string.h>

#include "app/vhcli/vhcli.h"
#include "fake_data.h"
#include "util/mem.h"

static enum ud_code write_text(const struct ud_sink *sink, const char *text, struct ud_error *err)
{
    return ud_sink_write(sink, text, strlen(text), err);
}

static enum ud_code not_running(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_NOT_FOUND, "Start it with `usbipd-desktop vhcli start`.",
                   "no VirtualHere client runs in the engine");
}

enum ud_code ud_app_vhcli_image(const struct ud_app *app,
                                const struct ud_vhcli_image_options *options,
                                struct ud_vhcli_image *ret, struct ud_error *err)
{
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_UNFIT, "Name the client for the engine's machine with --client.",
                       "./vhclient is a program for aarch64, and the engine runs on amd64");
    }
    ud_report_message(app->report, UD_REPORT_NOTE, "the licence is its maker's");
    *ret = (struct ud_vhcli_image){
        .name = ud_strf("%s:latest", options->tag != NULL ? options->tag : UD_VHCLI_IMAGE),
        .id = ud_strdup("sha256:0123456789abcdef0123456789abcdef"),
        .base = ud_strdup(options->base != NULL ? options->base : "busybox"),
        .client = ud_strdup("vhclientx86_64"),
        .client_source = ud_strdup(options->client != NULL ? options->client : "its maker"),
        .client_sha256 = ud_strdup("fedcba9876543210fedcba9876543210"),
        .release = ud_strdup("6.1.0-56-cloud-amd64"),
        .unchanged = ud_fake_scenario("loaded"),
    };
    if (!ud_fake_scenario("loaded")) {
        ud_strv_add(&ret->modules, "usbip-core");
        ud_strv_add(&ret->modules, "vhci-hcd");
    }
    return UD_OK;
}

void ud_vhcli_image_done(struct ud_vhcli_image *image)
{
    free(image->name);
    free(image->id);
    free(image->base);
    free(image->client);
    free(image->client_source);
    free(image->client_sha256);
    free(image->release);
    ud_strv_done(&image->modules);
}

enum ud_code ud_app_vhcli_start(const struct ud_app *app,
                                const struct ud_vhcli_start_options *options,
                                struct ud_vhcli_started *ret, struct ud_error *err)
{
    (void)app;
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_REFUSED, NULL,
                       "the container ended with exit code 125, saying: usbipd-desktop: error: "
                       "refused: no");
    }
    *ret = (struct ud_vhcli_started){
        .container = ud_strdup(UD_VHCLI_CONTAINER),
        .image = ud_strdup(options->image != NULL ? options->image : UD_VHCLI_IMAGE),
        .already = ud_fake_scenario("loaded"),
    };
    if (!ret->already) {
        ud_strv_add(&ret->inserted, "usbip-core");
        ud_strv_add(&ret->inserted, "vhci-hcd");
    }
    return UD_OK;
}

void ud_vhcli_started_done(struct ud_vhcli_started *started)
{
    free(started->container);
    free(started->image);
    ud_strv_done(&started->inserted);
}

enum ud_code ud_app_vhcli_stop(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool *ret_was_there, struct ud_error *err)
{
    (void)app;
    (void)choice;
    (void)err;
    *ret_was_there = ud_fake_scenario("loaded");
    return UD_OK;
}

enum ud_code ud_app_vhcli_logs(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool follow, const struct ud_sink *out, const struct ud_sink *errout,
                               struct ud_error *err)
{
    (void)app;
    (void)choice;
    UD_TRY(write_text(errout, "usbipd-desktop: started vhclientx86_64\n", err));
    return write_text(out, follow ? "followed\n" : "so far\n", err);
}

enum ud_code ud_app_vhcli_command(const struct ud_app *app, const struct ud_engine_choice *choice,
                                  const char *command, const struct ud_sink *out,
                                  const struct ud_sink *errout, int *ret_exit_code,
                                  struct ud_error *err)
{
    (void)app;
    (void)choice;
    (void)errout;
    if (!ud_fake_scenario("loaded")) {
        return not_running(err);
    }
    *ret_exit_code = command != NULL ? 4 : 0;
    return write_text(out, command != NULL ? command : "LIST\n", err);
}

enum ud_code ud_app_vhcli_exec(const struct ud_app *app, const struct ud_engine_choice *choice,
                               const struct ud_strv *argv, const struct ud_console *console,
                               int *ret_exit_code, struct ud_error *err)
{
    (void)app;
    (void)choice;
    if (!ud_fake_scenario("loaded")) {
        return not_running(err);
    }
    char *words = ud_strv_join(argv, "|");
    enum ud_code rc = write_text(&console->out, words, err);
    free(words);
    *ret_exit_code = 7;
    return rc;
}
