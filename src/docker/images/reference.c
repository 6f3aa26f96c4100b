#include "docker/images/reference.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "transport/url.h"
#include "util/mem.h"
#include "util/str.h"

enum { NAME_MAX_LEN = 255, TAG_MAX_LEN = 128 };

#define REFERENCE_REMEDY "Write it as name:tag, registry/name:tag or name@sha256:digest."

void ud_reference_done(struct ud_reference *reference)
{
    if (reference == NULL) {
        return;
    }
    free(reference->name);
    free(reference->registry);
    free(reference->tag);
    free(reference->digest);
    *reference = (struct ud_reference){0};
}

static bool reference_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool made_of(const char *text, size_t len, const char *others)
{
    for (size_t i = 0; i < len; i++) {
        if (!reference_alnum(text[i]) && (text[i] == '\0' || strchr(others, text[i]) == NULL)) {
            return false;
        }
    }
    return len > 0;
}

/* No empty component, none that begins with a dot: nothing that a URL path or
 * the engine would read otherwise. */
static bool good_name(const char *name)
{
    return strlen(name) <= NAME_MAX_LEN && made_of(name, strlen(name), "._-/:") &&
           reference_alnum(name[0]) && name[strlen(name) - 1] != '/' &&
           strstr(name, "//") == NULL && strstr(name, "/.") == NULL;
}

static bool good_tag(const char *tag)
{
    return strlen(tag) <= TAG_MAX_LEN && made_of(tag, strlen(tag), "._-") && tag[0] != '.' &&
           tag[0] != '-';
}

static bool good_digest(const char *digest)
{
    const char *colon = strchr(digest, ':');
    return colon != NULL && made_of(digest, (size_t)(colon - digest), "+._-") &&
           strlen(colon + 1) >= 32 && made_of(colon + 1, strlen(colon + 1), "");
}

/* What comes before the first slash is a registry when it looks like a host. */
static char *registry_of(const char *name)
{
    size_t len = strcspn(name, "/");
    char *head = ud_strndup(name, len);
    bool host = name[len] == '/' && (strpbrk(head, ".:") != NULL || strcmp(head, "localhost") == 0);
    if (!host || strcmp(head, "index.docker.io") == 0) {
        free(head);
        return ud_strdup("docker.io");
    }
    return head;
}

static void reference_split(const char *text, struct ud_reference *ret)
{
    size_t len = strcspn(text, "@");
    if (text[len] == '@') {
        ret->digest = ud_strdup(text + len + 1);
    }
    char *head = ud_strndup(text, len);
    char *slash = strrchr(head, '/');
    char *colon = strrchr(slash != NULL ? slash : head, ':');
    if (colon != NULL) {
        ret->tag = ud_strdup(colon + 1);
        *colon = '\0';
    } else if (ret->digest == NULL) {
        ret->tag = ud_strdup("latest");
    }
    ret->name = head;
}

enum ud_code ud_reference_parse(const char *text, struct ud_reference *ret, struct ud_error *err)
{
    struct ud_reference ref = {0};
    reference_split(text, &ref);
    if (!good_name(ref.name) || (ref.tag != NULL && !good_tag(ref.tag)) ||
        (ref.digest != NULL && !good_digest(ref.digest))) {
        ud_reference_done(&ref);
        char *shown = ud_url_redact_text(text);
        (void)ud_fail(err, UD_ERR_USAGE, REFERENCE_REMEDY, "%s is not a reference of an image",
                      shown);
        free(shown);
        return UD_ERR_USAGE;
    }
    ref.registry = registry_of(ref.name);
    *ret = ref;
    return UD_OK;
}

const char *ud_reference_tag_in(const char *listed, const char *repository)
{
    static const char *const before[] = {"docker.io/library/", "docker.io/", "localhost/"};
    const size_t len = strlen(repository);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        if (ud_str_starts(listed, before[i])) {
            listed += strlen(before[i]);
            break;
        }
    }
    return strncmp(listed, repository, len) == 0 && listed[len] == ':' ? listed + len + 1 : NULL;
}
