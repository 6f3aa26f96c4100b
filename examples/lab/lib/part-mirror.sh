# shellcheck shell=bash
# Part `mirror`: a static server with the layouts of kernel.org, of GitHub for WSL2's kernel, and of
# Docker Hub's list of tags, for the one kernel the lab has.

mirror_prepare() {
    local version
    MIRROR_SOURCE=$(linux_source bookworm 6.1)
    # Debian's 6.1.192-2 is upstream's 6.1.192 with Debian's patches.
    version=$(package_version bookworm amd64 linux-source-6.1)
    MIRROR_TREE=$(cached mirror "$(digest "$MIRROR_SOURCE" "$(declare -f build_mirror checksum_file mirror_wsl mirror_tags)")" \
        build_mirror "$MIRROR_SOURCE" "${version%%-*}")
}

build_mirror() {
    local folder=$1/pub/linux/kernel/v6.x source=$2 version=$3 sum
    mkdir -p "$folder"
    # Unlike kernel.org's, the tarball's top-level directory is linux-source-6.1.
    ln -s "$source" "$folder/linux-$version.tar.xz"
    sum=$(sha256sum <"$source")
    checksum_file "${sum%% *}" "linux-$version.tar.xz" >"$folder/sha256sums.asc"
    mirror_wsl "$1/pub/linux/kernel"
    mirror_tags "$1/pub/linux/kernel" "$version"
}

# GitHub's archive of a tag, as small as what the program reads of one.
mirror_wsl() {
    local folder=$1/microsoft/WSL2-Linux-Kernel/archive/refs/tags
    local top=WSL2-Linux-Kernel-linux-msft-wsl-5.15.133.1
    mkdir -p "$folder" "$1/$top/arch/x86" "$1/$top/drivers/usb"
    printf 'VERSION = 5\nPATCHLEVEL = 15\nSUBLEVEL = 133\nEXTRAVERSION = .1\n' >"$1/$top/Makefile"
    printf 'source "drivers/usb/Kconfig"\n' >"$1/$top/Kconfig"
    printf 'config USB_SUPPORT\n' >"$1/$top/drivers/usb/Kconfig"
    tar -czf "$folder/linux-msft-wsl-5.15.133.1.tar.gz" -C "$1" "$top"
    rm -r "${1:?}/$top"
}

# https://hub.docker.com/v2/repositories/NAME/tags?name=…; the server does not look at the query.
mirror_tags() {
    local folder=$1/v2/repositories/linuxkit/kernel
    mkdir -p "$folder"
    printf '{"count":3,"next":null,"results":[{"name":"%s-%s"},{"name":"%s-%s"},{"name":"%s-%s"}]}\n' \
        "$2" "$OTHER_BUILD" "$2" "$KERNEL_BUILD" "$2" "$RANDSTRUCT_BUILD" >"$folder/tags"
}

# As kernel.org's, except that the block where the signature stands holds none.
checksum_file() {
    cat <<END
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

$1  $2
-----BEGIN PGP SIGNATURE-----
Comment: this lab signs nothing; only the form is kernel.org's

-----END PGP SIGNATURE-----
END
}

mirror_start() {
    need_free_port "$LAB_MIRROR_PORT" LAB_MIRROR_PORT
    start_process mirror main busybox httpd -f -vv -p "127.0.0.1:$LAB_MIRROR_PORT" -h "$MIRROR_TREE"
    set_env mirror LAB_MIRROR "http://127.0.0.1:$LAB_MIRROR_PORT/pub/linux/kernel"
    set_env mirror LAB_SOURCE "$MIRROR_SOURCE"
}

mirror_ready() {
    curl -fsI --max-time 3 -o /dev/null \
        "http://127.0.0.1:$LAB_MIRROR_PORT/pub/linux/kernel/v6.x/sha256sums.asc" 2>/dev/null
}

mirror_stop() { stop_process mirror main; }
