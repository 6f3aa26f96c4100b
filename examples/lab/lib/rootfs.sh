# shellcheck shell=bash
# File systems made from Debian's archive: the container image's, and the virtual machines' disk.

GUEST_PACKAGES=apparmor,busybox-static,ca-certificates,docker.io,iproute2,kmod,tini,usbip,usbutils

# make_root OUTPUT.tar [PACKAGES]: a minimal bookworm with updates and security.
make_root() {
    local options=(--variant=minbase --mode=root)
    # As Debian's own slim images: unpacking documentation under emulation takes minutes.
    options+=(--dpkgopt=path-exclude=/usr/share/{doc,man,info,locale,lintian}/*)
    [ -z "${2:-}" ] || options+=(--include="$2")
    apt_sources bookworm | TMPDIR=${1%/*} mmdebstrap "${options[@]}" bookworm "$1" -
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

build_base() { make_root "$1/root.tar"; }

base_root() {
    local version
    version=$(package_version bookworm amd64 base-files)
    cached base "$(digest "$version" "$(declare -f build_base make_root)")" build_base
}

build_guest_root() {
    make_root "$1/root.tar" "$GUEST_PACKAGES"
}

guest_root() {
    local base engine
    base=$(package_version bookworm amd64 base-files)
    engine=$(package_version bookworm amd64 docker.io)
    cached guest-root "$(digest "$base" "$engine" "$GUEST_PACKAGES" "$(declare -f make_root)")" build_guest_root
}

# guest_disk KERNEL: prints the path of the disk image that all virtual machines start from: the
# root file system, KERNEL in /boot and /lib/modules as installed by its package, and guest/.
guest_disk() {
    local root key entry
    root=$(guest_root)
    key=$(digest "$root" "$1" "@$LAB_DIR"/guest/{setup,docker-vm,board} "$(declare -f build_guest_disk)")
    entry=$(cached guest-disk "$key" build_guest_disk "$root" "$1")
    printf '%s/disk.raw\n' "$entry"
}

build_guest_disk() {
    local into=$1 root=$2 kernel=$3
    mkdir "$into/root"
    tar -xf "$root/root.tar" -C "$into/root"
    cp -a "$kernel/root/boot/." "$into/root/boot/"
    cp -a "$kernel/root/lib/modules" "$into/root/usr/lib/"
    install -D -m 755 -t "$into/root/lab" "$LAB_DIR"/guest/{setup,docker-vm,board}
    printf 'nameserver 10.0.2.3\n' >"$into/root/etc/resolv.conf"
    truncate -s 12G "$into/disk.raw"
    mke2fs -q -t ext4 -m 0 -E lazy_itable_init=1,lazy_journal_init=1 -O ^metadata_csum \
        -d "$into/root" -F "$into/disk.raw"
    rm -rf "$into/root"
}
