#!/usr/bin/env bash
# Modules out of the distribution's packages, on a kernel that enforces signatures. By itself on Debian's full
# kernel, out of Debian's archive; UD_KERNEL names another, as tests/kernels/run does, whose archive is the lab's.
# lab: registry native board vm-full
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

KERNEL=${UD_KERNEL:-full}
case $KERNEL in
full) PREFIX=LAB_VM_FULL PACKAGE=linux-image- IMAGE=debian:bookworm ;;
ubuntu) PREFIX=LAB_PLAIN_UBUNTU PACKAGE=linux-modules-extra- IMAGE=ubuntu:24.04 ;;
fedora) PREFIX=LAB_PLAIN_FEDORA PACKAGE=kernel-modules- IMAGE=fedora:43 ;;
suse) PREFIX=LAB_PLAIN_SUSE PACKAGE=kernel-default IMAGE=opensuse/leap:16.0 ;;
alpine) PREFIX=LAB_PLAIN_ALPINE PACKAGE=linux-virt IMAGE=alpine:3.22 ;;
esac
of_kernel() { local name=$PREFIX$1 && printf '%s\n' "${!name:?}"; }

VM=$(of_kernel '')
RELEASE=$(of_kernel _RELEASE)
# shellcheck disable=SC2034 # for lib/board.sh
LAB_VM=$VM
DIST=$E2E_WORK/dist/$RELEASE
HERE=(--host "$VM" --input "$E2E_WORK/dist")
BUILD=(--host "$VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist" --with ftdi_sio)
# What is kept here from earlier runs is no part of this.
export XDG_CACHE_HOME=$E2E_WORK/cache

build_timed() {
    local started=$SECONDS
    expect_exit 0 ud build "${BUILD[@]}" --json -v "${@:2}"
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/$1.seconds"
    cp "$E2E_WORK/out" "$E2E_WORK/$1.json"
}

before() {
    in_vm uname -a
    expect_equal "$(in_vm uname -r)" "$RELEASE"
    remember "$VM"
}

# Fedora CoreOS enforces SELinux and has a read-only root, by the mounts of the first program.
confined() {
    [ "$KERNEL" = fedora ] || return 0
    expect_equal "$(in_vm getenforce)" Enforcing
    ! in_shell nsenter -t 1 -m touch /a-file || fail "the root can be written to"
}

# Once enforced, it cannot be undone until the machine restarts.
enforce() {
    in_vm sh -c 'echo 1 >/sys/module/module/parameters/sig_enforce'
    expect_equal "$(in_vm cat /sys/module/module/parameters/sig_enforce)" Y
}

would() {
    expect_exit 0 ud build "${BUILD[@]}" --dry-run --json
    expect_json ".origin == \"package\" and .dry_run and .builder == \"$IMAGE\""
    [ ! -e "$DIST" ] || fail "a dry run left something"
}

# Nothing is compiled: there is no builder image.
take() {
    build_timed cold
    expect_json '.built and .origin == "package"'
    expect_json ".manifest.modules | map(select(.package | startswith(\"$PACKAGE\") | not)) == []"
    expect_json '[.manifest.modules[].name] | contains(["usbip-core", "vhci-hcd"])'
    [ "$KERNEL" = full ] || expect_json '[.manifest.modules[].name] | contains(["usbserial", "ftdi_sio"])'
}

# As their maker signed them, byte for byte: the signature covers all of a module.
signed() {
    local file
    for file in "$DIST"/*.ko; do
        [ -n "$(modinfo -F signer "$file")" ] || fail "$file is not signed"
        expect_equal "$(modinfo -F vermagic "$file" | xargs)" "$(modinfo -F vermagic "$DIST/vhci-hcd.ko" | xargs)"
    done
}

again() {
    build_timed warm
    expect_json '.unchanged and .origin == "package"'
}

from_cache() {
    mv "$E2E_WORK/dist" "$E2E_WORK/first"
    build_timed offline --offline
    expect_json '.built and .origin == "package"'
    expect_same_modules "$DIST" "$E2E_WORK/first/$RELEASE"
}

not_with_build_options() {
    expect_exit 2 ud build "${BUILD[@]}" --origin package --ports 15
    said | grep -q -- '--ports is for modules that are built' || fail "it says another reason"
}

verify() {
    expect_exit 0 ud verify "$DIST" --host "$VM" --json
    expect_json '[.checks[] | select(.verdict == "error")] == []'
}

load() {
    expect_exit 14 ud load "${HERE[@]}" --with pl2303,nothing_of_that_name --json
    expect_equal "$(vm_usb_modules)" ''
    expect_exit 0 ud load "${HERE[@]}" --with ftdi_sio --json
    expect_json '[.modules[] | select(.name | test("^ftdi.sio$")).verdict] == ["inserted"]'
    expect_json '[.modules[] | select(.name == "vhci-hcd").origin] == ["out of a package"]'
    in_vm sh -c 'grep -qE "^vhci_hcd " /proc/modules'
    expect_exit 0 ud status --self-test --host "$VM" --json
    expect_json '.self_test.passed'
}

attach() {
    expect_exit 0 board_attach --modules "$E2E_WORK/dist" -i "$BOARD_FTDI" --json
    expect_json '.device.interfaces[0].driver == "ftdi_sio"'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 board_detach --all
}

unload() {
    in_vm rmmod ftdi_sio usbserial
    expect_exit 0 ud unload "${HERE[@]}" --json
    ! in_vm sh -c 'grep -qE "^(usbip_core|vhci_hcd) " /proc/modules' || fail "they are still there"
    in_vm sh -c 'rmmod usbcore usb_common 2>/dev/null; true'
}

# As a machine of its distribution is, in a company without the image's mirror: the image's archive is not reached,
# the one that the machine is configured with is.
configure_the_machine() {
    local container
    mkdir -p "$E2E_WORK/image"
    docker -H "$LAB_NATIVE" pull -q "$IMAGE"
    container=$(docker -H "$LAB_NATIVE" create "$IMAGE" true)
    docker -H "$LAB_NATIVE" export "$container" | tar -x -C "$E2E_WORK/image" --wildcards \
        'etc/apt/*' 'usr/share/keyrings/*' 'etc/yum.repos.d/*' 'etc/dnf/*' 'etc/pki/rpm-gpg/*' 'etc/zypp/repos.d/*' \
        'usr/lib/rpm/gnupg/keys/*' 'etc/apk/*' || true # no distribution has all
    docker -H "$LAB_NATIVE" rm "$container"
    [ "$KERNEL" != fedora ] || in_vm mount -o remount,rw /
    tar -C "$E2E_WORK/image" -cz . | ud shell --host "$VM" -- tar -xzf - -C /
}

forget_the_archive() {
    printf 'FROM %s\nRUN rm -rf /etc/apt/sources.list* /etc/yum.repos.d/* /etc/zypp/repos.d/* && %s\n' "$IMAGE" \
        '(echo "deb http://archive.invalid/debian none main" >/etc/apt/sources.list || true) 2>/dev/null' |
        DOCKER_BUILDKIT=0 docker -H "$LAB_NATIVE" build -q --network none -t "$IMAGE" -
}

by_the_machines_configuration() {
    local original known
    known=$(docker -H "$LAB_NATIVE" images -q "$IMAGE")
    configure_the_machine
    original=$(docker -H "$LAB_NATIVE" image inspect -f '{{.Id}}' "$IMAGE")
    forget_the_archive
    rm -rf "$XDG_CACHE_HOME"
    expect_exit 0 ud build --host "$VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/by-vm" --with ftdi_sio \
        --origin package
    expect_text 'asking for packages by what the VM is configured with'
    expect_same_modules "$E2E_WORK/by-vm/$RELEASE" "$DIST"
    docker -H "$LAB_NATIVE" rmi -f "$IMAGE"
    # By its name: other images may be made of it, and the engine keeps it for them.
    docker -H "$LAB_NATIVE" tag "$original" "$IMAGE"
    [ -n "$known" ] || docker -H "$LAB_NATIVE" rmi "$IMAGE"
}

# The row of tests/kernels/run's table.
report() {
    [ -n "${UD_KERNELS_TABLE:-}" ] || return 0
    printf '%s\t%s\t%s\t%s\t-\t%s\t%s\t%s\t%s\t%s\n' "$KERNEL" "$RELEASE" "packages in $IMAGE" "as packaged" \
        "$(passed 'verify')" "$(passed 'load')" "$(passed 'load')" \
        "$(cat "$E2E_WORK/cold.seconds")" "$(cat "$E2E_WORK/warm.seconds")" >>"$UD_KERNELS_TABLE"
}
passed() { if grep -q "^ok.*$KERNEL: $1" "$E2E_RESULTS"; then echo passed; else echo failed; fi; }

vm_shell_open "$VM" "$(of_kernel _BUSYBOX)"
check "$KERNEL: the kernel runs, and has no USB/IP" before
check "$KERNEL: it is confined as its distribution confines it" confined
check "$KERNEL: it enforces signatures" enforce
check "$KERNEL: a dry run says what would be taken" would
check "$KERNEL: build takes the modules out of packages" take
check "$KERNEL: the modules are signed by their maker" signed
check "$KERNEL: a second build has nothing to do" again
check "$KERNEL: the packages are kept for --offline" from_cache
check "$KERNEL: options for building and packages exclude each other" not_with_build_options
check "$KERNEL: verify finds no error" verify
check "$KERNEL: load inserts them, and the self-test passes" load
check "$KERNEL: the board answers from a container" attach
check "$KERNEL: unload takes them out" unload
check "$KERNEL: it is confined still" confined
check "$KERNEL: an archive that only the virtual machine knows" by_the_machines_configuration
check "$KERNEL: only the documented images are left" expect_remembered "$VM"
report
vm_shell_close
