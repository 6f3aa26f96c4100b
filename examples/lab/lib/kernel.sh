# shellcheck shell=bash
# Debian's kernels, unpacked from their packages, and what boots them.

# debian_kernel SUITE ARCH FLAVOUR: prints the path of an entry that holds the packages' files
# under root/ (with modules.dep, which a real installation makes), Module.symvers, and links vmlinuz
# and config.
debian_kernel() {
    local release headers part images=()
    release=$(kernel_release "$1" "$2" "$3")
    [ -n "$release" ] || die "Debian $1 ($2) has no linux-image-$3"
    # From 7.x on linux-image-* only depends on the packages that hold the files.
    for part in image base binary modules; do
        if [ -z "$(package_version "$1" "$2" "linux-$part-$release")" ]; then continue; fi
        images+=("$(package_file "$1" "$2" "linux-$part-$release")")
    done
    headers=$(package_file "$1" "$2" "linux-headers-$release")
    cached "kernel-$1-$3" "$(digest "${images[@]}" "$headers" "$(declare -f unpack_kernel link_one)")" \
        unpack_kernel "$release" "$headers" "${images[@]}"
}

unpack_kernel() {
    local into=$1 release=$2 headers=$3 image name
    shift 3
    printf '%s\n' "$release" >"$into/release"
    mkdir "$into/root"
    for image in "$@"; do dpkg-deb -x "$image" "$into/root"; done
    if [ -d "$into/root/usr/lib/modules" ] && [ ! -d "$into/root/lib" ]; then
        ln -s usr/lib "$into/root/lib" # trixie: merged /usr
    fi
    depmod -b "$into/root" "$release"
    dpkg-deb --fsys-tarfile "$headers" |
        tar -x -C "$into" --strip-components=4 "./usr/src/linux-headers-$release/Module.symvers"
    for name in vmlinuz config; do # 7.x: beside the modules
        link_one "$into/$name" "root/boot/$name-$release" "root/lib/modules/$release/$name"
    done
}

# link_one LINK TARGET...: to the first target that exists, each relative to LINK's directory.
link_one() {
    local link=$1
    shift
    while [ ! -e "${link%/*}/$1" ]; do shift; done
    ln -s "$1" "$link"
}

# module_closure ROOT RELEASE MODULE...: paths below ROOT in the order of insertion.
module_closure() {
    local root=$1 release=$2
    shift 2
    modprobe -d "$root" -S "$release" -a --show-depends "$@" |
        awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# build_initramfs DIR BUSYBOX KERNEL MODULE...: DIR/initramfs with busybox, the modules and
# guest/initramfs-init.
build_initramfs() {
    local into=$1 busybox=$2 kernel=$3 release module
    shift 3
    release=$(cat "$kernel/release")
    mkdir -p "$into/tree/bin" "$into/tree/modules"
    cp "$busybox" "$into/tree/bin/"
    cp "$LAB_DIR/guest/initramfs-init" "$into/tree/init"
    chmod 755 "$into/tree/init"
    for module in $(module_closure "$kernel/root" "$release" "$@"); do
        put_plain "$module" "$into/tree/modules/"
        module=${module##*/}
        printf '%s\n' "${module%.xz}" >>"$into/tree/modules/order"
    done
    (cd "$into/tree" && find . | cpio -o -H newc --quiet) >"$into/initramfs"
    rm -rf "$into/tree"
}

# put_plain MODULE DIRECTORY: from trixie on they are compressed, which busybox's insmod does not know.
put_plain() {
    case $1 in
    *.xz) xz -dc "$1" >"$2/$(basename "$1" .xz)" ;;
    *) cp "$1" "$2" ;;
    esac
}

# initramfs NAME ARCH KERNEL MODULE...: prints the path of the cached file.
initramfs() {
    local busybox entry
    busybox=$(busybox_of "$2")
    entry=$(cached "initramfs-$1" "$(digest "$@" "@$busybox" "@$LAB_DIR/guest/initramfs-init" "$(declare -f build_initramfs put_plain)")" \
        build_initramfs "$busybox" "${@:3}")
    printf '%s/initramfs\n' "$entry"
}

# kernel_disk NAME KERNEL [WITHOUT]: prints the path of the disk image with KERNEL's boot/ and modules/,
# as its package installs them, but for modules/*/kernel/WITHOUT.
kernel_disk() {
    local entry
    entry=$(cached "kernel-disk-$1" "$(digest "$2" "${3:-}" "$(declare -f build_kernel_disk make_disk)")" \
        build_kernel_disk "${@:2}")
    printf '%s/disk.qcow2\n' "$entry"
}

build_kernel_disk() {
    local into=$1 kernel=$2 without=${3:-} tree release
    release=$(cat "$kernel/release")
    tree=$into/tree
    mkdir -p "$tree"/{boot,lib}
    [ ! -d "$kernel/root/boot" ] || cp -a "$kernel/root/boot" "$tree/"
    cp -a "$kernel/root/lib/modules" "$tree/lib/"
    if [ -n "$without" ]; then
        rm -r "${tree:?}/lib/modules/$release/kernel/$without"
        depmod -b "$tree" "$release"
    fi
    mv "$tree/lib/modules" "$tree/" && rmdir "$tree/lib"
    make_disk "$tree" 2G "$into/disk.raw"
    qemu-img convert -c -f raw -O qcow2 "$into/disk.raw" "$into/disk.qcow2"
    rm -r "$tree" "$into/disk.raw"
}

# linux_source SUITE X.Y: prints the path of Debian's tarball of the sources, its patches applied.
linux_source() {
    local version entry
    version=$(package_version "$1" amd64 "linux-source-$2")
    [ -n "$version" ] || die "Debian $1 has no package linux-source-$2"
    entry=$(cached "source-$2" "$(digest "$version" "$(declare -f build_source)")" build_source "$1" "$2")
    printf '%s/linux-source-%s.tar.xz\n' "$entry" "$2"
}

build_source() {
    local into=$1 suite=$2 series=$3
    download_package "$into" "$suite" amd64 "linux-source-$series"
    dpkg-deb --fsys-tarfile "$into"/*.deb |
        tar -x -C "$into" --strip-components=3 "./usr/src/linux-source-$series.tar.xz"
    rm "$into"/*.deb
}
