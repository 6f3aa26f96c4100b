#!/usr/bin/env bash
# A kernel that checks CRCs, with what a virtual machine gives: no Module.symvers, no network. That
# of the kernel's package is the judge afterwards.
# lab: registry mirror native vm
# only: when named, as tests/kernels/run does; test_kernels.sh does the like for another kernel
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(build --host "$LAB_VM" --build-host "$LAB_NATIVE" --source "$LAB_SOURCE" --offline --json
    --output "$E2E_WORK/dist")
BUILT=$E2E_WORK/dist/$LAB_VM_RELEASE

found() {
    expect_exit 0 ud "${HERE[@]}"
    expect_json '.crcs.needed == .crcs.of_modules + .crcs.computed'
    expect_json '.crcs.of_modules > 200 and .crcs.computed > 20 and .crcs.confirmed > 20'
}

right() { judge_crcs "$LAB_SYMVERS" "$BUILT"/*.ko; }

same_bytes() {
    local file
    for file in "$(main_dist)"/*.ko; do
        cmp "$file" "$BUILT/${file##*/}" || fail "${file##*/} differs"
    done
}

# An option that adds to struct module, and of which neither vermagic nor a rule of ours tells.
other_configuration() {
    rm -rf "$E2E_WORK/dist"
    sed 's/^# CONFIG_STACKTRACE_BUILD_ID is not set$/CONFIG_STACKTRACE_BUILD_ID=y/' \
        "$LAB_VM_CONFIG" >"$E2E_WORK/config"
    ! cmp -s "$E2E_WORK/config" "$LAB_VM_CONFIG" || fail "the configuration has no such line"
    expect_exit 10 ud "${HERE[@]}" --kernel-config "$E2E_WORK/config"
    expect_text "are not the kernel's" "the kernel's own modules have" --kernel-config
    [ ! -e "$BUILT" ] || fail "modules are left"
}

check "(the modules of the main job)" need_main_dist
check "every CRC is found" found
check "none is wrong" right
check "the modules have the bytes of those built with Module.symvers" same_bytes
check "another configuration shows in the CRCs" other_configuration
