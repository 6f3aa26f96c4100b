#include "engine/api_error.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/known_words.h"
#include "engine/json.h"
#include "transport/url.h"
#include "util/mem.h"
#include "util/str.h"

enum { SAID_MAX = 700 };

static enum ud_code api_error_code_of(int status)
{
    switch (status) {
    case 401:
    case 403:
        return UD_ERR_DENIED;
    case 404:
        return UD_ERR_NOT_FOUND;
    case 409:
        return UD_ERR_BUSY;
    default:
        return UD_ERR_ENGINE;
    }
}

static bool type_is(const struct ud_http_response *response, const char *type)
{
    const char *value = ud_http_response_header(response, "Content-Type");
    if (value == NULL) {
        return false;
    }
    char *head = ud_strndup(value, strcspn(value, "; "));
    bool same = ud_str_equal_nocase(head, type);
    free(head);
    return same;
}

/* The engine's words, in new memory. It says JSON, or plain text before it
 * knows the API version; a proxy in between says HTML, which nobody reads. */
static char *words_of(const struct ud_http_response *response)
{
    char *words = NULL;
    if (type_is(response, "application/json")) {
        cJSON *root = cJSON_ParseWithLength(response->body.data, response->body.len);
        words = ud_json_dup(root, "message");
        cJSON_Delete(root);
    } else if (type_is(response, "text/html")) {
        words = ud_strdup("a web page: a proxy or another server answers at this endpoint");
    } else {
        struct ud_slice text =
            ud_slice_trim((struct ud_slice){response->body.data, response->body.len});
        words = ud_strndup(text.ptr, text.len);
    }
    return words;
}

enum ud_code ud_api_fail(enum ud_code code, const char *what, const char *said,
                         struct ud_error *err)
{
    char *whole = ud_url_redact_text(said); /* registries sign addresses of theirs */
    char *words = ud_strndup(whole, SAID_MAX);
    free(whole);
    size_t len = strlen(words);
    while (len > 0 && strchr("\r\n\t ", words[len - 1]) != NULL) {
        words[--len] = '\0';
    }
    (void)ud_fail(err, code, ud_known_words_remedy(words), "%s: %s", what, words);
    if (err != NULL) {
        ud_str_sanitize(err->message);
        for (char *p = err->message; *p != '\0'; p++) {
            *p = *p == '\n' || *p == '\t' ? ' ' : *p;
        }
    }
    free(words);
    return code;
}

enum ud_code ud_api_check(const struct ud_http_response *response, const char *what,
                          struct ud_error *err)
{
    int status = response->status;
    if ((status >= 200 && status < 300) || status == 304) {
        return UD_OK;
    }
    char *words = words_of(response);
    char *said = words[0] != '\0' ? ud_strf("%s (HTTP %d)", words, status)
                                  : ud_strf("the engine answered HTTP %d", status);
    if (strlen(words) > SAID_MAX) {
        free(said);
        said = ud_strndup(words, SAID_MAX);
    }
    enum ud_code rc = ud_api_fail(api_error_code_of(status), what, said, err);
    free(said);
    free(words);
    return rc;
}
