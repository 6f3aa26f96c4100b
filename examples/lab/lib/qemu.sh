# shellcheck shell=bash
# Virtual machines, by software emulation: it works everywhere, also inside virtual machines.

# Time to boot is mostly emulation. Without AVX the engine is quicker: QEMU emulates its instructions
# slowly, and Go's memory and hash routines use them wherever the processor has them.
QEMU_ARGUMENTS=(
    -accel 'tcg,thread=multi' -cpu 'max,-avx,-avx2' -smp 2 -display none -no-reboot -nodefaults
    -device virtio-rng-pci
)
GUEST_COMMAND_LINE='console=ttyS0 panic=-1 quiet mitigations=off random.trust_cpu=on'

# new_overlay PART DISK [NAME]: the part's own NAME.qcow2, on top of the pristine one in the cache.
new_overlay() {
    local format=raw
    case $2 in *.qcow2) format=qcow2 ;; esac
    qemu-img create -q -f qcow2 -F "$format" -b "$2" "$(part_dir "$1")/${3:-disk}.qcow2" ||
        die "$1: cannot make the disk overlay"
}

# start_vm PART KERNEL COMMANDLINE HOSTPORT:GUESTPORT [QEMU ARGUMENT...]
start_vm() {
    local part=$1 kernel=$2 line=$3 ports=$4 dir
    dir=$(part_dir "$1")
    shift 4
    start_process "$part" main qemu-system-x86_64 "${QEMU_ARGUMENTS[@]}" \
        -name "usbipd-desktop-lab-$part" \
        -kernel "$kernel" -append "$GUEST_COMMAND_LINE $line" \
        -drive "file=$dir/disk.qcow2,if=virtio,format=qcow2,cache=unsafe" \
        -nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:${ports%:*}-:${ports#*:}" \
        -chardev "file,id=console,path=$dir/console,append=on" -serial chardev:console \
        -chardev "socket,id=control,path=$dir/control,server=on,wait=off" -serial chardev:control "$@"
}

# power_off PART: as a user's "restart" would, so that the engine's data survives.
power_off() {
    process_alive "$1" main || return 0
    local started
    started=$(start_time "$PID") || return 0
    echo off | socat -t 1 - "UNIX-CONNECT:$(part_dir "$1")/control"
    gone_within "$PID" "$started" 40 || say "warning: $1 did not power off by itself"
    stop_process "$1" main
}
