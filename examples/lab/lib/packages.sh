# shellcheck shell=bash
# Debian packages: those installed on this machine, and those only downloaded and unpacked.

LAB_APT_MIRROR=${LAB_APT_MIRROR:-http://deb.debian.org}

HOST_PACKAGES=(
    bc bison busybox-static ca-certificates cpio curl debian-archive-keyring docker-registry
    docker.io e2fsprogs flex gcc-12 iproute2 kmod libc6-dev libelf-dev lz4 make mmdebstrap openssh-client
    openssh-server perl qemu-system-x86 qemu-utils socat usbip xz-utils
)

# packages_missing PACKAGE...: those of them that are not installed.
packages_missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

packages_install() {
    packages_want "${HOST_PACKAGES[@]}"
    say "all ${#HOST_PACKAGES[@]} packages are installed"
}

# packages_want PACKAGE...: installs what is missing of them. Prints nothing on standard output, which may be the
# answer of who wants them.
packages_want() {
    local missing
    mapfile -t missing < <(packages_missing "$@")
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    say "installing ${missing[*]}"
    {
        apt-get update -q
        without_services apt-get install -qy --no-install-recommends "${missing[@]}"
    } >&2
}

# docker.io, docker-registry and openssh-server are wanted for their programs: the lab runs its own instances.
# Debian's policy-rc.d keeps the packages from starting their services.
without_services() {
    local policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
        return
    fi
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    DEBIAN_FRONTEND=noninteractive "$@"
    rm -f "$policy"
    trap - EXIT
}

packages_check() {
    local missing
    mapfile -t missing < <(packages_missing "${HOST_PACKAGES[@]}")
    [ ${#missing[@]} -eq 0 ] || die "not installed: ${missing[*]}; run 'lab install'"
}

# Sid has neither updates nor security; what a mirror has of it may have expired.
apt_sources() {
    local suite=$1 key=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg signed
    if [ "$suite" = sid ]; then
        printf 'deb [%s check-valid-until=no] %s/debian sid main\n' "$key" "$LAB_APT_MIRROR"
        return
    fi
    signed="[$key]"
    printf 'deb %s %s/debian %s main\n' "$signed" "$LAB_APT_MIRROR" "$suite"
    printf 'deb %s %s/debian %s-updates main\n' "$signed" "$LAB_APT_MIRROR" "$suite"
    printf 'deb %s %s/debian-security %s-security main\n' "$signed" "$LAB_APT_MIRROR" "$suite"
}

# apt_at SUITE ARCH COMMAND...: apt with lists of its own, whatever this machine's sources are.
apt_at() {
    local state=$LAB_CACHE/apt/$1-$2 arch=$2 command=("${@:3}")
    "${command[@]}" -q \
        -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::Etc::preferencesparts=/dev/null -o Dir::Etc::preferences=/dev/null \
        -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
        -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root \
        -o APT::Architecture="$arch" -o APT::Architectures="$arch" \
        -o Acquire::Languages=none -o Acquire::Retries=3
}

# The lists are fetched again after three days.
apt_lists() {
    local state=$LAB_CACHE/apt/$1-$2
    if [ -n "$(find "$state/stamp" -mtime -3 2>/dev/null)" ]; then return; fi
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    apt_sources "$1" >"$state/sources.list"
    : >"$state/status"
    say "fetching package lists of $1 ($2)"
    rm -rf "$state/known"
    if apt_at "$1" "$2" flock "$state/lock" apt-get update >"$state/log" 2>&1; then
        touch "$state/stamp"
    elif [ -e "$state/stamp" ]; then
        say "warning: cannot fetch them (see $state/log); going on with those of $(date -r "$state/stamp" +%F)"
    else
        tail -n 5 "$state/log" >&2
        die "cannot fetch package lists, see $state/log"
    fi
}

# known SUITE ARCH NAME COMMAND...: the command's answer, asked once per state of the lists.
known() {
    local file=$LAB_CACHE/apt/$1-$2/known/$3 answer
    apt_lists "$1" "$2"
    if [ ! -s "$file" ]; then
        answer=$("${@:4}")
        mkdir -p "${file%/*}"
        printf '%s\n' "$answer" >"$file.$BASHPID"
        mv "$file.$BASHPID" "$file"
    fi
    cat "$file"
}

package_version() { known "$1" "$2" "version-$3" ask_version "$@"; }

ask_version() {
    # The newest comes first; nothing for a package that does not exist.
    apt_at "$1" "$2" apt-cache madison "$3" | awk '!seen++ { print $3 }'
}

# kernel_release SUITE ARCH FLAVOUR: what the newest linux-image-FLAVOUR stands for.
kernel_release() { known "$1" "$2" "release-$3" ask_release "$@"; }

ask_release() {
    apt_at "$1" "$2" apt-cache depends "linux-image-$3" |
        awk '/Depends: linux-image-[0-9]/ && !seen++ { sub("linux-image-", "", $2); print $2 }'
}

# package_file SUITE ARCH PACKAGE: prints the path of the downloaded .deb.
package_file() {
    local version entry
    version=$(package_version "$1" "$2" "$3")
    [ -n "$version" ] || die "Debian $1 ($2) has no package $3"
    entry=$(cached "deb-$3-$2" "$(digest "$3" "$2" "$version")" download_package "$@")
    printf '%s\n' "$entry"/*.deb
}

download_package() {
    cd "$1" || exit
    apt_at "$2" "$3" apt-get download "$4"
}
