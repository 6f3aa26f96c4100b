# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run attach`: a device of the board, attached by us and by Debian's usbip in the same virtual machine:
# until it is configured, and what passes through it then.

# Which paths of ours, and the options of `attach` that choose them.
PATHS=${UD_BENCH_PATHS:-vm guarded here}
declare -A PATH_OPTIONS=([vm]='' [guarded]='--guard' [here]='--via here')

# The virtual machine's shell, and the board, as the end-to-end tests have them.
attach_libraries() {
    local name
    : "${LAB_BOARD:?the lab has to be up: examples/lab/lab up registry mirror native vm board}"
    E2E_DIR=$TOP/tests/e2e E2E_WORK=$WORK E2E_SHARED=$WORK/shared E2E_RESULTS=$WORK/results
    export E2E_DIR E2E_WORK E2E_SHARED E2E_RESULTS
    mkdir -p "$E2E_SHARED"
    for name in check engines product board; do
        # shellcheck source=/dev/null
        . "$E2E_DIR/lib/$name.sh"
    done
}

# The helper is tried without the program too: it does in the virtual machine what usbip does there.
attach_put_helper() {
    local id image
    image=$(docker -H "$LAB_VM" images --format '{{.Repository}}:{{.Tag}}' usbipd-desktop/helper | head -n 1)
    id=$(docker -H "$LAB_VM" create "$image")
    docker -H "$LAB_VM" cp -q "$id:/usbipd/helper" "$WORK/helper"
    docker -H "$LAB_VM" rm "$id" >/dev/null
    put_in_vm "$WORK/helper" /tmp/ud-bench-helper
    in_vm chmod 755 /tmp/ud-bench-helper
}

# Until the device is configured and has its driver; the shell there looks without starting programs.
attach_put_scripts() {
    cat >"$WORK/timed" <<'END'
device=/sys/bus/usb/devices/1-1
read -r from _ </proc/uptime
"$@" >/tmp/ud-bench-said 2>&1 &
until { read -r configured <$device/bConfigurationValue; } 2>/dev/null && [ "$configured" = 1 ] &&
    [ -e $device/1-1:1.0/driver ]; do
    read -r now _ </proc/uptime
    [ "${now%.*}" -lt $((${from%.*} + 60)) ] || { cat /tmp/ud-bench-said; exit 1; }
done
read -r to _ </proc/uptime
wait
echo "$from $to"
END
    cat >"$WORK/lines" <<'END'
stty -F /dev/ttyUSB0 115200 raw -echo
exec 3<>/dev/ttyUSB0
echo warm >&3
read -r line <&3
read -r from _ </proc/uptime
i=0
while [ $i -lt "$1" ]; do
    echo "$i" >&3
    read -r line <&3
    i=$((i + 1))
done
read -r to _ </proc/uptime
echo "$from $to"
END
    put_in_vm "$WORK/timed" /tmp/ud-bench-timed
    put_in_vm "$WORK/lines" /tmp/ud-bench-lines
}

attach_prepare() {
    attach_libraries
    ud build "${MAIN_BUILD[@]}" --with ftdi_sio,usb-storage --output "$WORK/dist" --quiet --json >/dev/null
    ud load --host "$LAB_VM" --input "$WORK/dist" --quiet --json >/dev/null
    vm_shell_open "$LAB_VM"
    in_vm modprobe sd_mod
    attach_put_helper
    attach_put_scripts
}

attach_cleanup() {
    ud detach --host "$LAB_VM" --all --force >/dev/null 2>&1 || true
    ud unload --host "$LAB_VM" --input "$WORK/dist" >/dev/null 2>&1 || true
    in_vm sh -c 'rm -f /tmp/ud-bench-*; modprobe -r sd_mod' >/dev/null 2>&1 || true
    vm_shell_close
    rm -rf "$WORK"
}

# between "FROM TO": seconds, of /proc/uptime's.
between() { bc <<<"scale=2; ($(awk '{ print $2 }' <<<"$1") - $(awk '{ print $1 }' <<<"$1")) / 1"; }

# Of several that vary by a third in an emulated machine.
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.2f\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

detach_all() {
    ud detach --host "$LAB_VM" --all --force --quiet --json >/dev/null
    later 20 board_exports 1-1
}

# ---- until it is configured ----

attach_times() {
    local seconds started
    started=$(in_vm sh /tmp/ud-bench-timed usbip --tcp-port "$BOARD_PORT" attach -r "$BOARD_HOST" -b 1-1)
    seconds=$(between "$started")
    echo "$seconds" >>"$WORK/usbip.vm"
    detach_all
    started=$(in_vm sh /tmp/ud-bench-timed /tmp/ud-bench-helper attach 1-1 "$BOARD_PORT" "$BOARD_HOST")
    between "$started" >>"$WORK/ours.vm"
    detach_all
    started=$EPOCHREALTIME
    docker -H "$LAB_VM" run --rm --privileged --pid host --network host -v /:/vm "$E2E_TOOLS" \
        chroot /vm /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        sh /tmp/ud-bench-timed usbip --tcp-port "$BOARD_PORT" attach -r "$BOARD_HOST" -b 1-1 >/dev/null
    seconds_since "$started" >>"$WORK/usbip.whole"
    detach_all
    started=$EPOCHREALTIME
    /usr/bin/time -v -o "$WORK/time" "$UD_BINARY" attach --host "$LAB_VM" -r "$BOARD_SERVER" -b 1-1 \
        --progress json --json >"$WORK/ours.json" 2>"$WORK/events"
    seconds_since "$started" >>"$WORK/ours.whole"
    step Attaching >>"$WORK/ours.step"
    detach_all
    printf 'attach  usbip %s s, our helper %s s; with a container usbip %s s, ours %s s (%s s without the looks at the engine); peak memory %s MiB\n' \
        "$seconds" "$(tail -n 1 "$WORK/ours.vm")" "$(tail -n 1 "$WORK/usbip.whole")" \
        "$(tail -n 1 "$WORK/ours.whole")" "$(tail -n 1 "$WORK/ours.step")" "$(peak_memory)"
}

# ---- what passes through ----

# attach_by NAME BUSID: usbip, or a path of ours. One that lives as long as its command stays behind.
attach_by() {
    local options server=$BOARD_SERVER
    [ "$1" != here ] || server=$LAB_BOARD # as this machine reaches it
    case $1 in
    usbip) vm_usbip attach -r "$BOARD_HOST" -b "$2" ;;
    vm) ud attach --host "$LAB_VM" -r "$BOARD_SERVER" -b "$2" --quiet --json >/dev/null ;;
    *)
        read -ra options <<<"${PATH_OPTIONS[$1]}"
        ud attach --host "$LAB_VM" -r "$server" -b "$2" "${options[@]}" >"$WORK/attach.log" 2>&1 &
        ;;
    esac
}

# MB/s of dd, which says "16777216 bytes (17 MB, 16 MiB) copied, 3.2 s, 5.2 MB/s".
dd_rate() { awk '/copied/ { printf "%.2f\n", $1 / 1000000 / $(NF - 3) }' <<<"$1"; }

stick_rates() {
    local busid i
    busid=$(ud list --host "$LAB_VM" -r "$BOARD_SERVER" --json |
        jq -r --arg ids "$BOARD_STICK_ID" '[.devices[] | select(.hardware_id == $ids)][0].busid')
    attach_by "$1" "$busid"
    later 60 in_vm test -b /dev/sda
    for ((i = 0; i < 3; i++)); do
        dd_rate "$(in_vm dd if=/dev/sda of=/tmp/ud-bench-stick bs=128k iflag=direct)" >>"$WORK/$1.read"
        dd_rate "$(in_vm dd if=/tmp/ud-bench-stick of=/dev/sda bs=128k oflag=direct conv=fsync)" >>"$WORK/$1.write"
    done
    in_vm rm /tmp/ud-bench-stick
    detach_all
}

serial_rate() {
    local span i
    attach_by "$1" 1-1
    later 60 in_vm test -c /dev/ttyUSB0
    for ((i = 0; i < 3; i++)); do
        span=$(in_vm sh /tmp/ud-bench-lines 50)
        bc <<<"scale=2; $(between "$span") * 1000 / 50" >>"$WORK/$1.trip"
    done
    detach_all
}

passing() {
    stick_rates "$1"
    serial_rate "$1"
    printf '%-7s the stick read %s MB/s, written %s MB/s; a line there and back %s ms\n' "$1" \
        "$(median "$WORK/$1.read")" "$(median "$WORK/$1.write")" "$(median "$WORK/$1.trip")"
}

attach_summary() {
    local path
    printf 'ratio   attach ours/usbip: in the VM %s, with a container %s\n' \
        "$(divide "$(median "$WORK/ours.vm")" "$(median "$WORK/usbip.vm")")" \
        "$(divide "$(median "$WORK/ours.step")" "$(median "$WORK/usbip.whole")")"
    for path in $PATHS; do
        printf 'ratio   %s/usbip: read %s, write %s, a line there and back %s\n' "$path" \
            "$(divide "$(median "$WORK/$path.read")" "$(median "$WORK/usbip.read")")" \
            "$(divide "$(median "$WORK/$path.write")" "$(median "$WORK/usbip.write")")" \
            "$(divide "$(median "$WORK/$path.trip")" "$(median "$WORK/usbip.trip")")"
    done
}

bench_attach() {
    local i path runs=${1:-3}
    attach_prepare
    trap attach_cleanup EXIT
    printf 'kernel  %s, board at %s, load %s\n' "$LAB_VM_RELEASE" "$BOARD_SERVER" "$(cut -d' ' -f1-3 /proc/loadavg)"
    for ((i = 0; i < runs; i++)); do
        attach_times
        for path in usbip $PATHS; do passing "$path"; done
    done
    attach_summary
    printf 'load    %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
}
