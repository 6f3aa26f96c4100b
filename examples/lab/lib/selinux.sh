# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the others
# Guests with SELinux: Debian's reference policy, enforced from the start, and domains for the engine and its
# containers like those of Fedora's container-selinux (guest/selinux.cil). Everything is labelled when its disk is
# made, which needs no SELinux on this machine.

SELINUX_PACKAGES=$GUEST_PACKAGES,policycoreutils,selinux-policy-default,selinux-utils
# Their first program loads the policy. The last `init=` counts.
readonly SELINUX_WORDS='init=/lab/selinux lab.init=/lab/selinux security=selinux selinux=1 enforcing=1 lab.readonly=yes'

build_selinux_root() { make_root bookworm amd64 "$1/root.tar" "$SELINUX_PACKAGES"; }

selinux_root() {
    local versions=() package
    for package in base-files docker.io selinux-policy-default; do
        versions+=("$(package_version bookworm amd64 "$package")")
    done
    cached guest-root-selinux-amd64 "$(digest "${versions[@]}" "$SELINUX_PACKAGES" "$(declare -f make_root)")" \
        build_selinux_root
}

# selinux_disk: prints the path of the entry with disk.raw, as guest_disk's, and contexts/, the labels that the
# policy gives to files.
selinux_disk() {
    local root key
    packages_want policycoreutils
    root=$(selinux_root)
    key=$(digest "$root" "@$LAB_DIR"/guest/{setup,docker-vm,selinux,selinux.cil} \
        "$(declare -f build_selinux_disk label_tree make_disk)")
    cached guest-disk-selinux-amd64 "$key" build_selinux_disk "$root"
}

build_selinux_disk() {
    local into=$1 root=$2 tree=$1/tree
    mkdir "$tree"
    tar -xf "$root/root.tar" -C "$tree"
    mkdir -p "$tree/usr/lib/modules" "$tree/lab/kernel" "$tree/etc/docker" "$tree/var/lib/docker"
    install -m 755 -t "$tree/lab" "$LAB_DIR"/guest/{setup,docker-vm,selinux}
    install -m 644 "$LAB_DIR/guest/selinux.cil" "$tree/lab/container.cil"
    printf 'nameserver 10.0.2.3\n' >"$tree/etc/resolv.conf"
    printf '{"selinux-enabled": true}\n' >"$tree/etc/docker/daemon.json"
    sed -i 's/^SELINUX=.*/SELINUX=enforcing/' "$tree/etc/selinux/config"
    chroot "$tree" semodule -n -i /lab/container.cil
    cp -r "$tree/etc/selinux/default/contexts/files" "$into/contexts"
    label_tree "$tree" "$into/contexts"
    make_disk "$tree" 12G "$into/disk.raw"
    rm -rf "$tree"
}

# label_tree TREE CONTEXTS: as if it were the root. This machine says of no file system that it has labels (-m).
label_tree() { setfiles -m -F -r "$1" "$2/file_contexts" "$1"; }

# labelled_kernel_disk NAME DISK CONTEXTS: prints the path of a kernel's disk with labels; DISK is one without.
labelled_kernel_disk() {
    local entry
    entry=$(cached "kernel-disk-$1-labelled" "$(digest "$2" "$3" "$(declare -f build_labelled_disk label_tree make_disk)")" \
        build_labelled_disk "$2" "$3")
    printf '%s/disk.qcow2\n' "$entry"
}

build_labelled_disk() {
    local into=$1 tree=$1/tree
    mkdir "$tree"
    qemu-img convert -f qcow2 -O raw "$2" "$into/plain.raw"
    debugfs -R "rdump / $tree" "$into/plain.raw"
    rm -rf "$into/plain.raw" "$tree/lost+found"
    # There they are in the machine.
    mkdir "$tree/lib"
    mv "$tree/modules" "$tree/lib/"
    label_tree "$tree" "$3"
    mv "$tree/lib/modules" "$tree/"
    rmdir "$tree/lib"
    make_disk "$tree" 2G "$into/disk.raw"
    qemu-img convert -c -f raw -O qcow2 "$into/disk.raw" "$into/disk.qcow2"
    rm -r "$tree" "$into/disk.raw"
}
