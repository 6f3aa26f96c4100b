#include "kernel/plan/refusal.h"

#include <stddef.h>
#include <string.h>

#define KEY_REMEDY                                                                                 \
    "Build with `--sign-key` and a key that the kernel trusts, or use a VM that does not enforce " \
    "module signatures."

#define POLICY_MEANING                                                                             \
    "a security policy of the VM (SELinux) keeps this engine's containers from loading modules"
#define POLICY_REMEDY                                                                              \
    "Look for the denial in the VM (ausearch -m avc, or \"avc: denied\" in its log), and have "    \
    "its "                                                                                         \
    "policy allow it (secure_mode_insmod is such a boolean); with `setenforce 0` there you see "   \
    "whether that is all."

struct row {
    int number;
    struct ud_refusal refusal;
};

static const struct row insert_rows[] = {
    {1,
     {"EPERM",
      "this engine's containers may not load modules, the kernel is locked, or the VM's SELinux "
      "policy denies it without a word",
      "Use an engine that is not rootless and lets privileged containers be privileged (Docker "
      "Desktop: switch Enhanced Container Isolation off). With SELinux, see whether `getsebool "
      "secure_mode_insmod` says on in the VM."}},
    {2,
     {"ENOENT", "the module needs symbols that the running kernel does not export",
      "Build again from the sources and the configuration of exactly this kernel."}},
    {8,
     {"ENOEXEC",
      "the module was built for another kernel: its version magic, its "
      "module_layout CRC or its format differs",
      "Build again for this kernel, with its own Module.symvers (--symvers)."}},
    {12, {"ENOMEM", "the VM is out of memory", "Give the VM more memory."}},
    {13, {"EACCES", POLICY_MEANING, POLICY_REMEDY}},
    {16, {"EBUSY", "a module of this name is just being loaded or removed", "Try again."}},
    {17, {"EEXIST", "a module of this name is loaded already", "Unload it first."}},
    {22,
     {"EINVAL", "a symbol's CRC or the module's type information differs from the kernel's",
      "Build again with the Module.symvers of exactly this kernel (--symvers)."}},
    {38,
     {"ENOSYS", "the kernel has no module support", "Use a VM whose kernel has CONFIG_MODULES=y."}},
    {74, {"EBADMSG", "the module's signature cannot be read", "Build the modules again."}},
    {126,
     {"ENOKEY", "the kernel wants a signature by a key that it trusts, and has no such key",
      KEY_REMEDY}},
    {129,
     {"EKEYREJECTED",
      "the kernel takes only modules signed by a key that it trusts, and this one is not signed, "
      "by another key, or was changed after it was signed",
      KEY_REMEDY}},
};

static const struct row remove_rows[] = {
    {1,
     {"EPERM", "this engine's containers may not remove modules",
      "Use an engine that is not rootless. If the VM's log has \"avc: denied { sys_module }\", "
      "have "
      "its SELinux policy allow it."}},
    {2, {"ENOENT", "no such module is loaded", "Nothing has to be done."}},
    {11,
     {"EAGAIN", "the module is in use",
      "Detach devices and stop what uses it, then try "
      "again."}},
    {16,
     {"EBUSY", "the module has no way to be removed, or is just being loaded",
      "Restart the VM to be rid of it."}},
    {38,
     {"ENOSYS", "the kernel cannot unload modules (CONFIG_MODULE_UNLOAD)",
      "Restart the VM to be rid of it."}},
};

static const struct ud_refusal unknown = {
    "an unexpected error", "the reason is in the kernel's log",
    "Look at the VM's kernel log (dmesg) and report what it says."};

static const struct ud_refusal *refusal_find(const struct row *rows, size_t count, int number)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number == number) {
            return &rows[i].refusal;
        }
    }
    return &unknown;
}

/* Of EINVAL, whose words the kernel has only in its log (kernel/bpf/btf.c). */
static const struct ud_refusal refusal_btf = {
    "EINVAL", "the module has type information (BTF) that is not this kernel's",
    "Take the section .BTF out of it (objcopy --remove-section=.BTF), before it is signed; modules "
    "of `build` have none."};

/* Of EPERM: SELinux denied not the module, which is EACCES, but the capability to load any. */
static const struct ud_refusal refusal_capability = {"EPERM", POLICY_MEANING, POLICY_REMEDY};

const struct ud_refusal *ud_refusal_insert(int linux_errno, const char *log)
{
    if (linux_errno == 1 && strstr(log, "avc: ") != NULL) {
        return &refusal_capability;
    }
    if (linux_errno == 22 && strstr(log, "BTF") != NULL) {
        return &refusal_btf;
    }
    return refusal_find(insert_rows, sizeof insert_rows / sizeof *insert_rows, linux_errno);
}

const struct ud_refusal *ud_refusal_remove(int linux_errno)
{
    return refusal_find(remove_rows, sizeof remove_rows / sizeof *remove_rows, linux_errno);
}
