#include "transport/url.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

enum { SHOWN_MAX = 400 };

static bool url_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void url_escape(struct ud_buf *buf, const char *text, const char *keep)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (url_unreserved(*p) || strchr(keep, *p) != NULL) {
            ud_buf_add(buf, p, 1);
        } else {
            ud_buf_addf(buf, "%%%02X", *p);
        }
    }
}

void ud_url_escape_path(struct ud_buf *buf, const char *text)
{
    url_escape(buf, text, "/:@");
}

void ud_url_param(struct ud_buf *buf, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    ud_buf_addf(buf, "%c%s=", strchr(buf->data, '?') == NULL ? '?' : '&', name);
    url_escape(buf, value, "");
}

static bool secret_param(const char *name, size_t len)
{
    static const char *const words[] = {"token", "password",  "passwd",     "secret",
                                        "auth",  "signature", "credential", "x-amz-"};
    char *copy = ud_strndup(name, len);
    bool secret = strcmp(copy, "sig") == 0;
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0] && !secret; i++) {
        secret = strstr(copy, words[i]) != NULL;
    }
    free(copy);
    return secret;
}

static void redact_query(struct ud_buf *buf, const char *query)
{
    while (*query != '\0') {
        size_t len = strcspn(query, "&");
        const char *equals = memchr(query, '=', len);
        if (equals != NULL && secret_param(query, (size_t)(equals - query))) {
            ud_buf_add(buf, query, (size_t)(equals - query) + 1);
            ud_buf_adds(buf, "***");
        } else {
            ud_buf_add(buf, query, len);
        }
        query += len;
        if (*query == '&') {
            ud_buf_adds(buf, "&");
            query++;
        }
    }
}

/* Of a text that begins with a scheme and "://" their length, else 0. */
static size_t url_scheme_len(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return n > 0 && ud_str_starts(text + n, "://") ? n + strlen("://") : 0;
}

static const char *url_last_at(const char *text, size_t len)
{
    for (size_t i = len; i > 0; i--) {
        if (text[i - 1] == '@') {
            return text + i - 1;
        }
    }
    return NULL;
}

/* Adds len bytes of url, which begins with a scheme, as they may be shown. */
static void url_add_shown(struct ud_buf *buf, const char *url, size_t len)
{
    size_t scheme = url_scheme_len(url);
    const char *authority = url + scheme;
    size_t rest = len - scheme;
    size_t authority_len = strcspn(authority, "/?#");
    authority_len = authority_len < rest ? authority_len : rest;
    const char *at = url_last_at(authority, authority_len);
    bool named = at != NULL || memchr(authority, ':', authority_len) != NULL;
    ud_buf_add(buf, url, scheme);
    /* A password with a '/' that is not escaped looks like a port and a path. */
    if (named && url_last_at(authority + authority_len, rest - authority_len) != NULL) {
        ud_buf_adds(buf, "...");
        return;
    }
    const char *host = at != NULL ? at + 1 : authority;
    size_t host_and_path = strcspn(host, "?#");
    size_t left = (size_t)(url + len - host);
    ud_buf_add(buf, host, host_and_path < left ? host_and_path : left);
    if (host_and_path < left) {
        ud_buf_add(buf, host + host_and_path, 1);
        ud_buf_adds(buf, "...");
    }
}

static char *url_take_shown(struct ud_buf *buf, size_t max)
{
    char *text = ud_buf_take(buf, NULL);
    ud_buf_done(buf);
    if (strlen(text) > max) {
        memcpy(text + max - 3, "...", 4);
    }
    ud_str_sanitize(text);
    return text;
}

void ud_url_init(struct ud_url *url, const char *text)
{
    struct ud_buf buf;
    *url = (struct ud_url){.secret = ud_strdup(text)};
    if (url_scheme_len(text) == 0) {
        url->shown = ud_strdup(text);
        ud_str_sanitize(url->shown);
        return;
    }
    ud_buf_init(&buf, strlen(text) + 64);
    url_add_shown(&buf, text, strlen(text));
    url->shown = url_take_shown(&buf, SHOWN_MAX);
}

void ud_url_init_below(struct ud_url *url, const struct ud_url *base, const char *rest)
{
    *url = (struct ud_url){ud_strf("%s%s", base->secret, rest), ud_strf("%s%s", base->shown, rest)};
    ud_str_sanitize(url->shown);
}

void ud_url_done(struct ud_url *url)
{
    free(url->secret);
    free(url->shown);
    *url = (struct ud_url){0};
}

char *ud_url_file_name(const struct ud_url *url)
{
    const char *authority = url->secret + url_scheme_len(url->secret);
    const char *path = authority + strcspn(authority, "/?#");
    size_t len = strcspn(path, "?#");
    size_t start = len;
    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    return ud_strndup(path + start, len - start);
}

char *ud_url_redact_text(const char *text)
{
    struct ud_buf buf;
    ud_buf_init(&buf, strlen(text) * 2 + 64);
    while (*text != '\0') {
        size_t len = strcspn(text, " \t\r\n\"'`<>");
        if (url_scheme_len(text) > 0) {
            url_add_shown(&buf, text, len);
            text += len;
        } else {
            ud_buf_add(&buf, text, 1);
            text++;
        }
    }
    return url_take_shown(&buf, SIZE_MAX);
}

char *ud_url_redact_target(const char *target)
{
    struct ud_buf buf;
    struct ud_url url;
    size_t len = strcspn(target, "?");
    ud_buf_init(&buf, strlen(target) * 3 + 64);
    char *path = ud_strndup(target, len);
    ud_url_init(&url, path);
    ud_buf_adds(&buf, url.shown);
    if (target[len] == '?') {
        ud_buf_adds(&buf, "?");
        redact_query(&buf, target + len + 1);
    }
    ud_url_done(&url);
    free(path);
    return url_take_shown(&buf, SHOWN_MAX);
}
