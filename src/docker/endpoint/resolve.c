#include "docker/endpoint/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "endpoint/context_store.h"
#include "endpoint/known_sockets.h"
#include "util/mem.h"

void ud_endpoint_list_done(struct ud_endpoint_list *list)
{
    if (list == NULL) {
        return;
    }
    for (size_t i = 0; i < list->len; i++) {
        ud_endpoint_done(&list->items[i]);
    }
    free(list->items);
    ud_strv_done(&list->warnings);
    *list = (struct ud_endpoint_list){0};
}

static void list_add(struct ud_endpoint_list *list, const struct ud_endpoint *ep)
{
    list->items = ud_realloc(list->items, list->len + 1, sizeof *list->items);
    list->items[list->len++] = *ep;
}

/* A file that an option names has to be there; one that docker would look for need not be. */
static enum ud_code tls_file(const struct ud_config_source *source, const char *given,
                             const char *option, const char *dir, const char *name, char **field,
                             struct ud_error *err)
{
    if (given == NULL && dir != NULL) {
        ud_context_tls_file(source, dir, name, field);
    } else if (given != NULL) {
        if (source->can_read == NULL || !source->can_read(source->ctx, given)) {
            return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s: %s cannot be read", option, given);
        }
        *field = ud_strdup(given);
    }
    return UD_OK;
}

/* The certificate files of the options, else of DOCKER_CERT_PATH. The client's own are used when
 * they exist; a missing ca.pem is an error only where it is asked to verify. */
static enum ud_code take_tls_files(const struct ud_endpoint_query *query, const char *dir,
                                   struct ud_endpoint *ep, struct ud_error *err)
{
    const struct ud_config_source *source = &query->source;
    const struct ud_endpoint_tls *tls = &query->tls;
    UD_TRY(tls_file(source, tls->ca_file, "--tlscacert", dir, "ca.pem", &ep->ca_file, err));
    UD_TRY(tls_file(source, tls->cert_file, "--tlscert", dir, "cert.pem", &ep->cert_file, err));
    UD_TRY(tls_file(source, tls->key_file, "--tlskey", dir, "key.pem", &ep->key_file, err));
    if (ep->tls_verify && ep->ca_file == NULL) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Put the certificate there, set DOCKER_CERT_PATH, or name the file with "
                       "--tlscacert.",
                       "the engine's certificate is to be checked and %s/ca.pem cannot be read",
                       dir != NULL ? dir : "");
    }
    if ((ep->cert_file == NULL) != (ep->key_file == NULL)) {
        return ud_fail(err, UD_ERR_USAGE, "Put both files there or none.",
                       "of cert.pem and key.pem in %s only one can be read",
                       dir != NULL ? dir : "");
    }
    return UD_OK;
}

static enum ud_code find_tls_files(const struct ud_endpoint_query *query, struct ud_endpoint *ep,
                                   struct ud_error *err)
{
    const char *cert_path = ud_config_env(&query->source, "DOCKER_CERT_PATH");
    char *dir = cert_path != NULL ? ud_strdup(cert_path) : ud_config_dir(&query->source);
    enum ud_code rc = take_tls_files(query, dir, ep, err);
    free(dir);
    return rc;
}

static void warn_unverified(const struct ud_endpoint *ep, const char *because, const char *remedy,
                            struct ud_endpoint_list *list)
{
    if (ep->tls && !ep->tls_verify) {
        ud_strv_addf(&list->warnings,
                     "the certificate of the engine at %s is not checked, because %s: whoever is "
                     "on the way there can pose as it, and gets registry passwords too. %s",
                     ep->text, because, remedy);
    }
}

/* An endpoint named as such: TLS comes from the options, else from the environment. */
static enum ud_code add_host(const struct ud_endpoint_query *query, const char *text,
                             const char *origin, struct ud_endpoint_list *list,
                             struct ud_error *err)
{
    const bool asked = query->tls.tls || query->tls.verify;
    const bool verify =
        query->tls.verify || ud_config_env(&query->source, "DOCKER_TLS_VERIFY") != NULL;
    const bool tls = asked || verify || ud_config_env(&query->source, "DOCKER_TLS") != NULL;
    struct ud_endpoint ep = {0};
    enum ud_code rc = ud_endpoint_parse(text, tls, origin, &ep, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s", origin);
        return rc;
    }
    if (ep.tls) {
        ep.tls_verify = verify;
        rc = find_tls_files(query, &ep, err);
    } else if (asked) {
        rc = ud_fail(err, UD_ERR_USAGE, "Leave out --tls and --tlsverify.",
                     "only engines at tcp:// speak TLS, %s does not", ep.text);
    }
    if (rc != UD_OK) {
        ud_endpoint_done(&ep);
        return rc;
    }
    warn_unverified(&ep,
                    query->tls.tls ? "--tls is given and --tlsverify is not"
                                   : "DOCKER_TLS is set and DOCKER_TLS_VERIFY is not",
                    query->tls.tls ? "Give --tlsverify, and its authority's certificate with "
                                     "--tlscacert."
                                   : "Set DOCKER_TLS_VERIFY=1, and put its authority's certificate "
                                     "into ca.pem in DOCKER_CERT_PATH.",
                    list);
    list_add(list, &ep);
    return UD_OK;
}

static enum ud_code add_parsed(const char *text, const char *origin, struct ud_endpoint_list *list,
                               struct ud_error *err)
{
    struct ud_endpoint ep = {0};
    UD_TRY(ud_endpoint_parse(text, false, origin, &ep, err));
    list_add(list, &ep);
    return UD_OK;
}

static enum ud_code add_known(const struct ud_endpoint_query *query, const char *origin,
                              struct ud_endpoint_list *list, struct ud_error *err)
{
    struct ud_strv known = {0};
    ud_known_sockets(&query->source, query->windows, &known);
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < known.len && rc == UD_OK; i++) {
        rc = add_parsed(known.items[i], origin, list, err);
    }
    ud_strv_done(&known);
    return rc;
}

/* "default" is not stored: it is DOCKER_HOST, or the place of the system. */
static enum ud_code add_context(const struct ud_endpoint_query *query, const char *name,
                                const char *origin, struct ud_endpoint_list *list,
                                struct ud_error *err)
{
    if (strcmp(name, "default") == 0) {
        const char *host = ud_config_env(&query->source, "DOCKER_HOST");
        return host != NULL ? add_host(query, host, "DOCKER_HOST", list, err)
                            : add_parsed(ud_known_default(query->windows), origin, list, err);
    }
    struct ud_endpoint ep = {0};
    enum ud_code rc = ud_context_load(&query->source, name, origin, &ep, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "%s", origin);
        return rc;
    }
    warn_unverified(&ep, "its context has SkipTLSVerify",
                    "Create the context again with ca= and without skip-tls-verify=true.", list);
    list_add(list, &ep);
    return UD_OK;
}

static enum ud_code resolve_add_named(const struct ud_endpoint_query *query, const char *how,
                                      const char *name, struct ud_endpoint_list *list,
                                      struct ud_error *err)
{
    char *origin = ud_strf("%s %s", how, name);
    enum ud_code rc = add_context(query, name, origin, list, err);
    free(origin);
    return rc;
}

static enum ud_code add_configured(const struct ud_endpoint_query *query,
                                   struct ud_endpoint_list *list, struct ud_error *err)
{
    char *current = NULL;
    UD_TRY(ud_context_current(&query->source, &current, err));
    enum ud_code rc = UD_OK;
    if (current != NULL && strcmp(current, "default") != 0) {
        rc = resolve_add_named(query, "current context", current, list, err);
    } else {
        list->guessed = true;
        rc = add_known(query, UD_ENDPOINT_ORIGIN_KNOWN, list, err);
    }
    free(current);
    return rc;
}

static enum ud_code resolve_choose(const struct ud_endpoint_query *query,
                                   struct ud_endpoint_list *list, struct ud_error *err)
{
    const struct ud_config_source *source = &query->source;
    if (query->host != NULL && query->context != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Give one of them.",
                       "--host and --context exclude each other");
    }
    if (query->host != NULL) {
        return add_host(query, query->host, "--host", list, err);
    }
    if (query->context != NULL) {
        return resolve_add_named(query, "--context", query->context, list, err);
    }
    const char *host = ud_config_env(source, "DOCKER_HOST");
    const char *context = ud_config_env(source, "DOCKER_CONTEXT");
    if (host != NULL) {
        if (context != NULL) {
            ud_strv_addf(&list->warnings, "DOCKER_HOST is used and DOCKER_CONTEXT=%s ignored",
                         context);
        }
        return add_host(query, host, "DOCKER_HOST", list, err);
    }
    if (context != NULL) {
        return resolve_add_named(query, "DOCKER_CONTEXT", context, list, err);
    }
    return add_configured(query, list, err);
}

enum ud_code ud_endpoint_resolve(const struct ud_endpoint_query *query,
                                 struct ud_endpoint_list *ret, struct ud_error *err)
{
    struct ud_endpoint_list list = {0};
    enum ud_code rc = resolve_choose(query, &list, err);
    if (rc != UD_OK) {
        ud_endpoint_list_done(&list);
        return rc;
    }
    *ret = list;
    return UD_OK;
}

void ud_endpoint_all(const struct ud_endpoint_query *query, struct ud_endpoint_list *ret)
{
    struct ud_strv names = {0};
    ud_context_names(&query->source, &names);
    for (size_t i = 0; i < names.len; i++) {
        struct ud_error why = {0};
        if (resolve_add_named(query, "context", names.items[i], ret, &why) != UD_OK) {
            ud_strv_addf(&ret->warnings, "%s", why.message);
        }
    }
    ud_strv_done(&names);
    struct ud_error why = {0};
    if (add_known(query, UD_ENDPOINT_ORIGIN_KNOWN, ret, &why) != UD_OK) {
        ud_strv_addf(&ret->warnings, "%s", why.message);
    }
}
