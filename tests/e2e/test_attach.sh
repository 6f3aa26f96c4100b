#!/usr/bin/env bash
# The devices of the board, which is another machine, in a virtual machine that has no USB: with
# the drivers that are built for them, and answers of the serial board to a container.
# lab: registry mirror native vm board
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIST=$E2E_WORK/dist
HERE=(--host "$LAB_VM")

# ---- the server ----

list_shows_them() {
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER" --json
    expect_json ".server == \"$BOARD_SERVER\" and (.devices | length) == 2"
    expect_json "[.devices[] | select(.hardware_id == \"$BOARD_FTDI\")][0]
        | .busid == \"1-1\" and (.vendor | startswith(\"Future Technology\")) and (.attached | not)"
}

servers_that_are_none() {
    expect_exit 3 ud list "${HERE[@]}" -r 10.0.2.2:1
    expect_text 'connection refused'
    local mirror=${LAB_MIRROR#http://127.0.0.1:}
    expect_exit 3 ud list "${HERE[@]}" -r "10.0.2.2:${mirror%%/*}"
    expect_text "the connection was accepted, and nothing came"
    expect_exit 2 ud list "${HERE[@]}" -r 10.0.2.2:nonsense
}

devices_that_are_not_there() {
    expect_exit 14 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -b 9-9 --modules "$(dirname "$(main_dist)")"
    expect_text 'shares no device 9-9'
    expect_exit 14 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i 1234:5678
    expect_text "$BOARD_FTDI"
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json '.vhci and .devices == [] and .free_usb2 == 8'
}

# ---- without a driver ----

without_modules() {
    expect_exit 14 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -b 1-1 --modules "$E2E_WORK/none"
    expect_text 'usbipd-desktop build'
}

attach_without_driver() {
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -b 1-1 --json
    expect_json '.device.configured and .device.port == 0 and (.without_driver | length) == 1'
    expect_json '[.device.nodes[] | select(.present) | .path][0] | startswith("/dev/bus/usb/")'
}

attached_already() {
    expect_exit 12 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -b 1-1
    expect_text 'attached already' 'port 0'
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER" --json
    expect_json '[.devices[] | select(.attached)] | length == 1'
    expect_exit 12 ud unload "${HERE[@]}" --input "$(dirname "$(main_dist)")"
}

detach_it() {
    expect_exit 0 ud detach "${HERE[@]}" -b 1-1 --json
    expect_json '.detached == [{"port": 0, "device": "0403:6001 QEMU USB SERIAL"}]'
    expect_exit 0 ud detach "${HERE[@]}" --all --json
    expect_json '.detached == []'
    expect_exit 0 ud unload "${HERE[@]}" --input "$(dirname "$(main_dist)")"
}

# ---- with one ----

build_the_driver() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --with ftdi_sio,usb-storage --output "$DIST" --json
    expect_json '[.manifest.modules[].name] == ["usb-common", "usbcore", "usb-storage", "usbip-core",
        "usbserial", "ftdi_sio", "vhci-hcd"]'
}

# USB/IP is loaded, the driver is only in the folder of built modules, and its node is as
# Debian's udev would have it.
a_built_driver_is_inserted() {
    expect_exit 0 ud load "${HERE[@]}" --input "$(dirname "$(main_dist)")"
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER" --modules "$DIST" --json
    expect_json "[.devices[] | select(.hardware_id == \"$BOARD_FTDI\")][0]
        | .driver == \"built\" and .modules == [{\"name\": \"ftdi_sio\", \"place\": \"built\"}]"
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_FTDI" --modules "$DIST" --json
    expect_json '.loaded == ["usbserial", "ftdi_sio"] and .without_driver == []'
    expect_json '[.device.links[].path] | any(startswith("/dev/serial/by-id/usb-QEMU_"))'
    expect_equal "$(in_vm stat -c '%a %g' /dev/ttyUSB0)" '660 20'
}

where_drivers_are() {
    expect_exit 0 ud drivers "${HERE[@]}" --modules "$DIST" --json
    expect_json '.devices | length == 1 and .[0].wants[0].bound == "ftdi_sio"'
    expect_exit 0 ud drivers "${HERE[@]}" --modules "$DIST" --json 46f4:0001:080650 10c4:ea60
    expect_json '[.devices[].wants[0] | .driver] == ["built", "none"]'
    expect_json '.devices[1].wants[0].build_option == "--for 10c4:ea60"'
}

# In one look, which takes no more containers than without a device.
status_shows_them() {
    expect_exit 0 ud status "${HERE[@]}" --input "$DIST" --json
    expect_json ".ports[0] | .hardware_id == \"$BOARD_FTDI\" and .product == \"QEMU USB SERIAL\"
        and (.nodes | any(. == \"/dev/ttyUSB0\"))"
    expect_exit 0 ud detach "${HERE[@]}" -p 0
}

attach_with_driver() {
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_FTDI" --modules "$DIST" --mode 0660 \
        --group 20 --json
    expect_json '.device.interfaces[0].driver == "ftdi_sio" and .without_driver == []'
    expect_json '[.device.nodes[] | select(.path == "/dev/ttyUSB0")][0].present'
    expect_json '[.device.links[].path] | any(startswith("/dev/serial/by-id/usb-QEMU_"))'
    expect_equal "$(in_vm stat -c '%a %g' /dev/ttyUSB0)" '660 20'
    in_vm sh -c 'cat /var/run/vhci_hcd/port0' | grep -qx "10.0.2.2 ${LAB_BOARD##*:} 1-1"
}

the_board_answers() {
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

a_user_of_that_group_is_answered() {
    expect_equal "$(serial_answers --device /dev/ttyUSB0 --user 1000:20)" 'board heard: hello board'
}

what_is_open_stays() {
    docker -H "$LAB_VM" run -d --name "$E2E_MARK-holder" --device /dev/ttyUSB0 "$E2E_TOOLS" \
        sh -c 'exec 3</dev/ttyUSB0; sleep 1000' >/dev/null
    later 20 in_vm sh -c 'ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q ttyUSB0'
    expect_exit 12 ud detach "${HERE[@]}" -p 0
    expect_text '/dev/ttyUSB0 is open in sleep' --force
    docker -H "$LAB_VM" rm -f "$E2E_MARK-holder" >/dev/null
}

# usb-storage imports from scsi_mod, which no kernel symbol tells of until load has inserted it.
# The disk that it finds needs sd_mod, the VM's own.
the_stick_becomes_a_disk() {
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_STICK_ID" --modules "$DIST" --json
    expect_json '.device.interfaces[0].driver == "usb-storage" and .without_driver == []'
    expect_json '.loaded[-1] == "sd_mod" and .children_without_driver == []'
    expect_json '[.device.nodes[] | select(.path == "/dev/sda")][0].present'
    expect_json '[.device.links[].path] | any(startswith("/dev/disk/by-id/usb-QEMU_"))'
    in_vm sh -c 'grep -q "^scsi_mod " /proc/modules'
    expect_equal "$(in_vm stat -c '%a %g' /dev/sda)" '660 6'
    expect_exit 0 ud detach "${HERE[@]}" -i "$BOARD_STICK_ID"
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_STICK_ID" --modules "$DIST"
    expect_text 'docker run --rm -it --device /dev/sda'
    expect_exit 0 ud detach "${HERE[@]}" -i "$BOARD_STICK_ID"
}

nothing_stays() {
    expect_exit 0 ud detach "${HERE[@]}" -p 0
    in_vm sh -c '[ ! -e /dev/ttyUSB0 ] && [ ! -e /dev/serial ] && [ ! -e /var/run/vhci_hcd/port0 ]'
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json '.devices == [] and .free_usb2 == 8 and .free_usb3 == 8'
    expect_exit 0 ud unload "${HERE[@]}" --input "$DIST"
    in_vm rmmod sd_mod scsi_mod scsi_common # the VM's own, which unload leaves
    expect_remembered "$LAB_VM"
}

clean_up() {
    docker -H "$LAB_VM" rm -f "$E2E_MARK-holder" "$E2E_MARK-serial" >/dev/null 2>&1 || true
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    vm_shell_close
}

trap clean_up EXIT
# Meanwhile the main job builds its own, in the other lane.
check "build makes drivers by name" build_the_driver
check "(the modules of the main job)" need_main_dist
vm_shell_open "$LAB_VM"
check "(what is there before)" remember "$LAB_VM"
check "list shows what the board exports" list_shows_them
check "what is no server is told apart" servers_that_are_none
check "without modules attach says how to have them" without_modules
check "a device that is not there is not attached" devices_that_are_not_there
check "attach of a device that no driver serves" attach_without_driver
check "a second attach says where it is" attached_already
check "detach by bus id, and of nothing" detach_it
check "attach inserts a driver that was built" a_built_driver_is_inserted
check "drivers tells where they are" where_drivers_are
check "status shows what is attached" status_shows_them
check "attach with driver, node, group and links" attach_with_driver
check "the board answers a container" the_board_answers
check "the board answers a user of the node's group" a_user_of_that_group_is_answered
check "what is open is not detached" what_is_open_stays
check "a driver that builds upon the VM's own module, and the disk that it finds" the_stick_becomes_a_disk
check "after detach nothing stays" nothing_stays
