#!/usr/bin/env bash
# The ways that lead to a device besides the kernel's own connection: with the helper between, by way
# of this machine, and again whenever the device comes back.
# lab: registry mirror native vm board
# only: campaign: it waits for devices that come and go
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")

nothing_attached() {
    expect_exit 0 board_ports
    expect_json '.devices == [] and .free_usb2 == 8 and .free_usb3 == 8'
}

our_containers() { docker -H "$LAB_VM" ps -aq --filter label=io.github.usbipd-desktop; }
no_container() { [ -z "$(our_containers)" ]; }

path_is() {
    expect_exit 0 board_ports
    expect_json ".devices | length == 1 and .[0].server.path == \"$1\""
}

# ---- a command that stays ----

# Each check is a shell of its own: what they share is in files.
STAY=$E2E_WORK/stay

# stay ARGUMENT...: attach in the background; its pages go to stay.out as they come.
stay() {
    rm -f "$STAY".*
    (
        code=0
        "$UD_BINARY" attach "${HERE[@]}" "$@" >"$STAY.out" 2>"$STAY.err" &
        echo $! >"$STAY.pid"
        wait $! || code=$?
        echo "$code" >"$STAY.code"
    ) </dev/null >/dev/null 2>&1 &
    later 5 test -s "$STAY.pid"
}

# stayed_times N: so often it has said what to run.
stayed_times() { [ "$(grep -c '^run ' "$STAY.out")" -ge "$1" ]; }
stay_signal() { kill "$1" "$(cat "$STAY.pid")"; }

# stay_await COMMAND...: until it succeeds, or the command that stays has ended.
stay_await() {
    later 90 stay_is_so "$@"
    "$@" || fail "it has ended: $(cat "$STAY.err")"
}
stay_is_so() { "$@" || [ -s "$STAY.code" ]; }

# stay_end CODE: waits for it.
stay_end() {
    later 60 test -s "$STAY.code" || fail "it goes on"
    cat "$STAY.out" "$STAY.err"
    expect_equal "$(cat "$STAY.code")" "$1"
}

stay_has_said() { tr -s ' \n' ' ' <"$STAY.err" | grep -qF -- "$1"; }

# ---- guarded ----

guarded() {
    expect_exit 0 board_attach -b 1-1 --guard --json
    expect_json '.device.server.path == "guarded"'
    path_is guarded
    [ -n "$(docker -H "$LAB_VM" ps -q --filter name=usbipd-desktop-guard)" ] || fail "no guard"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

# Neither the next command's sweep nor `clean` takes it for something that was left.
guard_is_spared() {
    expect_exit 0 ud clean "${HERE[@]}"
    expect_text 'a device is attached through it'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

guard_goes_with_its_device() {
    expect_exit 0 board_detach -b 1-1
    later 20 no_container || fail "left: $(our_containers)"
    nothing_attached
}

guard_ends_with_the_server() {
    expect_exit 0 board_attach -b 1-1 --guard
    board_unplug
    later 20 vm_port_free 0
    later 20 no_container || fail "left: $(our_containers)"
    board_plug
    later 40 board_exports 1-1
    nothing_attached
}

# ---- by way of this machine ----

list_goes_by_here() {
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER_HERE" --json
    expect_json '.via == "here" and (.devices | length) == 2'
    expect_exit 3 ud list "${HERE[@]}" -r "$BOARD_SERVER_HERE" --via vm
    expect_exit 3 ud list "${HERE[@]}" -r 127.0.0.1:1
    expect_text 'from the VM' 'from this machine' refused
}

comes_by_here() {
    stay -r "$BOARD_SERVER_HERE" -i "$BOARD_FTDI"
    stay_await stayed_times 1
    stay_has_said 'for as long as this command runs'
    path_is here
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 12 ud attach "${HERE[@]}" -r "$BOARD_SERVER_HERE" --via here -b 1-1
}

ends_with_the_command() {
    stay_signal -TERM
    stay_end 0
    nothing_attached
    later 20 no_container || fail "left: $(our_containers)"
}

# Nothing of a command that was killed goes on: its container's input ends.
ends_with_a_killed_command() {
    later 40 board_exports 1-1
    stay -r "$BOARD_SERVER_HERE" --via here -b 1-1
    stay_await stayed_times 1
    stay_signal -KILL
    stay_end 137
    later 20 vm_port_free 0
    nothing_attached
    later 20 no_container || fail "left: $(our_containers)"
}

stick_comes_by_here() {
    later 40 board_exports 2-2
    stay -r "$BOARD_SERVER_HERE" --via here -i "$BOARD_STICK_ID"
    stay_await stayed_times 1
    head -c 2097152 /dev/urandom >"$E2E_WORK/data"
    # shellcheck disable=SC2016 # for the shell in the container
    docker -H "$LAB_VM" run --rm -i --name "$E2E_MARK-stick" --privileged "$E2E_TOOLS" sh -c '
        mkdir /mnt && mount -t ext2 /dev/sda /mnt && cat >/mnt/here && sync && umount /mnt &&
        echo 3 >/proc/sys/vm/drop_caches && mount -t ext2 /dev/sda /mnt && cat /mnt/here &&
        umount /mnt' <"$E2E_WORK/data" >"$E2E_WORK/read"
    cmp "$E2E_WORK/data" "$E2E_WORK/read"
    stay_signal -TERM
    stay_end 0
    nothing_attached
}

# ---- again and again ----

# QEMU takes a moment to let go of what was there.
board_plug_now() { (board_plug) >/dev/null 2>&1; }

is_attached_again() {
    later 40 board_exports 1-1
    stay -r "$1" -b 1-1 --auto-attach "${@:2}"
    stay_await stayed_times 1
    board_unplug
    later 10 board_plug_now
    stay_await stayed_times 2
    board_unplug
    later 20 vm_port_free 0
    board_plug
    stay_await stayed_times 3
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

by_vm_again() {
    is_attached_again "$BOARD_SERVER"
    path_is kept
    expect_exit 12 ud attach "${HERE[@]}" -r "$BOARD_SERVER" --via vm -b 1-1 --auto-attach
    expect_text 'attached already'
}

by_here_again() {
    is_attached_again "$BOARD_SERVER_HERE" --via here
    path_is here
}

detached_is_detached() {
    expect_exit 0 board_detach -b 1-1
    stay_end 0
    nothing_attached
    later 20 no_container || fail "left: $(our_containers)"
}

keeps() { [ -n "$(docker -H "$LAB_VM" ps -q --filter name=usbipd-desktop-keep)" ]; }

waits_for_what_is_not_there() {
    later 40 board_exports 1-1
    expect_exit 14 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -a -b 9-9
    board_unplug
    stay -r "$BOARD_SERVER" -a -u -i "$BOARD_FTDI"
    later 60 keeps
    board_plug
    stay_await stayed_times 1
    stay_signal -TERM
    stay_end 0
    nothing_attached
}

# ---- all of it ----

nothing_stays() {
    nothing_attached
    expect_exit 0 ud unload "${HERE[@]}" --input "$(drivers_dist)"
    # shellcheck disable=SC2016 # for the shell there
    in_vm sh -c 'for module in sd_mod scsi_mod scsi_common; do modprobe -r "$module"; done'
    expect_remembered "$LAB_VM"
}

clean_up() {
    stay_signal -KILL 2>/dev/null || true
    docker -H "$LAB_VM" rm -f "$E2E_MARK-serial" "$E2E_MARK-stick" >/dev/null 2>&1 || true
    board_exports 1-1 || board_plug >/dev/null 2>&1 || true
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    vm_shell_close
}

trap clean_up EXIT
check "(drivers of what the board has)" need_drivers_dist
vm_shell_open "$LAB_VM"
check "(what is there before)" remember "$LAB_VM"
check "(they are loaded)" ud load "${HERE[@]}" --input "$(drivers_dist)"
check "a guarded device works" guarded
check "its guard is left alone" guard_is_spared
check "the guard goes with its device" guard_goes_with_its_device
check "the guard ends with the server" guard_ends_with_the_server
check "a server that only this machine reaches is listed" list_goes_by_here
check "its device comes by way of this machine" comes_by_here
check "and goes with the command" ends_with_the_command
check "also if that is killed" ends_with_a_killed_command
check "a stick by way of this machine gives back what was written" stick_comes_by_here
check "attached again whenever it comes back, by the VM" by_vm_again
check "detach is the end of it" detached_is_detached
check "attached again whenever it comes back, by way of this machine" by_here_again
check "detach is the end of that, too" detached_is_detached
check "what is not there yet is waited for" waits_for_what_is_not_there
check "after all this nothing stays" nothing_stays
