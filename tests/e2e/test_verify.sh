#!/usr/bin/env bash
# Modules that do not fit: verify names each fault, and load refuses them before anything gets into
# the machine. The manifests are made to agree with the bytes, so that only these tell.
# only: campaign: tests/contract has each of them, without a machine
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A run takes half a minute in an emulated machine: the faults are spread over two sets of modules.
# That load refuses each of them when it is alone is tested without one, in
# tests/contract/app/test_verify.c.
FOREIGN=$E2E_WORK/foreign
BROKEN=$E2E_WORK/broken
# As long: every digit of the kernel's ABI is another.
ABI=$(cut -d- -f2 <<<"$LAB_VM_RELEASE")
OTHER_RELEASE=${LAB_VM_RELEASE/-$ABI-/-$(tr 0-9 1-90 <<<"$ABI")-}

# types_of FROM MODULE: gives the module the section .BTF of another.
types_of() {
    objcopy --dump-section ".BTF=$E2E_WORK/btf" "$1" "$E2E_WORK/dumped.ko"
    objcopy --add-section ".BTF=$E2E_WORK/btf" "$2"
}

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
    "$E2E_DIR/../../examples/lab/lab" fixtures "$E2E_WORK/fixtures"
    types_of "$E2E_WORK/fixtures/bookworm-amd64"/modules/kernel/drivers/usb/usbip/vhci-hcd.ko "$FOREIGN/vhci-hcd.ko"
    seal "$FOREIGN"
}

# make_broken: another machine all of them, and another build of the kernel; and one fault each but the first two.
make_broken() {
    local file
    cp -r "$(main_dist)" "$BROKEN"
    for file in "$BROKEN"/*.ko; do "$E2E_ALTERMOD" "$file" machine 183; done
    "$E2E_ALTERMOD" "$BROKEN/usbip-core.ko" crc module_layout
    "$E2E_ALTERMOD" "$BROKEN/vhci-hcd.ko" import kfree kfr33
    seal "$BROKEN"
    jq '.kernel_version = "#99 SMP"' "$BROKEN/manifest.json" >"$E2E_WORK/manifest.json"
    mv "$E2E_WORK/manifest.json" "$BROKEN/"
    {
        cat "$LAB_VM_CONFIG"
        echo CONFIG_RANDSTRUCT_FULL=y
    } >"$E2E_WORK/randomized.config"
}

# Types of one of the VM's own modules are of the kernel's build in another module too.
good_types() {
    local own
    own=$(dirname "$LAB_SYMVERS")/root/lib/modules/$LAB_VM_RELEASE/kernel/drivers/net/dummy.ko
    mkdir "$E2E_WORK/good"
    cp "$(main_dist)/usb-common.ko" "$E2E_WORK/good/"
    types_of "$own" "$E2E_WORK/good/usb-common.ko"
    expect_exit 0 ud verify "$E2E_WORK/good" --host "$LAB_VM" --json
    verify_verdict btf ok
    expect_text "types of 1 modules with the kernel's BTF"
}

good_ones() {
    local check
    expect_exit 0 ud verify "$(main_dist)" --host "$LAB_VM" --symvers "$LAB_SYMVERS" --json
    expect_json '.verdict == "ok" and (.modules | length) == 4'
    for check in manifest kernel-build release vermagic modversions module_layout crcs struct-module imports; do
        verify_verdict "$check" ok
    done
    expect_text "BTF (896 bytes" '/proc/kallsyms'
}

foreign_ones() {
    make_foreign
    expect_exit 10 ud verify "$FOREIGN" --host "$LAB_VM" --json
    verify_verdict manifest ok
    verify_verdict machine ok
    verify_found release usb_common "it is for kernel $OTHER_RELEASE, but $LAB_VM_RELEASE runs"
    verify_found vermagic usbcore 'it lacks preempt, which the kernel has'
    verify_found modversions usbip_core 'the kernel compares CRCs, and it has none'
    verify_found crcs vhci_hcd 'the kernel has other CRCs for kfree'
    # Debian's kernels pass over types of another build (CONFIG_MODULE_ALLOW_BTF_MISMATCH).
    verify_verdict btf warning
    expect_text 'its types (section .BTF) are not of this kernel'
    expect_json '.error.exit == 10 and .error.code == "unfit"'
}

broken_ones() {
    make_broken
    expect_exit 10 ud verify "$BROKEN" --host "$LAB_VM" --json \
        --kernel-config "$E2E_WORK/randomized.config"
    verify_verdict manifest ok
    verify_verdict release ok
    verify_verdict kernel-build warning
    expect_text 'another build of kernel' '#99 SMP'
    verify_found machine usb_common 'it is for aarch64, the VM is x86_64'
    verify_found module_layout usbip_core 'the kernel has other CRCs for module_layout'
    verify_found imports vhci_hcd 'neither the kernel nor another module exports kfr33'
    verify_found randstruct usbcore 'nothing proves'
}

check "(the modules of the main job)" need_main_dist
check "verify modules that fit" good_ones
check "verify types of the kernel's own build" good_types
check "verify another release, PREEMPT, no CRCs, one CRC" foreign_ones
check "verify another machine, module_layout, an unknown symbol, a random layout" broken_ones
vm_shell_open "$LAB_VM"
check "load refuses those of another release" load_refuses "$FOREIGN" "$OTHER_RELEASE"
check "load refuses those of another machine" load_refuses "$BROKEN" aarch64
