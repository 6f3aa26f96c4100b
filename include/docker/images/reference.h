/* Image references: [REGISTRY/]NAME[:TAG][@DIGEST]. Pure. */
#ifndef DOCKER_IMAGES_REFERENCE_H
#define DOCKER_IMAGES_REFERENCE_H

#include "util/error.h"

struct ud_reference {
    char *name;     /* as written, without tag and digest: "debian", "ghcr.io/a/b" */
    char *registry; /* "docker.io" when none is written */
    char *tag;      /* "latest" when neither tag nor digest is written; else NULL or the tag */
    char *digest;   /* "sha256:…" or NULL */
};

/* UD_ERR_USAGE for what is none. */
UD_MUST_CHECK enum ud_code ud_reference_parse(const char *text, struct ud_reference *ret,
                                              struct ud_error *err);
void ud_reference_done(struct ud_reference *reference);

/* The tag of a name that an engine lists ("usbipd-desktop/prepared:1f2e"), if it is one of a
 * repository of docker.io or of this machine: podman writes "docker.io/", "docker.io/library/" or
 * "localhost/" before its name. Borrowed from the name; NULL: it is of another. */
const char *ud_reference_tag_in(const char *listed, const char *repository);

#endif
