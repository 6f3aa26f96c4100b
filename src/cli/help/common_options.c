#include <stddef.h>

#include "help/commands.h"

#define FIELD(member) offsetof(struct ud_common, member)

/* In the order of enum ud_progress_mode. */
static const char *const progress_modes[] = {"auto", "plain", "tty", "json", "none", NULL};
/* In the order of enum ud_color_mode. */
static const char *const color_modes[] = {"auto", "always", "never", NULL};

const struct ud_opt ud_common_options[] = {
    {.name = "host",
     .short_name = 'H',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(host),
     .value = "ENDPOINT",
     .help = "Engine of the VM, unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST. Without it: "
             "DOCKER_HOST, then docker's context, then the well-known places"},
    {.name = "context",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(context),
     .value = "NAME",
     .help = "Engine of this docker context. Excludes --host"},
    {.name = "tls",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(tls.tls),
     .help = "Speak TLS with the engine at a tcp:// address"},
    {.name = "tlsverify",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(tls.verify),
     .help = "The same, and check the engine's certificate"},
    {.name = "tlscacert",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(tls.ca_file),
     .value = "FILE",
     .help = "PEM file of the authority that the engine's certificate is of (default: ca.pem in "
             "DOCKER_CERT_PATH or ~/.docker)"},
    {.name = "tlscert",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(tls.cert_file),
     .value = "FILE",
     .help = "PEM file of your certificate for the engine (default: cert.pem there)"},
    {.name = "tlskey",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(tls.key_file),
     .value = "FILE",
     .help = "PEM file of its key (default: key.pem there)"},
    {.name = "ca-file",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(ca_file),
     .value = "FILE",
     .help = "PEM file of authorities that downloads trust besides this system's (on Windows: in "
             "place of these), here and in containers; such as that of a company's proxy"},
    {.name = "json",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(json),
     .help = "Print the result, or the error, as one JSON document on standard output"},
    {.name = "progress",
     .kind = UD_OPT_CHOICE,
     .offset = FIELD(progress),
     .value = "MODE",
     .choices = progress_modes,
     .help = "How to show what is going on, on standard error: tty rewrites a line in place, "
             "plain prints a line for each step, json an object for each event, and none prints "
             "nothing; "
             "auto is tty on a terminal and plain elsewhere"},
    {.name = "color",
     .kind = UD_OPT_CHOICE,
     .offset = FIELD(color),
     .value = "WHEN",
     .choices = color_modes,
     .help = "When to use colours; auto is on a terminal, unless NO_COLOR is set"},
    {.name = "quiet",
     .short_name = 'q',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(quiet),
     .help = "Show no steps and no notes, only warnings and errors"},
    {.name = "verbose",
     .short_name = 'v',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(verbose),
     .help = "Show details, such as the compiler's output"},
    {.name = "debug",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(debug),
     .help = "Show requests and decisions too"},
    {.name = "help",
     .short_name = 'h',
     .kind = UD_OPT_FLAG,
     .offset = FIELD(help),
     .help = "Show help for the command"},
    {.name = "version", .kind = UD_OPT_FLAG, .offset = FIELD(version), .help = "Print the version"},
    {.name = NULL},
};

const struct ud_opt ud_no_opts[] = {{.name = NULL}};
