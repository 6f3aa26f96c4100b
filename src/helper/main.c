/* The program that runs in a container inside the engine's machine. Its
 * operations are described in proto/ops.h. */
#include <stdio.h>
#include <unistd.h>

#include "dispatch.h"
#include "host/stop.h"
#include "ud_version.h"
#include "util/mem.h"

static void say_fatal(const char *text)
{
    (void)fprintf(stderr, "usbipd-desktop: error: %s\n", text);
}

int main(int argc, char **argv)
{
    struct ud_emit emit;
    struct ud_helper helper = {.root = "",
                               .kernel = ud_kernel_real(),
                               .emit = &emit,
                               .input = STDIN_FILENO,
                               .output = STDOUT_FILENO};
    ud_fatal_set(say_fatal);
    ud_stop_install();
    ud_emit_init(&emit, ud_helper_uses_output(argc, argv) ? STDERR_FILENO : STDOUT_FILENO);
    int code = ud_helper_run(&helper, UD_VERSION, argc, argv);
    ud_emit_done(&emit);
    return code;
}
