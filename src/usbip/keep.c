#include "usbip/keep.h"

#include "util/patience.h"

enum ud_code ud_keep_choice_add(struct ud_keep_choice *choice, const char *text,
                                struct ud_error *err)
{
    if (choice->count == UD_KEEP_SELECTORS_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "more than %d devices to be kept",
                       UD_KEEP_SELECTORS_MAX);
    }
    UD_TRY(ud_usbip_selector_parse(text, &choice->selectors[choice->count], err));
    choice->count++;
    return UD_OK;
}

enum ud_code ud_keep_choose(const struct ud_keep_choice *choice,
                            const struct ud_usbip_device *devices, size_t count, size_t *ret_device,
                            size_t *ret_selector, struct ud_error *err)
{
    struct ud_error first = {0};
    for (size_t i = 0; i < choice->count; i++) {
        struct ud_error why = {0};
        enum ud_code rc =
            ud_usbip_select(devices, count, &choice->selectors[i], NULL, ret_device, &why);
        if (rc == UD_OK) {
            *ret_selector = i;
            return UD_OK;
        }
        if (rc != UD_ERR_NOT_FOUND) {
            return ud_error_pass(err, &why);
        }
        first = i == 0 ? why : first;
    }
    return ud_error_pass(err, &first);
}

static unsigned keep_longer(const struct ud_keep_pace *pace)
{
    if (pace->pause_ms < UD_PATIENCE_KEEP_LOOK_MS) {
        return UD_PATIENCE_KEEP_LOOK_MS;
    }
    return pace->pause_ms < UD_PATIENCE_KEEP_LAST_MS / 2 ? pace->pause_ms * 2
                                                         : UD_PATIENCE_KEEP_LAST_MS;
}

bool ud_keep_goes_on(struct ud_keep_pace *pace, enum ud_code code, unsigned *ret_ms)
{
    const bool refused = code == UD_ERR_REFUSED || code == UD_ERR_ENGINE;
    const bool awaited = pace->attached || pace->patient;
    pace->refusals = refused ? pace->refusals + 1 : 0;
    switch (code) {
    case UD_OK:
        pace->attached = true;
        pace->pause_ms = UD_PATIENCE_KEEP_SOON_MS;
        break;
    case UD_ERR_NOT_FOUND:
        pace->pause_ms = UD_PATIENCE_KEEP_LOOK_MS;
        break;
    case UD_ERR_UNREACHABLE:
    case UD_ERR_BUSY:
    case UD_ERR_REFUSED:
    case UD_ERR_ENGINE:
        pace->pause_ms = keep_longer(pace);
        break;
    default:
        return false;
    }
    *ret_ms = pace->pause_ms;
    const bool absent = code == UD_ERR_NOT_FOUND || code == UD_ERR_UNREACHABLE;
    return pace->refusals < UD_KEEP_REFUSALS_MAX && (awaited || !absent);
}
