/* Where the docker configuration comes from: environment and files, through
 * callbacks, so that what is decided from them is pure. */
#ifndef TRANSPORT_CONFIG_SOURCE_H
#define TRANSPORT_CONFIG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_config_source {
    void *ctx;
    /* The user's home directory, without a slash at the end; NULL: unknown. */
    const char *home;
    /* The variable's value, borrowed, or NULL. */
    const char *(*getenv)(void *ctx, const char *name);
    /* Adds the file's content to the buffer. UD_ERR_NOT_FOUND when there is none,
     * another code when it is there and cannot be read. */
    enum ud_code (*read_file)(void *ctx, const char *path, struct ud_buf *ret,
                              struct ud_error *err);
    /* Whether there is a file that can be read, without reading it: it may hold a key. May be
     * NULL: then none can. */
    bool (*can_read)(void *ctx, const char *path);
    /* Adds the names of a directory's entries; nothing when it does not exist. May be NULL. */
    void (*list_dir)(void *ctx, const char *path, struct ud_strv *ret);
    /* Asks the credential helper docker-credential-NAME for a server; adds what it writes to ret.
     * UD_ERR_NOT_FOUND: it has none for that server, or there is no such program, which the message
     * tells. May be NULL: then none is asked. */
    enum ud_code (*ask_helper)(void *ctx, const char *name, const char *server, struct ud_buf *ret,
                               struct ud_error *err);
    /* The lower-case hex SHA-256 of data; ret has room for 65. */
    void (*sha256hex)(void *ctx, const void *data, size_t len, char *ret);
};

/* The variable's value, or NULL when it is unset or empty. */
const char *ud_config_env(const struct ud_config_source *source, const char *name);

/* ${DOCKER_CONFIG:-HOME/.docker}, in new memory; NULL when neither is known. */
char *ud_config_dir(const struct ud_config_source *source);

/* Reads DIR/NAME of the docker configuration into ret, which is empty; an absent file leaves it so.
 * UTF-16 with a byte order mark becomes UTF-8. UD_ERR_USAGE when it is damaged; else the code of
 * read_file, or UD_ERR_PROTOCOL when it is larger than ret may be. */
UD_MUST_CHECK enum ud_code ud_config_read(const struct ud_config_source *source, const char *name,
                                          struct ud_buf *ret, struct ud_error *err);

#endif
