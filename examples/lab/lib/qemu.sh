# shellcheck shell=bash
# Virtual machines, by software emulation: it works everywhere, also inside virtual machines.

QEMU_ARGUMENTS=(
    -accel 'tcg,thread=multi' -smp 2 -display none -no-reboot -nodefaults -device virtio-rng-pci
)
GUEST_COMMAND_LINE='panic=-1 quiet mitigations=off random.trust_cpu=on'

# machine_choose ARCH: sets the program, its arguments and what the guest is told of its serial ports.
# Time to boot is mostly emulation, so of the processor is left out what is slow to emulate: Go's memory and
# hash routines use AVX wherever there is any, and arm64's kernel signs each return address.
machine_choose() {
    case $1 in
    amd64)
        MACHINE=(qemu-system-x86_64 -cpu 'max,-avx,-avx2')
        MACHINE_CONTROL=(-serial chardev:control)
        MACHINE_LINE='console=ttyS0 lab.control=/dev/ttyS1'
        ;;
    arm64)
        MACHINE=(qemu-system-aarch64 -machine virt -cpu 'max,sve=off,pauth-impdef=on')
        MACHINE_CONTROL=(-device 'pci-serial,chardev=control')
        MACHINE_LINE='console=ttyAMA0 lab.control=/dev/ttyS0'
        ;;
    esac
}

# new_overlay PART DISK [NAME]: the part's own NAME.qcow2, on top of the pristine one in the cache.
new_overlay() {
    local format=raw
    case $2 in *.qcow2) format=qcow2 ;; esac
    qemu-img create -q -f qcow2 -F "$format" -b "$2" "$(part_dir "$1")/${3:-disk}.qcow2" ||
        die "$1: cannot make the disk overlay"
}

# start_vm PART ARCH KERNEL COMMANDLINE 'HOSTPORT:GUESTPORT...' [QEMU ARGUMENT...]
start_vm() {
    local part=$1 kernel=$3 line=$4 network=user,model=virtio-net-pci dir port
    dir=$(part_dir "$1")
    for port in $5; do network+=",hostfwd=tcp:127.0.0.1:${port%:*}-:${port#*:}"; done
    machine_choose "$2"
    shift 5
    start_process "$part" main "${MACHINE[@]}" "${QEMU_ARGUMENTS[@]}" \
        -name "usbipd-desktop-lab-$part" \
        -kernel "$kernel" -append "$MACHINE_LINE $GUEST_COMMAND_LINE $line" \
        -drive "file=$dir/disk.qcow2,if=virtio,format=qcow2,cache=unsafe" \
        -nic "$network" \
        -chardev "file,id=console,path=$dir/console,append=on" -serial chardev:console \
        -chardev "socket,id=control,path=$dir/control,server=on,wait=off" "${MACHINE_CONTROL[@]}" "$@"
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
