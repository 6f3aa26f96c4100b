# shellcheck shell=bash
# Part `vm`: Debian's cloud kernel, which has no USB at all, and dockerd on tcp.

vm_prepare() {
    VM_KERNEL=$(debian_kernel bookworm amd64 cloud-amd64)
    VM_RELEASE=$(cat "$VM_KERNEL/release")
    VM_INITRAMFS=$(initramfs vm "$VM_KERNEL" virtio_pci virtio_blk virtio_net overlay)
    VM_DISK=$(guest_disk "$VM_KERNEL")
}

vm_start() {
    need_free_port "$LAB_VM_PORT" LAB_VM_PORT
    new_overlay vm "$VM_DISK"
    vm_boot
    set_env vm LAB_VM "tcp://127.0.0.1:$LAB_VM_PORT"
    set_env vm LAB_VM_RELEASE "$VM_RELEASE"
    set_env vm LAB_VM_CONFIG "$VM_KERNEL/root/boot/config-$VM_RELEASE"
    set_env vm LAB_SYMVERS "$VM_KERNEL/Module.symvers"
    set_env vm LAB_VM_CONSOLE "$(part_dir vm)/console"
}

vm_boot() {
    start_vm vm "$VM_KERNEL/root/boot/vmlinuz-$VM_RELEASE" \
        "lab.init=/lab/docker-vm lab.name=docker-vm $(docker_vm_words) ${LAB_VM_APPEND:-}" \
        "$LAB_VM_PORT:2375" -initrd "$VM_INITRAMFS" -m 3000
}

docker_vm_words() { printf 'lab.registry=%s:%s' "$LAB_HOST_SEEN_BY_GUEST" "$LAB_REGISTRY_PORT"; }

vm_ready() { engine_answers "http://127.0.0.1:$LAB_VM_PORT/_ping"; }
vm_stop() { stop_process vm main; }

vm_restart() {
    process_alive vm main || die "vm is not up"
    power_off vm
    vm_prepare
    vm_boot
    wait_ready vm 180
}
