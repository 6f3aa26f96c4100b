# shellcheck shell=bash
# Part `board`: the other machine. Debian's full kernel; usbipd exports an FTDI serial adapter, whose
# other end answers each line, and a USB stick; with LAB_BOARD_MORE, more.

# "kbd net audio uas", or some of them, besides the two that are always there.
read -ra BOARD_MORE <<<"${LAB_BOARD_MORE:-}"
readonly BOARD_DEVICES=$((2 + ${#BOARD_MORE[@]}))

board_prepare() {
    local stick
    BOARD_KERNEL=$(debian_kernel bookworm amd64 amd64)
    BOARD_INITRAMFS=$(initramfs board amd64 "$BOARD_KERNEL" \
        virtio_pci virtio_blk virtio_net ext4 xhci_pci usbip_host)
    BOARD_DISK=$(guest_disk bookworm amd64)
    stick=$(cached stick "$(digest "$(declare -f build_stick)")" build_stick)
    BOARD_STICK=$stick/stick.raw
}

build_stick() {
    mkdir "$1/files"
    echo 'a file on the stick of the board' >"$1/files/hello.txt"
    truncate -s 16M "$1/stick.raw"
    mke2fs -q -t ext2 -L STICK -d "$1/files" -F "$1/stick.raw"
    rm -r "$1/files"
}

# board_more: adds to MORE what QEMU is told of the other devices.
board_more() {
    local name dir
    dir=$(part_dir board)
    for name in "${BOARD_MORE[@]}"; do
        case $name in
        kbd) MORE+=(-device "usb-kbd,id=kbd") ;;
        net) MORE+=(-netdev "user,id=usbnet,net=10.0.3.0/24" -device "usb-net,id=net,netdev=usbnet") ;;
        audio) MORE+=(-audiodev "none,id=sound" -device "usb-audio,id=audio,audiodev=sound") ;;
        uas)
            qemu-img create -q -f qcow2 "$dir/uas.qcow2" 16M
            # At a port of USB 2: UAS at the speed of USB 3 wants streams, which vhci_hcd does not have.
            MORE+=(-drive "if=none,id=uasdisk,file=$dir/uas.qcow2,format=qcow2"
                -device "usb-uas,id=uas,port=8" -device "scsi-hd,bus=uas.0,drive=uasdisk")
            ;;
        *) die "LAB_BOARD_MORE: the board can have kbd, net, audio and uas, not '$name'" ;;
        esac
    done
}

board_start() {
    local dir ports='' MORE=()
    dir=$(part_dir board)
    board_more
    [ ${#MORE[@]} -eq 0 ] || ports=,p2=8
    need_free_port "$LAB_BOARD_PORT" LAB_BOARD_PORT
    new_overlay board "$BOARD_DISK"
    qemu-img create -q -f qcow2 -F raw -b "$BOARD_STICK" "$dir/stick.qcow2"
    # always-plugged: else the adapter is there only while something is connected to its chardev.
    start_vm board amd64 "$BOARD_KERNEL/vmlinuz" \
        "lab.init=/lab/board lab.devices=$BOARD_DEVICES" "$LAB_BOARD_PORT:3240" \
        -initrd "$BOARD_INITRAMFS" -m 512 -device "qemu-xhci,id=xhci$ports" \
        -chardev "socket,id=monitor,path=$dir/monitor,server=on,wait=off" -mon chardev=monitor \
        -chardev "socket,id=serial,path=$dir/serial,server=on,wait=off" \
        -device usb-serial,id=ftdi,chardev=serial,always-plugged=on \
        -drive "if=none,id=stick,file=$dir/stick.qcow2,format=qcow2" -device usb-storage,drive=stick \
        "${MORE[@]}"
    start_process board echo socat "UNIX-CONNECT:$dir/serial,retry=50,interval=0.1" \
        "EXEC:$LAB_DIR/lib/answer-lines"
    set_env board LAB_BOARD "127.0.0.1:$LAB_BOARD_PORT"
    set_env board LAB_BOARD_MONITOR "$dir/monitor"
    set_env board LAB_BOARD_CONTROL "$dir/control"
    set_env board LAB_BOARD_STICK "$dir/stick.qcow2"
    set_env board LAB_BOARD_MORE "${BOARD_MORE[*]}"
}

# OP_REQ_DEVLIST of protocol 1.1.1; the answer's third word is the number of devices. QEMU accepts
# connections before the board listens, so only an answer counts.
board_ready() {
    local answer
    answer=$(printf '\x01\x11\x80\x05\0\0\0\0' |
        socat -t 2 - "TCP:127.0.0.1:$LAB_BOARD_PORT" 2>/dev/null | head -c 12 | od -An -tx1 | tr -d ' \n')
    [ "$answer" = "$(printf '0111000500000000%08x' "$BOARD_DEVICES")" ]
}

board_stop() {
    stop_process board echo
    stop_process board main
}
