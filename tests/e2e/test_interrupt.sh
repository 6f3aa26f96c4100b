#!/usr/bin/env bash
# Ctrl-C after each call of an engine's API: the program ends with 130, or well if all was done, and
# both engines and the files are as before.
#
# Each command runs once through a relay that counts its calls, and then once for each of at most
# INTERRUPTS calls, evenly chosen among those that are its own or change something (0: all of them).
# To make that bearable, `build` compiles a stand-in tree whose Makefile only copies finished modules.
# lab: registry mirror native vm
# only: campaign: it interrupts each command several times
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

INTERRUPTS=${UD_E2E_INTERRUPTS:-2}
RELAYED=unix://$RELAY_SOCKET
BUILD=(build --source "$TREE" --symvers "$LAB_SYMVERS" --output "$OUTPUT")

# count_calls ENGINE COMMAND...: sets CALLS. Of a second run: the first makes images that are kept.
count_calls() {
    local engine=$1 run
    shift
    for run in first second; do
        "$RESTORE"
        relay_start "$engine"
        (through_relay "${PROGRAM[@]}" "$@") || fail "exit code $? in the $run run, not interrupted"
        relay_stop
    done
    CALLS=$(relay_calls)
}

# each_call ENGINE RESTORE COMMAND...: interrupted after each call whose line in the log has PATTERN.
each_call() {
    local engine=$1 numbers
    RESTORE=$2
    shift 2
    "$RESTORE"
    world >"$E2E_WORK/world.before"
    count_calls "$engine" "$@"
    [ "$CALLS" -gt 2 ] || fail "only $CALLS calls were seen"
    numbers=$(grep -v '^interrupt$' "$RELAY_LOG" | grep -nE "${PATTERN:-.}" | cut -d: -f1 | some "$INTERRUPTS")
    [ -n "$numbers" ] || fail "no call has $PATTERN"
    interrupt_after "$numbers" "$engine" "$@"
}

compiling_calls() {
    PATTERN='^(POST|PUT|DELETE) ' each_call "$LAB_NATIVE" remove_output "${BUILD[@]}" \
        --host "$LAB_VM" --build-host "$RELAYED"
}

# Up to their own container load and unload do what status does.
load_calls() {
    PATTERN=usbipd-desktop-modules \
        each_call "$LAB_VM" unloaded load --host "$RELAYED" --input "$E2E_SHARED/dist"
}

unload_calls() {
    PATTERN=usbipd-desktop-modules \
        each_call "$LAB_VM" loaded unload --host "$RELAYED" --input "$E2E_SHARED/dist"
}

# The calls that make something of their own; the others are the same as in load.
image_vhcli() {
    PATTERN='(/containers/create[?]name=usbipd-desktop-base|/images/create|/get |/images/load)' \
        each_call "$LAB_VM" no_image image vhcli --host "$RELAYED" --input "$E2E_SHARED/dist" \
        --tag "$VHCLI" --client "$E2E_VHCLIENT"
}

vhcli_start() {
    ud image vhcli --host "$LAB_VM" --input "$E2E_SHARED/dist" --tag "$VHCLI" --client "$E2E_VHCLIENT"
    PATTERN='(/containers/create[?]name=usbipd-desktop-vhcli|usbipd-desktop-vhcli/start)' \
        each_call "$LAB_VM" no_client vhcli start "$VHCLI" --host "$RELAYED"
    no_image
}

no_client() {
    [ -z "$(docker -H "$LAB_VM" ps -aq --filter name=usbipd-desktop-vhcli)" ] ||
        ud vhcli stop --host "$LAB_VM"
    unloaded
}
loaded() { [ -n "$(vm_usb_modules)" ] || ud load --host "$LAB_VM" --input "$E2E_SHARED/dist"; }

# while_running ROLE RESTORE "MS..." COMMAND...: not only after an answer, but at any moment while the
# container of that role works.
while_running() {
    local role=$1 delays=$3 delay failed=''
    RESTORE=$2
    shift 3
    "$RESTORE"
    world >"$E2E_WORK/world.before"
    count_calls "$LAB_VM" "$@"
    CALLS=$(grep -n "^POST .*usbipd-desktop-$role-.*/start" "$RELAY_LOG" | cut -d: -f1)
    for delay in $delays; do
        "$RESTORE"
        DELAY=$delay interrupted "$LAB_VM" "$CALLS" "$@"
        judge "$CALLS" && as_before "$CALLS" && modules_whole || failed+=" $delay ms"
    done
    "$RESTORE"
    [ -z "$failed" ] || fail "after the start of the container, not these:$failed"
}

# With every port free, whatever was before.
loaded_and_free() {
    loaded
    expect_equal "$(in_vm cat /sys/devices/platform/vhci_hcd.0/status |
        awk '/^(hs|ss)/ && $3 != "004"')" ''
}

# Images with our label, for clean to remove; snapshots leave out what has this mark.
labelled() {
    local name
    for name in one two; do
        docker -H "$LAB_VM" image inspect "$E2E_MARK/$name" >/dev/null 2>&1 ||
            tar -c -C "$TREE" Makefile | docker -H "$LAB_VM" import \
                -c 'LABEL io.github.usbipd-desktop=1' - "$E2E_MARK/$name"
    done
}

clean_afterwards() {
    expect_exit 0 ud clean --host "$LAB_VM"
    expect_equal "$(docker -H "$LAB_VM" images -q -f label=io.github.usbipd-desktop)" ''
}

trap 'relay_stop; vm_shell_close' EXIT
vm_shell_open "$LAB_VM"
check "(the modules of the main job)" need_main_dist
make_tree
check "status, calls of an engine" \
    each_call "$LAB_NATIVE" nothing status --host "$RELAYED"
check "build, calls of the engine that compiles" compiling_calls
check "build, calls of the virtual machine's engine" \
    each_call "$LAB_VM" remove_output "${BUILD[@]}" --host "$RELAYED" --build-host "$LAB_NATIVE"
check "load" load_calls
check "load, while modules are being inserted" while_running modules unloaded '500 1200 2400' \
    load --host "$RELAYED" --input "$E2E_SHARED/dist"
check "unload" unload_calls
check "status --self-test, while the device is there" while_running selftest loaded_and_free \
    '500 1500 2500' status --self-test --host "$RELAYED"
unloaded
check "image vhcli" image_vhcli
check "vhcli start" vhcli_start
unloaded
check "clean" each_call "$LAB_VM" labelled clean --host "$RELAYED"
check "clean finishes what was interrupted" clean_afterwards
