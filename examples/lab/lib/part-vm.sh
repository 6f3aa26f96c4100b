# shellcheck shell=bash
# Part `vm`: Debian's cloud kernel, which has no USB at all, and dockerd on tcp. The parts `vm-...` are
# the same with other kernels.

# part, Debian suite of the kernel and that of the engines, architecture, flavour of the kernel, modules that
# its disk does not have
readonly VM_KERNELS=(
    'vm          bookworm  bookworm  amd64  cloud-amd64  -'
    'vm-5.10     bullseye  bookworm  amd64  cloud-amd64  -'
    'vm-6.12     trixie    bookworm  amd64  cloud-amd64  -'
    'vm-7        sid       bookworm  amd64  cloud-amd64  -'
    'vm-full     bookworm  bookworm  amd64  amd64        drivers/usb/usbip'
    'vm-arm64    trixie    bookworm  arm64  cloud-arm64  -'
    'vm-engines  trixie    sid       amd64  cloud-amd64  -'
    'vm-selinux  bookworm  bookworm  amd64  cloud-amd64  -'
)

# The parts besides `vm`.
kernel_parts() { printf '%s\n' "${VM_KERNELS[@]:1}" | cut -d' ' -f1; }

# vm_choose PART: sets what the other functions need to know of it, quickly.
vm_choose() {
    find_row "$1" "${VM_KERNELS[@]}"
    VM_SUITE=${ROW[1]} VM_ENGINES=${ROW[2]} VM_ARCH=${ROW[3]} VM_FLAVOUR=${ROW[4]} VM_WITHOUT=${ROW[5]#-}
    VM_PORT_VARIABLE=LAB_VM_PORT VM_PORT=$LAB_VM_PORT
    if [ "$ROW_INDEX" -gt 0 ]; then
        VM_PORT_VARIABLE=LAB_KERNELS_PORT VM_PORT=$((LAB_KERNELS_PORT + ROW_INDEX - 1))
    fi
    # Only `vm` is made to store more than helper images. QEMU can get the code of another processor
    # wrong that a kernel has just patched: 6.12 with two dies of "Oops: int3".
    VM_HARDWARE=(-m 3000)
    [ "$1" = vm ] || VM_HARDWARE=(-m 1500 -smp 1)
    VM_PORTS=("$VM_PORT:2375")
    VM_WORDS="lab.runtime=crun $(docker_vm_words)"
    if [ "$1" = vm-engines ]; then
        VM_HARDWARE=(-m 3000 -smp 1)
        VM_PORTS+=("$LAB_PODMAN_PORT:2376")
        VM_WORDS+=' lab.snapshotter=containerd lab.podman=2376'
    fi
    [ "$1" != vm-selinux ] || VM_WORDS+=" $SELINUX_WORDS"
    VM_ENV=$(part_prefix "$1")
    VM_KERNEL_OVERLAY=kernel
}

vm_prepare() {
    local series
    vm_choose "$1"
    arch_want "$VM_ARCH"
    VM_KERNEL=$(debian_kernel "$VM_SUITE" "$VM_ARCH" "$VM_FLAVOUR")
    VM_RELEASE=$(cat "$VM_KERNEL/release")
    VM_INITRAMFS=$(initramfs "$1" "$VM_ARCH" "$VM_KERNEL" virtio_pci virtio_blk virtio_net ext4 overlay)
    VM_BUSYBOX=$(busybox_of "$VM_ARCH")
    if [ "$1" = vm-selinux ]; then
        vm_disks_with_labels
    else
        VM_DISK=$(guest_disk "$VM_ENGINES" "$VM_ARCH")
        VM_KERNEL_DISK=$(kernel_disk "$1" "$VM_KERNEL" "$VM_WITHOUT")
    fi
    series=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$VM_RELEASE")
    VM_SOURCE=$(linux_source "$VM_SUITE" "$series")
    VM_BUILDER=$(debian_image "$VM_SUITE")
    printf '%s\n' "$VM_BUILDER" >"$(part_dir "$1")/builder"
}

vm_disks_with_labels() {
    local entry
    entry=$(selinux_disk)
    VM_DISK=$entry/disk.raw
    VM_KERNEL_DISK=$(labelled_kernel_disk vm "$(kernel_disk vm "$VM_KERNEL")" "$entry/contexts")
}

vm_start() {
    need_free_port "$VM_PORT" "$VM_PORT_VARIABLE"
    [ "${#VM_PORTS[@]}" -eq 1 ] || need_free_port "$LAB_PODMAN_PORT" LAB_PODMAN_PORT
    new_overlay "$1" "$VM_DISK"
    new_overlay "$1" "$VM_KERNEL_DISK" kernel
    vm_boot "$1"
    set_env "$1" "$VM_ENV" "tcp://127.0.0.1:$VM_PORT"
    set_env "$1" "${VM_ENV}_RELEASE" "$VM_RELEASE"
    set_env "$1" "${VM_ENV}_CONFIG" "$VM_KERNEL/config"
    set_env "$1" "${VM_ENV}_SYMVERS" "$VM_KERNEL/Module.symvers"
    set_env "$1" "${VM_ENV}_SOURCE" "$VM_SOURCE"
    set_env "$1" "${VM_ENV}_CONSOLE" "$(part_dir "$1")/console"
    set_env "$1" "${VM_ENV}_BUSYBOX" "$VM_BUSYBOX"
    [ "${#VM_PORTS[@]}" -eq 1 ] || set_env "$1" LAB_PODMAN "tcp://127.0.0.1:$LAB_PODMAN_PORT"
    [ "$1" != vm ] || set_env vm LAB_SYMVERS "$VM_KERNEL/Module.symvers"
}

vm_boot() {
    start_vm "$1" "$VM_ARCH" "$VM_KERNEL/vmlinuz" \
        "lab.init=/lab/docker-vm lab.name=docker-$1 $VM_WORDS ${LAB_VM_APPEND:-}" \
        "${VM_PORTS[*]}" -initrd "$VM_INITRAMFS" "${VM_HARDWARE[@]}" \
        -drive "file=$(part_dir "$1")/$VM_KERNEL_OVERLAY.qcow2,if=virtio,format=qcow2,cache=unsafe"
}

docker_vm_words() { printf 'lab.registry=%s:%s' "$LAB_HOST_SEEN_BY_GUEST" "$LAB_REGISTRY_PORT"; }

# Modules for this kernel are built in an image of its suite, which the registry, if it is up, then has.
vm_ready() {
    vm_choose "$1"
    engine_answers "http://127.0.0.1:$VM_PORT/_ping" || return
    [ "${#VM_PORTS[@]}" -eq 1 ] || engine_answers "http://127.0.0.1:$LAB_PODMAN_PORT/_ping" || return
    ! process_alive registry main || ensure_image library/debian "$VM_SUITE" "$(cat "$(part_dir "$1")/builder")"
}

vm_stop() { stop_process "$1" main; }

# vm_take_kernel PART: the chosen machine starts with the kernel of that part. One processor: see vm_choose.
vm_take_kernel() {
    find_row "$1" "${VM_KERNELS[@]}"
    [ "${ROW[3]}" = "$VM_ARCH" ] || die "$1 has a kernel for ${ROW[3]}"
    VM_KERNEL=$(debian_kernel "${ROW[1]}" "$VM_ARCH" "${ROW[4]}")
    VM_INITRAMFS=$(initramfs "$1" "$VM_ARCH" "$VM_KERNEL" virtio_pci virtio_blk virtio_net ext4 overlay)
    new_overlay vm "$(kernel_disk "$1" "$VM_KERNEL" "${ROW[5]#-}")" kernel-other
    # What is built for it is built in an image of its suite.
    ! process_alive registry main || ensure_image library/debian "${ROW[1]}" "$(debian_image "${ROW[1]}")"
    VM_KERNEL_OVERLAY=kernel-other
    VM_HARDWARE=(-m 3000 -smp 1)
}

# vm_restart [--cut] [PART]: the vm, until the next one with that part's kernel, else with its own.
# vm_restart [--cut] vm-selinux: that machine itself, whose disk goes with no other kernel.
vm_restart() {
    local part=vm cut=
    if [ "${1:-}" = --cut ]; then
        shift
        cut=yes
    fi
    if [ "${1:-}" = vm-selinux ]; then
        part=$1
        shift
    fi
    [ -e "$(part_dir "$part")/ready" ] || die "$part is not up"
    if [ -n "$cut" ]; then
        if process_alive "$part" main; then kill -9 "$PID"; fi
        stop_process "$part" main
    else
        power_off "$part"
    fi
    vm_prepare "$part"
    [ $# -eq 0 ] || vm_take_kernel "$1"
    vm_boot "$part"
    wait_ready "$part" 180
}
