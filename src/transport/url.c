#include "transport/url.h"

#include <stdbool.h>
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

char *ud_url_redact(const char *url)
{
    struct ud_buf buf;
    ud_buf_init(&buf, strlen(url) * 3 + 64);
    const char *rest = url;
    const char *scheme = strstr(url, "://");
    if (scheme != NULL && scheme < url + strcspn(url, "/?#")) {
        scheme += 3;
        ud_buf_add(&buf, url, (size_t)(scheme - url));
        rest = scheme;
        size_t authority = strcspn(rest, "/?#");
        for (size_t i = authority; i > 0; i--) {
            if (rest[i - 1] == '@') {
                rest += i;
                break;
            }
        }
    }
    size_t path = strcspn(rest, "?");
    ud_buf_add(&buf, rest, path);
    if (rest[path] == '?') {
        ud_buf_adds(&buf, "?");
        redact_query(&buf, rest + path + 1);
    }
    char *text = ud_buf_take(&buf, NULL);
    ud_buf_done(&buf);
    if (strlen(text) > SHOWN_MAX) {
        memcpy(text + SHOWN_MAX - 3, "...", 4);
    }
    ud_str_sanitize(text);
    return text;
}
