#include "app/vhcli.h"

#include <stdlib.h>
#include <string.h>

#include "app/load.h"
#include "app/roles.h"
#include "bytes.h"
#include "docker/container.h"
#include "docker/image.h"
#include "docker/labels.h"
#include "kernel_access.h"
#include "platform/host.h"
#include "probe.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vhcli_parts.h"
#include "vm_kind.h"

enum {
    LOG_MAX = 64 * 1024,
    START_MS = 120 * 1000, /* for inserting modules and starting the client */
    POLL_MS = 200,
    SHOWN_LINES = 4
};

struct start {
    const struct ud_app *app;
    const struct ud_vhcli_start_options *options;
    struct ud_vhcli_started *result;
    struct ud_connection vm;
    struct ud_image image;
    struct ud_buf log; /* both streams of the container */
};

static enum ud_code find_image(struct start *start, struct ud_error *err)
{
    const char *name = start->options->image != NULL ? start->options->image : UD_VHCLI_IMAGE;
    struct ud_error why = {0};
    enum ud_code rc = ud_image_inspect(start->vm.engine, name, &start->image, &why);
    start->result->image = ud_strdup(name);
    if (rc == UD_ERR_NOT_FOUND) {
        return ud_fail(err, rc, "Make it with `usbipd-desktop image vhcli`.",
                       "the engine has no image %s", name);
    }
    UD_TRY(rc == UD_OK ? UD_OK : ud_fail(err, rc, why.remedy, "%s", why.message));
    if (ud_labels_get(&start->image.labels, UD_LABEL_CLIENT) == NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name one that `usbipd-desktop image vhcli` made.",
                       "the image %s holds no VirtualHere client", name);
    }
    return UD_OK;
}

/* An image without modules is for a VM with its own, which have to be inserted
 * from where they are. */
static enum ud_code load_own(struct start *start, struct ud_error *err)
{
    const struct ud_load_options options = {
        .vm = start->options->vm,
        .input = start->options->input,
        .native = start->options->native,
    };
    struct ud_load_result loaded = {0};
    UD_TRY(ud_app_load(start->app, &options, &loaded, err));
    ud_load_result_done(&loaded);
    return UD_OK;
}

static enum ud_code prepare_kernel(struct start *start, struct ud_error *err)
{
    struct ud_engine_info engine = {0};
    struct ud_facts facts = {0};
    UD_TRY(ud_engine_info(start->vm.engine, &engine, err));
    enum ud_code rc = ud_kernel_access_check_root(&engine, err);
    ud_engine_info_done(&engine);
    UD_TRY(rc);
    UD_TRY(ud_probe(start->app, start->vm.engine, &facts, err));
    bool here = ud_vm_is_this_machine(&facts);
    bool present = facts.vhci_present;
    ud_facts_done(&facts);
    UD_TRY(ud_kernel_access_check_native(here, start->options->native, start->vm.endpoint, err));
    bool has_modules = ud_labels_get(&start->image.labels, UD_LABEL_MODULES) != NULL;
    return present || has_modules ? UD_OK : load_own(start, err);
}

/* One that runs is left alone, one that has ended makes room. */
static enum ud_code look_at_old(struct start *start, struct ud_error *err)
{
    struct ud_container old = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_container_inspect(start->vm.engine, UD_VHCLI_CONTAINER, &old, &why);
    if (rc == UD_ERR_NOT_FOUND) {
        return UD_OK;
    }
    UD_TRY(rc == UD_OK ? UD_OK : ud_fail(err, rc, why.remedy, "%s", why.message));
    start->result->already = old.running;
    rc = old.running ? UD_OK : ud_container_remove(start->vm.engine, UD_VHCLI_CONTAINER, err);
    ud_container_done(&old);
    return rc;
}

static enum ud_code create(struct start *start, struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    ud_role_fill(UD_ROLE_VHCLI, UD_VHCLI_CONTAINER, start->image.id, &spec);
    enum ud_code rc = ud_role_choose_network(start->vm.engine, &spec, err);
    if (rc == UD_OK) {
        rc = ud_container_create(start->vm.engine, &spec, err);
    }
    ud_container_spec_done(&spec);
    return rc;
}

/* What the helper says before and when it starts the client: see UD_OP_CLIENT. */
static bool read_log(struct start *start)
{
    const size_t said = strlen(UD_OPS_INSERTED);
    struct ud_slice rest = {start->log.data, start->log.len};
    struct ud_slice line;
    bool started = false;
    ud_strv_done(&start->result->inserted);
    while (ud_str_next_line(&rest, &line)) {
        started = started || ud_slice_starts(line, UD_OPS_STARTED);
        if (ud_slice_starts(line, UD_OPS_INSERTED)) {
            ud_strv_addn(&start->result->inserted, line.ptr + said, line.len - said);
        }
    }
    return started;
}

/* The last lines, on one, but for those that say what went well. */
static char *last_words(const struct start *start)
{
    struct ud_slice rest = {start->log.data, start->log.len};
    struct ud_slice line;
    struct ud_strv lines = {0};
    while (ud_str_next_line(&rest, &line)) {
        if (!ud_slice_starts(line, UD_OPS_INSERTED) && !ud_slice_starts(line, UD_OPS_STARTED)) {
            ud_strv_addn(&lines, line.ptr, line.len);
        }
    }
    struct ud_strv last = {0};
    for (size_t i = lines.len > SHOWN_LINES ? lines.len - SHOWN_LINES : 0; i < lines.len; i++) {
        ud_strv_add(&last, lines.items[i]);
    }
    char *text = ud_strv_join(&last, "; ");
    ud_str_sanitize(text);
    ud_strv_done(&last);
    ud_strv_done(&lines);
    return text;
}

static enum ud_code ended(const struct start *start, int exit_code, struct ud_error *err)
{
    char *text = last_words(start);
    enum ud_code rc =
        ud_fail(err, UD_ERR_ENGINE, NULL, "the container ended with exit code %d, saying: %s",
                exit_code, text[0] != '\0' ? text : "nothing");
    free(text);
    return rc;
}

/* Looked at in this order: what it says may come just before its end. */
static enum ud_code look(struct start *start, bool *ret_started, struct ud_error *err)
{
    struct ud_container container = {0};
    UD_TRY(ud_container_inspect(start->vm.engine, UD_VHCLI_CONTAINER, &container, err));
    const bool running = container.running;
    const int exit_code = container.exit_code;
    ud_container_done(&container);
    ud_buf_clear(&start->log);
    const struct ud_sink sink = ud_bytes_sink(&start->log);
    UD_TRY(ud_container_logs(start->vm.engine, UD_VHCLI_CONTAINER, false, &sink, &sink, err));
    *ret_started = read_log(start);
    return running ? UD_OK : ended(start, exit_code, err);
}

static enum ud_code wait_until_started(struct start *start, struct ud_error *err)
{
    const uint64_t deadline = ud_host_now_ms() + START_MS;
    bool started = false;
    while (!started) {
        UD_TRY(look(start, &started, err));
        if (!started && ud_host_now_ms() > deadline) {
            return ud_fail(err, UD_ERR_ENGINE, "See what it says with `docker logs`.",
                           "the client was not started within %d s", START_MS / 1000);
        }
        if (!started) {
            UD_TRY(ud_engine_pause(start->vm.engine, POLL_MS, err));
        }
    }
    return UD_OK;
}

static enum ud_code start_new(struct start *start, struct ud_error *err)
{
    ud_report_step(start->app->report, "Starting the client");
    enum ud_code rc = create(start, err);
    if (rc == UD_ERR_BUSY) {
        return rc; /* another run was quicker: the container is that one's */
    }
    if (rc == UD_OK) {
        rc = ud_container_start(start->vm.engine, UD_VHCLI_CONTAINER, err);
    }
    if (rc == UD_OK) {
        rc = wait_until_started(start, err);
    }
    if (rc != UD_OK) {
        ud_container_stop_and_cleanup(start->vm.engine, UD_VHCLI_CONTAINER);
        return rc;
    }
    ud_report_step_end(start->app->report, NULL);
    return UD_OK;
}

static enum ud_code run(struct start *start, struct ud_error *err)
{
    UD_TRY(ud_app_connect(start->app, &start->options->vm, &start->vm, err));
    start->result->container = ud_strdup(UD_VHCLI_CONTAINER);
    UD_TRY(find_image(start, err));
    UD_TRY(look_at_old(start, err));
    if (start->result->already) {
        return UD_OK;
    }
    UD_TRY(prepare_kernel(start, err));
    return start_new(start, err);
}

void ud_vhcli_started_done(struct ud_vhcli_started *started)
{
    free(started->container);
    free(started->image);
    ud_strv_done(&started->inserted);
    *started = (struct ud_vhcli_started){0};
}

enum ud_code ud_app_vhcli_start(const struct ud_app *app,
                                const struct ud_vhcli_start_options *options,
                                struct ud_vhcli_started *ret, struct ud_error *err)
{
    struct ud_vhcli_started result = {0};
    struct start start = {.app = app, .options = options, .result = &result};
    ud_buf_init(&start.log, LOG_MAX);
    enum ud_code rc = run(&start, err);
    ud_buf_done(&start.log);
    ud_image_done(&start.image);
    ud_connection_done(&start.vm);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_vhcli_started_done(&result);
    }
    return rc;
}
