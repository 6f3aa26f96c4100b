#!/usr/bin/env bash
# Pairs of modules that a second compilation made: sources, compiler and tree are those of the main job,
# one option is not. verify says what differs, load refuses, and so does a build of that configuration.
# lab: registry mirror native vm
# only: when named, as tests/kernels/run does for 6.1: it takes minutes
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

BUILT=$E2E_WORK/dist/$LAB_VM_RELEASE
MODULES=(usb_common usbcore usbip_core vhci_hcd)
NO_PREEMPT='it lacks preempt, which the kernel has'

# The main job once more, as its tree must be in this engine: kept or made now.
main_job() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/dist"
    grep -o 'usbipd-desktop/prepared:[0-9a-f]*' "$E2E_WORK/err" | tail -n 1 >"$E2E_WORK/prepared"
    [ -s "$E2E_WORK/prepared" ] || fail "it names no prepared tree"
}

# compile_again DIR [VARIABLE=VALUE...] -- OPTION...: see compile_again.sh. DIR is like the main job's then.
compile_again() {
    local dir=$E2E_WORK/$1 prepared compiler variables=()
    prepared=$(cat "$E2E_WORK/prepared")
    compiler=$(docker -H "$LAB_NATIVE" image inspect "$prepared" |
        jq -r '.[0].Config.Labels["io.github.usbipd-desktop.compiler"]')
    shift
    while [ "$1" != -- ]; do
        variables+=(-e "$1")
        shift
    done
    docker -H "$LAB_NATIVE" run --rm -i --network none --name "$E2E_MARK-again" "${variables[@]}" \
        --entrypoint bash "$prepared" -s -- "$LAB_VM_RELEASE" "$compiler" "${@:2}" \
        <"$E2E_DIR/compile_again.sh" >"$dir.tar"
    cp -r "$BUILT" "$dir"
    rm "$dir"/*.ko
    tar -x --no-same-owner -C "$dir" -f "$dir.tar"
    expect_equal "$(find "$dir" -name '*.ko' | wc -l)" 4
    seal "$dir"
}

# Of a module's struct module, as binutils tell.
struct_size() {
    echo $((16#$(objdump -h -j .gnu.linkonce.this_module "$1" | awk '$2 == ".gnu.linkonce.this_module" { print $3 }')))
}

exit_offset() {
    echo $((16#$(objdump -r -j .gnu.linkonce.this_module "$1" | awk '$3 ~ /^cleanup_module/ { print $1 }')))
}

size_text() { echo "its struct module has $(struct_size "$E2E_WORK/$1/usbcore.ko") bytes, that of the VM's own"; }
exit_text() { echo "its struct module has exit at $(exit_offset "$E2E_WORK/$1/usbcore.ko"), that of the VM's own"; }

# The CRC of module_layout that the kernel has.
kernel_layout() { awk '$2 == "module_layout" { print $1 }' "$LAB_SYMVERS"; }

# Debian's struct module has the members for BTF in any case: an option that makes no difference, and
# so shows that a second compilation is like the first.
no_difference() {
    compile_again same -- -d DEBUG_INFO_BTF
    expect_same_modules "$BUILT" "$E2E_WORK/same"
    expect_equal "$(cat "$E2E_WORK/same/module_layout.crc")" "$(kernel_layout)"
}

# differs DIR CHECK...: of all checks that can tell a configuration, these have errors.
differs() {
    local check expected dir=$E2E_WORK/$1
    shift
    expect_exit 10 ud verify "$dir" --host "$LAB_VM" --json
    expect_json '.error.exit == 10 and .error.code == "unfit"'
    for check in manifest release vermagic modversions module_layout struct-module; do
        expected=ok
        if [[ " $* " = *" $check "* ]]; then expected=error; fi
        verify_verdict "$check" "$expected"
    done
}

# of_all CHECK TEXT: the check says it of each module.
of_all() {
    local module
    for module in "${MODULES[@]}"; do verify_found "$1" "$module" "$2"; done
}

# As if kernel.org's struct module were the kernel's. The CRCs are the kernel's own: only where exit is
# tells, for the size is rounded up.
without_btf() {
    compile_again btf 'MODULE_H=s/^#if 1$/#ifdef CONFIG_DEBUG_INFO_BTF_MODULES/' -- -d DEBUG_INFO_BTF
    differs btf struct-module
    of_all struct-module "$(exit_text btf)"
    expect_equal "$(exit_offset "$E2E_WORK/btf/usbcore.ko")" "$(($(exit_offset "$BUILT/usbcore.ko") - 16))"
    expect_equal "$(struct_size "$E2E_WORK/btf/usbcore.ko")" "$(struct_size "$BUILT/usbcore.ko")"
}

# A member more in struct module. The CRCs are the kernel's own: only the size tells.
with_build_id() {
    compile_again buildid -- -e STACKTRACE_BUILD_ID
    [ "$(cat "$E2E_WORK/buildid/module_layout.crc")" != "$(kernel_layout)" ] || fail "the CRC is the kernel's"
    differs buildid struct-module
    of_all struct-module "$(size_text buildid)"
}

# The kernel's model is voluntary: vermagic has preempt because it is dynamic. The CRC of module_layout is
# this configuration's, the others are the kernel's.
without_preempt() {
    compile_again preempt OWN_LAYOUT=1 -- -d PREEMPT_DYNAMIC
    differs preempt vermagic module_layout
    of_all vermagic "$NO_PREEMPT"
    of_all module_layout 'the kernel has other CRCs for module_layout'
}

# refused_build CODE CONFIGURATION TEXT...: our own program, given that configuration.
refused_build() {
    local code=$1 config=$2
    shift 2
    ! cmp -s "$config" "$LAB_VM_CONFIG" || fail "the configuration has no such line"
    expect_exit "$code" ud build "${MAIN_BUILD[@]}" --kernel-config "$config" --output "$E2E_WORK/refused"
    expect_text "takes the place of the VM's own /boot/config-$LAB_VM_RELEASE" "$@"
    [ ! -e "$E2E_WORK/refused/$LAB_VM_RELEASE" ] || fail "modules are left"
}

# Half a configuration is completed by kconfig, and is another one then.
build_without_preempt() {
    sed 's/^CONFIG_PREEMPT_DYNAMIC=y$/# CONFIG_PREEMPT_DYNAMIC is not set/' "$LAB_VM_CONFIG" \
        >"$E2E_WORK/preempt.config"
    refused_build 8 "$E2E_WORK/preempt.config" CONFIG_PREEMPTION 'preemption changes locks and vermagic'
}

build_with_build_id() {
    sed 's/^# CONFIG_STACKTRACE_BUILD_ID is not set$/CONFIG_STACKTRACE_BUILD_ID=y/' "$LAB_VM_CONFIG" \
        >"$E2E_WORK/buildid.config"
    refused_build 10 "$E2E_WORK/buildid.config" "$(size_text buildid)"
}

# CMA, and what the sources have for the options that depend on it.
cma_config() {
    sed 's/^# CONFIG_CMA is not set$/CONFIG_CMA=y\nCONFIG_DMA_CMA=y/' "$LAB_VM_CONFIG"
    printf 'CONFIG_CMA_%s\n' AREAS=19 SIZE_MBYTES=0 SIZE_SEL_MBYTES=y ALIGNMENT=8
}

build_warns() {
    cma_config >"$E2E_WORK/cma.config"
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --kernel-config "$E2E_WORK/cma.config" --dry-run \
        --output "$E2E_WORK/refused"
    expect_text 'from which it differs in CONFIG_CMA, '
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --kernel-config "$LAB_VM_CONFIG" --dry-run \
        --output "$E2E_WORK/refused"
    if said | grep -q 'takes the place'; then fail "it warns of the kernel's own configuration"; fi
}

# More in struct device: with the kernel's Module.symvers no check of the modules themselves can tell.
build_with_cma() {
    cma_config >"$E2E_WORK/cma.config"
    refused_build 10 "$E2E_WORK/cma.config" 'struct device was compiled with' 'Build with the kernel'
    said | grep -qE 'struct device was compiled with ([0-9]+) bytes, that of the kernel has [0-9]+' ||
        fail "it does not say how large they are"
}

trap 'docker -H "$LAB_NATIVE" rm -f "$E2E_MARK-again" >/dev/null 2>&1 || true; vm_shell_close' EXIT

check "(the main job, and its tree)" main_job
check "a second compilation gives the same bytes" no_difference
check "verify DEBUG_INFO_BTF flipped, where it counts" without_btf
check "verify STACKTRACE_BUILD_ID flipped" with_build_id
check "verify PREEMPT flipped" without_preempt
vm_shell_open "$LAB_VM"
check "load refuses without BTF" load_refuses "$E2E_WORK/btf" "$(exit_text btf)"
check "load refuses with build IDs" load_refuses "$E2E_WORK/buildid" "$(size_text buildid)"
check "load refuses without PREEMPT" load_refuses "$E2E_WORK/preempt" "$NO_PREEMPT"
check "build warns of a configuration that is not the VM's" build_warns
check "build refuses without PREEMPT" build_without_preempt
check "build refuses with build IDs" build_with_build_id
check "build refuses with CMA" build_with_cma
