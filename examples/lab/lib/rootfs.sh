# shellcheck shell=bash
# File systems made from Debian's archive: the container image's, and the virtual machines' disk.

GUEST_PACKAGES=apparmor,busybox-static,ca-certificates,crun,docker.io,iproute2,kmod,tini,usbip,usbutils
# Sid's containers need these besides: docker's command is apart, and podman makes networks by nftables.
MODERN_PACKAGES=$GUEST_PACKAGES,aardvark-dns,catatonit,docker-cli,netavark,nftables,passt,podman

# make_root SUITE ARCH OUTPUT.tar [PACKAGES]: a minimal Debian with its updates.
make_root() {
    local options=(--variant=minbase --mode=root --architectures="$2")
    # As Debian's own slim images: unpacking documentation under emulation takes minutes.
    options+=(--dpkgopt=path-exclude=/usr/share/{doc,man,info,locale,lintian}/*)
    [ -z "${4:-}" ] || options+=(--include="$4")
    apt_sources "$1" | TMPDIR=${3%/*} run_foreign "$2" mmdebstrap "${options[@]}" "$1" "$3" -
}

build_busybox_root() {
    mkdir -p "$1"/root/{bin,etc,root,tmp}
    cp /bin/busybox "$1/root/bin/"
    /bin/busybox --list | grep -vx busybox | xargs -I{} ln -s busybox "$1/root/bin/{}"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$1/root/etc/passwd"
    tar -cf "$1/root.tar" -C "$1/root" .
    rm -r "$1/root"
}

# busybox_root: small enough to be pulled in a second by an emulated engine.
busybox_root() {
    cached busybox-root "$(digest @/bin/busybox "$(declare -f build_busybox_root)")" build_busybox_root
}

# guest_packages SUITE
guest_packages() {
    case $1 in
    sid) echo "$MODERN_PACKAGES" ;;
    *) echo "$GUEST_PACKAGES" ;;
    esac
}

build_guest_root() {
    make_root "$2" "$3" "$1/root.tar" "$(guest_packages "$2")"
}

# guest_root SUITE ARCH
guest_root() {
    local base engine name=guest-root-$2
    [ "$1" = bookworm ] || name=guest-root-$1-$2
    base=$(package_version "$1" "$2" base-files)
    engine=$(package_version "$1" "$2" docker.io)
    cached "$name" "$(digest "$base" "$engine" "$(guest_packages "$1")" "$(declare -f make_root)")" \
        build_guest_root "$1" "$2"
}

# guest_disk SUITE ARCH: prints the path of the disk image that all virtual machines of a suite and an
# architecture start from: the root file system and guest/. A kernel's files are on a disk of their own
# (kernel_disk).
guest_disk() {
    local root key entry name=guest-disk-$2
    [ "$1" = bookworm ] || name=guest-disk-$1-$2
    root=$(guest_root "$1" "$2")
    key=$(digest "$root" "@$LAB_DIR"/guest/{setup,docker-vm,board} "$(declare -f build_guest_disk make_disk)")
    entry=$(cached "$name" "$key" build_guest_disk "$root")
    printf '%s/disk.raw\n' "$entry"
}

build_guest_disk() {
    local into=$1 root=$2
    mkdir "$into/root"
    tar -xf "$root/root.tar" -C "$into/root"
    mkdir -p "$into/root/usr/lib/modules" "$into/root/lab/kernel"
    install -D -m 755 -t "$into/root/lab" "$LAB_DIR"/guest/{setup,docker-vm,board}
    printf 'nameserver 10.0.2.3\n' >"$into/root/etc/resolv.conf"
    make_disk "$into/root" 12G "$into/disk.raw"
    rm -rf "$into/root"
}

# make_disk DIRECTORY SIZE FILE: an ext4 with what the directory holds.
make_disk() {
    truncate -s "$2" "$3"
    mke2fs -q -t ext4 -m 0 -E lazy_itable_init=1,lazy_journal_init=1 -O ^metadata_csum -d "$1" -F "$3"
}
