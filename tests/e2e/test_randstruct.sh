#!/usr/bin/env bash
# A kernel with randomized structure layouts: nothing fits without the seed that its build drew, and
# nothing is compiled before the right one is there. Inserting the modules is tested in test_kernels.sh.
# lab: registry mirror native plain-randstruct
# only: when named, as tests/kernels/run does; the lab compiles the kernel first
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VM=$LAB_PLAIN_RANDSTRUCT
RELEASE=$LAB_PLAIN_RANDSTRUCT_RELEASE
IMAGE=$LAB_PLAIN_RANDSTRUCT_IMAGE
BUILD=(build --host "$VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist")
BY_HAND=(--source "$LAB_PLAIN_RANDSTRUCT_SOURCE" --offline)
BUILT=$E2E_WORK/dist/$RELEASE
SEED=$E2E_WORK/randstruct.seed

# What the image's publisher published.
real_seed() {
    dock_native pull -q "$IMAGE"
    dock_native create --name ud-e2e-seed "$IMAGE" true
    dock_native cp ud-e2e-seed:/kernel-dev.tar "$E2E_WORK/kernel-dev.tar"
    dock_native rm ud-e2e-seed
    dock_native rmi "$IMAGE"
    tar -xOf "$E2E_WORK/kernel-dev.tar" --wildcards '*/scripts/basic/randstruct.seed' >"$SEED"
    # Its hash is what the kernel's own modules show.
    in_vm modinfo -F vermagic loop | grep -F "RANDSTRUCT_$(tr -d '\n' <"$SEED" | sha256sum | cut -d' ' -f1)"
}

dock_native() { docker -H "$LAB_NATIVE" "$@"; }

told_by_sources() {
    expect_exit 0 ud sources --host "$VM" --json
    expect_json '.kernel.needs_seed and .kernel.needs_symvers'
    expect_json '[.routes[] | select(.kind == "image" and (.gives | index("layout seed")))] | length > 0'
}

# refused CODE [OPTION...]: before a builder is looked for, and with nothing left.
refused() {
    local code=$1
    shift
    expect_exit "$code" ud "${BUILD[@]}" "$@"
    ! said | grep -qE 'Compiling|Preparing|Sending' || fail "it went on without the seed"
    [ ! -e "$BUILT" ] || fail "modules are left"
}

no_seed() {
    refused 6 "${BY_HAND[@]}"
    expect_text 'CONFIG_RANDSTRUCT' 'neither its configuration nor its sources hold' \
        'it is not in the engine' --kernel-image --randstruct-seed
}

another_seed() {
    printf '%064d\n' 7 >"$E2E_WORK/other.seed"
    refused 10 "${BY_HAND[@]}" --randstruct-seed "$E2E_WORK/other.seed"
    expect_text 'is of another build' "the kernel's own modules"
}

no_file_of_a_seed() {
    echo CONFIG_RANDSTRUCT=y >"$E2E_WORK/no.seed"
    refused 10 "${BY_HAND[@]}" --randstruct-seed "$E2E_WORK/no.seed"
    expect_text 'holds no layout seed'
}

# Of the builds that the list of tags names the first two are another kernel's.
by_the_image() {
    expect_exit 0 ud "${BUILD[@]}" --source-mirror "$LAB_MIRROR" --json
    expect_json ".built and .source == \"$IMAGE\""
    expect_text "the layout seed from $IMAGE" "Module.symvers from $IMAGE" \
        "has no .config of kernel $RELEASE"
    mv "$E2E_WORK/dist" "$E2E_WORK/of_image"
}

# The kernel's module and ours, compiled elsewhere, have one layout.
hash_is_the_kernels() {
    local wanted
    wanted=$(in_vm modinfo -F vermagic loop | xargs)
    for file in "$E2E_WORK/of_image/$RELEASE"/*.ko; do
        expect_equal "$(modinfo -F vermagic "$file" | xargs)" "$wanted"
    done
}

# kernel_org_and_hub: a mirror with kernel.org's tarball of that version, and the tags of Docker Desktop's kernels.
kernel_org_and_hub() {
    local mirror=$E2E_WORK/mirror version=${RELEASE%-linuxkit}
    mkdir -p "$mirror/v6.x" "$mirror/v2/repositories/docker/for-desktop-kernel"
    curl -fsS "$LAB_MIRROR/v6.x/sha256sums.asc" >"$mirror/v6.x/sha256sums.asc"
    ln -sf "$LAB_PLAIN_RANDSTRUCT_SOURCE" "$mirror/v6.x/linux-$version.tar.xz"
    printf '{"count":1,"next":null,"results":[{"name":"%s"}]}\n' "${IMAGE#*:}" \
        >"$mirror/v2/repositories/docker/for-desktop-kernel/tags"
    serve "$mirror" v6.x/sha256sums.asc
}

# As of a version of Docker Desktop: an image without sources, and kernel.org's tarball of that version.
by_docker_desktops_image() {
    kernel_org_and_hub
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/other-cache" "$UD_BINARY" "${BUILD[@]}" \
        --source-mirror "$(served)" --json
    expect_json ".built and .source == \"$(served)/v6.x/linux-${RELEASE%-linuxkit}.tar.xz\""
    expect_text "the layout seed from docker/for-desktop-kernel:${IMAGE#*:}"
    expect_same_modules "$BUILT" "$E2E_WORK/of_image/$RELEASE"
    rm -rf "$E2E_WORK/dist"
}

# patch_of FILE LINE...: a patch that adds the lines to the end of a file of the sources.
patch_of() {
    local tree=$E2E_WORK/of_source file=$1
    shift
    mkdir -p "$tree"
    tar -xJf "$LAB_PLAIN_RANDSTRUCT_SOURCE" -C "$tree" --strip-components=1 --wildcards "*/$file"
    cp "$tree/$file" "$E2E_WORK/changed"
    printf '%s\n' "$@" >>"$E2E_WORK/changed"
    diff -u --label "a/$file" --label "b/$file" "$tree/$file" "$E2E_WORK/changed" || [ $? = 1 ]
}

# name_patches VERSION: as a LinuxKit VM names what its builder changed: a mark in a module that is built, and a
# file that no build of ours would be sent without it.
name_patches() {
    in_vm mkdir -p /src/patches
    patch_of drivers/usb/usbip/usbip_common.c 'MODULE_INFO(changed, "by the lab");' >"$E2E_WORK/0001-mark.patch"
    patch_of net/vmw_vsock/hyperv_transport.c '/* changed by the lab */' >"$E2E_WORK/0002-hv_sock.patch"
    put_in_vm "$E2E_WORK/0001-mark.patch" /src/patches/0001-mark.patch
    put_in_vm "$E2E_WORK/0002-hv_sock.patch" /src/patches/0002-hv_sock.patch
    echo "$1" >"$E2E_WORK/kernel-version"
    put_in_vm "$E2E_WORK/kernel-version" /src/kernel-version
}

by_the_vms_patches() {
    local version=${RELEASE%-linuxkit} image=docker/for-desktop-kernel:${IMAGE#*:}
    name_patches "$version"
    kernel_org_and_hub
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/other-cache" "$UD_BINARY" "${BUILD[@]}" \
        --source-mirror "$(served)" --json
    expect_json ".built and .source == \"$(served)/v6.x/linux-$version.tar.xz with 2 patches (/src/patches in the VM)\""
    expect_text "2 patches of the kernel's builder are applied to the sources" "the layout seed from $image"
    expect_equal "$(modinfo -F changed "$BUILT/usbip-core.ko")" 'by the lab'
    # With the tree that was prepared then.
    rm -rf "$E2E_WORK/dist"
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/other-cache" "$UD_BINARY" "${BUILD[@]}" \
        --source-mirror "$(served)" --json
    expect_text 'Taking up the prepared tree'
    expect_equal "$(modinfo -F changed "$BUILT/usbip-core.ko")" 'by the lab'
    rm -rf "$E2E_WORK/dist"
}

# One whose version is not this kernel's is not used; one that does not fit ends the build.
patches_that_do_not_fit() {
    name_patches 6.0.1
    kernel_org_and_hub
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/other-cache" "$UD_BINARY" "${BUILD[@]}" --source-mirror "$(served)" --json
    expect_text "the VM's patches (/src/patches) are not used" 'they are for \"6.0.1\"'
    expect_same_modules "$BUILT" "$E2E_WORK/of_image/$RELEASE"
    rm -rf "$E2E_WORK/dist"
    in_vm rm -r /src
    sed 's/^ /  no such line /' "$E2E_WORK/0001-mark.patch" >"$E2E_WORK/bad.patch"
    expect_exit 7 ud "${BUILD[@]}" --source "$LAB_PLAIN_RANDSTRUCT_SOURCE" --randstruct-seed "$SEED" --patches "$E2E_WORK/bad.patch"
    expect_text "the patch $E2E_WORK/bad.patch does not fit the sources" --patches
    [ ! -e "$BUILT" ] || fail "modules are left"
}

# Nothing is kept for this one: all is compiled, and the CRCs are computed.
by_a_file() {
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/third-cache" "$UD_BINARY" "${BUILD[@]}" "${BY_HAND[@]}" \
        --randstruct-seed "$SEED" --no-cache --json
    expect_json '.built and .crcs.needed > 0 and .crcs.needed == .crcs.of_modules + .crcs.computed'
    expect_same_modules "$BUILT" "$E2E_WORK/of_image/$RELEASE"
}

# Sources in which somebody compiled: the plugin that is there is of another compiler, and kbuild's
# notes say that it is up to date.
by_a_tree_that_was_built_in() {
    local tree=$E2E_WORK/built-in plugin
    mkdir "$tree"
    tar -xJf "$LAB_PLAIN_RANDSTRUCT_SOURCE" -C "$tree" --strip-components=1
    cp "$LAB_PLAIN_RANDSTRUCT_CONFIG" "$tree/.config"
    make -s -C "$tree" CC=gcc-12 HOSTCC=gcc-12 HOSTCXX=g++-12 olddefconfig scripts_basic gcc-plugins
    plugin=$tree/scripts/gcc-plugins/randomize_layout_plugin.so
    [ -s "$plugin" ] || fail "the plugin was not compiled"
    echo 'of another compiler' >"$plugin"
    rm "$tree"/scripts/{basic,gcc-plugins}/*randstruct.seed* "$tree"/scripts/gcc-plugins/randomize_layout_seed.h 2>/dev/null || true
    rm -rf "$E2E_WORK/dist"
    expect_exit 0 env XDG_CACHE_HOME="$E2E_WORK/fourth-cache" "$UD_BINARY" "${BUILD[@]}" --source "$tree" --offline \
        --randstruct-seed "$SEED" --no-cache --json
    expect_json '.built'
    expect_same_modules "$BUILT" "$E2E_WORK/of_image/$RELEASE"
    rm -rf "$tree"
}

by_what_is_kept() {
    rm -rf "$E2E_WORK/dist"
    expect_exit 0 ud "${BUILD[@]}" --offline --json
    expect_json '.built'
    expect_text "the layout seed from $IMAGE, kept here from an earlier run"
    expect_same_modules "$BUILT" "$E2E_WORK/of_image/$RELEASE"
}

# Another seed's modules do not come about here: one module says that it is one.
verify_compares_the_hash() {
    local hash
    hash=$(modinfo -F vermagic "$BUILT/usbcore.ko" | grep -oE 'RANDSTRUCT_[0-9a-f]+')
    "$E2E_ALTERMOD" "$BUILT/usbcore.ko" modinfo "$hash" "RANDSTRUCT_$(printf '%064d' 7)"
    seal "$BUILT"
    expect_exit 10 ud verify "$BUILT" --host "$VM" --json
    expect_json '[.checks[] | select(.name == "randstruct").findings[].module] == ["usbcore"]'
    expect_exit 10 ud load --host "$VM" --input "$E2E_WORK/dist"
    expect_equal "$(vm_usb_modules)" ''
}

trap 'serve_stop; vm_shell_close' EXIT
vm_shell_open "$VM"
check "(what the publisher of the kernel has)" real_seed
remember "$VM"
check "sources says that a seed is needed, and who has it" told_by_sources
check "without the seed nothing is compiled, and it says why" no_seed
check "nor with another build's" another_seed
check "nor with a file that is none" no_file_of_a_seed
check "build takes the seed from the kernel's image" by_the_image
check "the modules have the kernel's layout" hash_is_the_kernels
check "build takes it from Docker Desktop's image, and sources from kernel.org" by_docker_desktops_image
check "the patches that the VM names are applied to them" by_the_vms_patches
check "patches of another version, or that do not fit, are told" patches_that_do_not_fit
check "build takes it from a file, and makes the same bytes" by_a_file
check "sources in which another compiler left its plugin" by_a_tree_that_was_built_in
check "build takes it from what it kept, without a network" by_what_is_kept
check "verify and load refuse a module of another seed" verify_compares_the_hash
check "only the documented images are left" expect_remembered "$VM"
