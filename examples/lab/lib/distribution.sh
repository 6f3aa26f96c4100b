# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the others
# Kernels as distributions have them: those of the parts `plain-...` that DISTRIBUTIONS names. The virtual
# machine has a part of the kernel's modules; all of them are in the packages of the distribution's archive.

readonly DISTRIBUTIONS=(ubuntu fedora suse alpine)

is_distribution() { [[ " ${DISTRIBUTIONS[*]} " == *" ${1#plain-} "* ]]; }

# distribution_choose PART: what plain_choose has to say besides.
distribution_choose() {
    PLAIN_DISTRIBUTION=${1#plain-}
    PLAIN_BUILDER=(build_distribution_kernel distribution_tree keep_headers make_dependencies)
    PLAIN_CONFIGS=("$LAB_DIR"/{plain,plain-distribution,"$1"}-kernel.config)
    case $PLAIN_DISTRIBUTION in
    ubuntu) PLAIN_WITHOUT=(drivers/usb/{usbip,serial,class}) ;;
    fedora)
        PLAIN_WITHOUT=(drivers/usb/{usbip,serial,class,storage})
        # As on Fedora CoreOS.
        PLAIN_SELINUX=yes PLAIN_WORDS+=" $SELINUX_WORDS"
        ;;
    *) PLAIN_WITHOUT=(drivers/usb/{usbip,serial,class,storage}) ;;
    esac
}

# What the kernel calls itself, and the version of its packages. Ubuntu's name does not say which point release
# of kernel.org it is made of, the others' do. The date is a fixed one: two builds differ in their keys alone.
distribution_name() {
    local version release build date='Fri Nov 20 09:00:00 UTC 2026'
    version=$(package_version bookworm amd64 "linux-source-${PLAIN_SOURCE_OF[1]}")
    version=${version%%-*}
    case $PLAIN_DISTRIBUTION in
    ubuntu) release=6.1.0-45-generic PLAIN_VERSION=6.1.0-45.45 build=45-Ubuntu ;;
    fedora) release=$version-200.fc43.x86_64 PLAIN_VERSION=$version-200.fc43 build=1 ;;
    suse) release=$version-160000.5-default PLAIN_VERSION=$version-160000.5.1 build=1 date+=' (1a2b3c4)' ;;
    alpine) release=$version-0-virt PLAIN_VERSION=$version-r0 build=1-Alpine ;;
    esac
    PLAIN_MAKE+=("KERNELRELEASE=$release" "KBUILD_BUILD_VERSION=$build" "KBUILD_BUILD_TIMESTAMP=$date"
        KBUILD_BUILD_USER=builder "KBUILD_BUILD_HOST=$PLAIN_DISTRIBUTION")
}

# What the build writes is laid out as build_plain_kernel's, and dev/ has what the package for building modules
# has. All are compiled in one tree, which stays: the configurations differ little, and make compiles only what a
# difference reaches.
build_distribution_kernel() {
    local into=$1 top=$LAB_CACHE/.distribution release
    exec 7>"$LAB_CACHE/.lock-distribution"
    flock 7
    distribution_tree "$2" "$top"
    wanted_config "${PLAIN_CONFIGS[@]}" >"$into/wanted"
    KCONFIG_ALLCONFIG=$into/wanted make -C "$top/source" "O=$top/build" "${PLAIN_MAKE[@]}" allnoconfig
    require_config "$into/wanted" "$top/build/.config"
    make -C "$top/build" "${PLAIN_MAKE[@]}" -j2 bzImage modules
    make -C "$top/build" "${PLAIN_MAKE[@]}" INSTALL_MOD_PATH="$into/root" INSTALL_MOD_STRIP=1 modules_install
    rm -f "$into/wanted" "$into/root/lib/modules"/*/{build,source}
    release=$(basename "$into/root/lib/modules"/*)
    printf '%s\n' "$release" >"$into/release"
    make_dependencies "$into/root" "$release"
    cp "$top/build/arch/x86/boot/bzImage" "$into/vmlinuz"
    cp "$top/build/.config" "$into/config"
    cp "$top/build"/{Module.symvers,System.map} "$top/build/certs/signing_key.x509" "$into/"
    keep_headers "$top/source" "$top/build" "$into/dev"
    # The next kernel has a key of its own.
    rm -f "$top/build/certs"/signing_key.*
    exec 7>&-
}

# distribution_tree TARBALL TOP: TOP/source and TOP/build, of these sources and this compiler; a tree of others goes.
distribution_tree() {
    local of
    of=$(digest "$1" "$("${PLAIN_MAKE[0]#CC=}" --version)")
    if [ -e "$2/of" ] && [ "$(cat "$2/of")" = "$of" ]; then return; fi
    rm -rf "$2"
    mkdir -p "$2/source"
    tar -xJf "$1" -C "$2/source" --strip-components=1
    printf '%s\n' "$of" >"$2/of"
}

# keep_headers SOURCE BUILD INTO: the files that scripts/package/builddeb puts into the package.
keep_headers() {
    mkdir -p "$3"
    (
        cd "$1" || exit
        find . arch/x86 -maxdepth 1 -name 'Makefile*'
        find include scripts \( -type f -o -type l \)
        find arch/x86/include -type f
    ) | tar -cf - -C "$1" -T - | tar -xf - -C "$3"
    (
        cd "$2" || exit
        find tools/objtool/objtool Module.symvers .config -maxdepth 0
        find arch/x86/include include scripts -type f ! -name '*.o' ! -name '*.cmd'
    ) | tar -cf - -C "$2" -T - | tar -xf - -C "$3"
}

# make_dependencies ROOT RELEASE: depmod. Debian's does not know `.ko.gz`, so it sees these unpacked, under
# the names that it writes down.
make_dependencies() {
    local folder=$1/lib/modules/$2 packed
    mapfile -t packed < <(find "$folder" -name '*.ko.gz')
    if [ ${#packed[@]} -eq 0 ]; then
        depmod -b "$1" "$2"
        return
    fi
    gzip -dk "${packed[@]}"
    depmod -b "$1" "$2"
    rm "${packed[@]%.gz}" "$folder/modules.dep.bin"
    sed -i 's/\.ko\>/.ko.gz/g' "$folder/modules.dep"
}

# distribution_disk NAME KERNEL: prints the path of the disk with boot/, modules/ and etc/ of the virtual machine:
# the distribution's /etc/os-release, and the modules without those of PLAIN_WITHOUT. Alpine's are in boot/modloop-virt.
distribution_disk() {
    local entry functions keys=
    functions=$(declare -f build_distribution_disk make_dependencies make_disk make_modloop distribution_boot os_release)
    if [ "$PLAIN_DISTRIBUTION" = alpine ]; then keys=$(alpine_key)/public.pem; fi
    entry=$(cached "kernel-disk-$1" "$(digest "$2" "$PLAIN_DISTRIBUTION" "${keys:+@$keys}" "${PLAIN_WITHOUT[@]}" "$functions")" \
        build_distribution_disk "$2" "$keys" "${PLAIN_WITHOUT[@]}")
    printf '%s/disk.qcow2\n' "$entry"
}

build_distribution_disk() {
    local into=$1 kernel=$2 keys=$3 tree=$1/tree release without
    shift 3
    release=$(cat "$kernel/release")
    # Debian's sources are not the distribution's.
    mkdir -p "$tree"/{boot,etc/apt,lib}
    cp -a "$kernel/root/lib/modules" "$tree/lib/"
    for without in "$@"; do rm -r "${tree:?}/lib/modules/$release/kernel/$without"; done
    make_dependencies "$tree" "$release"
    distribution_boot "$kernel" "$tree"
    os_release "$PLAIN_DISTRIBUTION" vm >"$tree/etc/os-release"
    if [ -n "$keys" ]; then install -D -m 644 "$keys" "$tree/etc/apk/keys/$ALPINE_KEY"; fi
    mv "$tree/lib/modules" "$tree/" && rmdir "$tree/lib"
    [ "$PLAIN_DISTRIBUTION" != alpine ] || make_modloop "$tree"
    make_disk "$tree" 2G "$into/disk.raw"
    qemu-img convert -c -f raw -O qcow2 "$into/disk.raw" "$into/disk.qcow2"
    rm -r "$tree" "$into/disk.raw"
}

# make_modloop TREE: the modules in a squashfs, as Alpine has them where it runs from memory.
make_modloop() {
    mkdir "$1/modloop"
    mv "$1/modules" "$1/modloop/"
    mksquashfs "$1/modloop" "$1/boot/modloop-virt" -comp xz -all-root -no-progress -exit-on-error
    rm -r "$1/modloop"
}

# distribution_boot KERNEL ROOT: the configuration and the like, where the distribution has them.
distribution_boot() {
    local release modules
    release=$(cat "$1/release")
    modules=$2/lib/modules/$release
    case $PLAIN_DISTRIBUTION in
    ubuntu)
        cp "$1/config" "$2/boot/config-$release"
        install -m 600 "$1/System.map" "$2/boot/System.map-$release"
        ;;
    fedora) cp "$1"/{config,System.map,vmlinuz} "$modules/" ;;
    suse)
        cp "$1"/{config,System.map,vmlinuz} "$modules/"
        ln -s "../usr/lib/modules/$release/config" "$2/boot/config-$release"
        ;;
    alpine) cp "$1/vmlinuz" "$2/boot/vmlinuz-virt" ;; # the configuration is in configs.ko
    esac
}

# os_release DISTRIBUTION vm|image: /etc/os-release of a virtual machine or of the container image.
os_release() {
    case $1-$2 in
    ubuntu-*)
        printf '%s\n' 'PRETTY_NAME="Ubuntu 24.04.3 LTS"' 'NAME="Ubuntu"' 'VERSION_ID="24.04"' \
            'VERSION="24.04.3 LTS (Noble Numbat)"' VERSION_CODENAME=noble ID=ubuntu ID_LIKE=debian UBUNTU_CODENAME=noble
        ;;
    fedora-vm)
        printf '%s\n' 'NAME="Fedora Linux"' 'VERSION="43.20261116.3.0 (CoreOS)"' ID=fedora VERSION_ID=43 \
            'PLATFORM_ID="platform:f43"' 'PRETTY_NAME="Fedora CoreOS 43.20261116.3.0"' 'VARIANT="CoreOS"' \
            VARIANT_ID=coreos "OSTREE_VERSION='43.20261116.3.0'"
        ;;
    fedora-image)
        printf '%s\n' 'NAME="Fedora Linux"' 'VERSION="43 (Container Image)"' ID=fedora VERSION_ID=43 \
            'PLATFORM_ID="platform:f43"' 'PRETTY_NAME="Fedora Linux 43 (Container Image)"' \
            'VARIANT="Container Image"' VARIANT_ID=container
        ;;
    suse-*)
        printf '%s\n' 'NAME="openSUSE Leap"' 'VERSION="16.0"' 'ID="opensuse-leap"' 'ID_LIKE="suse opensuse"' \
            'VERSION_ID="16.0"' 'PRETTY_NAME="openSUSE Leap 16.0"'
        ;;
    alpine-*)
        printf '%s\n' 'NAME="Alpine Linux"' ID=alpine VERSION_ID=3.22.2 'PRETTY_NAME="Alpine Linux v3.22"'
        ;;
    esac
}

# The virtual machine's disk, the archive, and the image from which the archive is read. Where these are, is
# noted for distribution_ready, as plain_prepare does.
distribution_prepare() {
    local archive image=
    PLAIN_KERNEL_DISK=$(distribution_disk "$1" "$PLAIN_KERNEL")
    if [ -n "$PLAIN_SELINUX" ]; then
        PLAIN_KERNEL_DISK=$(labelled_kernel_disk "$1" "$PLAIN_KERNEL_DISK" "$PLAIN_LABELS")
    fi
    archive=$("${PLAIN_DISTRIBUTION}_archive" "$PLAIN_KERNEL" "$PLAIN_SOURCE" "$PLAIN_VERSION")
    if [ -n "$(lookalike_name "$PLAIN_DISTRIBUTION")" ]; then image=$(lookalike "$PLAIN_DISTRIBUTION"); fi
    printf '%s\n' "$archive" >"$(part_dir "$1")/archive"
    printf '%s\n' "$image" >"$(part_dir "$1")/image"
}

distribution_env() {
    set_env "$1" "${PLAIN_ENV}_VERSION" "$PLAIN_VERSION"
    set_env "$1" "${PLAIN_ENV}_MODULES" "$PLAIN_KERNEL/root/lib/modules/$PLAIN_RELEASE"
    set_env "$1" "${PLAIN_ENV}_ARCHIVE" "$(cat "$(part_dir "$1")/archive")"
}

distribution_ready() {
    local image name
    image=$(cat "$(part_dir "$1")/image")
    name=$(lookalike_name "$PLAIN_DISTRIBUTION")
    if [ -n "$image" ] && process_alive registry main; then
        ensure_lookalike "${name%:*}" "${name#*:}" "$image" || return
    fi
    ! process_alive archives main || archives_serve "$PLAIN_DISTRIBUTION" "$(cat "$(part_dir "$1")/archive")/full"
}
