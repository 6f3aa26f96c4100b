/* What an errno of finit_module(2) or delete_module(2) means for a user.
 *
 * Numbers are Linux's, whatever this program runs on. Facts: kernel/module/main.c
 * and man 2 init_module. */
#ifndef KERNEL_PLAN_REFUSAL_H
#define KERNEL_PLAN_REFUSAL_H

struct ud_refusal {
    const char *name;    /* "ENOEXEC" */
    const char *meaning; /* one clause */
    const char *remedy;  /* an imperative sentence */
};

/* Both never return NULL: an errno that is not known gets a general text. log is what the kernel
 * said of the module meanwhile, or "". */
const struct ud_refusal *ud_refusal_insert(int linux_errno, const char *log);
const struct ud_refusal *ud_refusal_remove(int linux_errno);

#endif
