#!/usr/bin/env bash
# Modules that do not fit: verify names each fault, and load refuses them before anything gets into
# the machine. The manifests are made to agree with the bytes, so that only these tell.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A run takes half a minute in an emulated machine: the faults are spread over two sets of modules.
# That load refuses each of them when it is alone is tested without one, in
# tests/contract/app/test_verify.c.
FOREIGN=$E2E_WORK/foreign
BROKEN=$E2E_WORK/broken
OTHER_RELEASE=${LAB_VM_RELEASE/-56-/-57-}

# make_foreign: another release all of them; and one fault each but the first.
make_foreign() {
    local file
    cp -r "$(main_dist)" "$FOREIGN"
    for file in "$FOREIGN"/*.ko; do
        "$E2E_ALTERMOD" "$file" modinfo "vermagic=$LAB_VM_RELEASE" "vermagic=$OTHER_RELEASE"
    done
    "$E2E_ALTERMOD" "$FOREIGN/usbcore.ko" modinfo ' preempt ' '         '
    objcopy --remove-section=__versions "$FOREIGN/usbip-core.ko"
    "$E2E_ALTERMOD" "$FOREIGN/vhci-hcd.ko" crc kfree
    seal "$FOREIGN"
}

# make_broken: another machine all of them; and one fault each but the first two.
make_broken() {
    local file
    cp -r "$(main_dist)" "$BROKEN"
    for file in "$BROKEN"/*.ko; do "$E2E_ALTERMOD" "$file" machine 183; done
    "$E2E_ALTERMOD" "$BROKEN/usbip-core.ko" crc module_layout
    "$E2E_ALTERMOD" "$BROKEN/vhci-hcd.ko" import kfree kfr33
    seal "$BROKEN"
    {
        cat "$LAB_VM_CONFIG"
        echo CONFIG_RANDSTRUCT_FULL=y
    } >"$E2E_WORK/randomized.config"
}

# found CHECK MODULE TEXT: an error of this check about this module.
found() {
    expect_json "[.checks[] | select(.name == \"$1\") | .findings[] | select(.verdict == \"error\"
        and .module == \"$2\" and (.text | contains(\"$3\")))] | length == 1"
}

# verdict CHECK VERDICT
verdict() { expect_json ".checks[] | select(.name == \"$1\") | .verdict == \"$2\""; }

good_ones() {
    local check
    expect_exit 0 ud verify "$(main_dist)" --host "$LAB_VM" --symvers "$LAB_SYMVERS" --json
    expect_json '.verdict == "ok" and (.modules | length) == 4'
    for check in manifest release vermagic modversions module_layout crcs struct-module imports; do
        verdict "$check" ok
    done
    expect_text "BTF (896 bytes" '/proc/kallsyms'
}

foreign_ones() {
    make_foreign
    expect_exit 10 ud verify "$FOREIGN" --host "$LAB_VM" --json
    verdict manifest ok
    verdict machine ok
    found release usb_common "it is for kernel $OTHER_RELEASE, but $LAB_VM_RELEASE runs"
    found vermagic usbcore 'it lacks preempt, which the kernel has'
    found modversions usbip_core 'the kernel compares CRCs, and it has none'
    found crcs vhci_hcd 'the kernel has other CRCs for kfree'
    expect_json '.error.exit == 10 and .error.code == "unfit"'
}

broken_ones() {
    make_broken
    expect_exit 10 ud verify "$BROKEN" --host "$LAB_VM" --json \
        --kernel-config "$E2E_WORK/randomized.config"
    verdict manifest ok
    verdict release ok
    found machine usb_common 'it is for aarch64, the VM is x86_64'
    found module_layout usbip_core 'the kernel has other CRCs for module_layout'
    found imports vhci_hcd 'neither the kernel nor another module exports kfr33'
    found randstruct usbcore 'nothing proves'
}

# What the kernel's log says of modules, and those that are there.
kernel_state() {
    in_vm dmesg | grep -iE 'usb|vhci|module|symbol|vermagic' || true
    vm_modules | cut -d' ' -f1 | sort
}

# not_loaded DIR TEXT
not_loaded() {
    kernel_state >"$E2E_WORK/kernel.before"
    relay_start "$LAB_VM"
    expect_exit 10 ud load --host "unix://$RELAY_SOCKET" --input "$1"
    relay_stop
    expect_text "$2"
    if grep PUT "$RELAY_LOG"; then fail "something was uploaded"; fi
    kernel_state >"$E2E_WORK/kernel.after"
    expect_same "$E2E_WORK/kernel.before" "$E2E_WORK/kernel.after"
}

check "(the modules of the main job)" need_main_dist
check "verify modules that fit" good_ones
check "verify another release, PREEMPT, no CRCs, one CRC" foreign_ones
check "verify another machine, module_layout, an unknown symbol, a random layout" broken_ones
vm_shell_open "$LAB_VM"
check "load refuses those of another release" not_loaded "$FOREIGN" "$OTHER_RELEASE"
check "load refuses those of another machine" not_loaded "$BROKEN" aarch64
