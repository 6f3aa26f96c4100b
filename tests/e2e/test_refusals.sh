#!/usr/bin/env bash
# What is refused: with the exit code of docs/errors.md, a message that helps, and nothing left.
# only: campaign: it fails in each way, one after the other
# lab: registry mirror native board vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist")
NO_PAHOLE=$E2E_MARK/no-pahole:1
# The board's usbipd as the virtual machine sees it.
BOARD=(usbip --tcp-port "${LAB_BOARD##*:}")

engines() {
    {
        snapshot "$LAB_VM"
        snapshot "$LAB_NATIVE"
    } | sort
}

# refused CODE COMMAND...: and neither an engine nor the output directory changed.
refused() {
    engines >"$E2E_WORK/before"
    expect_exit "$@"
    engines >"$E2E_WORK/after"
    expect_only_kept "$E2E_WORK/before" "$E2E_WORK/after"
    [ ! -e "$E2E_WORK/dist" ] || fail "something is left in the output directory"
}

no_engine() {
    local nowhere=unix://$E2E_WORK/no.sock command
    for command in status build load unload clean; do
        expect_exit 3 ud "$command" --host "$nowhere"
        expect_text "$nowhere"
    done
    expect_exit 3 ud load --host "$nowhere" --json
    jq -e '.schema == 1 and .error.exit == 3 and .error.code == "unreachable"' "$E2E_WORK/out"
    expect_exit 3 ud status --host tcp://127.0.0.1:1
}

no_build_engine() {
    refused 3 ud build --host "$LAB_VM" --build-host "unix://$E2E_WORK/no.sock" \
        --output "$E2E_WORK/dist" --source "$LAB_SOURCE" --symvers "$LAB_SYMVERS"
    expect_text --build-host
}

no_source() {
    refused 7 ud build "${HERE[@]}" --symvers "$LAB_SYMVERS" --offline
    expect_text linux-source-6.1 --source "$LAB_VM_RELEASE"
}

# A tree that exports nothing: what the VM's own modules do not tell cannot be computed.
no_crcs() {
    make_tree
    refused 6 ud build "${HERE[@]}" --source "$TREE" --offline
    expect_text "linux-headers-$LAB_VM_RELEASE" --symvers CONFIG_MODVERSIONS acpi_bus_set_power
}

# As that of another flavour: the same symbols, and most CRCs are others.
foreign_symvers() {
    sed 's/^0x./0x5/' "$LAB_SYMVERS" >"$E2E_WORK/Module.symvers"
    refused 10 ud build "${HERE[@]}" --source "$LAB_SOURCE" --symvers "$E2E_WORK/Module.symvers"
    expect_text 'Module.symvers is of another build of the kernel' "CRCs differ from those in the VM's own modules"
    ! grep -q Compiling "$E2E_WORK/err" || fail "it compiled"
}

wrong_digest() {
    local zeros
    printf -v zeros '%064d' 0
    refused 7 ud build "${HERE[@]}" --source "$LAB_SOURCE" --symvers "$LAB_SYMVERS" \
        --source-sha256 "$zeros"
    expect_text "$(sha256sum <"$LAB_SOURCE" | cut -c1-16)"
}

truncated_archive() {
    head -c 20000000 "$LAB_SOURCE" >"$E2E_WORK/cut.tar.xz"
    refused 7 ud build "${HERE[@]}" --source "$E2E_WORK/cut.tar.xz" --symvers "$LAB_SYMVERS"
}

# The builder of the main job with pahole taken out.
make_builder_without_pahole() {
    local builder name=$E2E_MARK-no-pahole
    builder=$(jq -r .builder_image "$(main_dist)/manifest.json")
    docker -H "$LAB_NATIVE" create --name "$name" --network none --user 0 --entrypoint rm \
        "$builder" /usr/bin/pahole
    docker -H "$LAB_NATIVE" start -a "$name"
    docker -H "$LAB_NATIVE" commit "$name" "$NO_PAHOLE"
    docker -H "$LAB_NATIVE" rm "$name"
}

without_pahole() {
    make_builder_without_pahole
    refused 8 ud build "${HERE[@]}" --source "$LAB_SOURCE" --symvers "$LAB_SYMVERS" \
        --builder "$NO_PAHOLE"
    expect_text CONFIG_DEBUG_INFO_BTF pahole
}

copy_dist() {
    rm -rf "$E2E_WORK/altered"
    cp -r "$(main_dist)" "$E2E_WORK/altered"
}

# not_loaded CODE: the altered modules are refused, and the kernel has none of them.
not_loaded() {
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.before"
    refused "$1" ud load --host "$LAB_VM" --input "$E2E_WORK/altered"
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.after"
    expect_same "$E2E_WORK/modules.before" "$E2E_WORK/modules.after"
}

not_what_was_built() {
    copy_dist
    printf x >>"$E2E_WORK/altered/usbcore.ko"
    not_loaded 10
    expect_text usbcore.ko SHA-256
}

truncated_module() {
    copy_dist
    truncate -s -4096 "$E2E_WORK/altered/usbcore.ko"
    seal "$E2E_WORK/altered"
    not_loaded 10
    expect_text usbcore
}

# Of the last module: those before it are in when the kernel refuses. No module of the VM's own
# imports the symbol, so that nothing but the kernel knows its CRC; test_verify.sh has others.
wrong_crc() {
    copy_dist
    "$E2E_ALTERMOD" "$E2E_WORK/altered/vhci-hcd.ko" crc platform_device_del
    seal "$E2E_WORK/altered"
    not_loaded 11
    expect_text vhci-hcd 'disagrees about version of symbol platform_device_del' 'Taken out again'
}

no_artifacts() {
    mkdir -p "$E2E_WORK/empty"
    refused 14 ud load --host "$LAB_VM" --input "$E2E_WORK/empty"
    expect_text "$LAB_VM_RELEASE"
}

# This machine's kernel is nobody's virtual machine.
own_kernel() {
    local code=6 text='no module support'
    if [ -e /proc/modules ]; then code=2 text=--native; fi
    refused "$code" ud load --host "$LAB_NATIVE" --input "$(main_dist)"
    expect_text "$text"
    refused "$code" ud unload --host "$LAB_NATIVE" --input "$(main_dist)"
    refused 2 ud status --host "$LAB_NATIVE" --self-test
    expect_text --native
}

own_kernel_status() {
    expect_exit 0 ud status --host "$LAB_NATIVE" --json
    expect_json ".kernel.release == \"$(uname -r)\" and .vm_kind == \"this machine\""
}

unload_in_use() {
    local device
    expect_exit 0 ud load --host "$LAB_VM" --input "$(main_dist)"
    in_vm "${BOARD[@]}" list -r 10.0.2.2 | tee "$E2E_WORK/exported"
    device=$(sed -n 's/^ *\([0-9.-]*\): .*(0403:6001).*/\1/p' "$E2E_WORK/exported")
    in_vm "${BOARD[@]}" attach -r 10.0.2.2 -b "$device"
    later 20 port_is_used
    expect_exit 12 ud unload --host "$LAB_VM" --input "$(main_dist)"
    expect_text port
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud status --host "$LAB_VM" --input "$(main_dist)" --json
    expect_json '[.. | objects | select(.status? == "used" or .state? == "used")] | length > 0'
}

# It takes another port, and the device keeps its own.
self_test_in_use() {
    local before
    before=$(in_vm cat /sys/devices/platform/vhci_hcd.0/status)
    expect_exit 0 ud status --host "$LAB_VM" --input "$(main_dist)" --self-test --json
    expect_json '.self_test.passed and .self_test.port == 1 and .ports[0].state == "used"'
    expect_equal "$(in_vm cat /sys/devices/platform/vhci_hcd.0/status)" "$before"
}

# Status 6 of a port is VDEV_ST_USED. The answer is taken whole before it is looked at: a reader
# that leaves early would leave the rest for the next command's.
port_is_used() {
    local status
    status=$(in_vm cat /sys/devices/platform/vhci_hcd.0/status)
    grep -qE '^(hs|ss) +[0-9]+ 006' <<<"$status"
}
no_port_is_used() { ! port_is_used; }

unload_after_use() {
    in_vm usbip detach -p 00
    later 20 no_port_is_used
    expect_exit 0 ud unload --host "$LAB_VM" --input "$(main_dist)"
    expect_equal "$(vm_usb_modules)" ''
}

# inserted_under HOW: the helper inserts the modules of the main job, in a container like that of `load`, where the
# kernel denies it what deny.c says.
inserted_under() {
    local name=$E2E_MARK-deny image rc=0
    image=$(docker -H "$LAB_VM" images --format '{{.Repository}}:{{.Tag}}' usbipd-desktop/helper | head -n 1)
    docker -H "$LAB_VM" rm -f "$name" >/dev/null 2>&1 || true
    docker -H "$LAB_VM" create --name "$name" --privileged --pid host --network host --entrypoint /usbipd/deny \
        "$image" "$1" /usbipd/helper insert usb-common usbcore usbip-core vhci-hcd >/dev/null
    mkdir -p "$E2E_WORK/usbipd/modules"
    cp "$E2E_DENY" "$E2E_WORK/usbipd/deny"
    cp "$(main_dist)"/*.ko "$E2E_WORK/usbipd/modules/"
    tar -c -C "$E2E_WORK/usbipd" . | docker -H "$LAB_VM" cp - "$name:/usbipd"
    docker -H "$LAB_VM" start -a "$name" | tr '\0' '\n' || rc=$?
    docker -H "$LAB_VM" rm -f "$name" >/dev/null
    return "$rc"
}

# As on a VM with SELinux: what it denies of a file it may allow without one.
denied_file() {
    local rc=0
    inserted_under both || rc=$?
    [ "$rc" != 0 ] || fail "the kernel denied nothing"
    expect_equal "$(vm_usb_modules)" ''
    inserted_under file
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud unload --host "$LAB_VM" --input "$(main_dist)"
    expect_equal "$(vm_usb_modules)" ''
}

remove_images() { docker -H "$LAB_NATIVE" rmi -f "$NO_PAHOLE" >/dev/null 2>&1 || true; }
trap 'remove_images; vm_shell_close' EXIT

vm_shell_open "$LAB_VM"
check "no engine there" no_engine
check "no engine to build on there" no_build_engine
check "a distribution's kernel without --source" no_source
check "(the modules of the main job)" need_main_dist
check "CRCs that cannot be found" no_crcs
check "a Module.symvers of another build, before anything is compiled" foreign_symvers
check "sources with another digest" wrong_digest
check "sources cut off" truncated_archive
check "a builder without pahole" without_pahole
check "no modules at all" no_artifacts
check "a module that is not the built one" not_what_was_built
check "a module cut off" truncated_module
check "a CRC that is not the kernel's, all taken out again" wrong_crc
check "this machine's own kernel" own_kernel
check "status of this machine's own kernel" own_kernel_status
check "a module whose file is denied is inserted from memory" denied_file
check "unload while a device is attached" unload_in_use
check "the self-test while a device is attached" self_test_in_use
check "unload once it is detached" unload_after_use
