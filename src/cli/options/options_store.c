#include "options/options_store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/url.h"
#include "util/buf.h"
#include "util/str.h"
#include "util/strv.h"

enum { CHOICES_MAX = 256 };

struct ud_opt_shown ud_opt_show(const struct ud_token *token)
{
    struct ud_opt_shown shown;
    const char *dashes = token->kind == UD_TOKEN_LONG ? "--" : "-";
    (void)snprintf(shown.text, sizeof shown.text, "%s%.*s", dashes, UD_OPT_SHOWN_MAX - 3,
                   token->name);
    return shown;
}

void *ud_opt_field(const struct ud_opt *opt, void *target)
{
    return (char *)target + opt->offset;
}

static enum ud_code store_number(const struct ud_opt *opt, const struct ud_token *token,
                                 unsigned *ret, struct ud_error *err)
{
    uint64_t number;
    if (!ud_str_to_u64(token->value, &number) || number < opt->min || number > opt->max) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s takes a number from %u to %u, not '%s'",
                       ud_opt_show(token).text, opt->min, opt->max, token->value);
    }
    *ret = (unsigned)number;
    return UD_OK;
}

static enum ud_code store_choice(const struct ud_opt *opt, const struct ud_token *token,
                                 unsigned *ret, struct ud_error *err)
{
    struct ud_buf accepted;
    ud_buf_init(&accepted, CHOICES_MAX);
    for (unsigned i = 0; opt->choices[i] != NULL; i++) {
        if (strcmp(opt->choices[i], token->value) == 0) {
            *ret = i;
            ud_buf_done(&accepted);
            return UD_OK;
        }
        bool last = opt->choices[i + 1] == NULL;
        ud_buf_addf(&accepted, "%s%s", i == 0 ? "" : last ? " or " : ", ", opt->choices[i]);
    }
    (void)ud_fail(err, UD_ERR_USAGE, NULL, "%s takes %s, not '%s'", ud_opt_show(token).text,
                  accepted.data, token->value);
    ud_buf_done(&accepted);
    return UD_ERR_USAGE;
}

enum ud_code ud_opt_refuse(const struct ud_opt *opt, const char *name, const char *value,
                           struct ud_error *err)
{
    if (opt->secret) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s takes %s", name, opt->accepts);
    }
    char *shown = ud_url_redact_text(value);
    (void)ud_fail(err, UD_ERR_USAGE, NULL, "%s takes %s, not '%s'", name, opt->accepts, shown);
    free(shown);
    return UD_ERR_USAGE;
}

static enum ud_code check_text(const struct ud_opt *opt, const struct ud_token *token,
                               struct ud_error *err)
{
    if (token->value[0] == '\0') {
        return ud_fail(err, UD_ERR_USAGE, NULL, "the value of %s is empty",
                       ud_opt_show(token).text);
    }
    if (opt->check != NULL && !opt->check(token->value)) {
        return ud_opt_refuse(opt, ud_opt_show(token).text, token->value, err);
    }
    return UD_OK;
}

enum ud_code ud_opt_store(const struct ud_opt *opt, void *target, const struct ud_token *token,
                          struct ud_error *err)
{
    void *at = ud_opt_field(opt, target);
    if (opt->kind == UD_OPT_FLAG) {
        if (token->attached) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "%s takes no value", ud_opt_show(token).text);
        }
        *(bool *)at = true;
        return UD_OK;
    }
    if (token->value == NULL) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s needs a value: %s", ud_opt_show(token).text,
                       opt->value);
    }
    switch (opt->kind) {
    case UD_OPT_NUMBER:
        return store_number(opt, token, at, err);
    case UD_OPT_CHOICE:
        return store_choice(opt, token, at, err);
    default:
        break;
    }
    UD_TRY(check_text(opt, token, err));
    if (opt->kind == UD_OPT_LIST) {
        ud_strv_add(at, token->value);
    } else {
        *(const char **)at = token->value;
    }
    return UD_OK;
}

bool ud_opt_is_base_url(const char *text)
{
    const char *host = strstr(text, "://");
    bool web = ud_str_starts(text, "https://") || ud_str_starts(text, "http://");
    return web && host[3] != '\0' && strpbrk(text, "?#") == NULL;
}

bool ud_opt_is_platform(const char *text)
{
    return strcmp(text, "linux/amd64") == 0 || strcmp(text, "linux/arm64") == 0;
}

bool ud_opt_is_sha256(const char *text)
{
    enum { DIGITS = 64 };
    return strlen(text) == DIGITS && strspn(text, "0123456789abcdefABCDEF") == DIGITS;
}
