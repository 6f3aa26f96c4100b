# shellcheck shell=bash
# Debian's kernels, unpacked from their packages, and what boots them.

# debian_kernel SUITE ARCH FLAVOUR: prints the path of an entry that holds the package's files
# under root/ (with modules.dep, which a real installation makes) and Module.symvers.
debian_kernel() {
    local release image headers
    release=$(kernel_release "$1" "$2" "$3")
    [ -n "$release" ] || die "Debian $1 ($2) has no linux-image-$3"
    image=$(package_file "$1" "$2" "linux-image-$release")
    headers=$(package_file "$1" "$2" "linux-headers-$release")
    cached "kernel-$1-$3" "$(digest "$image" "$headers" "@$LAB_DIR/lib/kernel.sh")" \
        unpack_kernel "$release" "$image" "$headers"
}

unpack_kernel() {
    local into=$1 release=$2 image=$3 headers=$4
    printf '%s\n' "$release" >"$into/release"
    mkdir "$into/root"
    dpkg-deb -x "$image" "$into/root"
    if [ -d "$into/root/usr/lib/modules" ] && [ ! -d "$into/root/lib" ]; then
        ln -s usr/lib "$into/root/lib" # trixie: merged /usr
    fi
    depmod -b "$into/root" "$release"
    dpkg-deb --fsys-tarfile "$headers" |
        tar -x -C "$into" --strip-components=4 "./usr/src/linux-headers-$release/Module.symvers"
}

# module_closure ROOT RELEASE MODULE...: paths below ROOT in the order of insertion.
module_closure() {
    local root=$1 release=$2
    shift 2
    modprobe -d "$root" -S "$release" -a --show-depends "$@" |
        awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# build_initramfs DIR KERNEL MODULE...: DIR/initramfs with busybox, the modules and guest/initramfs-init.
build_initramfs() {
    local into=$1 kernel=$2 release module
    shift 2
    release=$(cat "$kernel/release")
    mkdir -p "$into/tree/bin" "$into/tree/modules"
    cp /bin/busybox "$into/tree/bin/"
    cp "$LAB_DIR/guest/initramfs-init" "$into/tree/init"
    chmod 755 "$into/tree/init"
    for module in $(module_closure "$kernel/root" "$release" "$@"); do
        cp "$module" "$into/tree/modules/"
        printf '%s\n' "${module##*/}" >>"$into/tree/modules/order"
    done
    (cd "$into/tree" && find . | cpio -o -H newc --quiet) >"$into/initramfs"
    rm -rf "$into/tree"
}

# initramfs NAME KERNEL MODULE...: prints the path of the cached file.
initramfs() {
    local name=$1 kernel=$2 entry
    entry=$(cached "initramfs-$name" "$(digest "$@" "@$LAB_DIR/guest/initramfs-init")" \
        build_initramfs "${@:2}")
    printf '%s/initramfs\n' "$entry"
}
