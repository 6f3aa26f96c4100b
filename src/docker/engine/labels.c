#include "docker/engine/labels.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

const char *ud_labels_get(const struct ud_strv *labels, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < labels->len; i++) {
        if (strncmp(labels->items[i], key, len) == 0 && labels->items[i][len] == '=') {
            return labels->items[i] + len + 1;
        }
    }
    return NULL;
}

/* A dollar would be replaced as a variable; a line end would end the instruction. */
static void labels_quote(struct ud_buf *buf, const char *text, size_t len)
{
    ud_buf_adds(buf, "\"");
    for (size_t i = 0; i < len; i++) {
        if (strchr("\"\\$", text[i]) != NULL) {
            ud_buf_adds(buf, "\\");
        }
        ud_buf_add(buf, text[i] == '\n' || text[i] == '\r' ? " " : &text[i], 1);
    }
    ud_buf_adds(buf, "\"");
}

char *ud_labels_change(const char *label)
{
    struct ud_buf buf;
    size_t key_len = strcspn(label, "=");
    const char *value = label[key_len] == '=' ? label + key_len + 1 : "";
    ud_buf_init(&buf, strlen(label) * 2 + 32);
    ud_buf_adds(&buf, "LABEL ");
    labels_quote(&buf, label, key_len);
    ud_buf_adds(&buf, "=");
    labels_quote(&buf, value, strlen(value));
    char *change = ud_buf_take(&buf, NULL);
    ud_buf_done(&buf);
    return change;
}

void ud_labels_add_change(struct ud_strv *changes, const char *key, const char *value)
{
    char *label = ud_strf("%s=%s", key, value);
    char *change = ud_labels_change(label);
    ud_strv_add(changes, change);
    free(change);
    free(label);
}
