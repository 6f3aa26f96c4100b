# shellcheck shell=bash
# Container images that have the names of distributions' base images, their /etc/os-release and their package
# manager, which knows only the lab's archive. The rest is Debian's.

# lookalike_name DISTRIBUTION: of the image; none for Alpine, whose package manager Debian does not have.
lookalike_name() {
    case $1 in
    ubuntu) echo library/ubuntu:24.04 ;;
    fedora) echo library/fedora:43 ;;
    suse) echo opensuse/leap:16.0 ;;
    esac
}

# lookalike_from DISTRIBUTION: the suite of Debian whose package manager is nearest to the distribution's, and the
# packages besides those of a minimal Debian. Fedora's `dnf` is dnf5, which only sid has.
lookalike_from() {
    case $1 in
    ubuntu) echo bookworm dpkg-dev,patch,xz-utils,zstd ;;
    fedora) echo sid cpio,dnf5,patch,rpm,xz-utils,zstd ;;
    suse) echo trixie cpio,patch,rpm,xz-utils,zypper,zstd ;;
    esac
}

# lookalike DISTRIBUTION: prints the path of the image's objects as build_image makes them, and `base`, its lower
# layer, which is the same whatever the port of the archive is.
lookalike() {
    local base key version suite packages
    read -r suite packages < <(lookalike_from "$1")
    version=$(package_version "$suite" amd64 base-files)
    base=$(cached "lookalike-$1" "$(digest "$suite" "$version" "$packages" "$(declare -f build_lookalike_base make_root)")" \
        build_lookalike_base "$suite" "$packages")
    key=$(archive_key)
    cached "image-lookalike-$1" \
        "$(digest "$1" "$base" "@$key/public.asc" "$LAB_ARCHIVES_PORT" \
            "$(declare -f build_lookalike layered_config blob_digest size_and_digest os_release archive_urls "lookalike_$1" fedora_repository)")" \
        build_lookalike "$1" "$base" "$key"
}

build_lookalike_base() {
    local sum
    make_root "$2" amd64 "$1/root.tar" "$3"
    sum=$(sha256sum <"$1/root.tar")
    printf 'sha256:%s' "${sum%% *}" >"$1/diff"
    gzip -n -6 <"$1/root.tar" >"$1/layer"
    rm "$1/root.tar"
}

build_lookalike() {
    local into=$1 base=$3 root=$1/root sum
    mkdir -p "$root/etc" "$root/usr/lib"
    os_release "$2" image | tee "$root/etc/os-release" >"$root/usr/lib/os-release"
    "lookalike_$2" "$root" "$4"
    tar -cf "$into/root.tar" --owner=0 --group=0 -C "$root" .
    sum=$(sha256sum <"$into/root.tar")
    gzip -n -6 <"$into/root.tar" >"$into/layer"
    ln -s "$base/layer" "$into/base"
    layered_config "$(cat "$base/diff")" "sha256:${sum%% *}" >"$into/config"
    printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json",%s},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip",%s},{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip",%s}]}' \
        "$(size_and_digest "$into/config")" "$(size_and_digest "$base/layer")" "$(size_and_digest "$into/layer")" >"$into/manifest"
    rm -r "$root" "$into/root.tar"
}

# layered_config DIFF DIFF: without labels, which say who made an image.
layered_config() {
    printf '{"architecture":"amd64","os":"linux","created":"%s","config":{"Env":["PATH=%s"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["%s","%s"]},"history":[{"created_by":"usbipd-desktop lab"},{"created_by":"usbipd-desktop lab"}]}' \
        "$(date -u +%FT%TZ)" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$1" "$2"
}

# ensure_lookalike NAME TAG DIRECTORY
ensure_lookalike() {
    ! engine_answers -I -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
        "$(registry_url)/v2/$1/manifests/$2" || return 0
    push_blob "$1" "$3/base" && ensure_image "$@"
}

# archive_urls PATH: as a container on this machine reaches it, and as one in a virtual machine does.
archive_urls() {
    printf 'http://%s:%s/%s\n' 127.0.0.1 "$LAB_ARCHIVES_PORT" "$1" "$LAB_HOST_SEEN_BY_GUEST" "$LAB_ARCHIVES_PORT" "$1"
}

# lookalike_DISTRIBUTION ROOT KEY: the package manager's configuration.
lookalike_ubuntu() {
    mkdir -p "$1/etc/apt/sources.list.d" "$1/usr/share/keyrings"
    : >"$1/etc/apt/sources.list"
    cp "$2/public.gpg" "$1/usr/share/keyrings/ubuntu-archive-keyring.gpg"
    archive_urls ubuntu | awk '{ printf "%s\tpriority:%d\n", $0, NR }' >"$1/etc/apt/mirrors.txt"
    cat >"$1/etc/apt/sources.list.d/ubuntu.sources" <<END
Types: deb deb-src
URIs: mirror+file:/etc/apt/mirrors.txt
Suites: noble noble-updates
Components: main
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
END
}

lookalike_fedora() {
    mkdir -p "$1"/etc/{pki/rpm-gpg,yum.repos.d,dnf,rpm}
    cp "$2/public.asc" "$1/etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-x86_64"
    printf '[main]\ngpgcheck=1\n' >"$1/etc/dnf/dnf.conf"
    # As Fedora has it; Debian's is the home directory.
    echo '%_dbpath /usr/lib/sysimage/rpm' >"$1/etc/rpm/macros"
    fedora_repository fedora releases x86_64/os source/tree >"$1/etc/yum.repos.d/fedora.repo"
    fedora_repository updates updates x86_64 source/tree >"$1/etc/yum.repos.d/fedora-updates.repo"
    mkdir -p "$1/usr/bin"
    ln -s dnf5 "$1/usr/bin/dnf"
}

# fedora_repository NAME FOLDER BINARIES SOURCES
fedora_repository() {
    local name=$1 kind=('' -source) enabled=(1 0) path=("$3" "$4") i
    for i in 0 1; do
        # shellcheck disable=SC2016 # dnf's variables
        printf '[%s]\nname=Fedora $releasever - $basearch\n' "$name${kind[i]}"
        printf 'baseurl=%s\n' "$(archive_urls "fedora/$2/\$releasever/Everything/${path[i]}/" | xargs)"
        # shellcheck disable=SC2016
        printf 'enabled=%s\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-$releasever-$basearch\n\n' "${enabled[i]}"
    done
}

lookalike_suse() {
    mkdir -p "$1"/etc/{rpm,zypp/repos.d} "$1/usr/lib/rpm/gnupg/keys"
    cp "$2/public.asc" "$1/usr/lib/rpm/gnupg/keys/gpg-pubkey-opensuse-lab.asc"
    echo '%_dbpath /usr/lib/sysimage/rpm' >"$1/etc/rpm/macros"
    {
        printf '[repo-oss]\nname=openSUSE-Leap-16.0-oss\nenabled=1\nautorefresh=1\ngpgcheck=1\n'
        printf 'baseurl=%s\n' "$(archive_urls suse/distribution/leap/16.0/repo/oss/ | paste -sd ' ' | sed 's/ /\n        /')"
    } >"$1/etc/zypp/repos.d/repo-oss.repo"
}
