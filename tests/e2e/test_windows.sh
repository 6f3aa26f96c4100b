#!/usr/bin/env bash
# The Windows program under wine: the main job through named pipes, the faults of a pipe as a user
# meets them, and Ctrl-C. tests/contract/win has the faults one by one.
#
# Ctrl-C after a call of the API comes as SIGINT, which wine turns into the console's event; one
# case has a console of its own.
# lab: registry mirror native vm board
# shellcheck disable=SC2034 # set here, used in lib/interrupt.sh
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VM_PORT=${LAB_VM##*:}
NATIVE_SOCKET=${LAB_NATIVE#unix://}
NATIVE_PIPE=ud_native_docker
# Longer than Windows takes without special care, and not ASCII.
LONG=$(printf 'd%.0s' {1..120})
DIST="$E2E_WORK/größe 漢字/$LONG/$LONG"
HERE=(--input "$(win_path "$DIST")")

engines_before() {
    snapshot "$LAB_VM" >"$E2E_WORK/vm.before"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
    expect_equal "$(vm_usb_modules)" ''
}

runs_under_wine() {
    need_windows_binary
    expect_exit 0 udw --version
    expect_equal "$(cat "$E2E_WORK/out")" "$(ud --version)"
}

absent_pipe_is_named() {
    expect_exit 3 udw load --host npipe:////./pipe/ud_absent "${HERE[@]}"
    expect_text npipe:////./pipe/ud_absent 'there is no such pipe' 'Start the engine'
    expect_exit 3 udw load "${HERE[@]}"
    expect_text npipe:////./pipe/dockerDesktopLinuxEngine npipe:////./pipe/docker_engine \
        "looks like an engine's"
}

open_pipes() {
    pipe_start docker_engine "$VM_PORT"
    tcp_to_unix "$NATIVE_SOCKET"
    echo "$PORT" >"$E2E_WORK/native.port"
    pipe_start "$NATIVE_PIPE" "$PORT"
}

# The known pipe is found, and every byte is counted on both sides.
status_missing() {
    local counted
    expect_exit 0 udw status "${HERE[@]}" --json --debug
    expect_json '.usbip == "missing" and .engine.endpoint == "npipe:////./pipe/docker_engine"
        and .engine.origin == "known socket"'
    expect_json ".kernel.release == \"$LAB_VM_RELEASE\""
    counted=$(sed -n 's/.*a connection to .*: \([0-9]*\) bytes out, \([0-9]*\) in.*/\1 \2/p' \
        "$E2E_WORK/err" | awk '{ up += $1; down += $2 } END { print up + 0, down + 0 }')
    printf 'the program: %s, the relay: %s\n' "$counted" "$(pipe_bytes docker_engine)"
    later 5 counts_agree "$counted"
    [ "${counted%% *}" -gt 1000 ] || fail "too few bytes"
}

counts_agree() { [ "$(pipe_bytes docker_engine)" = "$1" ]; }

# Docker Desktop makes its context the current one.
current_context() {
    local name=desktop-linux
    local meta
    meta=$DOCKER_CONFIG/contexts/meta/$(printf %s "$name" | sha256sum | cut -d' ' -f1)
    mkdir -p "$meta"
    printf '{"currentContext":"%s"}\r\n' "$name" >"$DOCKER_CONFIG/config.json"
    printf '{"Name":"%s","Endpoints":{"docker":{"Host":"npipe:////./pipe/%s"}}}' \
        "$name" "$NATIVE_PIPE" >"$meta/meta.json"
    expect_exit 0 udw clean --dry-run --debug
    expect_text "the engine at npipe:////./pipe/$NATIVE_PIPE speaks"
    rm -r "$DOCKER_CONFIG"/{config.json,contexts}
}

build() {
    expect_exit 0 udw build --no-cache --build-host "npipe:////./pipe/$NATIVE_PIPE" \
        --source "$(win_path "$LAB_SOURCE")" --symvers "$(win_path "$LAB_SYMVERS")" \
        --output "$(win_path "$DIST")" --json
    expect_json '.built and .manifest.release == .kernel.release'
    expect_equal "$(ls "$DIST/$LAB_VM_RELEASE")" \
        "$(printf '%s\n' manifest.json usb-common.ko usbcore.ko usbip-core.ko vhci-hcd.ko)"
}

# On Linux and on Windows the same modules come out.
same_as_on_linux() {
    if [ ! -e "$(main_dist)/manifest.json" ]; then
        give_main_dist "$DIST"
        printf 'NOT COMPARED: no other test of this run has built\n'
    fi
    expect_same_modules "$(main_dist)" "$DIST/$LAB_VM_RELEASE"
}

load() {
    expect_exit 0 udw load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] == ["inserted", "inserted", "inserted", "inserted"]'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

status_loaded() {
    expect_exit 0 udw status "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and [.artifacts[].fits] == [true]'
}

# The virtual machine does not reach the board at this machine's own address.
attach_by_here() {
    (
        code=0
        udw attach -r "127.0.0.1:$BOARD_PORT" -b 1-1 --json >"$E2E_WORK/attach.out" \
            2>"$E2E_WORK/attach.err" </dev/null || code=$?
        echo "$code" >"$E2E_WORK/attach.code"
    ) &
    later 120 attach_has_said_or_ended
    cat "$E2E_WORK/attach.err"
    cp "$E2E_WORK/attach.out" "$E2E_WORK/out"
    expect_json '.device.configured and .device.server.path == "here"'
    expect_exit 0 ud port --host "$LAB_VM" --json
    expect_json '[.devices[].server.path] == ["here"]'
    expect_exit 0 ud detach --host "$LAB_VM" -b 1-1
    later 60 test -s "$E2E_WORK/attach.code"
    expect_equal "$(cat "$E2E_WORK/attach.code")" 0
}

attach_has_said_or_ended() { [ -s "$E2E_WORK/attach.out" ] || [ -s "$E2E_WORK/attach.code" ]; }

image_vhcli() {
    local here
    expect_exit 0 udw image vhcli --tag "$VHCLI" --client "$(win_path "$E2E_VHCLIENT")" "${HERE[@]}"
    here=$(docker -H "$LAB_VM" image inspect -f '{{.Id}}' "$VHCLI")
    docker -H "$LAB_VM" rmi "$VHCLI"
    ud image vhcli --host "$LAB_VM" --tag "$VHCLI" --client "$E2E_VHCLIENT" --input "$DIST"
    expect_equal "$here" "$(docker -H "$LAB_VM" image inspect -f '{{.Id}}' "$VHCLI")"
}

client_runs() {
    expect_exit 0 udw vhcli start "$VHCLI"
    expect_exit 0 udw vhcli command
    expect_text 'below are the available devices'
    expect_exit 0 udw vhcli stop
    docker -H "$LAB_VM" rmi "$VHCLI"
}

unload() {
    expect_exit 0 udw unload "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "removed")] | length == 4'
    expect_equal "$(vm_usb_modules)" ''
}

clean_dry_run() {
    snapshot "$LAB_VM" >"$E2E_WORK/vm.undry"
    expect_exit 0 udw clean --build-host "npipe:////./pipe/$NATIVE_PIPE" --dry-run --json
    snapshot "$LAB_VM" >"$E2E_WORK/vm.dry"
    expect_same "$E2E_WORK/vm.undry" "$E2E_WORK/vm.dry"
    expect_text usbipd-desktop/helper: usbipd-desktop/builder:
}

# faulty EXIT-CODE OPTION...: lists images through a pipe with that fault.
faulty() {
    local code=$1
    shift
    pipe_start ud_faulty_docker "$(cat "$E2E_WORK/native.port")" "$@"
    expect_exit "$code" udw clean --dry-run --host npipe:////./pipe/ud_faulty_docker
    pipe_stop ud_faulty_docker
}

# --foreground: one Ctrl-C, not a second to its group, which would mean: at once.
interrupted_later() {
    (
        win_environment
        exec timeout --foreground --preserve-status -s INT 4 "$WIN_DIR/wine" "$WIN_BINARY" "$@"
    )
}

slow_pipes_do() {
    faulty 0 --piece 1
    faulty 0 --busy 1000
    faulty 0 --instances 1
}

broken_pipes_are_explained() {
    faulty 3 --cut-after 20
    expect_text 'closed the connection without an answer'
    faulty 3 --deny 1
    expect_text 'access is denied' docker-users
    pipe_start ud_faulty_docker "$(cat "$E2E_WORK/native.port")" --stall-after 300
    expect_exit 130 interrupted_later clean --dry-run --host npipe:////./pipe/ud_faulty_docker
    expect_text interrupted
    pipe_stop ud_faulty_docker
}

# The pipe ud_watched_docker leads to the relay that counts calls.
watched_pipe() {
    tcp_to_unix "$RELAY_SOCKET"
    pipe_start ud_watched_docker "$PORT"
    need_main_dist
    make_tree
}

# calls ENGINE "N..." RESTORE COMMAND...: interrupted after each of these calls.
calls() {
    local engine=$1 numbers=$2
    RESTORE=$3
    shift 3
    CALLS=chosen
    PROGRAM=("$WIN_DIR/wine" "$WIN_BINARY")
    win_environment
    "$RESTORE"
    world >"$E2E_WORK/world.before"
    interrupt_after "$numbers" "$engine" "$@"
}

# With keys, in a console. wine 8 has no Ctrl-Break; the program treats both alike.
console_ctrl_c() {
    local rc=0
    world >"$E2E_WORK/world.before"
    (
        win_environment
        export TERM=xterm
        script -qec "'$WIN_DIR/wine' '$WIN_TOOLS/ctrl.exe' c 2500 $(win_path "$WIN_BINARY") status" \
            "$E2E_WORK/console"
    ) >/dev/null </dev/null || rc=$?
    cat -v "$E2E_WORK/console"
    expect_equal "$rc" 130
    grep -q $'\e\\[31m' "$E2E_WORK/console" || fail "no colour in a console"
    world >"$E2E_WORK/world.after"
    expect_same "$E2E_WORK/world.before" "$E2E_WORK/world.after"
    printf 'NOT TESTED: CTRL-BREAK, WHICH WINE 8 CANNOT SEND\n'
}

# As through the pipes: calls, a stream of tar, a helper that is talked to.
over_ssh() {
    expect_exit 0 udw_ssh "$VM_PORT" load --host ssh://me@engine:2222 "${HERE[@]}" --json
    expect_json '[.modules[].verdict] == ["inserted", "inserted", "inserted", "inserted"]'
    expect_equal "$(sort -u "$E2E_WORK/ssh")" 'me@engine: docker system dial-stdio'
    expect_exit 0 udw_ssh "$VM_PORT" status --host ssh://podman "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and .engine.endpoint == "ssh://podman"'
    expect_equal "$(head -n 2 "$E2E_WORK/ssh")" "$(printf 'podman: %s system dial-stdio\n' docker podman)"
    expect_exit 0 udw_ssh "$VM_PORT" unload --host ssh://engine "${HERE[@]}"
    expect_equal "$(vm_usb_modules)" ''
}

ssh_refuses() {
    expect_exit 3 udw_ssh "$VM_PORT" status --host ssh://me@refused
    expect_text 'ssh says: me@refused: Permission denied (publickey).' 'Try ssh to that host by itself'
    expect_exit 3 udw status --host ssh://me@engine
    expect_text 'ssh.exe: no such program in PATH'
}

nothing_is_left() {
    snapshot "$LAB_VM" >"$E2E_WORK/vm.after"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/vm.before" "$E2E_WORK/vm.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
    expect_equal "$(vm_usb_modules)" ''
}

trap 'relay_stop; windows_stop; vm_shell_close' EXIT
vm_shell_open "$LAB_VM"
check "before: the kernel has no USB" engines_before
check "the program runs, and is of this version" runs_under_wine
check "a pipe that is absent is named" absent_pipe_is_named
check "(pipes that lead to the engines)" open_pipes
check "status finds the engine, and both sides count the same bytes" status_missing
check "the current context is used" current_context
check "build through two pipes, into a long path with Unicode" build
check "the modules are those that the Linux program builds" same_as_on_linux
check "load inserts the four" load
check "status says loaded" status_loaded
check "a device comes through the pipe, as long as the program runs" attach_by_here
check "image vhcli is the image that the Linux program makes" image_vhcli
check "the client in it starts, answers and stops" client_runs
check "unload takes them out" unload
check "load, status and unload over ssh" over_ssh
check "what ssh says is passed on" ssh_refuses
check "clean --dry-run removes nothing" clean_dry_run
check "one byte at a time, busy for a second, one client at a time" slow_pipes_do
check "cut, denied and stalled pipes are explained" broken_pipes_are_explained
check "(a pipe whose calls are counted)" watched_pipe
check "Ctrl-C in status" calls "$LAB_NATIVE" "2 5" nothing \
    status --host npipe:////./pipe/ud_watched_docker
check "Ctrl-C in build" calls "$LAB_NATIVE" "8 24" remove_output \
    build --source "$(win_path "$TREE")" --symvers "$(win_path "$LAB_SYMVERS")" \
    --output "$(win_path "$OUTPUT")" --build-host npipe:////./pipe/ud_watched_docker
check "Ctrl-C in load" calls "$LAB_VM" "8 16" unloaded \
    load --host npipe:////./pipe/ud_watched_docker --input "$(win_path "$E2E_SHARED/dist")"
check "Ctrl-C in a console" console_ctrl_c
check "only the documented images are left" nothing_is_left
