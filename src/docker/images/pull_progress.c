#include "images/pull_progress.h"

#include <string.h>

#include "engine/json.h"

static size_t layer_of(struct ud_pull_progress *p, const char *id)
{
    size_t i = 0;
    while (i < p->len && strcmp(p->layers[i].id, id) != 0) {
        i++;
    }
    if (i == p->len && i < UD_PULL_LAYERS_MAX && strlen(id) < sizeof p->layers[i].id) {
        memcpy(p->layers[i].id, id, strlen(id) + 1);
        p->len++;
    }
    return i;
}

static void report_sum(const struct ud_pull_progress *p, const struct ud_report *report)
{
    uint64_t done = 0;
    uint64_t total = 0;
    for (size_t i = 0; i < p->len; i++) {
        done += p->layers[i].done;
        total += p->layers[i].total;
    }
    ud_report_progress(report, done, total, "B");
}

void ud_pull_progress_take(struct ud_pull_progress *p, const cJSON *message,
                           const struct ud_report *report)
{
    const char *status = ud_json_text(message, "status");
    const char *id = ud_json_text(message, "id");
    if (id[0] == '\0') {
        ud_report_message(report, UD_REPORT_DETAIL, "%s", status);
        return;
    }
    size_t i = layer_of(p, id);
    if (i >= p->len) {
        return;
    }
    /* Extracting counts the same bytes again: downloading is what takes time. */
    if (strcmp(status, "Downloading") == 0) {
        const cJSON *detail = ud_json_get(message, "progressDetail");
        uint64_t total = ud_json_u64(detail, "total");
        p->layers[i].done = ud_json_u64(detail, "current");
        p->layers[i].total = total > p->layers[i].done ? total : p->layers[i].done;
    } else if (strcmp(status, "Download complete") == 0 || strcmp(status, "Pull complete") == 0) {
        p->layers[i].done = p->layers[i].total;
    } else {
        return;
    }
    report_sum(p, report);
}
