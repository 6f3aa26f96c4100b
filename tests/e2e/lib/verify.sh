# shellcheck shell=bash
# Modules that do not fit: what `verify` says of them, and that `load` refuses them.

# verify_found CHECK MODULE TEXT: the last `verify --json` has an error of this check about this module.
verify_found() {
    expect_json "[.checks[] | select(.name == \"$1\") | .findings[] | select(.verdict == \"error\"
        and .module == \"$2\" and (.text | contains(\"$3\")))] | length == 1"
}

# verify_verdict CHECK VERDICT
verify_verdict() { expect_json ".checks[] | select(.name == \"$1\") | .verdict == \"$2\""; }

# What the kernel's log says of modules, and those that are there.
kernel_state() {
    in_vm dmesg | grep -iE 'usb|vhci|module|symbol|vermagic' || true
    vm_modules | cut -d' ' -f1 | sort
}

# load_refuses DIR TEXT...: `load` says each of them, before anything gets into the machine. Needs
# vm_shell_open.
load_refuses() {
    local dir=$1
    shift
    kernel_state >"$E2E_WORK/kernel.before"
    relay_start "$LAB_VM"
    expect_exit 10 ud load --host "unix://$RELAY_SOCKET" --input "$dir"
    relay_stop
    expect_text "$@"
    if grep PUT "$RELAY_LOG"; then fail "something was uploaded"; fi
    kernel_state >"$E2E_WORK/kernel.after"
    expect_same "$E2E_WORK/kernel.before" "$E2E_WORK/kernel.after"
}
