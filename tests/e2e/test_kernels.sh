#!/usr/bin/env bash
# The main job on another kernel than the lab's usual one: UD_KERNEL names it, as tests/kernels/run does.
# lab: registry native vm-6.12
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

KERNEL=${UD_KERNEL:-6.12}
# `lab env` calls what belongs to vm-6.12 LAB_VM_6_12, LAB_VM_6_12_RELEASE and so on.
PREFIX=LAB_VM_${KERNEL//./_}
PREFIX=${PREFIX^^}
[ "$KERNEL" != 6.1 ] || PREFIX=LAB_VM
of_kernel() { local name=$PREFIX$1 && printf '%s\n' "${!name:?}"; }

VM=$(of_kernel '')
RELEASE=$(of_kernel _RELEASE)
CONFIG=$(of_kernel _CONFIG)
SYMVERS=$(of_kernel _SYMVERS)
DIST=$E2E_WORK/dist/$RELEASE
HERE=(--host "$VM" --input "$E2E_WORK/dist")
BUILD=(--host "$VM" --build-host "$LAB_NATIVE" --source "$(of_kernel _SOURCE)" --output "$E2E_WORK/dist")
case ${UD_KERNELS_SYMVERS:-given} in
given) BUILD+=(--symvers "$SYMVERS") ;;
none) ;;
*) fail "UD_KERNELS_SYMVERS is neither 'given' nor 'none'" ;;
esac

# Of the four, those that the kernel does not have; the others it inserts from its own files.
is_on() { grep -qE "^CONFIG_$1=[ym]$" "$CONFIG"; }
TO_BUILD='usb-common usbcore usbip-core vhci-hcd'
! is_on USB || TO_BUILD='usbip-core vhci-hcd'
as_json() { jq -nc '$ARGS.positional' --args "$@"; }
# shellcheck disable=SC2086 # one argument a name
TO_BUILD_JSON=$(as_json $TO_BUILD)

before() {
    in_vm cat /proc/version
    expect_equal "$(in_vm uname -r)" "$RELEASE"
    snapshot "$VM" >"$E2E_WORK/vm.before"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.before"
    expect_equal "$(vm_usb_modules)" ''
}

status_missing() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "missing"'
    expect_json "[.plan.modules[] | select(.origin == \"to-build\").name] == $TO_BUILD_JSON"
    expect_json ".kernel.release == \"$RELEASE\""
}

build() {
    local started=$SECONDS
    expect_exit 0 ud build "${BUILD[@]}" --json -v
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/seconds"
    expect_json '.built and .manifest.release == .kernel.release'
    expect_json "[.manifest.modules[].name] | sort == $TO_BUILD_JSON"
}

modinfo_agrees() {
    local name tail
    tail=$(of_stock_module vermagic)
    for name in $TO_BUILD; do
        expect_equal "$(modinfo -F vermagic "$DIST/$name.ko" | xargs)" "$tail"
    done
}

# What the kernel's own module of its network adapter says.
of_stock_module() { in_vm modinfo -F "$1" virtio_net | xargs; }

# Each CRC of a symbol that the kernel exports is the kernel's.
crcs_are_the_kernels() {
    local file wrong
    is_on MODVERSIONS || return 0
    for file in "$DIST"/*.ko; do
        modprobe --dump-modversions "$file" >"$E2E_WORK/crcs"
        [ "$(wc -l <"$E2E_WORK/crcs")" -gt 5 ] || fail "${file##*/} has hardly any CRCs"
        wrong=$(awk 'NR == FNR { crc[$2] = $1; next }
            $2 in crc && crc[$2] + 0 != $1 + 0 { print $2 }' "$SYMVERS" "$E2E_WORK/crcs")
        [ -z "$wrong" ] || fail "other CRCs than the kernel's in ${file##*/}: $wrong"
    done
}

load() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique == ["inserted"]'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_equal "$(in_vm cat /sys/devices/platform/vhci_hcd.0/status | grep -cE '^(hs|ss)')" 16
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and [.artifacts[].fits] == [true]'
    # What the kernel said meanwhile.
    in_vm dmesg | tail -n 40 >"$E2E_WORK/dmesg"
    cat "$E2E_WORK/dmesg"
    ! grep -E 'BUG|WARNING|Oops|disagrees|no symbol version' "$E2E_WORK/dmesg" || fail "the kernel complains"
}

# The kernel's own modules stay: other devices may depend on them.
unload() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json "[.modules[] | select(.verdict == \"removed\").name] | sort == $TO_BUILD_JSON"
    if is_on USB; then in_vm rmmod usbcore usb_common; fi
    expect_equal "$(vm_usb_modules)" ''
}

nothing_is_left() {
    snapshot "$VM" >"$E2E_WORK/vm.after"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/vm.before" "$E2E_WORK/vm.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.after"
    expect_same "$E2E_WORK/modules.before" "$E2E_WORK/modules.after"
}

# The row of tests/kernels/run's table.
report() {
    local verdict=refused
    ! grep -q "^ok.*: load inserts" "$E2E_RESULTS" || verdict=accepted
    [ -z "${UD_KERNELS_TABLE:-}" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$KERNEL" \
        "$(cat "$E2E_WORK/seconds" 2>/dev/null || echo -)" "$(find "$DIST" -name '*.ko' 2>/dev/null | wc -l)" \
        "$(modinfo -F vermagic "$DIST/vhci-hcd.ko" 2>/dev/null | xargs)" "$verdict" >>"$UD_KERNELS_TABLE"
}

vm_shell_open "$VM"
check "$KERNEL: the kernel runs, and has no USB/IP" before
check "$KERNEL: status says what is missing" status_missing
check "$KERNEL: build ends well" build
check "$KERNEL: vermagic is that of the kernel's own modules" modinfo_agrees
check "$KERNEL: every CRC is the running kernel's" crcs_are_the_kernels
check "$KERNEL: load inserts them, and the kernel has no complaint" load
check "$KERNEL: unload takes them out" unload
check "$KERNEL: only the documented images are left" nothing_is_left
report
