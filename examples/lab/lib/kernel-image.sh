# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the others
# The vm's kernel in an image of the layout of LinuxKit's kernel/Dockerfile, made from Debian's
# packages: kernel, kernel.tar (modules), kernel-dev.tar (usr/src/linux-headers-RELEASE with .config
# and Module.symvers), kernel-builder, linux.tar.xz (the sources).

# The builds' hashes in the tags: the vm's, one with another configuration, and plain-randstruct's.
readonly KERNEL_BUILD=0a1b2c3d4e5f60718293a4b5c6d7e8f901234567
readonly OTHER_BUILD=fedcba98765432100123456789abcdef01234567
readonly RANDSTRUCT_BUILD=00112233445566778899aabbccddeeff00112233
readonly KERNEL_LABELS='{"org.mobyproject.linuxkit.kernel.buildimage":"linuxkit/alpine:lab"}'

# kernel_image_root: prints the path of an entry with root.tar, other.tar and version.
kernel_image_root() {
    local release headers source
    release=$(kernel_release bookworm amd64 cloud-amd64)
    headers=$(package_file bookworm amd64 "linux-headers-$release")
    source=$(package_file bookworm amd64 linux-source-6.1)
    cached kernel-image "$(digest "$headers" "$source" "$(declare -f build_kernel_image)")" \
        build_kernel_image "$release" "$headers" "$source"
}

build_kernel_image() {
    local into=$1 release=$2 headers=$3 source=$4 version top
    version=$(dpkg-deb -f "$source" Version)
    printf '%s\n' "${version%%-*}" >"$into/version"
    mkdir -p "$into/dev" "$into/root" "$into/modules/lib/modules/$release"
    dpkg-deb --fsys-tarfile "$headers" | tar -x -C "$into/dev" "./usr/src/linux-headers-$release"
    top=$into/dev/usr/src/linux-headers-$release
    printf 'kernel/lib/empty.ko:\n' >"$into/modules/lib/modules/$release/modules.dep"
    tar -cf "$into/root/kernel.tar" -C "$into/modules" .
    tar -cf "$into/root/kernel-dev.tar" -C "$into/dev" usr/src
    printf 'linuxkit/alpine:lab' >"$into/root/kernel-builder"
    # The other build: without sources, and with one option that changes structures.
    tar -cf "$into/other.tar" -C "$into/root" kernel.tar kernel-builder
    sed -i 's/^# CONFIG_DEBUG_LIST is not set/CONFIG_DEBUG_LIST=y/; s/^CONFIG_SLUB=y/CONFIG_SLAB=y/' \
        "$top/.config"
    tar -cf "$into/kernel-dev.tar" -C "$into/dev" usr/src
    tar -rf "$into/other.tar" -C "$into" kernel-dev.tar
    rm "$into/kernel-dev.tar"
    dpkg-deb --fsys-tarfile "$source" |
        tar -x -C "$into/root" --strip-components=3 ./usr/src/linux-source-6.1.tar.xz
    mv "$into/root/linux-source-6.1.tar.xz" "$into/root/linux.tar.xz"
    tar -cf "$into/root.tar" -C "$into/root" .
    rm -r "${into:?}/dev" "$into/root" "$into/modules"
}

# plain_image PART KERNEL SOURCE: prints the path of the image of a kernel that the lab compiled, an entry with
# `tag` besides what build_image makes. Unlike the vm's it has the layout's seed.
plain_image() {
    cached "image-$1" "$(digest "$2" "$3" "$(declare -f build_plain_image build_image)" "$KERNEL_LABELS")" \
        build_plain_image "$2" "$3"
}

build_plain_image() {
    local into=$1 kernel=$2 source=$3 release
    release=$(cat "$kernel/release")
    printf '%s-%s\n' "${release%%-*}" "$RANDSTRUCT_BUILD" >"$into/tag"
    mkdir "$into/root"
    tar -cf "$into/root/kernel.tar" -C "$kernel/root" lib/modules
    cp "$kernel/vmlinuz" "$into/root/kernel"
    cp "$kernel/kernel-dev.tar" "$into/root/"
    cp "$source" "$into/root/linux.tar.xz"
    printf 'linuxkit/alpine:lab' >"$into/root/kernel-builder"
    tar -cf "$into/root.tar" -C "$into/root" .
    build_image "$into" "$into/root.tar" "$KERNEL_LABELS"
    rm -r "$into/root.tar" "$into/root"
}
