#!/usr/bin/env bash
# Attached devices and the world around them: Debian's usbip in the same virtual machine, both ways;
# a stick that is written in a container; a board that is plugged in again; a server that ends; a link
# that is lost. What takes longer is in tests/attach.
# lab: registry mirror native vm board
# only: campaign: it replugs and cuts links, which takes minutes
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")
PORT_FILE=/var/run/vhci_hcd/port0

load_drivers() {
    expect_exit 0 ud load "${HERE[@]}" --input "$(drivers_dist)"
}

nothing_attached() {
    expect_exit 0 board_ports
    expect_json '.devices == [] and .free_usb2 == 8 and .free_usb3 == 8'
    if in_vm test -e "$PORT_FILE"; then fail "a file is left"; fi
}

# ---- usbip ----

usbip_has_ours() {
    expect_exit 0 board_attach -b 1-1 --json
    expect_json '.device.interfaces[0].driver == "ftdi_sio"'
    vm_usbip port >"$E2E_WORK/usbip"
    cat "$E2E_WORK/usbip"
    grep -q '^Port 00: <Port in Use>' "$E2E_WORK/usbip"
    grep -qF "1-1 -> usbip://$BOARD_SERVER/1-1" "$E2E_WORK/usbip"
    vm_usbip detach -p 0
    later 10 vm_port_free 0
    nothing_attached
}

# The links that usbip left of ours, since it knows nothing of them, lead to the same node again.
ours_has_usbips() {
    vm_usbip attach -r "$BOARD_HOST" -b 1-1
    later 20 in_vm test -e /dev/ttyUSB0
    in_vm cat "$PORT_FILE"
    expect_exit 0 board_ports
    expect_json ".devices | length == 1 and .[0].port == 0 and .[0].hardware_id == \"$BOARD_FTDI\"
        and .[0].server == {\"host\": \"$BOARD_HOST\", \"port\": $BOARD_PORT, \"busid\": \"1-1\"}
        and .[0].interfaces[0].driver == \"ftdi_sio\""
    expect_exit 12 board_attach -b 1-1
    expect_text 'attached already' 'port 0'
    expect_exit 0 board_detach -b 1-1 --json
    expect_json '[.detached[].port] == [0]'
    nothing_attached
    in_vm sh -c '[ ! -e /dev/serial ]'
    vm_usbip port | tee "$E2E_WORK/usbip"
    if grep -q '^Port' "$E2E_WORK/usbip"; then fail "usbip still has it"; fi
}

# ---- the stick ----

stick_is_written() {
    in_vm modprobe sd_mod
    expect_exit 0 board_attach -i "$BOARD_STICK_ID" --json
    expect_json '[.device.nodes[] | select(.path == "/dev/sda")][0].present'
    head -c 8388608 /dev/urandom >"$E2E_WORK/data"
    # shellcheck disable=SC2016 # for the shell in the container
    docker -H "$LAB_VM" run --rm -i --name "$E2E_MARK-stick" --privileged "$E2E_TOOLS" sh -c '
        mkdir /mnt && mount -t ext2 /dev/sda /mnt && cat /mnt/hello.txt &&
        cat >/mnt/data && sync && umount /mnt' <"$E2E_WORK/data" | tee "$E2E_WORK/hello"
    grep -q 'a file on the stick' "$E2E_WORK/hello"
    expect_exit 0 board_detach -i "$BOARD_STICK_ID"
    stick_file data "$E2E_WORK/read"
    cmp "$E2E_WORK/data" "$E2E_WORK/read"
    rm "$E2E_WORK"/{data,read,stick.raw}
}

# ---- the other end goes ----

is_replugged() {
    expect_exit 0 board_attach -b 1-1
    board_unplug
    later 10 vm_port_free 0
    expect_exit 0 board_ports
    expect_json '.devices == []'
    board_plug
    later 20 board_exports 1-1
    expect_exit 0 board_attach -b 1-1 --json
    expect_json '[.device.nodes[] | select(.path == "/dev/ttyUSB0")][0].present'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

# Its machine still takes connections, since QEMU does for it.
no_server_there() {
    ! ud list "${HERE[@]}" -r "$BOARD_SERVER" >"$E2E_WORK/out" 2>"$E2E_WORK/err" || fail "there is a server"
    cat "$E2E_WORK/err"
    said | grep -qE 'closed the connection without an answer|the connection was accepted and then lost'
}

# The server's kernel has the connection; its program only made it.
server_program_ends() {
    expect_exit 0 board_ports
    expect_json '.devices | length == 1'
    board_do 'busybox killall usbipd'
    later 10 no_server_there
    expect_exit 0 board_ports
    expect_json '.devices | length == 1'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

server_program_comes_back() {
    board_do 'usbipd -4 -D'
    later 20 ud list "${HERE[@]}" -r "$BOARD_SERVER"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

server_takes_it_back() {
    board_do 'touch /run/no-bind; usbip unbind -b 1-1'
    later 10 vm_port_free 0
    expect_exit 0 board_ports
    expect_json '.devices == []'
    expect_exit 0 board_detach -p 0
    expect_text 'nothing'
    expect_exit 14 board_attach -b 1-1
    expect_text 'shares no device 1-1' 'usbip bind -b 1-1'
    board_do 'rm /run/no-bind'
    later 20 board_exports 1-1
}

# Nobody tells the virtual machine; its questions have no answer.
link_is_lost() {
    local started
    expect_exit 0 board_attach -b 1-1
    link_cut
    started=$SECONDS
    later 40 vm_port_free 0
    printf 'the port is free after %s s\n' $((SECONDS - started))
    expect_exit 3 ud list "${HERE[@]}" -r "$BOARD_SERVER"
    expect_text 'no answer within 5 s: a firewall drops it'
    link_mend
    expect_exit 0 board_ports
    expect_json '.devices == []'
    link_forget
}

# The server notices by itself as late as it does: the lab's is told.
link_is_back() {
    board_do 'usbip unbind -b 1-1' || true
    later 20 board_exports 1-1
    expect_exit 0 board_attach -b 1-1
    expect_exit 0 board_detach -b 1-1
}

nothing_stays() {
    nothing_attached
    in_vm sh -c '[ ! -e /dev/ttyUSB0 ] && [ ! -e /dev/serial ] && [ ! -e /dev/sda ]'
    expect_exit 0 ud unload "${HERE[@]}" --input "$(drivers_dist)"
    # shellcheck disable=SC2016 # for the shell there
    in_vm sh -c 'for module in sd_mod scsi_mod scsi_common; do modprobe -r "$module"; done'
    expect_remembered "$LAB_VM"
}

clean_up() {
    docker -H "$LAB_VM" rm -f "$E2E_MARK-serial" "$E2E_MARK-stick" >/dev/null 2>&1 || true
    link_forget >/dev/null 2>&1 || true
    board_do 'rm -f /run/no-bind; pidof usbipd || usbipd -4 -D' >/dev/null 2>&1 || true
    board_exports 1-1 || board_plug >/dev/null 2>&1 || true
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    vm_shell_close
}

trap clean_up EXIT
check "(drivers of what the board has)" need_drivers_dist
vm_shell_open "$LAB_VM"
check "(what is there before)" remember "$LAB_VM"
check "(they are loaded)" load_drivers
check "usbip lists what attach attached, and detaches it" usbip_has_ours
check "port lists what usbip attached, and detach detaches it" ours_has_usbips
check "what a container writes is on the stick" stick_is_written
check "a board that was plugged in again is attached again" is_replugged
check "the server's program ends, and the device stays" server_program_ends
check "and it is there again" server_program_comes_back
check "the server takes the device back" server_takes_it_back
check "a lost link frees the port" link_is_lost
check "and then the device can be attached again" link_is_back
check "after all this nothing stays" nothing_stays
