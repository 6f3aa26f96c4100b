#include "build/steps.h"

#include <stdlib.h>

#include "bundle/signer/signer.h"
#include "kernel/verify/signing.h"

enum ud_code ud_build_open_signer(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_options *options = build->options;
    if (options->sign_key == NULL) {
        return options->sign_cert == NULL
                   ? UD_OK
                   : ud_fail(err, UD_ERR_USAGE, "Name the private key with --sign-key.",
                             "--sign-cert says nothing without --sign-key");
    }
    UD_TRY(ud_signer_open(options->sign_key, options->sign_cert, &build->signer, err));
    const char *oddity = ud_signer_oddity(build->signer);
    if (oddity != NULL) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "the certificate of the signing key %s: kernels do not look at that, "
                          "but others may",
                          oddity);
    }
    return UD_OK;
}

/* CONFIG_MODULE_SIG_HASH is what the kernel's builder signs with: the kernel has that
 * digest for sure. */
static enum ud_code choose_hash(struct ud_build *build, struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    char *hash = facts->has_config ? ud_config_string(&facts->config, "MODULE_SIG_HASH") : NULL;
    enum ud_code rc = UD_OK;
    if (hash != NULL && hash[0] != '\0') {
        rc = ud_signer_use_hash(build->signer, hash, err);
    }
    free(hash);
    return rc;
}

/* Whether the modules will be taken is not for this command to decide: the kernel
 * may be started otherwise. But whoever waits for a build should know before. */
static void sign_warn(const struct ud_build *build, const char *why)
{
    const struct ud_report *report = build->app->report;
    const struct ud_facts *facts = &build->result->facts;
    if (build->signer == NULL) {
        ud_report_message(report, UD_REPORT_WARN,
                          "the kernel takes only modules signed by a key that it trusts, since "
                          "%s; these will not be signed",
                          why);
        return;
    }
    const char *id = ud_signer_key_id(build->signer);
    switch (ud_signing_trust(facts, id)) {
    case UD_TRUST_NONE:
        ud_report_message(report, UD_REPORT_WARN,
                          "the kernel takes only modules signed by a key that it trusts, and %s is "
                          "not among the %zu keys that it has",
                          id, facts->keys.len);
        break;
    case UD_TRUST_UNKNOWN:
        ud_report_message(report, UD_REPORT_NOTE,
                          "the kernel takes only modules signed by a key that it trusts, and does "
                          "not show whether %s is one",
                          id);
        break;
    case UD_TRUST_POSSIBLE:
        break;
    }
}

enum ud_code ud_build_prepare_signing(struct ud_build *build, struct ud_error *err)
{
    const char *why = ud_signing_enforced(&build->result->facts);
    if (why != NULL) {
        sign_warn(build, why);
    }
    return build->signer != NULL ? choose_hash(build, err) : UD_OK;
}

enum ud_code ud_build_sign(struct ud_build *build, struct ud_error *err)
{
    if (build->signer == NULL) {
        return UD_OK;
    }
    ud_report_step(build->app->report, "Signing the modules");
    for (size_t i = 0; i < build->built_count; i++) {
        UD_TRY(ud_signer_sign(build->signer, &build->built[i].bytes, err));
    }
    ud_report_step_end(build->app->report, "key %s, %s", ud_signer_key_id(build->signer),
                       ud_signer_hash(build->signer));
    return UD_OK;
}
