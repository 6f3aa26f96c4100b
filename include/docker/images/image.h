/* Images: each function is one operation of the API. */
#ifndef DOCKER_IMAGES_IMAGE_H
#define DOCKER_IMAGES_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "docker/engine/engine.h"
#include "transport/config_source.h"
#include "transport/stream.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_image {
    char *id;              /* "sha256:…" */
    char *created;         /* RFC 3339 from inspect; seconds since 1970 as text from list */
    char *tagged;          /* when it was last given a name, RFC 3339; "" unknown or from list */
    char *arch;            /* as Go names it; "" from list */
    char *os;              /* "" from list */
    char *comment;         /* by whoever made it, not inherited; "" from list */
    uint64_t size;         /* bytes */
    struct ud_strv env;    /* "NAME=value"; nothing from list */
    struct ud_strv labels; /* "key=value" */
    struct ud_strv layers; /* digests of their uncompressed tars, "sha256:…"; nothing from list */
    struct ud_strv tags;   /* "debian:12" */
    struct ud_strv digests; /* "debian@sha256:…" */
};

void ud_image_done(struct ud_image *image);

struct ud_image_list {
    struct ud_image *items;
    size_t len;
};

void ud_image_list_done(struct ud_image_list *list);

/* UD_ERR_NOT_FOUND when the engine does not have it. */
UD_MUST_CHECK enum ud_code ud_image_inspect(struct ud_engine *engine, const char *reference,
                                            struct ud_image *ret, struct ud_error *err);

/* As inspect, but one that is not there is UD_OK and leaves ret zeroed (id NULL). */
UD_MUST_CHECK enum ud_code ud_image_find(struct ud_engine *engine, const char *reference,
                                         struct ud_image *ret, struct ud_error *err);

UD_MUST_CHECK enum ud_code ud_image_exists(struct ud_engine *engine, const char *reference,
                                           bool *ret, struct ud_error *err);

/* All images with the label ("key" or "key=value"; NULL: all), dangling ones too. */
UD_MUST_CHECK enum ud_code ud_image_list(struct ud_engine *engine, const char *label,
                                         struct ud_image_list *ret, struct ud_error *err);

/* Those with a name in a repository, "usbipd-desktop/pulled". */
UD_MUST_CHECK enum ud_code ud_image_list_named(struct ud_engine *engine, const char *repo,
                                               struct ud_image_list *ret, struct ud_error *err);

/* Pulls one image: a tag or digest is always sent. platform is "linux/amd64"
 * or NULL for the engine's own. auth may be NULL for anonymous; otherwise its
 * callbacks are asked for docker's configuration. Reports progress in bytes
 * over all layers within the caller's step. */
UD_MUST_CHECK enum ud_code ud_image_pull(struct ud_engine *engine, const char *reference,
                                         const char *platform, const struct ud_config_source *auth,
                                         struct ud_error *err);

struct ud_image_import {
    const char *repo;
    const char *tag;
    const char *platform;   /* "linux/amd64" or NULL */
    const char *message;    /* history comment or NULL */
    struct ud_strv changes; /* Dockerfile instructions; labels: see ud_labels_change */
    struct ud_source tar;   /* an uncompressed or gzip tar of the root file system */
};

/* Makes a one-layer image of a tar. ret_id ("sha256:…", new memory) may be NULL. */
UD_MUST_CHECK enum ud_code ud_image_import(struct ud_engine *engine,
                                           const struct ud_image_import *import, char **ret_id,
                                           struct ud_error *err);

struct ud_image_commit {
    const char *container;
    const char *repo;
    const char *tag;
    const char *comment;    /* or NULL */
    struct ud_strv changes; /* as for import */
};

/* Makes an image of a container, which is paused meanwhile. ret_id may be NULL. */
UD_MUST_CHECK enum ud_code ud_image_commit(struct ud_engine *engine,
                                           const struct ud_image_commit *commit, char **ret_id,
                                           struct ud_error *err);

UD_MUST_CHECK enum ud_code ud_image_tag(struct ud_engine *engine, const char *reference,
                                        const char *repo, const char *tag, struct ud_error *err);

/* Streams a tar with the image's layers and descriptions into the sink. */
UD_MUST_CHECK enum ud_code ud_image_save(struct ud_engine *engine, const char *reference,
                                         const struct ud_sink *tar, struct ud_error *err);

/* Loads what such a tar holds, all or nothing. */
UD_MUST_CHECK enum ud_code ud_image_load(struct ud_engine *engine, const struct ud_source *tar,
                                         struct ud_error *err);

enum {
    UD_IMAGE_FORCE = 1,   /* also when several tags or a stopped container use it */
    UD_IMAGE_NO_PRUNE = 2 /* keep untagged parents */
};

/* Removes a tag, or the image with its last one. UD_ERR_NOT_FOUND when absent,
 * UD_ERR_BUSY when a container uses it. */
UD_MUST_CHECK enum ud_code ud_image_remove(struct ud_engine *engine, const char *reference,
                                           unsigned flags, struct ud_error *err);

#endif
