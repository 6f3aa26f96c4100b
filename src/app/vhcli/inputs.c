/* What the image is made from, as one digest: whether there is anything to do. */
#include "vhcli/making.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "bundle/bytes/digest.h"
#include "bundle/helpers.h"
#include "docker/engine/labels.h"
#include "util/mem.h"
#include "vm/helper_image.h"

enum { KEY_MAX = 64 * 1024 };

/* Raise it when what goes into the image changes, so that images made the old way
 * are not taken for new ones. */
#define RECIPE "1"

/* The base's id: of one that is not here any more, what the image of this name was
 * made from, so that doing it again needs no download. NULL: unknown. */
static const char *base_id(const struct ud_vhcli_making *m)
{
    if (m->base.id != NULL) {
        return m->base.id;
    }
    const char *made_from = m->old.id != NULL ? ud_labels_get(&m->old.labels, UD_LABEL_BASE) : NULL;
    return made_from != NULL && strcmp(made_from, m->result->base) == 0
               ? ud_labels_get(&m->old.labels, UD_LABEL_BASE_ID)
               : NULL;
}

const char *ud_vhcli_public_source(const struct ud_vhcli_making *m)
{
    return m->client.from_web ? m->client.source : "a file";
}

bool ud_vhcli_image_is_ours(const struct ud_image *image)
{
    return strcmp(image->comment, UD_VHCLI_MADE_BY) == 0;
}

enum ud_code ud_vhcli_digest_inputs(struct ud_vhcli_making *m, struct ud_error *err)
{
    const struct ud_helper_binary *helper = NULL;
    char hex[UD_DIGEST_HEX_SIZE];
    struct ud_buf key;
    UD_TRY(ud_helper_binary_for(m->engine.arch, &helper, err));
    ud_digest_of(helper->data, helper->size, hex);
    ud_buf_init(&key, KEY_MAX);
    ud_buf_addf(&key, "%s|%s|%s|%s|%s|%s|%s", RECIPE, m->engine.arch, m->result->base, base_id(m),
                hex, ud_vhcli_public_source(m), m->client.sha256);
    for (size_t i = 0; i < m->modules.count; i++) {
        const struct ud_buf *bytes = &m->modules.items[i].bytes;
        ud_digest_of(bytes->data, bytes->len, hex);
        ud_buf_addf(&key, "|%s|%s|%s", m->facts.release.text, m->modules.items[i].name, hex);
    }
    ud_digest_of(key.data, key.len, hex);
    enum ud_code rc = ud_buf_check(&key, "the list of what the image is made from", err);
    free(m->inputs);
    m->inputs = ud_strdup(hex);
    ud_buf_done(&key);
    return rc;
}

enum ud_code ud_vhcli_is_made(struct ud_vhcli_making *m, bool *ret, struct ud_error *err)
{
    *ret = false;
    if (m->old.id == NULL || base_id(m) == NULL) {
        return UD_OK;
    }
    if (m->client.sha256 == NULL) {
        UD_TRY(ud_vhcli_client_fetch(m->app, m->engine.arch, &m->client, err));
    }
    UD_TRY(ud_vhcli_digest_inputs(m, err));
    const char *made_from = ud_labels_get(&m->old.labels, UD_LABEL_INPUTS);
    *ret =
        ud_vhcli_image_is_ours(&m->old) && made_from != NULL && strcmp(made_from, m->inputs) == 0;
    return UD_OK;
}
