# shellcheck shell=bash
# Parts `plain...`: Docker VMs whose kernels call themselves as kernel.org's do and say what they are
# only in /proc/config.gz. The lab compiles them, from Debian's sources.

# part, whose sources (suite and series), compiler, packages that only it needs. Its configuration is
# plain-kernel.config, and over it PART-kernel.config. Those of DISTRIBUTIONS are made by distribution.sh.
readonly PLAIN_KERNELS=(
    'plain             bookworm 6.1  gcc-12'
    'plain-hardened    bookworm 6.1  gcc-12    g++-12 gcc-12-plugin-dev'
    'plain-clang       bookworm 6.1  clang-16  clang-16 lld-16 llvm-16'
    'plain-randstruct  bookworm 6.1  gcc-12    g++-12 gcc-12-plugin-dev'
    'plain-dwarf       sid      7.2  gcc-12    libdw-dev'
    'plain-genksyms    sid      7.2  gcc-12'
    'plain-desktop     bookworm 6.1  gcc-12'
    'plain-ubuntu      bookworm 6.1  gcc-12    libssl-dev pahole zstd'
    'plain-fedora      bookworm 6.1  gcc-12    libssl-dev pahole'
    'plain-suse        bookworm 6.1  gcc-12    libssl-dev pahole zstd'
    'plain-alpine      bookworm 6.1  gcc-12    g++-12 gcc-12-plugin-dev libssl-dev pahole squashfs-tools'
    'plain-wsl2        trixie   6.12 gcc-12    pahole'
)

# The parts besides `plain`.
plain_variants() { printf '%s\n' "${PLAIN_KERNELS[@]:1}" | cut -d' ' -f1; }

# plain_choose PART: sets what the other functions need to know of it, quickly.
plain_choose() {
    find_row "$1" "${PLAIN_KERNELS[@]}"
    PLAIN_SOURCE_OF=("${ROW[@]:1:2}")
    PLAIN_PACKAGES=("${ROW[@]:4}")
    PLAIN_MAKE=("CC=${ROW[3]}" HOSTCC=gcc-12 HOSTCXX=g++-12)
    PLAIN_PORT_VARIABLE=LAB_PLAIN_PORT PLAIN_PORT=$LAB_PLAIN_PORT PLAIN_MEMORY=3000
    PLAIN_CONFIGS=("$LAB_DIR/plain-kernel.config")
    if [ "$ROW_INDEX" -gt 0 ]; then
        # Behind those of `vm-...`.
        PLAIN_PORT_VARIABLE=LAB_KERNELS_PORT PLAIN_PORT=$((LAB_KERNELS_PORT + ${#VM_KERNELS[@]} + ROW_INDEX - 2))
        PLAIN_MEMORY=1500
        PLAIN_CONFIGS+=("$LAB_DIR/$1-kernel.config")
    fi
    case ${ROW[3]} in
    # All of its tools, by the version in their names.
    clang-*) PLAIN_MAKE+=("LLVM=-${ROW[3]#clang-}") ;;
    esac
    PLAIN_ENV=$(part_prefix "$1")
    PLAIN_BUILDER=(build_plain_kernel keep_for_image)
    PLAIN_WORDS="lab.name=$1-vm $(docker_vm_words) ${LAB_PLAIN_APPEND:-}"
    PLAIN_DISTRIBUTION='' PLAIN_SELINUX=
    if is_distribution "$1"; then distribution_choose "$1"; fi
    if is_wsl "$1"; then wsl_choose; fi
}

plain_prepare() {
    local compiler
    plain_choose "$1"
    packages_want "${PLAIN_PACKAGES[@]}"
    compiler=${PLAIN_MAKE[0]#CC=}
    PLAIN_SOURCE=$(linux_source "${PLAIN_SOURCE_OF[@]}")
    if [ -n "$PLAIN_DISTRIBUTION" ]; then distribution_name; fi
    PLAIN_KERNEL=$(cached "$1-kernel" \
        "$(digest "$PLAIN_SOURCE" "${PLAIN_CONFIGS[@]/#/@}" "$("$compiler" --version)" "${PLAIN_MAKE[@]}" \
            "$(declare -f "${PLAIN_BUILDER[@]}" wanted_config require_config)")" "${PLAIN_BUILDER[0]}" "$PLAIN_SOURCE")
    PLAIN_RELEASE=$(cat "$PLAIN_KERNEL/release")
    plain_choose_disk
    PLAIN_IMAGE=
    if [ -e "$PLAIN_KERNEL/kernel-dev.tar" ]; then
        PLAIN_IMAGE=$(plain_image "$1" "$PLAIN_KERNEL" "$PLAIN_SOURCE")
    fi
    printf '%s\n' "$PLAIN_IMAGE" >"$(part_dir "$1")/image"
    PLAIN_KERNEL_DISK=
    if [ -n "$PLAIN_DISTRIBUTION" ]; then
        distribution_prepare "$1"
    elif [ -d "$PLAIN_KERNEL/root" ]; then
        PLAIN_KERNEL_DISK=$(kernel_disk "$1" "$PLAIN_KERNEL")
    fi
    if is_wsl "$1"; then wsl_prepare "$1"; fi
}

plain_choose_disk() {
    PLAIN_LABELS=
    if [ -z "$PLAIN_SELINUX" ]; then
        PLAIN_DISK=$(guest_disk bookworm amd64)
        return
    fi
    PLAIN_LABELS=$(selinux_disk)/contexts
    PLAIN_DISK=${PLAIN_LABELS%/contexts}/disk.raw
}

# What the build writes is laid out as debian_kernel's, but for /boot, which stays empty.
build_plain_kernel() {
    local into=$1 tarball=$2 source build
    source=$into/source build=$into/build
    mkdir "$source"
    tar -xJf "$tarball" -C "$source" --strip-components=1
    wanted_config "${PLAIN_CONFIGS[@]}" >"$into/wanted"
    KCONFIG_ALLCONFIG=$into/wanted make -C "$source" O="$build" "${PLAIN_MAKE[@]}" allnoconfig
    require_config "$into/wanted" "$build/.config"
    make -C "$build" "${PLAIN_MAKE[@]}" -j2 bzImage
    make -s -C "$build" "${PLAIN_MAKE[@]}" kernelrelease >"$into/release"
    cp "$build/arch/x86/boot/bzImage" "$into/vmlinuz"
    cp "$build/.config" "$into/config"
    if grep -q '^CONFIG_.*=m$' "$into/config"; then
        make -C "$build" "${PLAIN_MAKE[@]}" -j2 modules
        make -C "$build" "${PLAIN_MAKE[@]}" INSTALL_MOD_PATH="$into/root" modules_install
        rm -f "$into/root/lib/modules"/*/{build,source}
        cp "$build/Module.symvers" "$into/"
    fi
    ! grep -q '^CONFIG_RANDSTRUCT=y' "$into/config" || keep_for_image "$into" "$build"
    rm -rf "$source" "$build" "$into/wanted"
}

# keep_for_image INTO BUILD: what nobody but its publisher can give, as kernel-dev.tar of its image.
keep_for_image() {
    local top
    top=$1/dev/usr/src/linux-headers-$(cat "$1/release")
    mkdir -p "$top/scripts/basic" "$top/include"
    cp "$2/.config" "$2/Module.symvers" "$top/"
    cp "$2/scripts/basic/randstruct.seed" "$top/scripts/basic/"
    cp -r "$2/include/generated" "$top/include/"
    tar -cf "$1/kernel-dev.tar" -C "$1/dev" usr/src
    rm -r "${1:?}/dev"
}

# wanted_config FILE...: what they say of each option; the last one counts.
wanted_config() {
    awk '/^CONFIG_/ || /^# CONFIG_.* is not set$/ {
            name = $0
            sub(/^# /, "", name)
            sub(/[= ].*/, "", name)
            if (!(name in line)) { order[++count] = name }
            line[name] = $0
        }
        END { for (i = 1; i <= count; i++) print line[order[i]] }' "$@"
}

# kconfig drops what it cannot grant without a word: compare.
require_config() {
    local wanted lost=0
    while read -r wanted; do
        case $wanted in
        CONFIG_*) grep -qxF -- "$wanted" "$2" && continue ;;
        '# CONFIG_'*' is not set')
            wanted=${wanted#\# }
            ! grep -q "^${wanted% is not set}=" "$2" && continue
            ;;
        *) continue ;;
        esac
        echo "not granted: $wanted"
        lost=1
    done <"$1"
    return "$lost"
}

plain_start() {
    local drive=()
    need_free_port "$PLAIN_PORT" "$PLAIN_PORT_VARIABLE"
    new_overlay "$1" "$PLAIN_DISK"
    if [ -n "$PLAIN_KERNEL_DISK" ]; then
        new_overlay "$1" "$PLAIN_KERNEL_DISK" kernel
        drive=(-drive "file=$(part_dir "$1")/kernel.qcow2,if=virtio,format=qcow2,cache=unsafe")
    fi
    start_vm "$1" amd64 "$PLAIN_KERNEL/vmlinuz" \
        "root=/dev/vda rw rootfstype=ext4 init=/lab/docker-vm $PLAIN_WORDS" \
        "$PLAIN_PORT:2375" -m "$PLAIN_MEMORY" "${drive[@]}"
    set_env "$1" "$PLAIN_ENV" "tcp://127.0.0.1:$PLAIN_PORT"
    set_env "$1" "${PLAIN_ENV}_RELEASE" "$PLAIN_RELEASE"
    set_env "$1" "${PLAIN_ENV}_CONFIG" "$PLAIN_KERNEL/config"
    # No part of the VM: a judge of the CRCs that others find.
    if [ -e "$PLAIN_KERNEL/Module.symvers" ]; then
        set_env "$1" "${PLAIN_ENV}_SYMVERS" "$PLAIN_KERNEL/Module.symvers"
    fi
    set_env "$1" "${PLAIN_ENV}_SOURCE" "$PLAIN_SOURCE"
    set_env "$1" "${PLAIN_ENV}_CONSOLE" "$(part_dir "$1")/console"
    set_env "$1" "${PLAIN_ENV}_BUSYBOX" "$(busybox_of amd64)"
    if [ -n "$PLAIN_IMAGE" ]; then
        set_env "$1" "${PLAIN_ENV}_IMAGE" "linuxkit/kernel:$(cat "$PLAIN_IMAGE/tag")"
    fi
    if [ -n "$PLAIN_DISTRIBUTION" ]; then distribution_env "$1"; fi
}

# The registry, if it is up, has the kernel's image then, if there is one; for a distribution's kernel,
# the distribution's image. The part `archives`, if it is up, has the distribution's archive then.
plain_ready() {
    local image name
    plain_choose "$1"
    engine_answers "http://127.0.0.1:$PLAIN_PORT/_ping" || return
    if [ -n "$PLAIN_DISTRIBUTION" ]; then
        distribution_ready "$1"
        return
    fi
    if is_wsl "$1"; then wsl_ready "$1"; fi
    image=$(cat "$(part_dir "$1")/image")
    if [ -z "$image" ] || ! process_alive registry main; then return; fi
    for name in linuxkit/kernel docker/for-desktop-kernel; do
        ensure_image "$name" "$(cat "$image/tag")" "$image" || return
    done
}

plain_stop() { stop_process "$1" main; }
