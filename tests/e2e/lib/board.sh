# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153 # set here or by `run`, used by others
# The lab's board: what is plugged in there, its server, and the link to it.

# As the virtual machine reaches it.
readonly BOARD_HOST=10.0.2.2
BOARD_PORT=${LAB_BOARD:-} BOARD_PORT=${BOARD_PORT##*:}
readonly BOARD_SERVER=$BOARD_HOST:$BOARD_PORT
# As this machine reaches it, and the virtual machine does not.
readonly BOARD_SERVER_HERE=127.0.0.1:$BOARD_PORT
readonly BOARD_FTDI=0403:6001
readonly BOARD_STICK_ID=46f4:0001

# board_do COMMAND: by the board's own shell.
board_do() {
    local line pid code=''
    coproc BOARD { exec socat - "UNIX-CONNECT:$LAB_BOARD_CONTROL" 3>&- 7>&- 8<&-; }
    pid=$BOARD_PID
    printf '%s\n' "$1" >&"${BOARD[1]}"
    while IFS= read -r -t 60 line <&"${BOARD[0]}"; do
        case $line in
        '-- end '*)
            code=${line#-- end }
            break
            ;;
        *) printf '%s\n' "$line" ;;
        esac
    done
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ -n "$code" ] || fail "the board does not answer"
    return "$code"
}

# board_monitor COMMAND: QEMU's own words to the board's machine.
board_monitor() {
    local said
    said=$(printf '%s\n' "$1" | socat -t 0.5 - "UNIX-CONNECT:$LAB_BOARD_MONITOR")
    if grep -i '^error' <<<"$said"; then fail "the monitor of the board: $1"; fi
}

board_unplug() { board_monitor 'device_del ftdi'; }
board_plug() {
    board_monitor 'device_add usb-serial,id=ftdi,bus=xhci.0,port=1,chardev=serial,always-plugged=on'
}

# board_exports BUSID: whether the server gives it to whoever asks.
board_exports() { usbip --tcp-port "$BOARD_PORT" list -r 127.0.0.1 2>/dev/null | grep -q "^ *$1:"; }

# vm_port_state PORT: of vhci_hcd, of a USB 2 port: 4 is free, 6 is used.
vm_port_state() {
    in_vm cat /sys/devices/platform/vhci_hcd.0/status |
        awk -v port="$1" '$1 == "hs" && $2 + 0 == port { print $3 + 0 }'
}
vm_port_free() { [ "$(vm_port_state "$1")" = 4 ]; }

# The link drops all that comes and goes, as a cable that is pulled out: nobody is told. In the virtual
# machine itself, since QEMU's user network answers for the other side.
link_rule() {
    in_vm iptables "$1" INPUT -s "$BOARD_HOST" -p tcp --sport "$BOARD_PORT" -j DROP
    in_vm iptables "$1" OUTPUT -d "$BOARD_HOST" -p tcp --dport "$BOARD_PORT" -j DROP
}
link_cut() { link_rule -I; }
link_mend() { link_rule -D; }

# What iptables had the kernel load.
link_forget() {
    in_vm sh -c 'iptables -F; iptables -X; nft flush ruleset 2>/dev/null
        modprobe -r xt_tcpudp nft_compat nf_tables ip_tables iptable_filter 2>/dev/null; true'
}

# serial_answers [OPTION...]: what a container that has the serial board's node hears of it.
serial_answers() {
    # shellcheck disable=SC2016 # for the shell in the container
    docker -H "$LAB_VM" run --rm --name "$E2E_MARK-serial" "$@" "$E2E_TOOLS" sh -c '
        exec 3<>/dev/ttyUSB0
        stty -F /dev/ttyUSB0 115200 raw -echo
        echo "hello board" >&3
        timeout 20 head -n 1 <&3' | tr -d '\r'
}

# stick_file NAME FILE: what is on the stick, read from the image that the board's machine has.
stick_file() {
    qemu-img convert -U -f qcow2 -O raw "$LAB_BOARD_STICK" "$E2E_WORK/stick.raw"
    debugfs -R "dump /$1 $2" "$E2E_WORK/stick.raw"
}

# ---- the virtual machine's side, by any path ----

# By which path: the words of UD_ATTACH_VIA, such as "--via here".
read -ra BOARD_VIA <<<"${UD_ATTACH_VIA:-}"
board_via_here() { [[ " ${BOARD_VIA[*]} " == *' here '* ]]; }

# At the end of a test, however it ends: nothing is attached, and neither serial_answers nor the shell is left.
board_clean_up() {
    ud detach --host "$LAB_VM" --all --force >/dev/null 2>&1 || true
    docker -H "$LAB_VM" rm -f "$E2E_MARK-serial" >/dev/null 2>&1 || true
    vm_shell_close
}

# board_attach [OPTION...]: a device of the board.
board_attach() {
    if board_via_here; then
        board_attach_here "$@"
    else
        ud attach --host "$LAB_VM" -r "$BOARD_SERVER" "${BOARD_VIA[@]}" "$@"
    fi
}

# By way of this machine the command stays as long as the device does. It is left behind when it has
# said that the device is there, as no child of this shell, which may wait for its own; `detach` ends it.
board_attach_here() {
    local file
    file=$(mktemp "$E2E_WORK/here-XXXXXX")
    (
        {
            code=0
            "$UD_BINARY" attach --host "$LAB_VM" -r "127.0.0.1:$BOARD_PORT" "${BOARD_VIA[@]}" "$@" \
                >"$file" 2>"$file.err" </dev/null &
            printf '%s\n' "$!" >>"$E2E_WORK/here.pids"
            wait "$!" || code=$?
            printf '%s\n' "$code" >"$file.code"
        } 3>&- 7>&- 8<&- >/dev/null 2>&1 &
    )
    later 120 board_here_says "$file" || fail "attach says nothing: $(cat "$file.err")"
    cat "$file"
    cat "$file.err" >&2
    # An error in JSON is said on standard output, too.
    ! grep -q '"error"' "$file" || later 60 test -s "$file.code"
    [ ! -s "$file.code" ] || return "$(cat "$file.code")"
}

board_here_says() { [ -s "$1" ] || [ -s "$1.code" ]; }

# What is left of them at the end of a test.
board_here_end() {
    [ ! -e "$E2E_WORK/here.pids" ] || xargs kill 2>/dev/null <"$E2E_WORK/here.pids" || true
}
board_detach() { ud detach --host "$LAB_VM" "$@"; }
board_ports() { ud port --host "$LAB_VM" --json; }

# vm_usbip ARGUMENT...: Debian's own, in the virtual machine.
vm_usbip() { in_vm usbip --tcp-port "$BOARD_PORT" "$@"; }

drivers_dist() { printf '%s/drivers\n' "$E2E_SHARED"; }

# need_drivers_dist: the main job's modules, and drivers of what the board has.
need_drivers_dist() { share build_drivers_dist; }

build_drivers_dist() {
    [ -e "$(drivers_dist)/$LAB_VM_RELEASE/manifest.json" ] ||
        ud build "${MAIN_BUILD[@]}" --with ftdi_sio,usb-storage --output "$(drivers_dist)"
}
