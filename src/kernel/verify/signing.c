#include "kernel/verify/signing.h"

#include <string.h>

const char *ud_signing_enforced(const struct ud_facts *facts)
{
    if (facts->sig_enforce ||
        (facts->has_config && ud_config_is(&facts->config, "MODULE_SIG_FORCE", 'y'))) {
        return "it enforces module signatures (module.sig_enforce)";
    }
    if (facts->lockdown != NULL && strcmp(facts->lockdown, "none") != 0) {
        return "it is locked down";
    }
    return NULL;
}

static const char *signing_remedy(void)
{
    return "Build with `--sign-key` and a key that the kernel trusts: that of whoever built the "
           "kernel, or on a machine with UEFI one that was enrolled with mokutil. A VM without a "
           "way to enrol one, such as Docker Desktop's, needs a kernel that does not enforce "
           "signatures, or that has USB/IP itself.";
}

enum ud_trust ud_signing_trust(const struct ud_facts *facts, const char *key_id)
{
    if (facts->keys.len == 0 || key_id[0] == '\0') {
        return UD_TRUST_UNKNOWN;
    }
    return ud_strv_has(&facts->keys, key_id) ? UD_TRUST_POSSIBLE : UD_TRUST_NONE;
}

static enum ud_code signing_check_module(const struct ud_facts *facts,
                                         const struct ud_module *module, const char *signer_id,
                                         const char *why, struct ud_error *err)
{
    const struct ud_modsig *sig = &module->signature;
    const char *id = sig->key_id[0] != '\0' ? sig->key_id : signer_id;
    if (sig->state == UD_MODSIG_NONE) {
        return ud_fail(err, UD_ERR_UNFIT, signing_remedy(),
                       "kernel %s takes only modules signed by a key that it trusts, since %s; %s "
                       "is not signed",
                       facts->release.text, why, module->name);
    }
    if (ud_signing_trust(facts, id) == UD_TRUST_NONE) {
        return ud_fail(err, UD_ERR_UNFIT, signing_remedy(),
                       "kernel %s takes only modules signed by a key that it trusts, since %s; %s "
                       "is signed by the key %s, which is not among the %zu keys that it has",
                       facts->release.text, why, module->name, id, facts->keys.len);
    }
    return UD_OK;
}

enum ud_code ud_signing_check(const struct ud_facts *facts, const struct ud_module *const *modules,
                              size_t count, const char *signer_id, struct ud_error *err)
{
    const char *why = ud_signing_enforced(facts);
    for (size_t i = 0; i < count; i++) {
        const struct ud_modsig *sig = &modules[i]->signature;
        /* The kernel refuses these whether it enforces signatures or not. */
        if (sig->state == UD_MODSIG_BROKEN) {
            return ud_fail(err, UD_ERR_UNFIT, "Build the modules again.",
                           "the signature of module %s is broken: %s", modules[i]->name,
                           sig->wrong);
        }
        if (why != NULL) {
            UD_TRY(signing_check_module(facts, modules[i], signer_id, why, err));
        }
    }
    return UD_OK;
}

enum ud_code ud_signing_check_same(const struct ud_module *module,
                                   const struct ud_module *const *stock, size_t stock_count,
                                   struct ud_error *err)
{
    const struct ud_modsig *sig = &module->signature;
    for (size_t i = 0; i < stock_count && sig->state == UD_MODSIG_SIGNED; i++) {
        const struct ud_modsig *own = &stock[i]->signature;
        if (own->state == UD_MODSIG_SIGNED &&
            (strcmp(own->key_id, sig->key_id) != 0 || strcmp(own->serial, sig->serial) != 0)) {
            return ud_fail(
                err, UD_ERR_UNFIT, NULL,
                "%s is of another build of this release: it is signed by the key %s, and "
                "the VM's own module %s by %s",
                module->name, sig->key_id[0] != '\0' ? sig->key_id : sig->serial, stock[i]->name,
                own->key_id[0] != '\0' ? own->key_id : own->serial);
        }
    }
    return UD_OK;
}
