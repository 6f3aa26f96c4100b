/* The first line is `uname -r`, the second `uname -v`, the third the system's
 * ID, and the fourth a compiler's version text. */
#include <stdlib.h>
#include <string.h>

#include "kernel/facts/facts.h"
#include "kernel/facts/release.h"
#include "kernel/facts/vermagic.h"
#include "kernel/kbuild/compiler.h"
#include "kernel/routes/routes.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = ud_strndup((const char *)data, size);
    char *lines[4] = {text, text + strlen(text), text + strlen(text), text + strlen(text)};
    for (size_t i = 1; i < 4; i++) {
        char *end = strchr(lines[i - 1], '\n');
        if (end == NULL) {
            break;
        }
        *end = '\0';
        lines[i] = end + 1;
    }
    struct ud_release release;
    struct ud_release_tarball tarball;
    struct ud_compiler compiler;
    struct ud_vermagic vermagic;
    struct ud_os_release os;
    if (ud_release_parse(lines[0], lines[1], lines[2], &release, NULL) == UD_OK) {
        enum ud_code rc = ud_release_tarball(&release, &tarball, NULL);
        (void)rc;
        free(ud_release_source_advice(&release));
        free(ud_release_symvers_advice(&release));
        struct ud_routes routes;
        const struct ud_routes_input input = {.release = &release, .os = lines[2]};
        ud_routes_make(&input, &routes);
        ud_routes_done(&routes);
    }
    enum ud_code rc = ud_compiler_parse(lines[3], &compiler, NULL);
    (void)rc;
    ud_vermagic_parse(lines[0], &vermagic);
    ud_vermagic_done(&vermagic);
    ud_os_release_parse((const char *)data, size, &os);
    ud_os_release_done(&os);
    struct ud_strv versions = {0};
    ud_routes_archive_versions((const char *)data, size, lines[0], &versions);
    ud_strv_done(&versions);
    free(text);
    return 0;
}
