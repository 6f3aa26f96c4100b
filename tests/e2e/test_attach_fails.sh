#!/usr/bin/env bash
# Servers and devices that misbehave: what a user is told, and that nothing is left. docs/attach.md has the messages.
# only: campaign: it tries each message of docs/attach.md
# lab: registry mirror native vm
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")

attach() { ud attach "${HERE[@]}" -r "$(usbip_served)" "$@"; }

nothing_is_left() {
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json '.devices == [] and .free_usb2 == 8 and .free_usb3 == 8'
    expect_equal "$(in_vm sh -c 'ls /var/run/vhci_hcd 2>/dev/null | wc -l')" 0
}

modules_are_loaded() {
    need_main_dist
    expect_exit 0 ud load "${HERE[@]}" --input "$(main_dist)"
}

# refused STATUS EXIT TEXT...
refused() {
    local status=$1 code=$2
    shift 2
    usbip_serve "status=$status"
    expect_exit "$code" attach -b 3-1 --via vm
    expect_text "status $status" "$@"
}

refusals() {
    refused 1 4 'refuses to hand over the device 3-1' 'usbipd bind --busid 3-1' 'usbip bind -b 3-1'
    refused 2 12 'the device 3-1 is in use' 'usbipd bind --force --busid 3-1'
    refused 3 4 'cannot use the device 3-1' 'Plug the device in again'
    refused 4 14 'the server shares no device 3-1' 'usbip bind -b 3-1'
    refused 5 5 'failed at the device 3-1' "server's log"
    usbip_serve status=77
    expect_exit 5 attach -b 3-1 --via vm
    expect_text 'status 0x4d, which USB/IP does not have'
    nothing_is_left
}

another_device() {
    usbip_serve handover=3-2
    expect_exit 5 attach -b 3-1 --via vm
    expect_text 3-2
    nothing_is_left
}

# A speed that no hub of vhci_hcd has.
no_speed() {
    usbip_serve speed=0
    expect_exit 10 attach -b 3-1 --via vm
    expect_text 'does not know the speed of the device'
    nothing_is_left
}

# The kernel asks again and again, and says in its log that it gives up.
not_enumerated() {
    usbip_serve answers=0 then=stall
    expect_exit 11 attach -b 3-1 --via vm
    expect_text "The kernel's log says" 'device descriptor'
    nothing_is_left
}

goes_meanwhile() {
    usbip_serve answers=4 then=leave
    expect_exit 11 attach -b 3-1 --via vm
    nothing_is_left
}

# The second answer to one question. What the kernel still asks of the device then must be over when attach is:
# else the next device on that port would be taken for it.
guard_sees_a_cheat() {
    usbip_serve answers=3 then=cheat
    expect_exit 5 attach -b 3-1 --guard --via vm
    expect_text 'which nobody waits for'
    nothing_is_left
    expect_equal "$(docker -H "$LAB_VM" ps -q --filter label=io.github.usbipd-desktop.role=guard | wc -l)" 0
    usbip_serve
    expect_exit 0 attach -b 3-1
    expect_exit 0 ud detach "${HERE[@]}" -p 0
}

# Renode's server has one device, and calls it so.
zero_in_a_bus_id() {
    usbip_serve busid=1-0
    expect_exit 0 ud list "${HERE[@]}" -r "$(usbip_served)" --json
    expect_json '.devices[0].busid == "1-0"'
    expect_exit 0 attach -b 1-0 --json
    expect_json '.device.hardware_id == "1209:0001" and .device.server.busid == "1-0"'
    expect_exit 0 ud detach "${HERE[@]}" -b 1-0
    nothing_is_left
}

all_ports_are_used() {
    local i
    usbip_serve devices=9
    for i in {3..10}; do expect_exit 0 attach -b "$i-1" --no-guard; done
    expect_exit 12 attach -b 11-1 --via vm
    expect_text 'all 8 USB 2 ports of vhci_hcd are in use' '8 USB 3 ones are free' '--ports 15'
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json '.free_usb2 == 0 and .free_usb3 == 8 and ([.devices[].port] | unique | length) == 8'
    expect_exit 0 ud detach "${HERE[@]}" --all --json
    expect_json '.detached | length == 8'
    nothing_is_left
}

clean_up() {
    usbip_serve_stop
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    ud unload "${HERE[@]}" --input "$(main_dist)" >/dev/null 2>&1 || true
    vm_shell_close
}

trap clean_up EXIT
vm_shell_open "$LAB_VM"
check "(the modules of the main job)" modules_are_loaded
check "each refusal of a server has its code and its remedy" refusals
check "another device than the one that was asked for" another_device
check "a device of no speed" no_speed
check "a device that cannot be enumerated" not_enumerated
check "a device that goes while it is attached" goes_meanwhile
check "a guard keeps a cheat from the kernel" guard_sees_a_cheat
check "a bus id with a zero" zero_in_a_bus_id
check "no port is free" all_ports_are_used
