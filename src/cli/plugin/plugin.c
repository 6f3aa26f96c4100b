#include "plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

#include "app/plugin.h"
#include "ud_version.h"
#include "util/mem.h"
#include "util/str.h"

/* docker's global options (https://docs.docker.com/reference/cli/docker/#options). */
static const struct {
    const char *name;
    char short_name;
    bool value;
    const char *ours; /* what it is called here; NULL: see take_option */
} options[] = {
    {"host", 'H', true, "--host"},
    {"context", 'c', true, "--context"},
    {"tls", '\0', false, "--tls"},
    {"tlsverify", '\0', false, "--tlsverify"},
    {"tlscacert", '\0', true, "--tlscacert"},
    {"tlscert", '\0', true, "--tlscert"},
    {"tlskey", '\0', true, "--tlskey"},
    {"debug", 'D', false, "--debug"},
    {"help", 'h', false, "--help"},
    {"config", '\0', true, NULL},
    {"log-level", 'l', true, NULL},
};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

bool ud_plugin_is_name(const char *argv0)
{
    const char *name = argv0 != NULL ? argv0 : "";
    for (const char *p = name; *p != '\0'; p++) {
        name = *p == '/' || *p == '\\' ? p + 1 : name;
    }
    return strcmp(name, UD_PLUGIN_FILE) == 0 || strcmp(name, UD_PLUGIN_FILE ".exe") == 0;
}

/* "--name", "--name=value", "-n", "-nvalue" or "-n=value"; *ret_value is NULL if none is attached.
 * OPTION_COUNT if docker has no such option. */
static size_t plugin_find(const char *arg, const char **ret_value)
{
    *ret_value = NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const size_t len = strlen(options[i].name);
        if (ud_str_starts(arg, "--") && strncmp(arg + 2, options[i].name, len) == 0 &&
            (arg[2 + len] == '\0' || arg[2 + len] == '=')) {
            *ret_value = arg[2 + len] == '=' ? arg + 3 + len : NULL;
            return i;
        }
        if (options[i].short_name != '\0' && arg[0] == '-' && arg[1] == options[i].short_name) {
            *ret_value = arg[2] == '\0' ? NULL : arg + (arg[2] == '=' ? 3 : 2);
            return i;
        }
    }
    return OPTION_COUNT;
}

/* A flag of docker's may be written --tls=false. */
static bool is_off(const char *value)
{
    return value != NULL && (strcmp(value, "false") == 0 || strcmp(value, "0") == 0);
}

static void take_option(size_t i, const char *value, struct ud_plugin_call *call)
{
    if (strcmp(options[i].name, "config") == 0) {
        free(call->config_dir);
        call->config_dir = ud_strdup(value);
    } else if (options[i].ours == NULL) {
        if (strcmp(value, "debug") == 0) {
            ud_strv_add(&call->args, "--debug");
        }
    } else if (options[i].value) {
        ud_strv_addf(&call->args, "%s=%s", options[i].ours, value);
    } else if (!is_off(value)) {
        ud_strv_add(&call->args, options[i].ours);
    }
}

static enum ud_code plugin_strange(const char *arg, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE,
                   "Run `docker " UD_PLUGIN_WORD " help`, or this program under its own name.",
                   "as docker's plugin the program is not run with \"%s\"", arg);
}

enum ud_code ud_plugin_translate(const char *const *args, size_t count, struct ud_plugin_call *ret,
                                 struct ud_error *err)
{
    size_t i = 0;
    *ret = (struct ud_plugin_call){0};
    if (count > 0 && strcmp(args[0], UD_PLUGIN_METADATA) == 0) {
        ret->request = UD_PLUGIN_DESCRIBE;
        return UD_OK;
    }
    if (count > 0 && ud_str_starts(args[0], "__complete")) {
        ret->request = UD_PLUGIN_COMPLETE;
        i++;
    }
    for (; i < count && strcmp(args[i], UD_PLUGIN_WORD) != 0; i++) {
        const char *value = NULL;
        if (strcmp(args[i], "help") == 0) {
            ud_strv_add(&ret->args, "help");
            continue;
        }
        const size_t option = plugin_find(args[i], &value);
        const bool wants = option < OPTION_COUNT && options[option].value && value == NULL;
        if (option == OPTION_COUNT || (wants && i + 1 == count)) {
            return plugin_strange(args[i], err);
        }
        take_option(option, wants ? args[++i] : value, ret);
    }
    if (i == count) {
        return plugin_strange(count > 0 ? args[count - 1] : "", err);
    }
    for (i++; i < count; i++) {
        ud_strv_add(&ret->args, args[i]);
    }
    return UD_OK;
}

void ud_plugin_describe(struct ud_buf *out)
{
    ud_buf_adds(out, "{\"SchemaVersion\":\"0.1.0\",\"Vendor\":\"" UD_PLUGIN_VENDOR
                     "\",\"Version\":\"" UD_VERSION
                     "\",\"ShortDescription\":\"USB devices in containers, by USB/IP\"}\n");
}

void ud_plugin_call_done(struct ud_plugin_call *call)
{
    ud_strv_done(&call->args);
    free(call->config_dir);
    *call = (struct ud_plugin_call){0};
}
