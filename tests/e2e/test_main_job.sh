#!/usr/bin/env bash
# The main job: a kernel without any USB gets USB/IP, keeps it, and loses it again without a trace.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIST=$E2E_WORK/dist/$LAB_VM_RELEASE
HERE=(--host "$LAB_VM" --input "$E2E_WORK/dist")

status_missing() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "missing"'
    expect_json '[.plan.modules[] | select(.origin == "to-build") | .name]
        == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    expect_json ".kernel.release == \"$LAB_VM_RELEASE\""
}

self_test_without_modules() {
    expect_exit 14 ud status "${HERE[@]}" --self-test
    expect_text 'there is no USB/IP to test' 'usbipd-desktop load'
    expect_exit 14 ud status "${HERE[@]}" --self-test --json
    expect_json '.usbip == "missing" and .error.code == "not-found" and (has("self_test") | not)'
}

dry_build() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/dist" --dry-run --json
    expect_json '.dry_run and (.built | not)'
    [ ! -e "$E2E_WORK/dist" ] || fail "it left files"
}

build() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --no-cache --output "$E2E_WORK/dist" --json -v
    expect_json '.built and .manifest.release == .kernel.release'
    said | grep -qE 'struct-layouts: sizes of [45][0-9] structs and offsets of [789][0-9] members with the' ||
        fail "it compared no structs"
    give_main_dist "$E2E_WORK/dist"
}

# manifest FILTER: of the built artifacts.
manifest() { jq -r "$1" "$DIST/manifest.json"; }

files_are_whole() {
    expect_equal "$(ls "$E2E_WORK/dist")" "$LAB_VM_RELEASE"
    expect_equal "$(find "$DIST" -type f -printf '%f\n' | sort | xargs)" \
        'manifest.json usb-common.ko usbcore.ko usbip-core.ko vhci-hcd.ko'
    expect_equal "$(manifest .schema)" 1
    expect_equal "$(manifest .release)" "$LAB_VM_RELEASE"
    manifest '.modules[] | "\(.sha256)  \(.file)"' | (cd "$DIST" && sha256sum -c)
    expect_equal "$(manifest .source_sha256)" "$(sha256sum <"$LAB_SOURCE" | cut -d' ' -f1)"
    expect_equal "$(manifest .symvers_sha256)" "$(sha256sum <"$LAB_SYMVERS" | cut -d' ' -f1)"
    expect_equal "$(manifest .config_sha256)" "$(sha256sum <"$LAB_VM_CONFIG" | cut -d' ' -f1)"
}

# of_file NAME FIELD: as kmod reads it from the file.
of_file() { modinfo -F "$2" "$DIST/$1.ko"; }

modinfo_agrees() {
    local name crcs
    for name in usb-common usbcore usbip-core vhci-hcd; do
        expect_equal "$(of_file "$name" vermagic | xargs)" \
            "$LAB_VM_RELEASE SMP preempt mod_unload modversions"
        expect_equal "$(of_file "$name" depends)" \
            "$(manifest ".modules[] | select(.name == \"$name\").depends")"
        crcs=$(modprobe --dump-modversions "$DIST/$name.ko" | wc -l)
        expect_equal "$(manifest ".modules[] | select(.name == \"$name\").crc_count")" "$crcs"
        [ "$crcs" -gt 5 ] || fail "$name has only $crcs CRCs"
    done
    expect_equal "$(of_file vhci-hcd depends)" usbip-core,usbcore,usb-common
}

crcs_are_the_kernels() { judge_crcs "$LAB_SYMVERS" "$DIST"/*.ko; }

load() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] == ["inserted", "inserted", "inserted", "inserted"]'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

# A line for each port, after the heading.
ports_are_there() {
    local ports
    ports=$(in_vm cat /sys/devices/platform/vhci_hcd.0/status | awk '/^(hs|ss)/' | wc -l)
    expect_equal "$ports" 16
}

# Its ports and its devices, without what counts up.
usb_of_vm() { in_vm sh -c 'cat /sys/devices/platform/vhci_hcd.0/status; ls /sys/bus/usb/devices'; }

# The device was enumerated by the kernel, and nothing of it is left.
self_test() {
    usb_of_vm >"$E2E_WORK/usb.before"
    vm_modules >"$E2E_WORK/modules.untested"
    expect_exit 0 ud status "${HERE[@]}" --self-test --json
    expect_json '.self_test.passed and .self_test.authorized and .self_test.port == 0
        and .self_test.busid == "1-1" and .self_test.urbs >= 5'
    usb_of_vm >"$E2E_WORK/usb.after"
    expect_same "$E2E_WORK/usb.before" "$E2E_WORK/usb.after"
    vm_modules >"$E2E_WORK/modules.tested"
    expect_same "$E2E_WORK/modules.untested" "$E2E_WORK/modules.tested"
    in_vm dmesg | grep -q 'usb 1-1: USB disconnect' || fail "the kernel's log does not tell of it"
}

status_loaded() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded"'
    expect_json '[.artifacts[].fits] == [true]'
    expect_exit 0 ud status "${HERE[@]}"
    expect_text loaded
}

# /proc/modules with addresses, and so with when each was inserted.
load_again() {
    vm_modules >"$E2E_WORK/loaded"
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique == ["present"]'
    vm_modules >"$E2E_WORK/loaded.again"
    expect_same "$E2E_WORK/loaded" "$E2E_WORK/loaded.again"
}

unload() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "removed")] | length == 4'
    expect_equal "$(vm_usb_modules)" ''
}

two_loads_at_once() {
    local one=0 two=0 first second
    ud load "${HERE[@]}" --json >"$E2E_WORK/one" 2>"$E2E_WORK/one.err" &
    first=$!
    ud load "${HERE[@]}" --json >"$E2E_WORK/two" 2>"$E2E_WORK/two.err" &
    second=$!
    wait "$first" || one=$?
    wait "$second" || two=$?
    cat "$E2E_WORK"/{one,one.err,two,two.err}
    expect_equal "$one $two" '0 0'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    # Each module was inserted by exactly one of them.
    expect_equal "$(jq -rs '[.[].modules[] | select(.verdict == "inserted").name] | sort | join(" ")' \
        "$E2E_WORK/one" "$E2E_WORK/two")" 'usb-common usbcore usbip-core vhci-hcd'
}

unload_again() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json '[.modules[] | select(.verdict == "removed")] == []'
}

# A dry run tells of images and removes none.
clean_dry_run() {
    snapshot "$LAB_VM" >"$E2E_WORK/vm.undry"
    expect_exit 0 ud clean --host "$LAB_VM" --build-host "$LAB_NATIVE" --dry-run --json
    snapshot "$LAB_VM" >"$E2E_WORK/vm.dry"
    expect_same "$E2E_WORK/vm.undry" "$E2E_WORK/vm.dry"
    expect_text usbipd-desktop/helper: usbipd-desktop/builder:
}

nothing_is_left() {
    expect_remembered "$LAB_VM"
    expect_equal "$(find "$XDG_CACHE_HOME" -type f)" ''
}

vm_shell_open "$LAB_VM"
check "before: the kernel has no USB" remember "$LAB_VM"
check "status says what is missing" status_missing
check "the self-test says what is missing" self_test_without_modules
check "a dry run builds nothing" dry_build
check "build ends well" build
check "four modules and a manifest that agrees with them" files_are_whole
check "vermagic, dependencies and CRC counts as kmod reads them" modinfo_agrees
check "every CRC is the running kernel's" crcs_are_the_kernels
check "load inserts the four" load
check "vhci_hcd.0 has 16 ports" ports_are_there
check "status says loaded" status_loaded
check "the self-test passes and leaves nothing" self_test
check "a second load changes nothing" load_again
check "unload takes them out" unload
check "two loads at once both succeed" two_loads_at_once
check "unload after that" unload
check "a second unload has nothing to do" unload_again
check "clean --dry-run removes nothing" clean_dry_run
check "only the documented images are left" nothing_is_left
