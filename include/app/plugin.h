/* This program as a plugin of docker's command line: `docker usb list` runs the file docker-usb of
 * docker's directory of plugins (https://github.com/docker/cli/issues/1534; cli-plugins/manager of
 * docker/cli). Neither engine nor VM has to do with it. */
#ifndef APP_PLUGIN_H
#define APP_PLUGIN_H

#include <stdbool.h>

#include "util/error.h"

#define UD_PLUGIN_WORD "usb" /* after "docker" */
#define UD_PLUGIN_FILE "docker-" UD_PLUGIN_WORD
#define UD_PLUGIN_METADATA "docker-cli-plugin-metadata" /* what docker asks each plugin for */
#define UD_PLUGIN_VENDOR "usbipd-desktop"               /* in the answer */

struct ud_plugin {
    char *path;    /* of the plugin's file */
    char *program; /* that it leads to; NULL: it was removed */
    bool changed;  /* false: it was so before */
};

void ud_plugin_done(struct ud_plugin *plugin);

/* Makes the plugin, for this user: a link to this program's file, on Windows a copy of it. Errors:
 * UD_ERR_BUSY if somebody else's plugin has the name; those of writing it. */
UD_MUST_CHECK enum ud_code ud_app_plugin_install(struct ud_plugin *ret, struct ud_error *err);

/* Removes it; none is there is fine. UD_ERR_BUSY as above. */
UD_MUST_CHECK enum ud_code ud_app_plugin_uninstall(struct ud_plugin *ret, struct ud_error *err);

#endif
