/* docker's side of the command line: the program as docker runs it under the name docker-usb. */
#ifndef CLI_PLUGIN_PLUGIN_H
#define CLI_PLUGIN_PLUGIN_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* Whether the program was started under the plugin's name, with or without directory and ".exe". */
bool ud_plugin_is_name(const char *argv0);

enum ud_plugin_request {
    UD_PLUGIN_RUN,      /* a command of this program */
    UD_PLUGIN_DESCRIBE, /* the answer to docker-cli-plugin-metadata */
    UD_PLUGIN_COMPLETE  /* what a word may become */
};

struct ud_plugin_call {
    enum ud_plugin_request request;
    struct ud_strv args; /* as this program takes them, without its name */
    char *config_dir;    /* docker's --config; NULL: not given */
};

/* Translates what docker passes on: its own options, the word "usb" (after "help" perhaps) and the
 * rest, which is left as it is. Of docker's options -l means nothing here but for "debug".
 * UD_ERR_USAGE for what docker would not pass on. Pure. */
UD_MUST_CHECK enum ud_code ud_plugin_translate(const char *const *args, size_t count,
                                               struct ud_plugin_call *ret, struct ud_error *err);

/* The answer to UD_PLUGIN_DESCRIBE (docker/cli, cli-plugins/metadata). */
void ud_plugin_describe(struct ud_buf *out);

void ud_plugin_call_done(struct ud_plugin_call *call);

#endif
