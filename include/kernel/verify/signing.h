/* Whether a kernel that enforces signatures takes modules, as far as that can be
 * told before it is asked. */
#ifndef KERNEL_VERIFY_SIGNING_H
#define KERNEL_VERIFY_SIGNING_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/elf/module.h"
#include "kernel/facts/facts.h"
#include "util/error.h"

/* Why this kernel takes only modules that are signed by a key which it trusts, as
 * one clause (static text); NULL if it takes others too. */
const char *ud_signing_enforced(const struct ud_facts *facts);

enum ud_trust {
    UD_TRUST_UNKNOWN,  /* the kernel does not show its keys */
    UD_TRUST_POSSIBLE, /* the kernel has the key; its keyring is not known */
    UD_TRUST_NONE      /* the kernel does not have the key */
};

/* key_id: in hex, as the kernel lists it; "" is UD_TRUST_UNKNOWN. */
enum ud_trust ud_signing_trust(const struct ud_facts *facts, const char *key_id);

/* UD_ERR_UNFIT if the kernel would refuse any of them for want of a signature by a
 * key that it has, or for one that cannot be read. signer_id: the key that signed
 * them all, as the kernel lists it; "" if only the signatures tell. */
UD_MUST_CHECK enum ud_code ud_signing_check(const struct ud_facts *facts,
                                            const struct ud_module *const *modules, size_t count,
                                            const char *signer_id, struct ud_error *err);

/* Whether a module that is said to be of the running kernel's build is signed as its own modules
 * are. UD_ERR_UNFIT if the keys differ; nothing is told where either is not signed. */
UD_MUST_CHECK enum ud_code ud_signing_check_same(const struct ud_module *module,
                                                 const struct ud_module *const *stock,
                                                 size_t stock_count, struct ud_error *err);

#endif
