#!/usr/bin/env bash
# The routes to sources and Module.symvers: each fetches what it promises, and what does not fit is
# not taken.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist")
WSL=5.15.133.1-microsoft-standard-WSL2
# What an image needs to be named as a builder; nothing compiles in it.
NO_COMPILER=(--builder busybox)

kept() { find "$XDG_CACHE_HOME/usbipd-desktop/sources" -path "*/kernel-*/$1" -type f; }
forget() { rm -rf "$XDG_CACHE_HOME/usbipd-desktop"; }

engine_before() { snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"; }

nothing_left() {
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
}

routes_of_this_vm() {
    expect_exit 0 ud sources --host "$LAB_VM" --json
    expect_json '.kernel.needs_symvers and .routes[0].kind == "named"'
    expect_json ".routes[1] | .gives == [\"modules\"] and (.names[0] | startswith(\"linux-image-$LAB_VM_RELEASE=\"))"
    expect_json ".routes[2].names[1] | startswith(\"linux-headers-$LAB_VM_RELEASE=\")"
    expect_json '.routes[1].usable and .routes[2].usable and (.routes[3].usable | not)'
}

# The first has another configuration and no sources; the second is this kernel's.
another_builds_image() {
    expect_exit 7 ud build "${HERE[@]}" "${NO_COMPILER[@]}" --kernel-image "$LAB_OTHER_KERNEL_IMAGE"
    expect_text "is of another build: 2 options differ, CONFIG_SLAB is y there" \
        'the builder is made from busybox, which is not Debian' snapshot.debian.org
    [ -z "$(kept '*')" ] || fail "it kept what does not fit"
    nothing_left
}

published_image() {
    expect_exit 0 ud build "${HERE[@]}" --kernel-image "$LAB_KERNEL_IMAGE" --json
    expect_json ".built and .source == \"$LAB_KERNEL_IMAGE\""
    expect_text "Module.symvers from $LAB_KERNEL_IMAGE"
    expect_same "$(kept Module.symvers)" "$LAB_SYMVERS"
    expect_equal "$(jq -r .symvers_sha256 "$E2E_WORK/dist/$LAB_VM_RELEASE/manifest.json")" \
        "$(sha256sum <"$LAB_SYMVERS" | cut -d' ' -f1)"
    expect_equal "$(ls "$E2E_WORK/dist/$LAB_VM_RELEASE")" \
        $'manifest.json\nusb-common.ko\nusbcore.ko\nusbip-core.ko\nvhci-hcd.ko'
    nothing_left
}


builder() { ud builder list --host "$LAB_NATIVE" --json | jq -r '.builders[0].name'; }

listed_builder() {
    expect_exit 0 ud builder list --host "$LAB_NATIVE" --json
    expect_json '.builders[0] | (.name | startswith("usbipd-desktop/builder:")) and .size > 1e8'
    expect_json '.builders[0].last_used >= .builders[0].created'
    expect_exit 0 ud builder prune --host "$LAB_NATIVE" --dry-run
    expect_text 'would be removed'
    nothing_left
}

debian_packages() {
    forget
    # As it is, that image has apt and no compiler: the build ends once the sources came.
    expect_exit 9 ud build "${HERE[@]}" --builder debian:bookworm
    expect_text "Module.symvers from linux-headers-$LAB_VM_RELEASE=" 'image debian:bookworm has no gcc'
    expect_same "$(kept Module.symvers)" "$LAB_SYMVERS"
    expect_same "$(kept sources)" "$LAB_SOURCE"
    nothing_left
}

# The URL is the one that the route names. What the lab has there is three files, and of another version
# than the virtual machine's kernel.
wsl_tarball() {
    local url
    expect_exit 0 ud sources --kernel-release "$WSL" --source-mirror "$LAB_MIRROR" --json
    url=$(jq -r '.routes[1].names[0]' "$E2E_WORK/out")
    expect_equal "$url" "$LAB_MIRROR/microsoft/WSL2-Linux-Kernel/archive/refs/tags/linux-msft-wsl-5.15.133.1.tar.gz"
    expect_exit 7 ud build "${HERE[@]}" "${NO_COMPILER[@]}" --source "$url" --symvers "$LAB_SYMVERS"
    expect_text "Downloading $url ... ok" "the sources are of Linux 5.15.133, and the kernel $LAB_VM_RELEASE is of 6.1."
    nothing_left
}

offline_refusals() {
    forget
    expect_exit 7 ud build "${HERE[@]}" --builder "$(builder)" --offline
    expect_text 'cannot be had with --offline' 'Run this build once without --offline'
    expect_exit 7 ud build "${HERE[@]}" --builder debian:nowhere --offline
    expect_text 'does not have the image debian:nowhere' 'besides: the sources of kernel'
    nothing_left
}

check "the routes of this kernel are listed" routes_of_this_vm
check "what is in the engine before" engine_before
check "the image of another build is told and not used" another_builds_image
check "a build through the kernel's published image" published_image
check "the builder image is listed" listed_builder
check "Debian's packages give sources and Module.symvers" debian_packages
check "WSL2's archive is fetched from where GitHub has it" wsl_tarball
check "--offline names what is missing" offline_refusals
