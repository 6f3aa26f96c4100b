# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153 # set here or by `run`, used by others
# Ctrl-C at a chosen moment, and that all is as before.

PROGRAM=("$UD_BINARY")
TREE=$E2E_WORK/tree
OUTPUT=$E2E_WORK/dist
VHCLI=$E2E_MARK/vhcli:1

# A tree with what the program reads of one, and a Makefile for the targets that it calls.
# The version of the kernel's sources is the one that its routes name: linux-source-6.1=6.1.192-3.
make_tree() {
    local version major minor patch module
    version=$(ud sources --host "$LAB_VM" --json | jq -r '[.routes[].names[]? | select(startswith("linux-source-"))][0]')
    version=${version#*=}
    IFS=. read -r major minor patch <<<"${version%-*}"
    mkdir -p "$TREE"/{init,kernel,arch/x86,drivers/usb/core/prebuilt}
    for module in "$(main_dist)"/*.ko; do # without .ko: build does not send built objects
        cp "$module" "$TREE/drivers/usb/core/prebuilt/$(basename "$module" .ko)"
    done
    printf 'config %s\n' USB_SUPPORT USB_COMMON USB USB_PCI USBIP_CORE USBIP_VHCI_HCD \
        USBIP_VHCI_HC_PORTS USBIP_VHCI_NR_HCS >"$TREE/drivers/usb/Kconfig"
    printf 'source "drivers/usb/Kconfig"\n' >"$TREE/Kconfig"
    printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$major" "$minor" "$patch" >"$TREE/Makefile"
    cat >>"$TREE/Makefile" <<'END'
olddefconfig modules_prepare:
	test -s .config
modules:
	mkdir -p $(M)/common $(M)/core $(M)/usbip
	cp $(M)/core/prebuilt/usb-common $(M)/common/usb-common.ko
	cp $(M)/core/prebuilt/usbcore $(M)/core/usbcore.ko
	cp $(M)/core/prebuilt/usbip-core $(M)/usbip/usbip-core.ko
	cp $(M)/core/prebuilt/vhci-hcd $(M)/usbip/vhci-hcd.ko
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

# What RESTORE can be: it takes away what a run that ended well made.
nothing() { :; }
remove_output() { rm -rf "$OUTPUT"; }
unloaded() { [ -z "$(vm_usb_modules)" ] || ud unload --host "$LAB_VM" --input "$E2E_SHARED/dist"; }
no_image() { docker -H "$LAB_VM" rmi -f "$VHCLI" >/dev/null 2>&1 || true; }

# some MAX: of the lines of standard input at most MAX, the first and the last among them; 0: all.
some() {
    awk -v max="$1" '{ line[NR] = $0 }
        END {
            if (max == 0 || max > NR) max = NR
            step = (max == 1) ? 0 : (NR - 1) / (max - 1)
            for (i = 0; i < max; i++) print line[1 + int(i * step)]
        }'
}

# interrupted ENGINE N COMMAND...: one run, interrupted after call N, or DELAY ms later; its exit code
# in RC.
interrupted() {
    local engine=$1 n=$2
    shift 2
    relay_start "$engine" "$n" "${DELAY:-0}"
    RC=0
    (through_relay "${PROGRAM[@]}" "$@") >"$E2E_WORK/out" 2>"$E2E_WORK/err" || RC=$?
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

# interrupt_after "N..." ENGINE COMMAND...: a run for each of these calls, from and to what RESTORE
# restores; goes on after a failure, so that all are tried.
interrupt_after() {
    local numbers=$1 engine=$2 n failed=''
    shift 2
    for n in $numbers; do
        "$RESTORE"
        interrupted "$engine" "$n" "$@"
        judge "$n" && as_before "$n" && modules_whole || failed+=" $n"
    done
    "$RESTORE"
    [ -z "$failed" ] || fail "of $CALLS calls, not these:$failed"
}
