# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the others
# The kernel of the part `plain-wsl2`: named as Microsoft's for WSL2, with a module of USB/IP and few drivers. The
# archive of its sources is that of a tag of microsoft/WSL2-Linux-Kernel on GitHub, by name, form and Makefile; the
# sources are Debian's.

readonly WSL_EXTRAVERSION=.1

is_wsl() { [ "$1" = plain-wsl2 ]; }

# wsl_choose: what plain_choose has to say besides.
wsl_choose() {
    PLAIN_BUILDER=(build_wsl_kernel build_plain_kernel)
    PLAIN_MAKE+=("EXTRAVERSION=$WSL_EXTRAVERSION")
}

# /lib/modules/<release>/build leads to headers for programs, as since WSL 2.9, and not to a kernel's.
build_wsl_kernel() {
    local modules
    build_plain_kernel "$@"
    modules=$(echo "$1"/root/lib/modules/*)
    mkdir -p "$modules/linux-headers/include/linux"
    printf '#define LINUX_VERSION_CODE 0\n' >"$modules/linux-headers/include/linux/version.h"
    ln -s linux-headers "$modules/build"
}

# wsl_prepare PART: the archive, for wsl_ready.
wsl_prepare() {
    local version
    version=$(package_version "${PLAIN_SOURCE_OF[0]}" amd64 "linux-source-${PLAIN_SOURCE_OF[1]}")
    version=${version%%-*}$WSL_EXTRAVERSION
    cached archive-wsl "$(digest "$PLAIN_SOURCE" "$version" "$(declare -f build_wsl_archive)")" \
        build_wsl_archive "$PLAIN_SOURCE" "$version" >"$(part_dir "$1")/archive"
}

build_wsl_archive() {
    local folder=$1/microsoft/WSL2-Linux-Kernel/archive/refs/tags
    local top=WSL2-Linux-Kernel-linux-msft-wsl-$3
    mkdir -p "$folder" "$1/$top"
    tar -xJf "$2" -C "$1/$top" --strip-components=1
    sed -i "s/^EXTRAVERSION *=.*/EXTRAVERSION = $WSL_EXTRAVERSION/" "$1/$top/Makefile"
    tar -cf - -C "$1" "$top" | gzip -1 >"$folder/linux-msft-wsl-$3.tar.gz"
    rm -r "${1:?}/$top"
}

# The part `archives`, if it is up, has GitHub's archive then.
wsl_ready() {
    ! process_alive archives main || archives_serve microsoft "$(cat "$(part_dir "$1")/archive")/microsoft"
}
