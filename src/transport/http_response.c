#include "transport/http.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

void ud_http_response_done(struct ud_http_response *response)
{
    if (response == NULL) {
        return;
    }
    ud_strv_done(&response->headers);
    if (response->body.data != NULL) {
        ud_buf_done(&response->body);
    }
    *response = (struct ud_http_response){0};
}

const char *ud_http_response_header(const struct ud_http_response *response, const char *name)
{
    for (size_t i = 0; i < response->headers.len; i++) {
        const char *line = response->headers.items[i];
        const char *colon = strchr(line, ':');
        if (colon == NULL || (size_t)(colon - line) != strlen(name)) {
            continue;
        }
        char *key = ud_strndup(line, (size_t)(colon - line));
        bool same = ud_str_equal_nocase(key, name);
        free(key);
        if (same) {
            return colon + 1 + strspn(colon + 1, " \t");
        }
    }
    return NULL;
}
