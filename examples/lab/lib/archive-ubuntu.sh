# shellcheck shell=bash
# An archive like Ubuntu's, signed: the packages of one kernel in noble-updates, and its source package.

# ubuntu_archive KERNEL SOURCE VERSION: prints the path of an entry with the archive as full/, as gone/ the same
# without the packages that hold the kernel and its modules, and as sources/ without its headers too.
ubuntu_archive() {
    local key functions tree
    packages_want apt-utils
    key=$(archive_key)
    tree=$(ubuntu_tree "$2" "$3")
    functions=$(declare -f build_ubuntu_archive ubuntu_{debs,deb,source,sums,index,stanzas,suite} distribution_patch \
        modules_only modules_without distribution_boot)
    cached archive-ubuntu "$(digest "$@" "$tree" "${PLAIN_WITHOUT[@]}" "@$key/public.asc" "$functions")" \
        build_ubuntu_archive "$key" "$@" "$tree"
}

build_ubuntu_archive() {
    local into=$1 key=$2 kernel=$3 source=$4 version=$5 tree=$6 release variant
    mkdir -p "$into"/{full/pool/main/l/linux,gone,sources}
    for variant in gone sources; do ln -s ../full/pool "$into/$variant/pool"; done
    ubuntu_debs "$into/full/pool/main/l/linux" "$kernel" "$version"
    release=$(cat "$kernel/release")
    ubuntu_source "$into/full/pool/main/l/linux" "$key" "$source" "$version" \
        "linux-modules-$release, linux-modules-extra-$release, linux-image-unsigned-$release, linux-headers-$release"
    ln "$tree"/*.deb "$into/full/pool/main/l/linux/"
    ubuntu_index "$into/full" "$key" '^$'
    ubuntu_index "$into/gone" "$key" '^Package: linux-(modules|image)'
    ubuntu_index "$into/sources" "$key" '^Package: linux-(modules|image|headers)'
}

# ubuntu_tree SOURCE VERSION: prints the path of an entry with the package linux-source-<x.y.z>. It takes minutes,
# and does not depend on the kernel.
ubuntu_tree() {
    packages_want bzip2 patch
    cached ubuntu-tree "$(digest "$@" "$(declare -f build_ubuntu_tree distribution_patch)")" build_ubuntu_tree "$@"
}

# build_ubuntu_tree INTO SOURCE VERSION: the archive of the patched sources is in a folder beside debian/, and has a
# link outside.
build_ubuntu_tree() {
    local into=$1 version=$3 name=linux-source-${3%%-*} folder=$1/tree/usr/src/linux-source-${3%%-*}
    mkdir -p "$into/tree/DEBIAN" "$folder"/{debian,debian.master} "$into/unpacked/$name"
    tar -xJf "$2" -C "$into/unpacked/$name" --strip-components=1
    distribution_patch | patch -s -p1 -d "$into/unpacked/$name"
    tar -I 'bzip2 -1' -cf "$folder/$name.tar.bz2" --owner=0 --group=0 -C "$into/unpacked" "$name"
    ln -s "$name/$name.tar.bz2" "$into/tree/usr/src/$name.tar.bz2"
    echo 'DEBIAN=debian.master' >"$folder/debian/debian.env"
    cat >"$into/tree/DEBIAN/control" <<END
Package: $name
Source: linux
Version: $version
Architecture: all
Maintainer: Ubuntu Kernel Team <kernel-team@archives.invalid>
Section: devel
Priority: optional
Description: sources of the lab's kernel
END
    dpkg-deb -Znone --root-owner-group -b "$into/tree" "$into/${name}_${version}_all.deb"
    rm -r "$into"/{tree,unpacked}
}

# ubuntu_debs POOL KERNEL VERSION
ubuntu_debs() {
    local pool=$1 kernel=$2 version=$3 release tree=$1/tree top
    release=$(cat "$kernel/release")
    mkdir -p "$tree"/{modules/boot,extra,image/boot,headers/lib/modules/"$release"}
    modules_without "$kernel" "$tree/modules" "${PLAIN_WITHOUT[@]}"
    distribution_boot "$kernel" "$tree/modules"
    ubuntu_deb modules linux-modules "$release" ''
    modules_only "$kernel" "$tree/extra" "${PLAIN_WITHOUT[@]}"
    ubuntu_deb extra linux-modules-extra "$release" "linux-modules-$release"
    install -m 600 "$kernel/vmlinuz" "$tree/image/boot/vmlinuz-$release"
    ubuntu_deb image linux-image-unsigned "$release" "linux-modules-$release"
    top=usr/src/linux-headers-$release
    mkdir -p "$tree/headers/$top"
    cp -a "$kernel/dev/." "$tree/headers/$top/"
    ln -s "/$top" "$tree/headers/lib/modules/$release/build"
    ubuntu_deb headers linux-headers "$release" ''
    rm -r "$tree"
}

# ubuntu_deb TREE NAME RELEASE DEPENDS: the variables are those of ubuntu_debs.
ubuntu_deb() {
    mkdir "$tree/$1/DEBIAN"
    cat >"$tree/$1/DEBIAN/control" <<END
Package: $2-$3
Source: linux
Version: $version
Architecture: amd64
Maintainer: Ubuntu Kernel Team <kernel-team@archives.invalid>
Section: kernel
Priority: optional${4:+
Depends: $4}
Description: ${2//-/ } of the lab's kernel $3
END
    dpkg-deb -Zzstd -z9 --root-owner-group -b "$tree/$1" "$pool/$2-$3_${version}_amd64.deb"
}

# ubuntu_source POOL KEY TARBALL VERSION PACKAGES: format 3.0 (quilt), by hand: dpkg-source would unpack the sources to
# compare them.
ubuntu_source() {
    local pool=$1 key=$2 version=$4 orig debian
    orig=linux_${version%%-*}.orig.tar.xz debian=linux_$version.debian.tar.xz
    ln -s "$3" "$pool/$orig"
    mkdir -p "$pool/debian/patches" "$pool/debian/source"
    echo '3.0 (quilt)' >"$pool/debian/source/format"
    distribution_patch >"$pool/debian/patches/note.patch"
    echo note.patch >"$pool/debian/patches/series"
    printf 'linux (%s) noble; urgency=medium\n\n  * The kernel of the lab.\n\n -- Ubuntu Kernel Team <%s>  %s\n' \
        "$version" kernel-team@archives.invalid 'Fri, 20 Nov 2026 09:00:00 +0000' >"$pool/debian/changelog"
    printf 'Source: linux\nMaintainer: Ubuntu Kernel Team <%s>\n\nPackage: linux-image\nArchitecture: amd64\n' \
        kernel-team@archives.invalid >"$pool/debian/control"
    tar -cJf "$pool/$debian" --owner=0 --group=0 -C "$pool" debian
    rm -r "$pool/debian"
    cd "$pool" || exit
    {
        printf 'Format: 3.0 (quilt)\nSource: linux\nBinary: %s\nArchitecture: amd64\nVersion: %s\n' "$5" "$version"
        printf 'Maintainer: Ubuntu Kernel Team <%s>\n' kernel-team@archives.invalid
        ubuntu_sums Checksums-Sha1 sha1sum "$orig" "$debian"
        ubuntu_sums Checksums-Sha256 sha256sum "$orig" "$debian"
        ubuntu_sums Files md5sum "$orig" "$debian"
    } | with_key "$key" gpg --batch --clearsign --digest-algo SHA512 >"linux_$version.dsc"
    cd "$OLDPWD" || exit
}

# ubuntu_sums FIELD PROGRAM FILE...
ubuntu_sums() {
    local program=$2 file sum
    printf '%s:\n' "$1"
    shift 2
    for file in "$@"; do
        sum=$("$program" <"$file")
        printf ' %s %s %s\n' "${sum%% *}" "$(stat -L -c %s "$file")" "$file"
    done
}

# ubuntu_index TOP KEY WITHOUT: the lists of both suites. WITHOUT tells which stanzas of Packages are left out.
ubuntu_index() {
    local top=$1 key=$2 suite
    for suite in noble noble-updates; do mkdir -p "$top/dists/$suite/main"/{binary-amd64,source}; done
    cd "$top" || exit
    apt-ftparchive packages pool/ | ubuntu_stanzas "$3" >dists/noble-updates/main/binary-amd64/Packages
    apt-ftparchive sources pool/ >dists/noble-updates/main/source/Sources
    # What the release came with: nothing of this kernel.
    : >dists/noble/main/binary-amd64/Packages
    : >dists/noble/main/source/Sources
    for suite in noble noble-updates; do ubuntu_suite "$key" "$suite"; done
    cd "$OLDPWD" || exit
}

ubuntu_stanzas() { awk -v RS= -v ORS='\n\n' -v without="$1" '$0 !~ without'; }

# ubuntu_suite KEY SUITE: in the top directory of the archive.
ubuntu_suite() {
    local folder=dists/$2
    xz -k "$folder/main/binary-amd64/Packages" "$folder/main/source/Sources"
    apt-ftparchive -o APT::FTPArchive::Release::Origin=Ubuntu -o APT::FTPArchive::Release::Label=Ubuntu \
        -o APT::FTPArchive::Release::Suite="$2" -o APT::FTPArchive::Release::Codename=noble \
        -o APT::FTPArchive::Release::Version=24.04 -o APT::FTPArchive::Release::Architectures=amd64 \
        -o APT::FTPArchive::Release::Components=main release "$folder" >"$folder/Release.new"
    mv "$folder/Release.new" "$folder/Release"
    with_key "$1" gpg --batch --clearsign --digest-algo SHA512 -o "$folder/InRelease" "$folder/Release"
    with_key "$1" gpg --batch --armor --detach-sign --digest-algo SHA512 -o "$folder/Release.gpg" "$folder/Release"
}
