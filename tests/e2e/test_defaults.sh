#!/usr/bin/env bash
# Nothing given but the engines and a mirror: a kernel that calls itself as kernel.org does and
# shows its configuration in /proc/config.gz. Nothing is cached at the start.
# lab: registry mirror native plain
# only: when named, as tests/kernels/run does; the lab compiles the kernel first
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_PLAIN" --build-host "$LAB_NATIVE")
DOWNLOADS=$XDG_CACHE_HOME/usbipd-desktop/sources
LIST=$LAB_MIRROR/v6.x/sha256sums.asc
MIRROR=$E2E_WORK/mirror

# One image of ours that has lost its name, as when two runs imported the helper at once.
clean_all() {
    tar -c -C "$E2E_DIR" lib.sh | docker -H "$LAB_PLAIN" import \
        -c 'LABEL io.github.usbipd-desktop=1' - >/dev/null
    expect_exit 0 ud clean "${HERE[@]}"
    docker -H "$LAB_NATIVE" rmi debian:bookworm >/dev/null 2>&1 || true
    expect_equal "$(docker -H "$LAB_NATIVE" images -q -f label=io.github.usbipd-desktop)" ''
    expect_equal "$(docker -H "$LAB_PLAIN" images -q -f label=io.github.usbipd-desktop)" ''
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
    snapshot "$LAB_PLAIN" >"$E2E_WORK/plain.before"
}

build() {
    expect_exit 0 ud build "${HERE[@]}" --source-mirror "$LAB_MIRROR" \
        --output "$E2E_WORK/dist" --json
    expect_json ".built and .kernel.release == \"$LAB_PLAIN_RELEASE\""
    expect_json ".source | startswith(\"$LAB_MIRROR/v6.x/linux-\")"
    expect_json '.kernel.config_origin | contains("config.gz")'
    expect_text 'Pulling debian:bookworm' 'Installing compiler and tools'
}

download_is_kept() {
    local wanted
    expect_equal "$(find "$DOWNLOADS" -type f | wc -l)" 1
    wanted=$(curl -fsS "$LIST" | grep -oE '^[0-9a-f]{64}')
    expect_equal "$(cat "$DOWNLOADS"/* | sha256sum | cut -d' ' -f1)" "$wanted"
}

# The base image that was pulled is gone again.
only_kept_images() {
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    snapshot "$LAB_PLAIN" >"$E2E_WORK/plain.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/plain.before" "$E2E_WORK/plain.after"
    expect_equal "$(grep -c '^image usbipd-desktop/builder:' "$E2E_WORK/native.after")" 1
}

load_and_unload() {
    expect_exit 0 ud load --host "$LAB_PLAIN" --input "$E2E_WORK/dist" --json
    expect_json '[.ports[]] | length == 16'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud unload --host "$LAB_PLAIN" --input "$E2E_WORK/dist"
    expect_equal "$(vm_usb_modules)" ''
}

second_build() {
    expect_exit 0 ud build "${HERE[@]}" --source-mirror "$LAB_MIRROR" --output "$E2E_WORK/dist2"
    ! said | grep -qE 'Downloading|Pulling|Installing' || fail "it did not use what is there"
    expect_same <(cd "$E2E_WORK/dist/$LAB_PLAIN_RELEASE" && sha256sum -- *.ko) \
        <(cd "$E2E_WORK/dist2/$LAB_PLAIN_RELEASE" && sha256sum -- *.ko)
}

start_mirror() {
    local file
    file=$(curl -fsS "$LIST" | grep -oE 'linux-.*\.tar\.xz')
    mkdir -p "$MIRROR/v6.x" "$MIRROR/empty/v6.x"
    head -c 100000 /dev/urandom >"$MIRROR/v6.x/$file"
    curl -fsS "$LIST" >"$E2E_WORK/list"
    sed -E "s/^[0-9a-f]{64} /$(printf '%064d' 7) /" "$E2E_WORK/list" >"$MIRROR/v6.x/sha256sums.asc"
    sed 's/  linux-/  other-/' "$E2E_WORK/list" >"$MIRROR/empty/v6.x/sha256sums.asc"
    serve "$MIRROR" v6.x/sha256sums.asc
}

# refused CODE PATH: a build from that folder of the test's mirror, which leaves nothing.
refused() {
    ls -R "$XDG_CACHE_HOME" >"$E2E_WORK/cache.before"
    expect_exit "$1" ud build "${HERE[@]}" --source-mirror "$(served)$2" \
        --output "$E2E_WORK/dist3"
    ls -R "$XDG_CACHE_HOME" >"$E2E_WORK/cache.after"
    expect_same "$E2E_WORK/cache.before" "$E2E_WORK/cache.after"
    [ ! -e "$E2E_WORK/dist3" ] || fail "something is left in the output directory"
}

wrong_digest() {
    refused 7 ''
    expect_text SHA-256 "$(printf '%064d' 7)"
}

not_in_the_list() { refused 7 /empty; }

clean_downloads() {
    expect_exit 0 ud clean --host "$LAB_PLAIN" --downloads
    expect_equal "$(find "$DOWNLOADS" -type f | wc -l)" 0
}

trap 'serve_stop; vm_shell_close' EXIT
vm_shell_open "$LAB_PLAIN"
check "clean leaves nothing of ours" clean_all
check "build with nothing but a mirror" build
check "the download is kept, as the list says it is" download_is_kept
check "only the documented images are left" only_kept_images
check "load and unload" load_and_unload
check "a second build uses what is there and gives the same bytes" second_build
check "(a mirror whose list is wrong)" start_mirror
check "a digest that the list does not have is refused" wrong_digest
check "an archive that the list does not name is refused" not_in_the_list
check "clean --downloads removes it" clean_downloads
