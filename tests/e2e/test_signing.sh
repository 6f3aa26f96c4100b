#!/usr/bin/env bash
# A kernel that enforces signatures: what is told before it is asked, and what it says itself. Ends
# with a restart of the virtual machine, since a kernel cannot be made to stop.
# lab: registry mirror native vm
# only: campaign: it starts the virtual machine twice
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

LAB_TOOL=$E2E_DIR/../../examples/lab/lab
ENFORCE=/sys/module/module/parameters/sig_enforce

# The kernel lets this be switched on while it runs, and not off.
enforce() {
    in_vm sh -c "echo 1 >$ENFORCE"
    expect_equal "$(in_vm cat "$ENFORCE")" Y
}

# refused CODE DIST: and the engine and the kernel are as they were.
refused() {
    snapshot "$LAB_VM" >"$E2E_WORK/before"
    expect_exit "$1" ud load --host "$LAB_VM" --input "$2"
    snapshot "$LAB_VM" >"$E2E_WORK/after"
    expect_only_kept "$E2E_WORK/before" "$E2E_WORK/after"
    expect_equal "$(vm_usb_modules)" ''
}

unsigned() {
    refused 10 "$(main_dist)"
    expect_text 'is not signed' "$LAB_VM_RELEASE" --sign-key mokutil
}

unknown_key() {
    refused 10 "$(signed_dist)"
    expect_text "$(signer_id)" 'not among the' --sign-key
}

# Modules signed by somebody else by issuer and serial number: that is not what the kernel lists its
# keys by, so it is asked.
kernels_word() {
    cp -r "$(signed_dist)" "$E2E_WORK/unknown"
    jq '.signer_key_id = ""' "$(signed_dist)/manifest.json" >"$E2E_WORK/unknown/manifest.json"
    refused 11 "$E2E_WORK/unknown"
    expect_text EKEYREJECTED 'unavailable key' 'signed by a key that it trusts' --sign-key
}

restart() {
    USBIPD_DESKTOP_LAB=$LAB_RUN LAB_VM_PORT=${LAB_VM##*:} LAB_REGISTRY_PORT=${LAB_REGISTRY##*:} \
        "$LAB_TOOL" vm-restart
}

finish() {
    vm_shell_close
    [ ! -e "$E2E_WORK/enforced" ] || restart || true
}
trap finish EXIT

vm_shell_open "$LAB_VM"
check "(the modules of the main job)" need_main_dist
check "(the same, signed)" need_signed_dist
touch "$E2E_WORK/enforced"
check "(signatures are enforced from now on)" enforce
check "modules without a signature" unsigned
check "modules signed by a key that the kernel does not have" unknown_key
check "a signer that cannot be told: the kernel's word" kernels_word
vm_shell_close
check "(the ordinary kernel again)" restart
rm "$E2E_WORK/enforced"
