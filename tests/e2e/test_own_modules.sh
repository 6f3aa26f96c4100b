#!/usr/bin/env bash
# A virtual machine that has the modules' files itself, compressed in every way a distribution
# does it: nothing to build, and load inserts them.
# lab: registry mirror native vm
# only: campaign: it changes the virtual machine and back
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MODULES=/lib/modules/$LAB_VM_RELEASE
VHCLI=$E2E_MARK/own-vhcli:1
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

# make_vhcli MODULES: the image holds these, as a JSON array.
make_vhcli() {
    expect_exit 0 ud image vhcli --host "$LAB_VM" --input "${INPUT:-$E2E_WORK/no-dist}" --tag "$VHCLI" \
        --client "$E2E_VHCLIENT" --json
    expect_json ".modules == $1"
}

# With usbcore inserted, which makes no difference: the image is for after a restart too.
image_without_modules() { make_vhcli '[]'; }

# Without modules in the image, load finds those of the virtual machine.
start_inserts_its_own() {
    in_vm sh -c 'rmmod usbcore usb_common'
    expect_exit 0 ud vhcli start "$VHCLI" --host "$LAB_VM" --json
    expect_json '.already | not'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud vhcli stop --host "$LAB_VM"
    expect_exit 0 ud unload "${HERE[@]}" --all
}

# The virtual machine has usbcore, and USB/IP was built: the image holds what that stands on too.
image_with_both() {
    in_vm sh -c "rm -r $USB/usbip && depmod $LAB_VM_RELEASE && rmmod usbcore usb_common"
    put_own usbcore core
    in_vm sh -c "rm -f $USB/core/usbcore.ko.xz && depmod $LAB_VM_RELEASE"
    INPUT=$E2E_SHARED/dist make_vhcli '["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    expect_exit 0 docker -H "$LAB_VM" run -d --name "$E2E_MARK-both" --privileged "$VHCLI"
    later 60 both_ready || fail "$(docker -H "$LAB_VM" logs "$E2E_MARK-both" 2>&1)"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    docker -H "$LAB_VM" rm -f "$E2E_MARK-both" >/dev/null
}
both_ready() { docker -H "$LAB_VM" logs "$E2E_MARK-both" 2>/dev/null | grep -qx ready; }

restore() {
    docker -H "$LAB_VM" rmi -f "$VHCLI" >/dev/null 2>&1 || true
    in_vm sh -c 'rmmod vhci_hcd usbip_core usbcore usb_common 2>/dev/null || true'
    expect_equal "$(vm_usb_modules)" ''
    remove_own
    expect_equal "$(in_vm sh -c "grep -c drivers/usb/core $MODULES/modules.dep || true")" 0
}

trap 'docker -H "$LAB_VM" rm -f "$E2E_MARK-both" >/dev/null 2>&1; remove_own; vm_shell_close' EXIT
check "(the modules of the main job)" need_main_dist
vm_shell_open "$LAB_VM"
check "(they become the virtual machine's own files)" install_own
check "status says loadable" status_loadable
check "build has nothing to do" nothing_to_build
check "load inserts the virtual machine's own" load_own
check "unload leaves them" unload_keeps_them
check "unload --all takes out those of USB/IP" unload_all
check "image vhcli has no modules then" image_without_modules
check "vhcli start inserts the virtual machine's own" start_inserts_its_own
check "an image of both the virtual machine's own modules and built ones" image_with_both
check "(the virtual machine as it was)" restore
