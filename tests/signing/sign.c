/* Signs a file as `usbipd-desktop build` signs a module, for run.sh:
 *
 *   sign KEY CERTIFICATE|- DIGEST FILE
 *
 * Prints the key's identifier and subject. Exit code: that of the error, which is
 * on standard error with its remedy. */
#include <stdio.h>
#include <string.h>

#include "bundle/signer/signer.h"
#include "platform/fs.h"

enum { FILE_MAX = 1 << 20 };

static enum ud_code sign_file(struct ud_signer *signer, const char *path, struct ud_error *err)
{
    struct ud_buf file;
    ud_buf_init(&file, FILE_MAX);
    enum ud_code rc = ud_fs_read(path, &file, err);
    if (rc == UD_OK) {
        rc = ud_signer_sign(signer, &file, err);
    }
    if (rc == UD_OK) {
        rc = ud_fs_write_atomic(path, file.data, file.len, err);
    }
    ud_buf_done(&file);
    return rc;
}

static enum ud_code run(char **args, struct ud_error *err)
{
    struct ud_signer *signer = NULL;
    const char *cert = strcmp(args[1], "-") != 0 ? args[1] : NULL;
    UD_TRY(ud_signer_open(args[0], cert, &signer, err));
    enum ud_code rc = ud_signer_use_hash(signer, args[2], err);
    if (rc == UD_OK) {
        rc = sign_file(signer, args[3], err);
    }
    if (rc == UD_OK) {
        const char *oddity = ud_signer_oddity(signer);
        (void)printf("%s %s\n%s\n", ud_signer_key_id(signer), ud_signer_subject(signer),
                     oddity != NULL ? oddity : "is valid");
    }
    ud_signer_free(signer);
    return rc;
}

int main(int argc, char **argv)
{
    struct ud_error err = {0};
    if (argc != 5) {
        (void)fprintf(stderr, "usage: sign KEY CERTIFICATE|- DIGEST FILE\n");
        return 2;
    }
    enum ud_code rc = run(argv + 1, &err);
    if (rc != UD_OK) {
        (void)fprintf(stderr, "%s\n%s\n", err.message, err.remedy);
    }
    return ud_error_exit_code(rc);
}
