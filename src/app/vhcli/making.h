/* What the files about making the client's image share. */
#ifndef APP_VHCLI_MAKING_H
#define APP_VHCLI_MAKING_H

#include "docker/images/image.h"
#include "vhcli/parts.h"

/* All that making the image holds while it runs. */
struct ud_vhcli_making {
    const struct ud_app *app;
    const struct ud_vhcli_image_options *options;
    struct ud_vhcli_image *result;
    struct ud_connection vm;
    struct ud_engine_info engine;
    struct ud_facts facts;
    struct ud_vhcli_client client;
    struct ud_vhcli_modules modules;
    struct ud_image old;  /* of the wanted name; id NULL: there is none */
    struct ud_image base; /* id NULL: the engine does not have it */
    bool pulled;          /* for this run */
    char *inputs;         /* digest of all that goes in */
};

/* vhcli_inputs.c: the URL of the client, or that it was a file: a path of this
 * machine says nothing elsewhere, and does not change the image. */
const char *ud_vhcli_public_source(const struct ud_vhcli_making *m);

/* Fills m->inputs; the client's digest and the base's id have to be known. */
UD_MUST_CHECK enum ud_code ud_vhcli_digest_inputs(struct ud_vhcli_making *m, struct ud_error *err);

/* Whether the image of this name was made from just the same. Fetches the client
 * if its digest is not known. */
UD_MUST_CHECK enum ud_code ud_vhcli_is_made(struct ud_vhcli_making *m, bool *ret,
                                            struct ud_error *err);

/* vhcli_make.c: makes it, and sets m->result->id. */
UD_MUST_CHECK enum ud_code ud_vhcli_make(struct ud_vhcli_making *m, struct ud_error *err);

#endif
