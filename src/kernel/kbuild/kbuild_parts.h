/* What several make commands have in common. */
#ifndef KERNEL_KBUILD_KBUILD_PARTS_H
#define KERNEL_KBUILD_KBUILD_PARTS_H

#include "kernel/kbuild/kbuild.h"

/* What every make call is given: kbuild compares it between calls. */
void ud_kbuild_add_common(const struct ud_kbuild_options *options, struct ud_strv *argv);

/* For make alone, not for the configuration: else preparing compiles libbpf and a
 * tool for BTF, which M= never calls without a vmlinux. */
void ud_kbuild_without_btf_tools(struct ud_strv *argv);

#endif
