#!/usr/bin/env bash
# A virtual machine that has the modules' files itself, compressed in every way a distribution
# does it: nothing to build, and load inserts them.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MODULES=/lib/modules/$LAB_VM_RELEASE
SAVED=/run/$E2E_MARK-modules.tar
USB=$MODULES/kernel/drivers/usb
HERE=(--host "$LAB_VM" --input "$E2E_WORK/no-dist")

# put_own NAME DIRECTORY
put_own() { put_in_vm "$(main_dist)/$1.ko" "$USB/$2/$1.ko"; }

compress_own() {
    local name=$1 directory=$2 suffix=$3
    shift 3
    "$@" <"$(main_dist)/$name.ko" >"$E2E_WORK/$name.ko.$suffix"
    put_in_vm "$E2E_WORK/$name.ko.$suffix" "$USB/$directory/$name.ko.$suffix"
    in_vm rm "$USB/$directory/$name.ko"
    in_vm sed -i "s|/$name\.ko\>|&.$suffix|g" "$MODULES/modules.dep"
}

# depmod reads them while they are plain: Debian's does not know every compression.
install_own() {
    in_vm sh -c "cd $MODULES && tar -cf $SAVED modules.*"
    in_vm mkdir -p "$USB"/{common,core,usbip}
    put_own usb-common common
    put_own usbcore core
    put_own usbip-core usbip
    put_own vhci-hcd usbip
    in_vm depmod "$LAB_VM_RELEASE"
    compress_own usbcore core xz xz -c --check=crc32
    compress_own usbip-core usbip zst zstd -qc
    compress_own vhci-hcd usbip gz gzip -c
    in_vm grep drivers/usb "$MODULES/modules.dep"
}

remove_own() {
    in_vm sh -c "[ ! -e $SAVED ] || { rm -rf $USB && tar -xf $SAVED -C $MODULES && rm $SAVED; }"
}

status_loadable() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loadable" and .plan.nothing_to_build'
}

nothing_to_build() {
    expect_exit 0 ud build --host "$LAB_VM" --output "$E2E_WORK/no-dist" --json
    expect_json '.nothing_to_do and (.built | not)'
    [ ! -e "$E2E_WORK/no-dist" ] || fail "it left files"
}

load_own() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "inserted")] | length == 4'
    expect_json '[.ports[]] | length == 16'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded"'
}

unload_keeps_them() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "removed")] == []'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

# The virtual machine's own usbcore stays: other devices may depend on it.
unload_all() {
    expect_exit 0 ud unload "${HERE[@]}" --all --json
    expect_equal "$(vm_usb_modules)" 'usb_common usbcore'
}

restore() {
    in_vm sh -c 'rmmod vhci_hcd usbip_core usbcore usb_common 2>/dev/null || true'
    expect_equal "$(vm_usb_modules)" ''
    remove_own
    expect_equal "$(in_vm sh -c "grep -c drivers/usb/core $MODULES/modules.dep || true")" 0
}

trap 'remove_own; vm_shell_close' EXIT
check "(the modules of the main job)" need_main_dist
vm_shell_open "$LAB_VM"
check "(they become the virtual machine's own files)" install_own
check "status says loadable" status_loadable
check "build has nothing to do" nothing_to_build
check "load inserts the virtual machine's own" load_own
check "unload leaves them" unload_keeps_them
check "unload --all takes out those of USB/IP" unload_all
check "(the virtual machine as it was)" restore
