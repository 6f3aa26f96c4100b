#!/usr/bin/env bash
# A kernel of another builder, and nothing given but a mirror with kernel.org's archive of its version: the
# sources are taken because the kernel's own modules prove them, and refused with one patch more.
# lab: registry mirror native plain-hardened
# only: when named, as tests/kernels/run does; the lab compiles the kernel first
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VM=$LAB_PLAIN_HARDENED
RELEASE=$LAB_PLAIN_HARDENED_RELEASE
ARCHIVE=linux-${RELEASE%%-*}.tar.xz
BUILD=(build --host "$VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/dist" --json)
BUILT=$E2E_WORK/dist/$RELEASE
MIRROR=$E2E_WORK/mirror

told_by_sources() {
    expect_exit 0 ud sources --host "$VM" --source-mirror "$LAB_MIRROR" --json
    expect_json '[.routes[] | select(.must_prove and .usable)] | length == 1'
}

proven() {
    expect_exit 0 ud "${BUILD[@]}" --source-mirror "$LAB_MIRROR"
    expect_json ".built and .source == \"$LAB_MIRROR/v6.x/$ARCHIVE\""
    expect_json '.proof.verdict == "proven" and (.proof.of | startswith("only") | not)'
    expect_json '.crcs.confirmed > 100'
    jq -e '.proof == "proven" and (.proof_of | length > 0)' "$BUILT/manifest.json" >/dev/null
    jq .proof "$E2E_WORK/out"
}

unchanged() {
    expect_exit 0 ud "${BUILD[@]}" --source-mirror "$LAB_MIRROR"
    expect_json '.unchanged and .proof.verdict == "proven"'
}

right() { judge_crcs "$LAB_PLAIN_HARDENED_SYMVERS" "$BUILT"/*.ko; }

loaded_and_tested() {
    expect_exit 0 ud load --host "$VM" --input "$E2E_WORK/dist"
    expect_exit 0 ud status --host "$VM" --self-test --json
    expect_json '.self_test.passed'
    expect_exit 0 ud unload --host "$VM" --input "$E2E_WORK/dist"
}

# Modules for another build of the same release: its build ID differs, and perhaps a CRC.
another_build() {
    local other=$E2E_WORK/other
    cp -r "$E2E_WORK/dist" "$other"
    # shellcheck disable=SC2016 # for jq
    seal_edit "$other/$RELEASE" '.kernel_build_id = $text' 00112233445566778899aabbccddeeff00112233
    expect_exit 0 ud verify "$other/$RELEASE" --host "$VM" --json
    verify_verdict kernel-build warning
    expect_text "another build of kernel $RELEASE" 'build ID'
    "$E2E_ALTERMOD" "$other/$RELEASE/vhci-hcd.ko" crc module_layout
    seal "$other/$RELEASE"
    expect_exit 10 ud load --host "$VM" --input "$other"
    expect_text module_layout
}

# The same archive, but for one member that some builder could have added to struct device.
patched_mirror() {
    local tree=$E2E_WORK/patched sum
    mkdir -p "$tree" "$MIRROR/v6.x"
    tar -xJf "$LAB_SOURCE" -C "$tree" --strip-components=1
    sed -i 's/^struct device {$/struct device {\n\tvoid *added_by_its_builder;/' "$tree/include/linux/device.h"
    grep -q added_by_its_builder "$tree/include/linux/device.h"
    tar -c -C "$E2E_WORK" patched | gzip -1 >"$MIRROR/v6.x/$ARCHIVE"
    rm -rf "$tree"
    sum=$(sha256sum <"$MIRROR/v6.x/$ARCHIVE")
    curl -fsS "$LAB_MIRROR/v6.x/sha256sums.asc" |
        sed -E "s/^[0-9a-f]{64} /${sum%% *} /" >"$MIRROR/v6.x/sha256sums.asc"
    serve "$MIRROR" v6.x/sha256sums.asc
}

refuted() {
    rm -rf "$E2E_WORK/dist"
    expect_exit 10 ud "${BUILD[@]}" --source-mirror "$(served)"
    expect_text 'they lack patches of its builder' 'CRCs differ' 'Ask its builder'
    [ ! -e "$BUILT" ] || fail "modules are left"
}

trap 'serve_stop' EXIT
check "sources: the archive has to be proven" told_by_sources
check "the kernel proves the archive of its version" proven
check "no CRC is wrong" right
check "the modules are loaded, tested and unloaded" loaded_and_tested
check "a second build changes nothing and has the proof" unchanged
check "modules of another build of the same release are told apart" another_build
check "(a mirror whose archive has one member more in struct device)" patched_mirror
check "those sources are refused, and the proof is named" refuted
