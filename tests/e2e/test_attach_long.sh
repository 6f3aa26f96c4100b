#!/usr/bin/env bash
# Attaching, again and again and against resistance. UD_ATTACH_STEPS says which of the steps, UD_ATTACH_CYCLES
# how often the last one goes round. tests/attach/README.md describes them.
# lab: registry mirror native vm board
# only: when named, as tests/attach/run does: it takes hours
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

STEPS=${UD_ATTACH_STEPS:-replug server slow lost power three users keyboard uas net audio nodes cycles}
CYCLES=${UD_ATTACH_CYCLES:-1000}
HERE=(--host "$LAB_VM")
DIST=$E2E_WORK/dist
DRIVERS=ftdi_sio,usb-storage
USERS=$E2E_MARK/users:1
FTDI_ANSWER='board heard: hello board'

# driver_for "STEP..." DRIVERS: adds them if there is one of these steps.
driver_for() {
    local step
    for step in $1; do
        [[ " $STEPS " != *" $step "* ]] || DRIVERS+=,$2
    done
}

build_drivers() {
    driver_for 'three keyboard' usbhid
    driver_for uas uas
    driver_for net cdc_ether,rndis_host
    driver_for audio snd-usb-audio
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --with "$DRIVERS" --output "$DIST"
}

# The last three are the virtual machine's own, which devices of a driver's own ask udev for.
load_them() {
    expect_exit 0 ud load "${HERE[@]}" --input "$DIST"
    in_vm modprobe -a sd_mod hid-generic evdev
}

none_attached() {
    expect_exit 0 board_ports
    expect_json '.devices == [] and .free_usb2 == 8 and .free_usb3 == 8'
}

answers() { expect_equal "$(serial_answers --device /dev/ttyUSB0)" "$FTDI_ANSWER"; }

# busid_of VID:PID: on the board.
busid_of() {
    ud list "${HERE[@]}" -r "$BOARD_SERVER" --json |
        jq -r --arg ids "$1" '[.devices[] | select(.hardware_id == $ids)][0].busid'
}

# A device is exported under whatever bus id, as by the first command that sees it.
exported() { [ "$(busid_of "$1")" != null ]; }

# ---- replug ----

# replug_times N PAUSE: each time the device goes while it is attached, and comes back after the pause.
replug_times() {
    local i
    for ((i = 1; i <= $1; i++)); do
        later 30 exported "$BOARD_FTDI"
        board_attach -i "$BOARD_FTDI" --json >"$E2E_WORK/out" || fail "time $i"
        expect_json '.device.interfaces[0].driver == "ftdi_sio"'
        board_unplug
        sleep "$2"
        board_plug
        later 20 vm_port_free 0
    done
    later 30 exported "$BOARD_FTDI"
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    answers
    expect_exit 0 board_detach -i "$BOARD_FTDI"
    none_attached
}

step_replug() {
    check "20 times unplugged, and plugged in 0.2 s later" replug_times 20 0.2
    check "20 times unplugged, and plugged in 10 s later" replug_times 20 10
}

# ---- server ----

# The program of the server, while a device is attached and while none is.
server_restarts() {
    local i
    for i in {1..5}; do
        expect_exit 0 board_attach -i "$BOARD_FTDI"
        board_do 'busybox killall usbipd'
        answers
        expect_exit 0 board_detach -p 0
        expect_exit 3 ud list "${HERE[@]}" -r "$BOARD_SERVER" --via vm
        board_do 'usbipd -4 -D'
        later 30 exported "$BOARD_FTDI"
    done
    none_attached
}

# As when the server's machine restarts: all connections end.
server_goes() {
    local i
    for i in {1..5}; do
        expect_exit 0 board_attach -i "$BOARD_FTDI"
        board_do 'touch /run/no-bind; usbip unbind -b 1-1'
        later 20 vm_port_free 0
        none_attached
        board_do 'rm /run/no-bind'
        later 30 exported "$BOARD_FTDI"
    done
}

step_server() {
    check "the server's program ends and comes back, 5 times" server_restarts
    check "the server lets go of an attached device, 5 times" server_goes
}

# ---- slow ----

# Of what the virtual machine sends to the board, and to nobody else.
link_slow() {
    in_vm sh -c "tc qdisc add dev eth0 root handle 1: prio &&
        tc qdisc add dev eth0 parent 1:3 handle 30: netem delay 300ms loss 5% &&
        tc filter add dev eth0 protocol ip parent 1:0 prio 3 u32 match ip dport $BOARD_PORT 0xffff flowid 1:3"
}

link_quick() {
    in_vm sh -c 'tc qdisc del dev eth0 root; modprobe -r cls_u32 sch_netem sch_prio 2>/dev/null; true'
}

slow_serial() {
    local i
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    for i in {1..5}; do answers; done
    expect_exit 0 board_detach -p 0
}

# attach waits for the disk too, which asks a dozen questions over the link.
slow_stick() {
    expect_exit 0 board_attach -i "$BOARD_STICK_ID" --json
    expect_json '[.device.nodes[].path] | any(. == "/dev/sda")'
    in_vm dd if=/dev/sda of=/dev/null bs=64k count=16 iflag=direct
    expect_exit 0 board_detach -i "$BOARD_STICK_ID"
}

step_slow() {
    check "(the link gets 300 ms and loses 5 %)" link_slow
    check "the serial board over a slow link" slow_serial
    check "the stick over a slow link" slow_stick
    check "(the link is quick again)" link_quick
}

# ---- lost ----

lost_for_a_moment() {
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    link_cut
    sleep 8
    link_mend
    sleep 5
    answers
    expect_exit 0 board_detach -p 0
}

lost_for_a_minute() {
    local started
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    link_cut
    started=$SECONDS
    later 40 vm_port_free 0
    printf 'the port is free after %s s\n' $((SECONDS - started))
    sleep $((60 - SECONDS + started))
    none_attached
    link_mend
    board_do 'usbip unbind -b 1-1' || true
    later 30 exported "$BOARD_FTDI"
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    answers
    expect_exit 0 board_detach -p 0
    link_forget
}

step_lost() {
    check "packets are dropped for 8 s" lost_for_a_moment
    check "packets are dropped for a minute" lost_for_a_minute
}

# ---- power ----

power_off() {
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    vm_restart
    expect_exit 0 board_ports
    expect_json '(.vhci | not) and .devices == []'
    later 30 exported "$BOARD_FTDI"
}

power_on() {
    expect_exit 0 board_attach -i "$BOARD_FTDI" --modules "$DIST"
    answers
    expect_exit 0 board_detach -p 0
    none_attached
}

# The shell in the virtual machine ends with it.
step_power() {
    check "the virtual machine is powered off and on while a device is attached" power_off
    vm_shell_close
    vm_shell_open "$LAB_VM"
    check "the device is attached again, from nothing" power_on
    check "(what the other steps need is loaded)" load_them
}

# ---- three ----

together() {
    local ids
    for ids in "$BOARD_FTDI" "$BOARD_STICK_ID" 0627:0001; do expect_exit 0 board_attach -i "$ids"; done
    expect_exit 0 board_ports
    expect_json '.devices | length == 3 and ([.[].port] | unique | length) == 3'
    answers
    in_vm dd if=/dev/sda of=/dev/null bs=64k count=16 iflag=direct
    expect_exit 0 board_detach -i "$BOARD_STICK_ID"
    answers
    expect_exit 0 board_detach --all --json
    expect_json '.detached | length == 2'
    none_attached
}

step_three() {
    check "three devices at once" together
}

# ---- users ----

# Debian's python3 with pyserial and pyusb.
users_image() {
    mmdebstrap --variant=extract --include=python3-serial,python3-usb,libusb-1.0-0,busybox-static \
        --dpkgopt='path-exclude=/usr/share/doc/*' --mode=root bookworm "$E2E_WORK/users.tar" 3>&- 7>&- 8<&-
    docker -H "$LAB_VM" import "$E2E_WORK/users.tar" "$USERS"
    rm "$E2E_WORK/users.tar"
}

pyserial_is_answered() {
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    expect_exit 0 docker -H "$LAB_VM" run --rm --device /dev/ttyUSB0 "$USERS" python3 -c '
import serial
port = serial.Serial("/dev/ttyUSB0", 115200, timeout=20)
port.write(b"hello board\n")
print(port.readline().decode().strip())'
    expect_text "$FTDI_ANSWER"
    expect_exit 0 docker -H "$LAB_VM" run --rm --device /dev/ttyUSB0 -v /dev/serial:/dev/serial "$USERS" \
        python3 -m serial.tools.list_ports -v
    expect_text /dev/ttyUSB0 0403:6001
}

pyusb_reads_strings() {
    expect_exit 0 docker -H "$LAB_VM" run --rm -v /dev/bus/usb:/dev/bus/usb \
        --device-cgroup-rule 'c 189:* rmw' "$USERS" python3 -c '
import usb.backend.libusb1, usb.core
# In an image without a compiler and ldconfig Python finds no library by itself.
libusb = usb.backend.libusb1.get_backend(find_library=lambda name: "libusb-1.0.so.0")
device = usb.core.find(idVendor=0x0403, idProduct=0x6001, backend=libusb)
print(device.manufacturer, "/", device.product, "/", device.bus, device.address)'
    expect_text 'QEMU / QEMU USB SERIAL'
    expect_exit 0 board_detach -p 0
    docker -H "$LAB_VM" rmi "$USERS" >/dev/null
}

step_users() {
    check "(an image with pyserial and pyusb)" users_image
    check "pyserial is answered" pyserial_is_answered
    check "pyusb reads the device's strings" pyusb_reads_strings
}

# ---- the other devices ----

keyboard_types() {
    expect_exit 0 board_attach -i 0627:0001 --json
    expect_json '[.device.nodes[].path] | any(startswith("/dev/input/event"))'
    jq -r '[.device.nodes[].path | select(startswith("/dev/input/event"))][0]' "$E2E_WORK/out" >"$E2E_WORK/node"
    (
        sleep 5
        board_monitor 'sendkey a'
    ) &
    # struct input_event: type EV_KEY (1), code KEY_A (30), value 1 at byte 16.
    docker -H "$LAB_VM" run --rm --device "$(cat "$E2E_WORK/node")" "$E2E_TOOLS" \
        sh -c 'timeout 30 head -c 120 "$0" | od -An -v -tx1 -w24' "$(cat "$E2E_WORK/node")" |
        tee "$E2E_WORK/events"
    grep -q ' 01 00 1e 00 01 00 00 00$' "$E2E_WORK/events"
    wait
    expect_exit 0 board_detach -i 0627:0001
}

step_keyboard() { check "a key that is pressed is read in a container" keyboard_types; }

uas_is_written() {
    expect_exit 0 board_attach -i 46f4:0003 --json
    expect_json '.device.interfaces[0].driver == "uas"'
    head -c 4194304 /dev/urandom >"$E2E_WORK/data"
    docker -H "$LAB_VM" run --rm -i --device /dev/sda "$E2E_TOOLS" \
        sh -c 'dd of=/dev/sda bs=64k conv=fsync' <"$E2E_WORK/data"
    expect_exit 0 board_detach -i 46f4:0003
    qemu-img convert -U -f qcow2 -O raw "$LAB_RUN/board/uas.qcow2" "$E2E_WORK/uas.raw"
    cmp -n 4194304 "$E2E_WORK/data" "$E2E_WORK/uas.raw"
    rm "$E2E_WORK"/{data,uas.raw}
}

step_uas() { check "what a container writes is on the UAS disk" uas_is_written; }

net_reaches() {
    expect_exit 0 board_attach -i 0525:a4a2
    # shellcheck disable=SC2016 # for the shell there
    in_vm sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
            name=$(basename /sys/bus/usb/devices/*/net/*)
            [ "$name" = "*" ] || break
            sleep 1
        done
        ip link set "$name" up && ip addr add 10.0.3.15/24 dev "$name" &&
        busybox ping -c 3 -W 10 -I "$name" 10.0.3.2'
    expect_exit 0 board_detach -i 0525:a4a2
}

step_net() { check "the other side of a network adapter answers" net_reaches; }

audio_plays() {
    expect_exit 0 board_attach -i 46f4:0002 --json
    expect_json '[.device.interfaces[].driver] | any(. == "snd-usb-audio")'
    expect_json '[.device.nodes[].path] | any(startswith("/dev/snd/"))'
    expect_exit 0 board_detach -i 46f4:0002
}

step_audio() { check "an audio device has its driver and nodes" audio_plays; }

# ---- nodes ----

step_nodes() { check "what containers see is what docs/attach.md says" nodes_in_containers; }

# ---- cycles ----

# What must not grow: a line each. Caches that can be had back are emptied first.
measure() {
    local pid
    in_vm sh -c 'sync; echo 3 >/proc/sys/vm/drop_caches; sleep 2; echo 3 >/proc/sys/vm/drop_caches'
    pid=$(in_vm pidof dockerd)
    printf 'descriptors %s\n' "$(in_vm sh -c "ls /proc/$pid/fd | wc -l")"
    printf 'containers %s\n' "$(docker -H "$LAB_VM" ps -aq | wc -l)"
    printf 'port-files %s\n' "$(in_vm sh -c 'ls /var/run/vhci_hcd 2>/dev/null | wc -l')"
    printf 'ports-used %s\n' "$(in_vm sh -c 'grep -hvE "^hub| 004 " /sys/devices/platform/vhci_hcd.0/status* | wc -l')"
    in_vm cat /proc/meminfo | awk '/^SUnreclaim:/ { print "unreclaimable-kB", $2 }'
    in_vm cat /proc/slabinfo | awk 'NR > 2 { print "slab/" $1, $2 }'
}

measure_first() { measure >"$E2E_WORK/before"; }

once() {
    board_attach -b 1-1 --json >"$E2E_WORK/out" &&
        ud detach "${HERE[@]}" -p 0 --json >"$E2E_WORK/out"
}

go_round() {
    local i
    for ((i = 1; i <= $1; i++)); do
        once || fail "round $i"
        [ $((i % 50)) != 0 ] || printf '%s rounds, %s s\n' "$i" "$SECONDS"
    done
}

measured() { awk -v name="$2" '$1 == name { print $2 }' "$1"; }

# A leak is at least one object each time. The kernel's caches move by some on their own: what a processor has of
# a slab counts as used, which is up to 512 objects of the smallest kind for each (mm/slub.c, get_slabinfo()).
nothing_grew() {
    local before=$E2E_WORK/before after=$E2E_WORK/after grown name
    measure >"$after"
    for name in containers port-files ports-used; do
        printf '%s: %s, then %s\n' "$name" "$(measured "$before" "$name")" "$(measured "$after" "$name")"
        expect_equal "$(measured "$after" "$name")" "$(measured "$before" "$name")"
    done
    printf 'descriptors of dockerd: %s, then %s\n' "$(measured "$before" descriptors)" "$(measured "$after" descriptors)"
    [ "$(measured "$after" descriptors)" -lt $(($(measured "$before" descriptors) + 10)) ]
    grown=$(($(measured "$after" unreclaimable-kB) - $(measured "$before" unreclaimable-kB)))
    printf 'unreclaimable slabs: %s kB more\n' "$grown"
    [ "$grown" -lt $((4096 + CYCLES)) ] || fail "slabs grew by $grown kB"
    join <(sort "$before") <(sort "$after") | awk '/^slab/ { print $3 - $2, $1 }' | sort -rn | head -n 8
    if join <(sort "$before") <(sort "$after") |
        awk -v n="$CYCLES" '/^slab\/(kmalloc|usb|sock|TCP|task|files|cred)/ && $3 - $2 >= n && $3 - $2 > 2 * 512' | grep .; then
        fail "a cache grew by an object each time"
    fi
}

step_cycles() {
    check "(ten rounds, so that all is warm)" go_round 10
    check "(what there is)" measure_first
    check "$CYCLES rounds of attach and detach" go_round "$CYCLES"
    check "nothing is left of them" nothing_grew
}

clean_up() {
    link_quick >/dev/null 2>&1 || true
    link_forget >/dev/null 2>&1 || true
    board_do 'rm -f /run/no-bind; pidof usbipd || usbipd -4 -D' >/dev/null 2>&1 || true
    board_exports 1-1 || board_plug >/dev/null 2>&1 || true
    nodes_end
    docker -H "$LAB_VM" rm -f "$E2E_MARK-serial" >/dev/null 2>&1 || true
    docker -H "$LAB_VM" rmi -f "$USERS" >/dev/null 2>&1 || true
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    board_here_end
    ud unload "${HERE[@]}" --input "$DIST" >/dev/null 2>&1 || true
    vm_shell_close
}

trap clean_up EXIT
check "(drivers of what the board has)" build_drivers
vm_shell_open "$LAB_VM"
check "(they are loaded)" load_them
# What one leaves when it fails does not fail the next.
for step in $STEPS; do
    "step_$step"
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    board_do 'rm -f /run/no-bind; pidof usbipd || usbipd -4 -D' >/dev/null
done
