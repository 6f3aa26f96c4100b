#!/usr/bin/env bash
# Modules in an image, as on Alpine: /lib/modules is a link into a squashfs that is mounted on /.modloop. And a
# configuration that only the kernel's headers have.
# lab: registry mirror native plain-alpine
# only: when named, as tests/kernels/run alpine does; the lab compiles the kernel first
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VM=$LAB_PLAIN_ALPINE
RELEASE=$LAB_PLAIN_ALPINE_RELEASE
# With nothing but kernel.org's archive of its version, which the kernel has to prove.
BUILD=(build --host "$VM" --build-host "$LAB_NATIVE" --origin build --source-mirror "$LAB_MIRROR" --json)
HERE=(--host "$VM" --input "$E2E_WORK/dist")
FOLDER=/.modloop/modules/$RELEASE

before() {
    expect_equal "$(in_init readlink /lib/modules)" /.modloop/modules
    in_init grep ' /.modloop squashfs ro' /proc/mounts
    in_init test -e "$FOLDER/kernel/kernel/configs.ko.gz"
    remember "$VM"
}

status_of() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json ".kernel.config_origin == \"$1\""
}

from_module() {
    status_of "/lib/modules/$RELEASE/kernel/kernel/configs.ko.gz"
    expect_exit 0 ud builder make --host "$VM" --build-host "$LAB_NATIVE" --json
    expect_exit 0 ud "${BUILD[@]}" --output "$E2E_WORK/dist"
    expect_json '.built and .crcs.of_modules > 40'
    expect_json '.proof | .verdict == "proven" and (.of | test("CRCs of .* and .* structs of its BTF"))'
    jq .proof "$E2E_WORK/out"
}

# told_of_module FILE: what it says of itself, its CRCs and its symbols. No two builds have the same bytes here: gcc's
# plugin latent_entropy puts random numbers into functions.
told_of_module() {
    modinfo "$1" | grep -v '^filename:'
    modprobe --dump-modversions "$1"
    readelf -sW "$1" | awk '{ print $3, $4, $5, $8 }' | sort
}

# The module configs is out of sight: its folder has nothing else.
from_headers() {
    local file
    in_init mount -t tmpfs none "$FOLDER/kernel/kernel"
    status_of /sys/kernel/kheaders.tar.xz
    expect_exit 0 ud "${BUILD[@]}" --output "$E2E_WORK/other" --no-cache -v
    in_init umount "$FOLDER/kernel/kernel"
    expect_json '.built and .crcs.of_modules > 40'
    for file in "$E2E_WORK/dist/$RELEASE"/*.ko; do
        told_of_module "$file" >"$E2E_WORK/told.dist"
        told_of_module "$E2E_WORK/other/$RELEASE/${file##*/}" >"$E2E_WORK/told.other"
        expect_same "$E2E_WORK/told.dist" "$E2E_WORK/told.other"
    done
}

loaded() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique - ["builtin"] == ["inserted"]'
    expect_exit 0 ud status --self-test --host "$VM" --json
    expect_json '.self_test.passed'
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_equal "$(vm_usb_modules)" ''
}

not_mounted() {
    in_init umount /.modloop
    expect_exit 0 ud status "${HERE[@]}"
    expect_text 'a link that leads nowhere' 'rc-service modloop start'
}

mounted_again() {
    in_init mount -o loop,ro -t squashfs /boot/modloop-virt /.modloop
    expect_exit 0 ud status "${HERE[@]}"
    ! said | grep -q 'leads nowhere' || fail "it warns still"
}

vm_shell_open "$VM" "$LAB_PLAIN_ALPINE_BUSYBOX"
check "modloop: the modules are in an image" before
check "modloop: build reads configuration and CRCs out of it, and CRCs and BTF prove the sources" from_module
check "modloop: build with the configuration of the kernel's headers gives the same modules" from_headers
check "modloop: the modules are loaded, tested and unloaded" loaded
check "modloop: without the image status says so" not_mounted
check "modloop: mounted again it has no complaint" mounted_again
check "modloop: only the documented images are left" expect_remembered "$VM"
