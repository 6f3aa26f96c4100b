# shellcheck shell=bash
# Repositories like Fedora's and openSUSE's: one kernel's packages, signed.

# fedora_archive KERNEL SOURCE VERSION: prints the path of an entry with the archive as full/, and as gone/ the same
# without the packages that hold the kernel and its modules.
fedora_archive() { rpm_archive fedora "$@"; }

# suse_archive KERNEL SOURCE VERSION: the same, openSUSE's.
suse_archive() { rpm_archive suse "$@"; }

rpm_archive() {
    local key functions name=$1 more=
    shift
    packages_want createrepo-c patch rpm
    key=$(archive_key)
    if [ "$name" = suse ]; then more=$(suse_source "$key" "$2" "$3"); fi
    functions=$(declare -f build_rpm_archive rpm_{work,spec,package,build,files,sign,repository,of_kernel} \
        "${name}_rpms" "${name}_repositories" distribution_patch modules_only modules_without distribution_boot)
    cached "archive-$name" "$(digest "$@" "$more" "${PLAIN_WITHOUT[@]}" "@$key/public.asc" "$functions")" \
        build_rpm_archive "$name" "$key" "$@" "$more"
}

build_rpm_archive() {
    local into=$1 distribution=$2 key=$3 kernel=$4 source=$5 version=${6%-*} revision=${6##*-} more=$7
    local work=$1/work release
    release=$(cat "$kernel/release")
    rpm_work
    "${distribution}_rpms"
    rpm_sign "$work"/RPMS/*/*.rpm
    "${distribution}_repositories" "$into/full" ''
    "${distribution}_repositories" "$into/gone" "$(rpm_of_kernel "$distribution")"
    rm -r "$work"
}

# The directory where packages are made.
rpm_work() {
    # The last is where rpmbuild goes although nothing was unpacked.
    mkdir -p "$work"/{SOURCES,lists,tree,BUILD/linux-source-6.1}
    ln -s "$source" "$work/SOURCES/linux-$version.tar.xz"
    distribution_patch >"$work/SOURCES/note.patch"
}

# rpm_sign RPM...
rpm_sign() {
    with_key "$key" rpmsign --define '_gpg_name lab@archives.invalid' --define '__gpg /usr/bin/gpg' --addsign "$@"
}

# rpm_of_kernel DISTRIBUTION: a pattern for the files of the packages with modules in them.
rpm_of_kernel() {
    case $1 in
    fedora) echo 'kernel-(core|modules)' ;;
    suse) echo 'kernel-default(-base)?-[0-9]' ;;
    esac
}

# rpm_spec NAME [TAG...]: the head of a .spec file, up to %install.
rpm_spec() {
    local tags
    tags=$(printf '%s\n' "${@:2}")
    cat <<END
%global debug_package %{nil}
%global _build_id_links none
%global __os_install_post %{nil}
Name: $1
Version: $version
Release: $revision
Summary: The Linux kernel of the lab
License: GPL-2.0-only
Source0: linux-$version.tar.xz
Patch1: note.patch
AutoReqProv: no
$tags
%description
The Linux kernel of the lab.
%prep
%setup -q -n linux-source-6.1
%patch -P 1 -p1
%install
END
}

# rpm_package NAME LIST [TAG...]: a package with the files that the list names.
rpm_package() {
    local tags
    tags=$(printf '%s\n' "${@:3}")
    printf '%%package -n %s\nSummary: %s of the lab\n%s\n%%description -n %s\nOf the kernel of the lab.\n%%files -n %s -f %s\n' \
        "$1" "$1" "$tags" "$1" "$1" "$work/lists/$2"
}

# rpm_files LIST: notes as the list's what there is below the tree and on no list yet.
rpm_files() {
    (cd "$work/tree" && find . \( -type f -o -type l \) -printf '/%P\n') | sort >"$work/all"
    find "$work/lists" -type f -exec cat {} + | sort | comm -13 - "$work/all" >"$work/list"
    mv "$work/list" "$work/lists/$1"
}

# rpm_build SPEC OPTION...
rpm_build() {
    rpmbuild -v --define "_topdir $work" --define '_binary_payload w6.zstdio' --define '_source_payload w1.gzdio' \
        "${@:2}" "$1"
}

# rpm_repository DIRECTORY WITHOUT RPM...: those of the packages that the pattern does not fit, and their lists.
rpm_repository() {
    local folder=$1 without=$2 file
    shift 2
    mkdir -p "$folder/Packages"
    for file in "$@"; do
        if [ -n "$without" ] && grep -qE "^$without" <<<"${file##*/}"; then continue; fi
        ln "$file" "$folder/Packages/"
    done
    createrepo_c --quiet --no-database "$folder"
    with_key "$key" gpg --batch --armor --detach-sign --digest-algo SHA512 "$folder/repodata/repomd.xml"
    cp "$key/public.asc" "$folder/repodata/repomd.xml.key"
}

fedora_rpms() {
    local modules=lib/modules/$release spec=$work/kernel.spec uname="= $release"
    modules_without "$kernel" "$work/tree" "${PLAIN_WITHOUT[@]}"
    rpm_files modules-core
    distribution_boot "$kernel" "$work/tree"
    xz -c "$kernel/Module.symvers" >"$work/tree/$modules/symvers.xz"
    rpm_files core
    modules_only "$kernel" "$work/tree" "${PLAIN_WITHOUT[@]:1}"
    rpm_files modules
    modules_only "$kernel" "$work/tree" "${PLAIN_WITHOUT[0]}"
    rpm_files modules-extra
    mkdir -p "$work/tree/usr/src/kernels/$release"
    cp -a "$kernel/dev/." "$work/tree/usr/src/kernels/$release/"
    ln -s "/usr/src/kernels/$release" "$work/tree/$modules/build"
    rpm_files devel
    cp "$kernel/config" "$work/SOURCES/kernel-x86_64-fedora.config"
    {
        rpm_spec kernel 'Source1: kernel-x86_64-fedora.config'
        printf 'cp -a %s/tree/. %%{buildroot}/\n%%files\n' "$work"
        rpm_package kernel-core core "Provides: kernel-core-uname-r $uname" "Requires: kernel-modules-core-uname-r $uname"
        rpm_package kernel-modules-core modules-core "Provides: kernel-modules-core-uname-r $uname"
        rpm_package kernel-modules modules "Provides: kernel-modules-uname-r $uname"
        rpm_package kernel-modules-extra modules-extra "Provides: kernel-modules-extra-uname-r $uname" \
            "Requires: kernel-modules-uname-r $uname"
        rpm_package kernel-devel devel "Provides: kernel-devel-uname-r $uname"
    } >"$spec"
    rpm_build "$spec" -ba --noprep --target x86_64
    rpm_sign "$work"/SRPMS/*.rpm
}

# fedora_repositories TOP WITHOUT
fedora_repositories() {
    local updates=$1/updates/43/Everything
    rpm_repository "$updates/x86_64" "$2" "$work"/RPMS/x86_64/*.rpm
    rpm_repository "$updates/source/tree" '' "$work"/SRPMS/*.rpm
    # What the release came with: nothing of this kernel.
    rpm_repository "$1/releases/43/Everything/x86_64/os" ''
    rpm_repository "$1/releases/43/Everything/source/tree" ''
}

suse_rpms() {
    local spec=$work/kernel-default.spec top=usr/src/linux-$version-${revision%.*}
    modules_without "$kernel" "$work/tree" "${PLAIN_WITHOUT[@]}"
    mkdir "$work/tree/boot"
    distribution_boot "$kernel" "$work/tree"
    rpm_files base
    modules_only "$kernel" "$work/tree" "${PLAIN_WITHOUT[@]}"
    xz -c "$kernel/Module.symvers" >"$work/tree/lib/modules/$release/symvers.xz"
    rpm_files rest
    mkdir -p "$work/tree/$top-obj/x86_64/default"
    cp -a "$kernel/dev/." "$work/tree/$top-obj/x86_64/default/"
    rpm_files devel
    cat "$work/lists"/{base,rest} >"$work/lists/default"
    mv "$work/tree/lib" "$work/tree/usr/lib"
    sed -i 's|^/lib/|/usr/lib/|' "$work/lists"/*
    {
        rpm_spec kernel-default 'Provides: multiversion(kernel)'
        printf 'cp -a %s/tree/. %%{buildroot}/\n%%files -f %s/lists/default\n' "$work" "$work"
        rpm_package kernel-default-base base 'Provides: multiversion(kernel)' 'Conflicts: kernel-default'
        rpm_package kernel-default-devel devel
    } >"$spec"
    rpm_build "$spec" -bb --noprep --target x86_64
}

# The source package, which takes minutes, does not depend on the kernel.
suse_source() {
    local functions
    functions=$(declare -f build_suse_source rpm_{work,spec,build,sign} distribution_patch)
    cached suse-source "$(digest "$@" "@$1/public.asc" "$functions")" build_suse_source "$@"
}

# build_suse_source INTO KEY SOURCE VERSION: the tree with its patches, as a package.
build_suse_source() {
    local into=$1 key=$2 source=$3 version=${4%-*} revision=${4##*-} work=$1/work top
    top=/usr/src/linux-$version-${revision%.*}
    rpm_work
    {
        rpm_spec kernel-source 'BuildArch: noarch'
        printf 'mkdir -p %%{buildroot}/usr/src\ncp -al . %%{buildroot}%s\n%%files\n%s\n' "$top" "$top"
    } >"$work/kernel-source.spec"
    rpm_build "$work/kernel-source.spec" -ba --target noarch --define '_binary_payload w1.zstdio'
    mv "$work"/RPMS/*/*.rpm "$work"/SRPMS/*.rpm "$into/"
    rpm_sign "$into"/*.rpm
    rm -rf "$work"
}

# suse_repositories TOP WITHOUT
suse_repositories() {
    rpm_repository "$1/distribution/leap/16.0/repo/oss" "$2" "$work"/RPMS/*/*.rpm "$more"/*.noarch.rpm
    rpm_repository "$1/source/distribution/leap/16.0/repo/oss" '' "$more"/*.src.rpm
}
