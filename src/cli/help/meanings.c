#include "help/commands.h"

/* The codes are those of util/error.h; a test compares the two. */
const struct ud_meaning ud_exit_meanings[] = {
    {"0", "success; also when there was nothing to do"},
    {"1", "internal: a mistake of this program"},
    {"2", "usage: the command line or an input file asks for what cannot be"},
    {"3", "unreachable: no engine answers"},
    {"4", "engine: the engine refused, failed or stalled"},
    {"5", "protocol: an answer that makes no sense"},
    {"6", "facts: the kernel cannot be known well enough, or takes no modules"},
    {"7",
     "source: the kernel's sources, or the VirtualHere client, cannot be had or are not what was "
     "named"},
    {"8", "config: the running kernel's configuration cannot be kept"},
    {"9", "build: a build step failed"},
    {"10", "unfit: a module does not fit the running kernel"},
    {"11", "refused: the kernel refused to insert or remove a module, or the self-test failed"},
    {"12", "busy: something is in use"},
    {"13", "denied: permission is missing"},
    {"14",
     "not-found: a file, image or container that was named is not there, or no USB/IP to test"},
    {"15", "io: reading or writing on this machine failed"},
    {"130", "interrupted: Ctrl-C or a termination signal"},
    {NULL, NULL},
};

const struct ud_meaning ud_env_meanings[] = {
    {"DOCKER_HOST", "the engine, when neither --host nor --context is given"},
    {"DOCKER_CONTEXT", "docker's context to use, when DOCKER_HOST is not set"},
    {"DOCKER_CONFIG", "the directory of docker's own configuration (default: ~/.docker)"},
    {"DOCKER_API_VERSION", "the newest version of the Engine API to use"},
    {"USBIPD_DESKTOP_SOURCE_MIRROR", "stands in for --source-mirror"},
    {"SSL_CERT_FILE, SSL_CERT_DIR",
     "the authorities to trust in downloads, in place of this system's"},
    {"NO_COLOR", "if not empty: no colours, unless --color=always"},
    {NULL, NULL},
};
