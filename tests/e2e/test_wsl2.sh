#!/usr/bin/env bash
# A kernel like WSL2's since 6.6: USB is built in, the USB/IP client and some drivers are modules on a disk of their
# own. There is nothing to build, but for a driver that the kernel does not have; its sources are a tag on GitHub.
# lab: registry archives native plain-wsl2 board
# only: when named, as tests/kernels/run wsl2 does: the kernel is compiled first
# shellcheck disable=SC2034 # for the libraries: the virtual machine is this one
LAB_VM=$LAB_PLAIN_WSL2 LAB_VM_RELEASE=$LAB_PLAIN_WSL2_RELEASE
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")
DIST=$E2E_WORK/dist
OF_KERNEL=$DIST/$LAB_VM_RELEASE
UP=(up "${HERE[@]}" --build-host "$LAB_NATIVE" -r "$BOARD_SERVER" --modules "$DIST")
# The archive is where GitHub has it, below another address.
BUILD=(build "${HERE[@]}" --build-host "$LAB_NATIVE" --source-mirror "$LAB_ARCHIVES" --output "$DIST" --json)
export XDG_STATE_HOME=$E2E_WORK/state

before() {
    in_vm cat /proc/version
    [[ $LAB_VM_RELEASE =~ ^6\.[0-9]+\.[0-9]+\.1-microsoft-standard-WSL2$ ]] || fail "the kernel is $LAB_VM_RELEASE"
    expect_equal "$(in_vm uname -r)" "$LAB_VM_RELEASE"
    expect_equal "$(vm_usb_modules)" ''
    in_vm test -e "/lib/modules/$LAB_VM_RELEASE/build/include/linux/version.h"
    remember "$LAB_VM"
}

status_tells() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loadable"'
    expect_exit 0 ud sources "${HERE[@]}" --json
    expect_json "[.routes[].what] | any(endswith(\"/linux-msft-wsl-${LAB_VM_RELEASE%%-*}.tar.gz\"))"
}

up_loads_the_vms_own() {
    local started=$SECONDS
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    printf 'from nothing: %s s\n' $((SECONDS - started))
    expect_json '.changed and (.loaded | sort) == ["ftdi_sio", "usbip-core", "usbserial", "vhci-hcd"]'
    [ ! -e "$DIST" ] || fail "something was built"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

a_second_up() {
    local started=$SECONDS
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    printf 'once more: %s s\n' $((SECONDS - started))
    expect_json '(.changed | not) and .devices[0].already'
}

undone() {
    expect_exit 0 ud down "${HERE[@]}" --json
    expect_json '(.unloaded | sort) == ["ftdi_sio", "usbip-core", "usbserial", "vhci-hcd"] and .left == []'
    expect_equal "$(vm_usb_modules)" ''
}

# Nobody publishes WSL2's Module.symvers: the CRCs are those of its own modules.
build_what_was_trimmed() {
    local started=$SECONDS
    expect_exit 0 ud builder make "${HERE[@]}" --build-host "$LAB_NATIVE" --json
    expect_exit 0 ud "${BUILD[@]}" --with cp210x,pl2303
    printf 'built: %s s\n' $((SECONDS - started))
    expect_json '.built and .crcs.of_modules > 30'
    jq -c '.crcs, .source' "$E2E_WORK/out"
    expect_equal "$(jq -c '[.modules[].name] | sort' "$OF_KERNEL/manifest.json")" '["cp210x","pl2303"]'
    judge_crcs "$LAB_PLAIN_WSL2_SYMVERS" "$OF_KERNEL"/*.ko
    expect_exit 0 ud verify "$OF_KERNEL" "${HERE[@]}"
}

# usbserial, which they import from, is the VM's own.
load_what_was_built() {
    expect_exit 0 ud load "${HERE[@]}" --input "$DIST" --json
    expect_json '[.modules[] | select(.verdict == "inserted").name] | contains(["cp210x", "pl2303"])'
    in_vm grep -q '^cp210x ' /proc/modules
    in_vm dmesg | tail -n 20 >"$E2E_WORK/dmesg"
    ! grep -E 'BUG|WARNING|Oops|disagrees|no symbol version' "$E2E_WORK/dmesg" || fail "the kernel complains"
    expect_exit 0 ud unload "${HERE[@]}" --input "$DIST" --json
    ! in_vm grep -q '^cp210x ' /proc/modules || fail "cp210x is left"
    in_vm rmmod vhci_hcd usbip_core usbserial # the VM's own, which unload leaves
}

# The disk is not mounted: somebody else's distribution, or a WSL of before.
without_the_disk() {
    in_init umount /lib/modules
    expect_exit 0 ud status "${HERE[@]}"
    expect_text 'modules.vhdx' 'wsl --shutdown' 'wsl --update'
    in_init mount --bind /lab/kernel/modules /lib/modules
    expect_exit 0 ud status "${HERE[@]}"
    ! said | grep -q 'modules.vhdx' || fail "it warns still"
}

trap board_clean_up EXIT
vm_shell_open "$LAB_VM" "$LAB_PLAIN_WSL2_BUSYBOX"
check "wsl2: the kernel runs, and USB/IP is a module" before
check "wsl2: status and sources say what there is" status_tells
check "wsl2: up loads the kernel's own modules, and the board answers a container" up_loads_the_vms_own
check "wsl2: a second up changes nothing" a_second_up
check "wsl2: down takes out what up loaded" undone
check "wsl2: drivers that the kernel lacks are built from its tag, with the CRCs of its own modules" build_what_was_trimmed
check "wsl2: they are inserted and taken out" load_what_was_built
check "wsl2: without its disk of modules status says so" without_the_disk
check "wsl2: only the documented images are left" expect_remembered "$LAB_VM"
