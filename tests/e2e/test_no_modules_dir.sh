#!/usr/bin/env bash
# A virtual machine whose root is read-only and that has no folder of modules: it is looked at from inside then, and
# neither the program nor the engine makes a folder or a file in it.
# lab: registry mirror native vm
# only: campaign: it takes minutes, and starts the virtual machine twice
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIST=$E2E_WORK/dist
HERE=(--host "$LAB_VM" --input "$DIST")
INSIDE='looking from inside the VM with a privileged container'
# A place that systems without /boot have.
CONFIG=/usr/lib/kernel/config-$LAB_VM_RELEASE

# in_root COMMAND: of the machine's own shell, where the machine's first program sees the mounts.
in_root() { in_shell nsenter -t 1 -m /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -ec "$1"; }

# The kernel's files are on a disk of their own, which goes.
read_only() {
    expect_equal "$(in_root 'readlink /lib')" usr/lib
    change "mkdir -p /usr/lib/kernel; cp /boot/config-$LAB_VM_RELEASE $CONFIG; umount /lib/modules /boot"
    ! in_root 'mkdir /a-folder' || fail "the root can be written to"
}

# change COMMAND: of the read-only root.
change() {
    in_root "mount -o remount,bind,rw /; $1; mount -o remount,bind,ro /"
    in_root 'ls -ld /lib /lib/modules /lib/modules/* /boot 2>&1 || true'
    in_root 'sleep 1; touch /run/changed; sleep 1'
}

# But for what the engine has of its own, and the kernel in /dev. What is made in a folder changes the folder.
nothing_new() {
    in_root 'find / -xdev \( -path /var/lib/docker -o -path /var/lib/containerd -o -path /dev \) -prune \
        -o -cnewer /run/changed -print' >"$E2E_WORK/new"
    [ ! -s "$E2E_WORK/new" ] || fail "new in the machine: $(cat "$E2E_WORK/new")"
}

# look_and_build COMMAND: what it says where the root is as the command leaves it.
look_and_build() {
    change "$1"
    rm -rf "$DIST"
    expect_exit 0 ud status "${HERE[@]}" -v
    expect_text "the VM has no module of its own: there is no /lib/modules/$LAB_VM_RELEASE" "$INSIDE"
    expect_text 'usb-common, usbcore, usbip-core and vhci-hcd have to be built'
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$DIST" --json
    expect_json ".built and .kernel.config_origin == \"$CONFIG\""
    expect_json '([.manifest.modules[].name] | sort) == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    nothing_new
}

load_and_unload() {
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique == ["inserted"]'
    expect_exit 0 ud status "${HERE[@]}" --self-test --json
    expect_json '.usbip == "loaded" and .self_test.passed'
    expect_exit 0 ud unload "${HERE[@]}"
    nothing_new
}

# Where the lab mounts the kernel's files when the machine starts.
restore() {
    in_root "mount -o remount,bind,rw /; rm -rf $CONFIG /boot /lib/modules; mkdir /boot /lib/modules" || true
    vm_shell_close
    vm_restart
}

# Of a root that is in use, a machine that runs lets nobody make it read-only.
LAB_VM_APPEND=lab.readonly=yes vm_restart
vm_shell_open "$LAB_VM"
trap restore EXIT
check "(the root is read-only)" read_only
check "neither /lib/modules nor /boot" look_and_build 'rmdir /lib/modules /boot'
check "load, self-test and unload there" load_and_unload
check "/boot is a link that leads nowhere" look_and_build 'ln -s /nowhere/boot /boot'
check "/lib/modules is one, too" look_and_build 'ln -s /nowhere/modules /lib/modules'
OTHER=/lib/modules/5.10.0-1-amd64
check "only another release's folder" look_and_build \
    "rm /lib/modules /boot; mkdir -p /boot $OTHER/kernel; echo kernel/a.ko: >$OTHER/modules.dep"
check "load, self-test and unload there, too" load_and_unload
