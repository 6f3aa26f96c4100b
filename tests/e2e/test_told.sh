#!/usr/bin/env bash
# A kernel that shows its configuration nowhere, garbage in its place, and modules that no
# modules.dep names: what `build` was told of it serves the commands after it.
# only: campaign: it builds twice for a machine that hides what it is
# lab: registry mirror native vm
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MODULES=/lib/modules/$LAB_VM_RELEASE
USB=$MODULES/kernel/drivers/usb
BOOT=/boot/config-$LAB_VM_RELEASE
CONFIG=$E2E_WORK/config
DIST=$E2E_WORK/dist
HERE=(--host "$LAB_VM" --input "$DIST")
# Its Module.symvers would know usbcore: the CRCs are found and computed here.
BUILD=(--host "$LAB_VM" --build-host "$LAB_NATIVE" --source "$LAB_SOURCE" --offline)

# The virtual machine has usb-common and usbcore itself, compressed as no depmod of it can read.
install_usb() {
    local name directory
    in_vm sh -c "cat $BOOT" | sed 's/^# CONFIG_USB_SUPPORT is not set/CONFIG_USB_SUPPORT=y\
CONFIG_USB_COMMON=m\
CONFIG_USB=m\
# CONFIG_USB_PCI is not set/' >"$CONFIG"
    grep -qx CONFIG_USB=m "$CONFIG"
    in_vm sh -c "cp -p $BOOT /run/config.kept && cp -p $MODULES/modules.dep /run/dep.kept"
    for name in usb-common:common usbcore:core; do
        directory=$USB/${name#*:}
        name=${name%:*}
        in_vm mkdir -p "$directory"
        gzip -c "$(main_dist)/$name.ko" >"$E2E_WORK/$name.ko.gz"
        put_in_vm "$E2E_WORK/$name.ko.gz" "$directory/$name.ko.gz"
    done
    in_vm sh -c ": >$MODULES/modules.dep && rm $BOOT"
}

restore() {
    in_vm sh -c 'rmmod vhci_hcd usbip_core usbcore usb_common 2>/dev/null || true'
    in_vm sh -c "[ ! -e /run/config.kept ] || { rm -rf $USB && mv /run/config.kept $BOOT &&
        mv /run/dep.kept $MODULES/modules.dep; }"
}

# The last that needs a network.
builder() { expect_exit 0 ud builder make --host "$LAB_VM" --build-host "$LAB_NATIVE"; }

# What is there shows without a configuration.
status_missing() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "missing" and (.kernel.config_origin | not)'
    expect_json '[.plan.modules[] | select(.origin == "own-file") | .name] == ["usb-common", "usbcore"]'
}

build_wants_to_be_told() {
    expect_exit 6 ud build "${BUILD[@]}" --output "$DIST"
    expect_text 'does not show its configuration' --kernel-config
}

build_what_it_lacks() {
    expect_exit 0 ud build "${BUILD[@]}" --kernel-config "$CONFIG" --output "$DIST" --json
    expect_json '.built and ([.manifest.modules[].name] == ["usbip-core", "vhci-hcd"])'
}

verify_it() {
    expect_exit 0 ud verify --host "$LAB_VM" "$DIST" --json
    expect_json '[.checks[] | select(.verdict == "error")] == []'
}

load_it() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "inserted") | .name]
        == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    expect_json '.modules[0].origin == "the VM'\''s own file"'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

status_loaded() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and (.kernel.config_origin | endswith("manifest.json"))'
    expect_json '.artifacts[0].fits'
}

unload_it() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "removed") | .name] == ["vhci-hcd", "usbip-core"]'
    in_vm sh -c 'rmmod usbcore usb_common'
}

unchanged() {
    expect_exit 0 ud build "${BUILD[@]}" --kernel-config "$CONFIG" --output "$DIST" --json
    expect_json .unchanged
}

# put_config FILE: what is shown in the configuration's place is told and passed over.
load_with() {
    put_in_vm "$1" "$BOOT"
    expect_exit 0 ud load "${HERE[@]}"
    expect_text "$BOOT is not the kernel's configuration" "it is passed over"
    expect_exit 0 ud unload "${HERE[@]}"
    expect_text "it is passed over"
    in_vm sh -c 'rmmod usbcore usb_common'
}

load_in_spite_of_garbage() {
    head -c 5000 /dev/urandom >"$E2E_WORK/garbage"
    load_with "$E2E_WORK/garbage"
    head -c 60000 "$CONFIG" >"$E2E_WORK/cut"
    load_with "$E2E_WORK/cut"
    : >"$E2E_WORK/empty"
    load_with "$E2E_WORK/empty"
}

a_cut_file_of_the_users_is_refused() {
    expect_exit 6 ud build "${BUILD[@]}" --kernel-config "$E2E_WORK/cut" --output "$DIST-other"
    expect_text "--kernel-config" "cut"
    [ ! -e "$DIST-other" ] || fail "it left files"
}

trap 'restore; vm_shell_close' EXIT
check "(the modules of the main job)" need_main_dist
vm_shell_open "$LAB_VM"
check "(the builder image)" builder
check "(a virtual machine that shows little)" install_usb
check "status tells what is there" status_missing
check "build asks for the configuration" build_wants_to_be_told
check "build makes what is missing" build_what_it_lacks
check "verify is content" verify_it
check "load needs not be told again" load_it
check "status finds it loaded" status_loaded
check "unload takes ours out" unload_it
check "a second build has nothing to do" unchanged
check "garbage in the configuration's place is passed over" load_in_spite_of_garbage
check "a cut file of the user's is refused" a_cut_file_of_the_users_is_refused
check "(the virtual machine as it was)" restore
