# shellcheck shell=bash
# Real configurations and modules for unit tests, out of Debian's packages.

FIXTURE_BUS_MODULES=(drivers/usb/{usbip/usbip-core,usbip/vhci-hcd,core/usbcore,common/usb-common}.ko)
FIXTURE_CLOUD_MODULES=(
    drivers/net/{dummy,virtio_net,net_failover}.ko net/core/failover.ko
    drivers/virtio/{virtio,virtio_ring,virtio_pci,virtio_pci_modern_dev,virtio_pci_legacy_dev}.ko
    drivers/block/virtio_blk.ko lib/libcrc32c.ko fs/overlayfs/overlay.ko
)

# fixtures_copy DIR: DIR/<suite>-<flavour>/ for each kernel.
fixtures_copy() {
    mkdir -p "$1"
    fixture_kernel "$1" bookworm amd64 cloud-amd64 "${FIXTURE_CLOUD_MODULES[@]}"
    fixture_kernel "$1" bookworm amd64 amd64 "${FIXTURE_BUS_MODULES[@]}"
    fixture_kernel "$1" bookworm arm64 arm64 "${FIXTURE_BUS_MODULES[@]}"
    # Trixie's modules are compressed.
    fixture_kernel "$1" trixie amd64 amd64 "${FIXTURE_BUS_MODULES[@]}"
}

# fixture_kernel DIR SUITE ARCH FLAVOUR MODULE...
fixture_kernel() {
    local into=$1/$2-$4 suite=$2 arch=$3 flavour=$4 release image headers key entry
    shift 4
    release=$(kernel_release "$suite" "$arch" "$flavour")
    image=$(package_file "$suite" "$arch" "linux-image-$release")
    headers=
    [ "$flavour" != cloud-amd64 ] || headers=$(package_file "$suite" "$arch" "linux-headers-$release")
    key=$(digest "$image" "$headers" "$@" "$(declare -f build_fixture)")
    entry=$(cached "fixture-$suite-$flavour" "$key" build_fixture "$release" "$image" "$headers" "$@")
    rm -rf "$into"
    cp -r "$entry" "$into"
}

# build_fixture DIR RELEASE IMAGE HEADERS MODULE...: DIR/config-RELEASE, DIR/modules/, and with HEADERS
# DIR/Module.symvers. modules.dep, which no package has, is made of the whole kernel's modules.
build_fixture() {
    local into=$1 release=$2 image=$3 headers=$4 tree module path
    shift 4
    dpkg-deb -x "$image" "$into/unpacked"
    tree=$into/unpacked/lib/modules/$release
    if [ ! -d "$tree" ]; then
        ln -s usr/lib "$into/unpacked/lib"
    fi
    depmod -b "$into/unpacked" "$release"
    cp "$into/unpacked/boot/config-$release" "$into/"
    mkdir "$into/modules"
    cp "$tree"/modules.{dep,builtin,builtin.modinfo,order} "$into/modules/"
    for module in "$@"; do
        for path in "$tree/kernel/$module"*; do
            install -D -m 644 "$path" "$into/modules/kernel/${path#"$tree/kernel/"}"
        done
    done
    if [ -n "$headers" ]; then
        dpkg-deb --fsys-tarfile "$headers" |
            tar -x -C "$into" --strip-components=4 "./usr/src/linux-headers-$release/Module.symvers"
    fi
    rm -rf "$into/unpacked"
}
