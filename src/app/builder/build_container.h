/* A container that is kept running while commands are executed in it one by
 * one: for installing a builder_image and for building. */
#ifndef APP_BUILDER_BUILD_CONTAINER_H
#define APP_BUILDER_BUILD_CONTAINER_H

#include "app/engine/context.h"
#include "app/engine/roles.h"
#include "builder/web_access.h"
#include "docker/engine/engine.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

#define UD_BUILD_CONTAINER_TREE "/usbipd/linux"
#define UD_BUILD_CONTAINER_PLACE "/usbipd"             /* the directory that it is in, */
#define UD_BUILD_CONTAINER_TREE_NAME "linux/"          /* and its name there */
#define UD_BUILD_CONTAINER_TREE_IN_TAR "usbipd/linux/" /* the same, as a tar names it */
enum {
    UD_BUILD_CONTAINER_UID = 1000,
    UD_BUILD_CONTAINER_LOG_KEEP = 64 * 1024 /* at least so much of a command's output */
};

struct ud_build_container {
    const struct ud_app *app;
    struct ud_engine *engine;
    char *name;                /* of the container; NULL: none */
    const struct ud_strv *env; /* borrowed: of commands that bring none; NULL: the image's own */
    struct ud_web_access web;  /* for all commands besides, where it may use the web */
    struct ud_buf log;         /* the last command's output, its end if it was long */
    struct ud_buf line;
};

struct ud_build_container_command {
    const struct ud_strv *argv;
    const struct ud_strv *env; /* NULL: the container's */
    const char *workdir;       /* or NULL */
};

struct ud_build_container_image {
    const char *id;       /* it has to be there */
    const char *platform; /* "linux/arm64", NULL: the engine's own */
    const char *goarch;   /* the engine's, for the helper */
};

/* Creates the container (not started) from the image, with the helper and an empty tree directory
 * in it. Call ud_build_container_close on success and on failure. */
UD_MUST_CHECK enum ud_code ud_build_container_open(const struct ud_app *app,
                                                   struct ud_engine *engine, enum ud_role role,
                                                   const struct ud_build_container_image *image,
                                                   struct ud_build_container *ret,
                                                   struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_build_container_start(struct ud_build_container *container,
                                                    struct ud_error *err);

/* Runs a command to its end; each line of output is an activity. The exit code
 * goes to *ret_exit, 127 when there is no such command. */
UD_MUST_CHECK enum ud_code ud_build_container_try(struct ud_build_container *container,
                                                  const struct ud_build_container_command *command,
                                                  int *ret_exit, struct ud_error *err);

/* Reports the last lines of the last command's output. */
void ud_build_container_tell(struct ud_build_container *container);

/* As ud_build_container_try, but any exit code but 0 is UD_ERR_BUILD, with the lines
 * that tell why, or UD_ERR_ENGINE if these say that the engine's disk is full. */
UD_MUST_CHECK enum ud_code ud_build_container_run(struct ud_build_container *container,
                                                  const struct ud_build_container_command *command,
                                                  struct ud_error *err);

/* Unpacks a tar at the container's root. */
UD_MUST_CHECK enum ud_code ud_build_container_put_tar(struct ud_build_container *container,
                                                      const struct ud_buf *tar,
                                                      struct ud_error *err);

/* Writes one file below the tree, owned by the build's user. */
UD_MUST_CHECK enum ud_code ud_build_container_put(struct ud_build_container *container,
                                                  const char *path, const char *data, size_t len,
                                                  struct ud_error *err);

/* Reads one file, below the tree or of an absolute path, into ret (initialized). */
UD_MUST_CHECK enum ud_code ud_build_container_get(struct ud_build_container *container,
                                                  const char *path, struct ud_buf *ret,
                                                  struct ud_error *err);

/* Puts the authorities that container->web has, if any, beside the container's own. */
UD_MUST_CHECK enum ud_code ud_build_container_bring_web(struct ud_build_container *container,
                                                        struct ud_error *err);

/* Removes what ud_build_container_open put into a container that downloads: before it becomes an
 * image. It has to run. */
UD_MUST_CHECK enum ud_code ud_build_container_forget_web(struct ud_build_container *container,
                                                         struct ud_error *err);

/* Removes the container. */
void ud_build_container_close(struct ud_build_container *container);

#endif
