#!/usr/bin/env bash
# The virtual machine loses its power, or stands still for good, in each phase of a command. The command ends by
# itself; its exit code and its words are those of the table in docs/errors.md. When the machine is back, nothing
# is left that is not documented, and the next run needs no manual repair.
# lab: registry mirror native vm board
# only: when named: it starts the virtual machine a dozen times
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM")
BUILDER=$E2E_MARK/builder:1
export XDG_STATE_HOME=$E2E_WORK/state
# For a command to end when its machine lost power, and when it stands still: patience.h has 60 s until the engine
# is asked, 60 s for the answer and 10 s for each container that is to be removed.
readonly DEAD=40 STILL=240

# ---- a builder, and a tree that takes long ----

# Of this machine: a shell and make. Its compiler is only looked for.
make_builder() {
    local root=$E2E_WORK/builder file
    mkdir -p "$root/bin" "$root/tmp" "$root/usr"
    cp /bin/busybox "$root/bin/"
    for file in $(/bin/busybox --list | grep -vx busybox); do ln -sf busybox "$root/bin/$file"; done
    cp "$(command -v make)" "$root/bin/"
    # shellcheck disable=SC2046 # a file each
    for file in $(ldd "$(command -v make)" | grep -oE '/[^ ]+'); do
        mkdir -p "$root${file%/*}"
        cp -L "$file" "$root$file"
    done
    printf '#!/bin/sh\nexit 0\n' >"$root/bin/gcc"
    chmod +x "$root/bin/gcc"
    ln -s ../bin "$root/usr/bin"
    tar -c -C "$root" . | docker "${HERE[@]}" import -c 'ENV PATH=/bin' - "$BUILDER" >/dev/null
}

# The tree has much to send, and compiling takes a minute the first time.
make_long_tree() {
    make_tree
    head -c 30000000 /dev/urandom >"$TREE/drivers/usb/core/much.h"
    sed -i 's/^modules:/modules:\n\tsleep 20/' "$TREE/Makefile"
}

# ---- cases ----

before() {
    snapshot "$LAB_VM" | without_kept >"$E2E_WORK/vm.before"
    snapshot "$LAB_NATIVE" | without_kept >"$E2E_WORK/native.before"
}

# start COMMAND...: sets PID.
start() {
    printf '+ %s\n' "$*"
    "$UD_BINARY" "$@" --progress json >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
    PID=$!
}

step_is() { grep -q "\"$1" "$E2E_WORK/err"; }
step_is_or_ended() { step_is "$1" || has_ended; }
has_ended() { ! kill -0 "$PID" 2>/dev/null; }
ours_runs_or_ended() { container_runs "$1" || has_ended; }
container_runs() { [ -n "$(docker "${HERE[@]}" ps -q --filter "name=usbipd-desktop-$1" --filter status=running)" ]; }

# ends SECONDS CODE...: by itself, with one of these codes.
ends() {
    local limit=$1 rc=0
    shift
    later "$limit" has_ended || {
        kill -9 "$PID"
        fail "it goes on after $limit s: $(tail -n 3 "$E2E_WORK/err")"
    }
    wait "$PID" || rc=$?
    grep -v '"event":"progress"' "$E2E_WORK/err" || true
    [[ " $* " == *" $rc "* ]] || fail "exit code $rc, expected one of $*"
}

says_who_is_gone() {
    expect_text "$LAB_VM"
    jq -rs '[.[] | select(.event == "error")][0].remedy' "$E2E_WORK/err" | grep -q . || fail "no remedy"
}

# cut WAIT... -- COMMAND...: the power goes as soon as WAIT is true.
cut() { lost KILL "$DEAD" "$@"; }
stop() { lost STOP "$STILL" "$@"; }
lost() {
    local signal=$1 limit=$2 wait=()
    shift 2
    while [ "$1" != -- ]; do
        wait+=("$1")
        shift
    done
    shift
    start "$@"
    later 300 "${wait[@]}" || fail "it did not get so far"
    ! has_ended || fail "it was quicker: $(cat "$E2E_WORK/err")"
    vm_signal "$signal"
    ends "$limit" 3 4 5
    [ "$signal" = KILL ] || vm_signal KILL
    says_who_is_gone
}

# The command once more, on the machine that is back.
again() {
    expect_exit 0 ud "$@"
    expect_equal "$(docker "${HERE[@]}" ps -aq --filter label=io.github.usbipd-desktop)" ''
    expect_equal "$(docker -H "$LAB_NATIVE" ps -aq --filter label=io.github.usbipd-desktop)" ''
    snapshot "$LAB_VM" | without_kept >"$E2E_WORK/vm.after"
    snapshot "$LAB_NATIVE" | without_kept >"$E2E_WORK/native.after"
    expect_same "$E2E_WORK/vm.before" "$E2E_WORK/vm.after"
    expect_same "$E2E_WORK/native.before" "$E2E_WORK/native.after"
}

# Nothing of a failed build, hidden or not.
no_file_here() {
    [ -z "$(find "$OUTPUT" -mindepth 1 2>/dev/null)" ] || fail "left: $(find "$OUTPUT")"
    [ -z "$(find "$XDG_CACHE_HOME" -name '.*' -type f)" ] || fail "left: $(find "$XDG_CACHE_HOME" -name '.*')"
}

# With a shell in the machine that all cases have.
back() {
    vm_shell_close
    check "(the machine is back)" vm_restart
    vm_shell_open "$LAB_VM"
}

# ---- the phases ----

BUILD=(build "${HERE[@]}" --source "$TREE" --symvers "$LAB_SYMVERS" --output "$OUTPUT")
THERE=("${BUILD[@]}" --builder "$BUILDER")
LOAD=(load "${HERE[@]}" --input "$(drivers_dist)")
IMAGE=(image vhcli "${HERE[@]}" --input "$(drivers_dist)" --tag "$VHCLI" --client "$E2E_VHCLIENT")
ATTACH=(attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_FTDI" --modules "$(drivers_dist)")
UP=(up "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_FTDI" --modules "$(drivers_dist)")

asked() {
    remove_output
    cut ours_runs_or_ended probe -- "${BUILD[@]}" --build-host "$LAB_NATIVE"
    no_file_here
}
asked_again() {
    again "${BUILD[@]}" --build-host "$LAB_NATIVE"
    remove_output
}

sent() {
    remove_output
    cut step_is_or_ended 'Sending the sources' -- "${THERE[@]}"
    no_file_here
}
compiled() {
    remove_output
    "$1" step_is_or_ended 'Compiling' -- "${THERE[@]}"
    no_file_here
}
there_again() {
    again "${THERE[@]}"
    remove_output
}

inserted() { cut ours_runs_or_ended modules -- "${LOAD[@]}"; }
inserted_again() {
    again "${LOAD[@]}"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

# The base is on the disk by then: an engine itself does not survive the loss of an image that it has just unpacked.
composed() {
    docker "${HERE[@]}" pull -q busybox
    in_vm sync
    cut step_is_or_ended 'Making the image' -- "${IMAGE[@]}"
}
composed_again() {
    expect_exit 0 ud "${IMAGE[@]}"
    expect_exit 0 ud "${IMAGE[@]}" --json
    expect_json .unchanged
    no_image
    docker "${HERE[@]}" rmi busybox >/dev/null
    docker "${HERE[@]}" images -q --filter dangling=true >"$E2E_WORK/dangling"
    [ ! -s "$E2E_WORK/dangling" ] || fail "images without a name are left"
    again status "${HERE[@]}"
}

# The device is free when the server's TCP has given the old connection up.
exported() { board_exports 1-1; }
none_attached_yet() {
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json '(.vhci | not) and .devices == []'
    later 120 exported
}

# The first time it learns that the kernel has no USB/IP.
attaches_or_ended() { [ "$(grep -c '"step-begin","title":"Attaching' "$E2E_WORK/err")" -ge 2 ] || has_ended; }
attached_while() { cut attaches_or_ended -- "${ATTACH[@]}"; }
attached_again() {
    none_attached_yet
    expect_exit 0 ud "${ATTACH[@]}" "$@"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 ud detach "${HERE[@]}" --all
    later 20 no_container_of_ours || fail "containers are left"
    again status "${HERE[@]}"
}
no_container_of_ours() { [ -z "$(docker "${HERE[@]}" ps -aq --filter label=io.github.usbipd-desktop)" ]; }

guarded() {
    expect_exit 0 ud "${ATTACH[@]}" --guard
    container_runs guard
    vm_signal KILL
    later 10 vm_is_off
    expect_exit 3 ud port "${HERE[@]}"
    expect_text "$LAB_VM"
}

# stayed SIGNAL-FUNCTION ARGUMENT...: attach is of those that stay, and has said what to run.
has_attached_or_ended() { grep -q '^run ' "$E2E_WORK/out" || has_ended; }
stayed() {
    local how=$1
    shift
    "$how" has_attached_or_ended -- "${ATTACH[@]}" "$@"
}

# The server by the address that this machine reaches it at.
stayed_here() {
    cut has_attached_or_ended -- attach "${HERE[@]}" --via here -r "127.0.0.1:$BOARD_PORT" -i "$BOARD_FTDI" \
        --modules "$(drivers_dist)"
}

upped() { cut step_is_or_ended 'Inserting' -- "${UP[@]}"; }
upped_later() { cut step_is_or_ended 'Attaching' -- "${UP[@]}"; }
upped_again() {
    local boot
    none_attached_yet
    expect_exit 0 ud "${UP[@]}"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 ud down "${HERE[@]}"
    expect_equal "$(vm_usb_modules)" ''
    # Those of boots that are over go with their age (docs/up.md).
    boot=$(in_vm cat /proc/sys/kernel/random/boot_id)
    [ ! -s "$XDG_STATE_HOME/usbipd-desktop/up/$boot" ] || fail "the journal is left"
    again status "${HERE[@]}"
}

clean_up() {
    vm_signal CONT 2>/dev/null || true
    vm_shell_close
    docker "${HERE[@]}" rmi -f "$BUILDER" >/dev/null 2>&1 || true
    ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
    ud unload "${HERE[@]}" --input "$(drivers_dist)" >/dev/null 2>&1 || true
    no_image
}

# phase NAME: whether UD_E2E_PHASES, a list of them, has it; without a list, all.
phase() { [ -z "${UD_E2E_PHASES:-}" ] || [[ " $UD_E2E_PHASES " == *" $1 "* ]]; }

trap clean_up EXIT
check "(the modules of the main job)" need_main_dist
check "(drivers of what the board has)" need_drivers_dist
vm_shell_open "$LAB_VM"
check "(what is there before)" before
if phase build; then
    check "(a tree that takes long)" make_long_tree
    check "(a builder in the machine)" make_builder
    check "build: the machine dies while it is asked" asked
    back
    check "build: the next run ends well" asked_again
    check "build: the machine dies while it takes the sources" sent
    back
    check "build: it dies while it compiles" compiled cut
    back
    check "build: the next run ends well" there_again
    check "build: it stands still while it compiles" compiled stop
    back
    check "build: the next run ends well" there_again
fi
if phase load; then
    check "load: the machine dies while modules are inserted" inserted
    back
    check "load: the next run ends well" inserted_again
fi
if phase image; then
    check "image vhcli: the machine dies while the image is composed" composed
    back
    check "image vhcli: the next run ends well" composed_again
fi
if phase attach; then
    check "attach: the machine dies meanwhile" attached_while
    back
    check "attach: the next run ends well" attached_again
    check "attach --guard: the machine dies with the guard" guarded
    back
    check "attach --guard: the next run ends well" attached_again --guard
    check "attach --auto-attach: the machine dies" stayed cut --auto-attach
    back
    check "attach --auto-attach: the device is free again" attached_again
    check "attach --via here: the machine dies" stayed_here
    back
    check "attach --via here: the device is free again" attached_again
    check "attach --auto-attach: the machine stands still" stayed stop --auto-attach
    back
    check "attach --auto-attach: the device is free again" attached_again
fi
if phase up; then
    check "up: the machine dies while modules are inserted" upped
    back
    check "up: the next run ends well" upped_again
    check "up: the machine dies while the device is attached" upped_later
    back
    check "up: the next run ends well" upped_again
fi
