#!/usr/bin/env bash
# Ctrl-C after every single call of an engine's API: the program ends with 130, or well if all was
# done, and both engines and the files are as before.
#
# Each command runs once through a relay that counts its calls, and then once for each call. To
# make that bearable, `build` compiles a stand-in tree whose Makefile only copies finished modules.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

TREE=$E2E_WORK/tree
OUTPUT=$E2E_WORK/dist
VHCLI=$E2E_MARK/vhcli:1
RELAYED=unix://$RELAY_SOCKET
BUILD=(build --source "$TREE" --symvers "$LAB_SYMVERS" --output "$OUTPUT")

# A tree with what the program reads of one, and a Makefile for the targets that it calls.
make_tree() {
    mkdir -p "$TREE"/{init,kernel,arch/x86,drivers/usb/prebuilt}
    cp "$(main_dist)"/*.ko "$TREE/drivers/usb/prebuilt/"
    printf 'config %s\n' USB_SUPPORT USB_COMMON USB USB_PCI USBIP_CORE USBIP_VHCI_HCD \
        USBIP_VHCI_HC_PORTS USBIP_VHCI_NR_HCS >"$TREE/drivers/usb/Kconfig"
    printf 'source "drivers/usb/Kconfig"\n' >"$TREE/Kconfig"
    cat >"$TREE/Makefile" <<'END'
VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 0
olddefconfig modules_prepare:
	test -s .config
modules:
	mkdir -p $(M)/common $(M)/core $(M)/usbip
	cp $(M)/prebuilt/usb-common.ko $(M)/common/
	cp $(M)/prebuilt/usbcore.ko $(M)/core/
	cp $(M)/prebuilt/usbip-core.ko $(M)/prebuilt/vhci-hcd.ko $(M)/usbip/
END
}

# All that must be as before, in one text.
world() {
    local engine
    for engine in "$LAB_VM" "$LAB_NATIVE"; do snapshot "$engine" | without_kept; done
    mkdir -p "$OUTPUT"
    find "$OUTPUT" -mindepth 1 | sort
    find "$XDG_CACHE_HOME" -type f -exec sha256sum {} + | sort
}

# count_calls ENGINE COMMAND...: sets CALLS. Of a second run: the first makes images that are kept.
count_calls() {
    local engine=$1 run
    shift
    for run in first second; do
        "$RESTORE"
        relay_start "$engine"
        (through_relay "$UD_BINARY" "$@") || fail "exit code $? in the $run run, not interrupted"
        relay_stop
    done
    CALLS=$(relay_calls)
}

# interrupted ENGINE N COMMAND...: one run, interrupted after call N, or DELAY ms later; its exit code
# in RC.
interrupted() {
    local engine=$1 n=$2
    shift 2
    relay_start "$engine" "$n" "${DELAY:-0}"
    RC=0
    (through_relay "$UD_BINARY" "$@") >"$E2E_WORK/out" 2>"$E2E_WORK/err" || RC=$?
    relay_stop
}

# judge N: 130, or 0 if nothing was left to stop.
judge() {
    local last
    last=$(grep -v '^interrupt$' "$RELAY_LOG" | tail -n 1)
    printf 'after call %s of %s: exit code %s, last call %s\n' "$1" "$CALLS" "$RC" "$last"
    if [ "$RC" = 0 ] && [ "$1" = "$CALLS" ]; then
        : # it was done before the interrupt came
    elif ! relay_interrupted; then
        fail "call $1 never came"
    elif [ "$RC" = 130 ]; then
        grep -qi interrupt "$E2E_WORK/err" || fail "it does not say that it was interrupted"
    elif [ "$RC" != 0 ]; then
        fail "exit code $RC: $(cat "$E2E_WORK/err")"
    fi
}

# as_before N: engines and files; what a run that ended well made is for RESTORE to take away.
as_before() {
    [ "$RC" = 130 ] || "$RESTORE"
    world >"$E2E_WORK/world.after"
    diff -u "$E2E_WORK/world.before" "$E2E_WORK/world.after" || fail "left behind after call $1"
}

# The kernel has all of the modules or none of them.
modules_whole() {
    local modules
    modules=$(vm_usb_modules)
    [ -z "$modules" ] || [ "$modules" = "$ALL_FOUR" ] || fail "half loaded: $modules"
}

# each_call ENGINE RESTORE COMMAND...: goes on after a failure, so that all calls are tried: those whose
# line in the log has PATTERN.
each_call() {
    local engine=$1 n failed='' numbers
    RESTORE=$2
    shift 2
    "$RESTORE"
    world >"$E2E_WORK/world.before"
    count_calls "$engine" "$@"
    [ "$CALLS" -gt 2 ] || fail "only $CALLS calls were seen"
    numbers=$(grep -v '^interrupt$' "$RELAY_LOG" | grep -nE "${PATTERN:-.}" | cut -d: -f1)
    [ -n "$numbers" ] || fail "no call has $PATTERN"
    for n in $numbers; do
        "$RESTORE"
        interrupted "$engine" "$n" "$@"
        judge "$n" && as_before "$n" && modules_whole || failed+=" $n"
    done
    "$RESTORE"
    [ -z "$failed" ] || fail "of $CALLS calls, not these:$failed"
}

nothing() { :; }

# Up to its own container unload does what load does.
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

no_image() { docker -H "$LAB_VM" rmi -f "$VHCLI" >/dev/null 2>&1 || true; }

no_client() {
    [ -z "$(docker -H "$LAB_VM" ps -aq --filter name=usbipd-desktop-vhcli)" ] ||
        ud vhcli stop --host "$LAB_VM"
    unloaded
}
remove_output() { rm -rf "$OUTPUT"; }
loaded() { [ -n "$(vm_usb_modules)" ] || ud load --host "$LAB_VM" --input "$E2E_SHARED/dist"; }
unloaded() { [ -z "$(vm_usb_modules)" ] || ud unload --host "$LAB_VM" --input "$E2E_SHARED/dist"; }

# Not only after an answer, but at any moment while modules are being inserted.
while_inserting() {
    local delay failed='' load=(load --host "$RELAYED" --input "$E2E_SHARED/dist")
    RESTORE=unloaded
    world >"$E2E_WORK/world.before"
    count_calls "$LAB_VM" "${load[@]}"
    CALLS=$(grep -n '^POST .*usbipd-desktop-modules-.*/start' "$RELAY_LOG" | cut -d: -f1)
    for delay in 500 1200 2400; do
        "$RESTORE"
        DELAY=$delay interrupted "$LAB_VM" "$CALLS" "${load[@]}"
        judge "$CALLS" && as_before "$CALLS" && modules_whole || failed+=" $delay ms"
    done
    "$RESTORE"
    [ -z "$failed" ] || fail "after the start of the container, not these:$failed"
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
check "build, calls of the engine that compiles" \
    each_call "$LAB_NATIVE" remove_output "${BUILD[@]}" --host "$LAB_VM" --build-host "$RELAYED"
check "build, calls of the virtual machine's engine" \
    each_call "$LAB_VM" remove_output "${BUILD[@]}" --host "$RELAYED" --build-host "$LAB_NATIVE"
check "load" each_call "$LAB_VM" unloaded load --host "$RELAYED" --input "$E2E_SHARED/dist"
check "load, while modules are being inserted" while_inserting
check "unload" unload_calls
unloaded
check "image vhcli" image_vhcli
check "vhcli start" vhcli_start
unloaded
check "clean" each_call "$LAB_VM" labelled clean --host "$RELAYED"
check "clean finishes what was interrupted" clean_afterwards
