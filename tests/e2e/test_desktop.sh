#!/usr/bin/env bash
# What most people have: a kernel like Docker Desktop's, with USB and vhci_hcd built in and no driver of serial
# adapters, neither built in nor as a module. There is nothing to load but what the device wants.
# lab: registry mirror native plain-desktop board
# only: when named, as tests/kernels/run desktop does: the kernel is compiled first
# shellcheck disable=SC2034 # for the libraries: the virtual machine is this one
LAB_VM=$LAB_PLAIN_DESKTOP LAB_VM_RELEASE=$LAB_PLAIN_DESKTOP_RELEASE
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")
DIST=$E2E_WORK/dist
OF_KERNEL=$DIST/$LAB_VM_RELEASE
# With no more than such a machine gives: no Module.symvers, which only judges.
UP=(up "${HERE[@]}" --build-host "$LAB_NATIVE" --source "$LAB_PLAIN_DESKTOP_SOURCE" -r "$BOARD_SERVER"
    --modules "$DIST")
export XDG_STATE_HOME=$E2E_WORK/state

before() {
    in_vm cat /proc/version
    expect_equal "$(in_vm uname -r)" "$LAB_VM_RELEASE"
    expect_equal "$(vm_usb_modules)" ''
    in_vm ls /sys/devices/platform/vhci_hcd.0 >/dev/null
    remember "$LAB_VM"
}

status_tells() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "built in" and .kernel.release == "'"$LAB_VM_RELEASE"'"'
}

list_tells() {
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER"
    expect_text "$BOARD_FTDI" 'its driver shows when it is attached'
    expect_exit 0 ud drivers "${HERE[@]}" "$BOARD_FTDI"
    expect_text "usbipd-desktop build --for $BOARD_FTDI"
}

# It is attached, and nothing claims that it can be used.
attach_without_driver() {
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    expect_text 'no driver' "usbipd-desktop build --for $BOARD_FTDI"
    expect_equal "$(in_vm ls /dev | grep -c ttyUSB)" 0
    expect_exit 0 board_detach -p 0
}

up_builds_the_driver() {
    local started=$SECONDS
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    printf 'from nothing: %s s\n' $((SECONDS - started))
    expect_json '.changed and (.loaded | sort) == ["ftdi_sio", "usbserial"]'
    expect_json '.devices[0].interfaces[0].driver == "ftdi_sio"'
    expect_equal "$(jq -c '[.modules[].name] | sort' "$OF_KERNEL/manifest.json")" '["ftdi_sio","usbserial"]'
    in_vm dmesg | tail -n 20 >"$E2E_WORK/dmesg"
    cat "$E2E_WORK/dmesg"
    ! grep -E 'BUG|WARNING|Oops|disagrees|no symbol version' "$E2E_WORK/dmesg" || fail "the kernel complains"
}

crcs_are_the_kernels() { judge_crcs "$LAB_PLAIN_DESKTOP_SYMVERS" "$OF_KERNEL"/*.ko; }

the_board_answers() { expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'; }

a_second_up() {
    local started=$SECONDS
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    printf 'once more: %s s\n' $((SECONDS - started))
    expect_json '(.changed | not) and .devices[0].already'
}

# Its driver and the disk's are the kernel's own.
a_stick_needs_nothing() {
    expect_exit 0 board_attach -i "$BOARD_STICK_ID" --json
    expect_json '.device.interfaces[0].driver == "usb-storage" and .loaded == []'
    expect_json '[.device.nodes[].path] | any(. == "/dev/sda")'
    in_vm dd if=/dev/sda of=/dev/null bs=64k count=16
    expect_exit 0 board_detach -i "$BOARD_STICK_ID"
}

undone() {
    expect_exit 0 ud down "${HERE[@]}" --json
    expect_json '(.unloaded | sort) == ["ftdi_sio", "usbserial"] and .left == []'
    expect_equal "$(vm_usb_modules)" ''
    expect_remembered "$LAB_VM"
}

trap board_clean_up EXIT
vm_shell_open "$LAB_VM" "$LAB_PLAIN_DESKTOP_BUSYBOX"
check "desktop: the kernel runs, USB and USB/IP built in" before
check "desktop: status says so" status_tells
check "desktop: list and drivers say what is missing" list_tells
check "desktop: attach says it too, with the command that mends it" attach_without_driver
check "desktop: up builds and loads the driver, and nothing else" up_builds_the_driver
check "desktop: every CRC is the kernel's" crcs_are_the_kernels
check "desktop: the board answers a container" the_board_answers
check "desktop: a second up changes nothing" a_second_up
check "desktop: a stick needs no module" a_stick_needs_nothing
check "desktop: down leaves the machine as it was" undone
