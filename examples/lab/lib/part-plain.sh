# shellcheck shell=bash
# Part `plain`: a second Docker VM whose kernel calls itself as kernel.org does and says what it is
# only in /proc/config.gz. The lab compiles it.

plain_prepare() {
    local source
    source=$(linux_source bookworm 6.1)
    PLAIN_KERNEL=$(cached plain-kernel \
        "$(digest "$source" "@$LAB_DIR/plain-kernel.config" "$(gcc-12 --version)" \
            "$(declare -f build_plain_kernel require_config)")" build_plain_kernel "$source")
    PLAIN_RELEASE=$(cat "$PLAIN_KERNEL/release")
    PLAIN_DISK=$(guest_disk)
}

build_plain_kernel() {
    local into=$1 tarball=$2 source build
    source=$into/linux-source-6.1 build=$into/build
    tar -xJf "$tarball" -C "$into"
    KCONFIG_ALLCONFIG=$LAB_DIR/plain-kernel.config make -C "$source" O="$build" CC=gcc-12 allnoconfig
    require_config "$LAB_DIR/plain-kernel.config" "$build/.config"
    make -C "$build" CC=gcc-12 -j2 bzImage
    make -s -C "$build" CC=gcc-12 kernelrelease >"$into/release"
    cp "$build/arch/x86/boot/bzImage" "$into/vmlinuz"
    cp "$build/.config" "$into/config"
    rm -rf "$source" "$build"
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
    need_free_port "$LAB_PLAIN_PORT" LAB_PLAIN_PORT
    new_overlay plain "$PLAIN_DISK"
    start_vm plain "$PLAIN_KERNEL/vmlinuz" \
        "root=/dev/vda rw rootfstype=ext4 init=/lab/docker-vm lab.name=plain-vm $(docker_vm_words) ${LAB_PLAIN_APPEND:-}" \
        "$LAB_PLAIN_PORT:2375" -m 3000
    set_env plain LAB_PLAIN "tcp://127.0.0.1:$LAB_PLAIN_PORT"
    set_env plain LAB_PLAIN_RELEASE "$PLAIN_RELEASE"
    set_env plain LAB_PLAIN_CONFIG "$PLAIN_KERNEL/config"
    set_env plain LAB_PLAIN_CONSOLE "$(part_dir plain)/console"
}

plain_ready() { engine_answers "http://127.0.0.1:$LAB_PLAIN_PORT/_ping"; }
plain_stop() { stop_process plain main; }
