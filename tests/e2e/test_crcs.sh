#!/usr/bin/env bash
# A kernel that checks CRCs, with what a virtual machine gives: no Module.symvers, no network. That
# of the kernel's package is the judge afterwards.
# lab: registry mirror native vm
# only: when named, as tests/kernels/run does; test_kernels.sh does the like for another kernel
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(build --host "$LAB_VM" --build-host "$LAB_NATIVE" --source "$LAB_SOURCE" --offline --json)
BUILT=$E2E_WORK/dist/$LAB_VM_RELEASE

found() {
    expect_exit 0 ud "${HERE[@]}" --output "$E2E_WORK/dist"
    expect_json '.crcs.needed == .crcs.of_modules + .crcs.computed'
    expect_json '.crcs.of_modules > 200 and .crcs.computed > 20 and .crcs.confirmed > 20'
}

right() { judge_crcs "$LAB_SYMVERS" "$BUILT"/*.ko; }

# An option that adds to struct module, and of which neither vermagic nor a rule of ours tells.
other_configuration() {
    rm -rf "$E2E_WORK/dist"
    sed 's/^# CONFIG_STACKTRACE_BUILD_ID is not set$/CONFIG_STACKTRACE_BUILD_ID=y/' \
        "$LAB_VM_CONFIG" >"$E2E_WORK/config"
    ! cmp -s "$E2E_WORK/config" "$LAB_VM_CONFIG" || fail "the configuration has no such line"
    expect_exit 10 ud "${HERE[@]}" --output "$E2E_WORK/dist" --kernel-config "$E2E_WORK/config"
    expect_text "are not the kernel's" "the kernel's own modules have" --kernel-config
    [ ! -e "$BUILT" ] || fail "modules are left"
}

# A kernel whose modules tell nothing: every CRC is computed, those of assembler too.
ALONE=$E2E_WORK/alone/$LAB_VM_RELEASE

in_mounts_of_vm() { in_shell nsenter -t 1 -m "$@"; }
hide_modules() { in_mounts_of_vm mount -t tmpfs none "/lib/modules/$LAB_VM_RELEASE"; }
show_modules() { in_mounts_of_vm umount "/lib/modules/$LAB_VM_RELEASE" || true; }

hidden() {
    hide_modules
    expect_equal "$(in_mounts_of_vm ls "/lib/modules/$LAB_VM_RELEASE")" ''
}

# With a cache of its own: what the first build found is kept for builds of the same inputs.
all_computed() {
    XDG_CACHE_HOME=$E2E_WORK/cache-alone expect_exit 0 ud "${HERE[@]}" --output "$E2E_WORK/alone"
    expect_json '.crcs | .needed > 200 and .computed == .needed and .of_modules == 0 and .kept == 0'
    jq .crcs.needed "$E2E_WORK/out" >"$E2E_WORK/needed"
}

all_right() {
    judge_crcs "$LAB_SYMVERS" "$ALONE"/*.ko
    [ "$(wc -l <"$E2E_WORK/judged")" -ge "$(cat "$E2E_WORK/needed")" ] || fail "the judge does not know all"
    grep -q '^__fentry__ ' "$E2E_WORK/judged" || fail "none of assembler is among them"
}

shown() {
    show_modules
    in_mounts_of_vm test -e "/lib/modules/$LAB_VM_RELEASE/modules.dep"
}

vm_shell_open "$LAB_VM"
trap 'show_modules; vm_shell_close' EXIT

check "(the modules of the main job)" need_main_dist
check "every CRC is found" found
check "none is wrong" right
check "the modules have the bytes of those built with Module.symvers" expect_same_modules "$(main_dist)" "$BUILT"
check "(the VM's own modules are hidden)" hidden
check "every CRC is computed where no module tells any" all_computed
check "none of those is wrong" all_right
check "and those modules have the same bytes" expect_same_modules "$(main_dist)" "$ALONE"
check "(the VM's own modules are back)" shown
check "another configuration shows in the CRCs" other_configuration
