#!/usr/bin/env bash
# The main job on another kernel than the lab's usual one: UD_KERNEL names it, as tests/kernels/run does.
# only: campaign: test_engines.sh has the main job on this kernel too
# lab: registry mirror native vm-6.12
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

KERNEL=${UD_KERNEL:-6.12}
# `lab env` calls what belongs to vm-6.12 LAB_VM_6_12, LAB_VM_6_12_RELEASE and so on.
case $KERNEL in
6.1) PREFIX=LAB_VM ;;
[0-9]* | full | arm64) PREFIX=LAB_VM_${KERNEL//./_} ;;
plain) PREFIX=LAB_PLAIN ;;
*) PREFIX=LAB_PLAIN_$KERNEL ;;
esac
PREFIX=${PREFIX^^}
of_kernel() { local name=$PREFIX$1 && printf '%s\n' "${!name:?}"; }

VM=$(of_kernel '')
RELEASE=$(of_kernel _RELEASE)
CONFIG=$(of_kernel _CONFIG)
DIST=$E2E_WORK/dist/$RELEASE
HERE=(--host "$VM" --input "$E2E_WORK/dist")
# With what a virtual machine gives and no more: Module.symvers is only the judge afterwards. Where layouts
# are randomized, what is published has to be there too: the kernel's image is.
BUILD=(--host "$VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist")
case $KERNEL in
randstruct) BUILD+=(--source-mirror "$LAB_MIRROR") ;;
*) BUILD+=(--source "$(of_kernel _SOURCE)" --offline) ;;
esac

# Of the four, those that the kernel does not have; the others it inserts from its own files.
is_on() { grep -qE "^CONFIG_$1=[ym]$" "$CONFIG"; }
TO_BUILD='usb-common usbcore usbip-core vhci-hcd'
! is_on USB || TO_BUILD='usbip-core vhci-hcd'
is_builtin() { grep -q "^CONFIG_$1=y$" "$CONFIG"; }
LOADED=$ALL_FOUR
! is_builtin USB || LOADED='usbip_core vhci_hcd'
as_json() { jq -nc '$ARGS.positional' --args "$@"; }
# shellcheck disable=SC2086 # one argument a name
TO_BUILD_JSON=$(as_json $TO_BUILD)

# Of each speed: what the kernel's configuration says, or what we choose.
PORTS=$(sed -n 's/^CONFIG_USBIP_VHCI_HC_PORTS=//p' "$CONFIG")
PORTS=${PORTS:-8}

before() {
    in_vm cat /proc/version
    expect_equal "$(in_vm uname -r)" "$RELEASE"
    remember "$VM"
}

status_missing() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "missing"'
    expect_json "[.plan.modules[] | select(.origin == \"to-build\").name] == $TO_BUILD_JSON"
    expect_json ".kernel.release == \"$RELEASE\""
}

builder() {
    local started=$SECONDS
    expect_exit 0 ud builder make --host "$VM" --build-host "$LAB_NATIVE" --json
    expect_json '.name | startswith("usbipd-desktop/builder:")'
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/builder.seconds"
}

# build_timed NAME: keeps the seconds and the document under that name.
build_timed() {
    local started=$SECONDS
    expect_exit 0 ud build "${BUILD[@]}" --json -v
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/$1.seconds"
    cp "$E2E_WORK/out" "$E2E_WORK/$1.json"
    expect_json '.built and .manifest.release == .kernel.release'
    expect_json "[.manifest.modules[].name] | sort == $TO_BUILD_JSON"
}

build() {
    build_timed cold
    ! is_on DEBUG_INFO_BTF ||
        said | grep -qE 'struct-layouts: sizes of [45][0-9] structs and offsets of [789][0-9] members with the' ||
        fail "it compared no structs"
    if is_on MODVERSIONS && ! is_on RANDSTRUCT; then
        expect_json '.crcs | .needed > 0 and .needed == .of_modules + .computed'
    fi
}

# From the prepared tree and the CRCs that were kept.
build_again() {
    mv "$E2E_WORK/dist" "$E2E_WORK/first"
    build_timed warm
    expect_same_modules "$DIST" "$E2E_WORK/first/$RELEASE"
}

verify() {
    expect_exit 0 ud verify "$DIST" --host "$VM" --json
    expect_json '.verdict == "ok" or .verdict == "unknown" or .verdict == "warning"'
    jq -r .verdict "$E2E_WORK/out" >"$E2E_WORK/verify"
}

modinfo_agrees() {
    local name tail
    tail=$(of_stock_module vermagic)
    for name in $TO_BUILD; do
        expect_equal "$(modinfo -F vermagic "$DIST/$name.ko" | xargs)" "$tail"
    done
}

# of_stock_module FIELD: what one of the kernel's own modules says. `plain` has none. Debian's modinfo reads no
# `.ko.gz`.
of_stock_module() {
    local file
    if [ "$KERNEL" = plain ]; then echo "$RELEASE SMP mod_unload" && return; fi
    file=$(in_init find -L "/lib/modules/$RELEASE/kernel" -name 'virtio*.ko*' | sort | head -n 1)
    case $file in
    *.gz) in_init sh -c "zcat '$file' >/tmp/stock.ko && modinfo -F '$1' /tmp/stock.ko && rm /tmp/stock.ko" ;;
    *) in_init modinfo -F "$1" "$file" ;;
    esac | xargs
}

crcs_are_the_kernels() {
    is_on MODVERSIONS || return 0
    judge_crcs "$(of_kernel _SYMVERS)" "$DIST"/*.ko
    ! is_on RANDSTRUCT || return 0
    # More than were looked for where the kernel has modules of USB, from whose files they are known.
    [ "$(wc -l <"$E2E_WORK/judged")" -ge "$(jq .crcs.needed "$E2E_WORK/cold.json")" ] ||
        fail "the judge does not know all that were needed"
}

load() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique - ["builtin"] == ["inserted"]'
    expect_equal "$(vm_usb_modules)" "$LOADED"
    expect_equal "$(in_vm cat /sys/devices/platform/vhci_hcd.0/status | grep -cE '^(hs|ss)')" $((2 * PORTS))
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and [.artifacts[].fits] == [true]'
    # What the kernel said meanwhile.
    in_vm dmesg | tail -n 40 >"$E2E_WORK/dmesg"
    cat "$E2E_WORK/dmesg"
    ! grep -E 'BUG|WARNING|Oops|disagrees|no symbol version' "$E2E_WORK/dmesg" || fail "the kernel complains"
}

self_test() {
    expect_exit 0 ud status --self-test --host "$VM" --json
    expect_json '.self_test.passed'
}

# With what it has of its own: attach loads the driver of the serial adapter, and of the stick.
attach() {
    # shellcheck disable=SC2034 # for lib/board.sh
    LAB_VM=$VM
    expect_exit 0 board_attach -i "$BOARD_FTDI" --json
    expect_json '.device.interfaces[0].driver == "ftdi_sio" and .loaded == ["usbserial", "ftdi_sio"]'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 board_attach -i "$BOARD_STICK_ID" --json
    expect_json '.device.interfaces[0].driver == "usb-storage" and ([.device.nodes[].path] | any(. == "/dev/sda"))'
    in_vm dd if=/dev/sda of=/dev/null bs=64k count=16
    expect_exit 0 board_detach --all
    take_out_added
}

# The drivers stay after detach, and so does what they and the kernel asked for: the VM is to be as it was, but
# for the modules of load. usbcore cannot go before them.
take_out_added() {
    local round name
    for round in 1 2 3 4 5; do
        echo "round $round"
        vm_modules | cut -d' ' -f1 | sort | comm -13 "$E2E_WORK/modules.before" - >"$E2E_WORK/added"
        while read -r name; do
            [[ " $ALL_FOUR " == *" $name "* ]] || in_vm rmmod "$name" || true
        done <"$E2E_WORK/added"
    done
}

# The kernel's own modules stay: other devices may depend on them.
unload() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json "[.modules[] | select(.verdict == \"removed\").name] | sort == $TO_BUILD_JSON"
    if is_on USB && ! is_builtin USB; then in_vm rmmod usbcore usb_common; fi
    expect_equal "$(vm_usb_modules)" ''
}

# The row of tests/kernels/run's table.
report() {
    [ -n "${UD_KERNELS_TABLE:-}" ] || return 0
    {
        printf '%s\t%s\t%s\t' "$KERNEL" "$RELEASE" "$(of_build '.source | sub(".*/"; "")')"
        printf '%s\t' "$(crcs_found)" \
            "$(wrong_crcs)" "$(cat "$E2E_WORK/verify" 2>/dev/null || echo -)" \
            "$(verdict 'load inserts' accepted refused)" "$(verdict 'the self-test' passed failed)"
        printf '%s\t%s\n' "$(seconds cold)" "$(seconds warm)"
    } >>"$UD_KERNELS_TABLE"
}

crcs_found() {
    if is_on RANDSTRUCT; then
        echo "all of the image"
    else
        of_build '.crcs | if . then "\(.needed) = \(.of_modules) + \(.computed)" else "none" end'
    fi
}

of_build() { jq -r "$1" "$E2E_WORK/cold.json" 2>/dev/null || echo -; }
seconds() { cat "$E2E_WORK/$1.seconds" 2>/dev/null || echo -; }
wrong_crcs() { if [ -e "$E2E_WORK/wrong" ]; then wc -l <"$E2E_WORK/wrong"; else echo -; fi; }
verdict() { if grep -q "^ok.*: $1" "$E2E_RESULTS"; then echo "$2"; else echo "$3"; fi; }

vm_shell_open "$VM" "$(of_kernel _BUSYBOX)"
check "$KERNEL: the kernel runs, and has no USB/IP" before
check "$KERNEL: status says what is missing" status_missing
check "$KERNEL: builder make, the last that needs a network" builder
check "$KERNEL: build, with no more than it gives" build
check "$KERNEL: vermagic is that of the kernel's own modules" modinfo_agrees
check "$KERNEL: every CRC is the kernel's" crcs_are_the_kernels
check "$KERNEL: a second build gives the same bytes" build_again
check "$KERNEL: verify finds that they fit" verify
check "$KERNEL: load inserts them, and the kernel has no complaint" load
check "$KERNEL: the self-test passes" self_test
[ "$KERNEL" != full ] || check "$KERNEL: the board's devices are attached, with the kernel's own drivers" attach
check "$KERNEL: unload takes them out" unload
check "$KERNEL: only the documented images are left" expect_remembered "$VM"
report
