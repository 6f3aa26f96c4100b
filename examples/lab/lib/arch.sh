# shellcheck shell=bash
# What has to be there for virtual machines of another architecture than this machine's, amd64.

# arch_want ARCH: installs what only its machines need.
arch_want() {
    case $1 in
    arm64) packages_want arch-test qemu-system-arm qemu-user-static ;;
    esac
}

# busybox_of ARCH: prints the path of a static busybox.
busybox_of() {
    local package entry
    if [ "$1" = amd64 ]; then
        echo /bin/busybox
        return
    fi
    package=$(package_file bookworm "$1" busybox-static)
    entry=$(cached "busybox-$1" "$(digest "$package")" unpack_busybox "$package")
    printf '%s/busybox\n' "$entry"
}

unpack_busybox() { dpkg-deb --fsys-tarfile "$2" | tar -x -C "$1" --strip-components=2 ./bin/busybox; }

# run_foreign ARCH COMMAND...: while the kernel of this machine runs programs of ARCH by QEMU.
run_foreign() (
    arch=$1
    shift
    busybox=$(busybox_of "$arch")
    if ! "$busybox" true 2>/dev/null; then
        trap interpreter_forget EXIT
        interpreter_register
    fi
    "$@"
)

readonly BINFMT=/proc/sys/fs/binfmt_misc
readonly BINFMT_NAME=usbipd-desktop-lab

# Little-endian 64-bit ELF programs for machine 183, with any ABI and either type; F: opened now, so that it
# is found in another root too (Linux, Documentation/admin-guide/binfmt-misc.rst).
interpreter_register() {
    local head='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
    local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
    mountpoint -q "$BINFMT" || mount -t binfmt_misc binfmt_misc "$BINFMT"
    printf ':%s:M::%s:%s:/usr/bin/qemu-aarch64-static:F' "$BINFMT_NAME" "$head" "$mask" >"$BINFMT/register"
}

interpreter_forget() {
    [ ! -e "$BINFMT/$BINFMT_NAME" ] || echo -1 >"$BINFMT/$BINFMT_NAME"
}
