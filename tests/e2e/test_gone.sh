#!/usr/bin/env bash
# The distribution's archive has the running kernel's modules no more: build says so and compiles, from the sources
# that the archive has. Once with the headers' Module.symvers, and of Ubuntu once with the CRCs of the VM's own modules
# alone. Ends with a kernel that enforces signatures. UD_KERNEL names the kernel, Ubuntu's by itself.
# lab: registry native archives board plain-ubuntu
# only: when named, as tests/kernels/run ubuntu does; the lab compiles the kernel first
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

KERNEL=${UD_KERNEL:-ubuntu}
PREFIX=LAB_PLAIN_${KERNEL^^}
of_kernel() { local name=$PREFIX$1 && printf '%s\n' "${!name:?}"; }

VM=$(of_kernel '')
# shellcheck disable=SC2034 # for lib/board.sh
LAB_VM=$VM
RELEASE=$(of_kernel _RELEASE)
VERSION=$(of_kernel _VERSION)
# What is gone, the packages of sources and headers, and how `build` calls the sources.
case $KERNEL in
ubuntu)
    GONE=linux-modules-extra-$RELEASE SOURCE=linux-source-${RELEASE%%-*}=$VERSION
    HEADERS=linux-headers-$RELEASE=$VERSION CALLED=$SOURCE
    ;;
fedora)
    GONE=kernel-modules-extra-$RELEASE SOURCE=kernel-${RELEASE%.*}.src
    HEADERS=kernel-devel-$RELEASE CALLED="$SOURCE with 1 patch ($SOURCE)"
    ;;
suse)
    GONE=kernel-default SOURCE=kernel-source=${RELEASE%-default}
    HEADERS=kernel-default-devel=${RELEASE%-default} CALLED=$SOURCE
    ;;
esac
DIST=$E2E_WORK/dist/$RELEASE
HERE=(--host "$VM" --input "$E2E_WORK/dist")
MODULES='["ftdi_sio","usbip-core","usbserial","vhci-hcd"]'

before() {
    in_vm uname -a
    expect_equal "$(in_vm uname -r)" "$RELEASE"
    remember "$VM"
}

# archive FOLDER: of the lab's, from now on.
archive() { ln -sfn "$(of_kernel _ARCHIVE)/$1" "$LAB_ARCHIVES_TREE/$KERNEL"; }

builder() { expect_exit 0 ud builder make --host "$VM" --build-host "$LAB_NATIVE" --json; }

# build_timed NAME OPTION...: what is kept here from earlier runs is no part of it.
build_timed() {
    local name=$1 started=$SECONDS
    XDG_CACHE_HOME=$E2E_WORK/cache-$name expect_exit 0 ud build --host "$VM" --build-host "$LAB_NATIVE" \
        --output "$E2E_WORK/$name" --with ftdi_sio --json -v
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/$name.seconds"
    cp "$E2E_WORK/out" "$E2E_WORK/$name.json"
    expect_json '.built and .origin == "build"'
    expect_json ".source == \"$CALLED\" and ([.manifest.modules[].name] | sort) == $MODULES"
    expect_one_line "not out of packages: the archive has no $GONE"
}

# expect_one_line TEXT: of what the last command said, as a message of its own.
expect_one_line() {
    expect_equal "$(grep -cxF "note: $1" "$E2E_WORK/err")" 1
}

with_headers() {
    archive gone
    build_timed dist
    expect_json '(.crcs | not)'
    expect_one_line "Module.symvers from $HEADERS"
}

right() { judge_crcs "$(of_kernel _SYMVERS)" "$DIST"/*.ko; }

without_headers() {
    archive sources
    build_timed other
    expect_one_line "no Module.symvers: the archive has no ${HEADERS%=*}"
    expect_json '.crcs | .needed > 100 and .of_modules > 50 and .needed == .of_modules + .computed'
    expect_same_modules "$E2E_WORK/other/$RELEASE" "$DIST"
}

again() {
    local started=$SECONDS
    XDG_CACHE_HOME=$E2E_WORK/cache-dist expect_exit 0 ud build --host "$VM" --build-host "$LAB_NATIVE" \
        --output "$E2E_WORK/dist" --with ftdi_sio --json
    printf '%s\n' $((SECONDS - started)) >"$E2E_WORK/warm.seconds"
    expect_json '.unchanged and .origin == "build"'
}

verify() {
    expect_exit 0 ud verify "$DIST" --host "$VM" --json
    expect_json '[.checks[] | select(.verdict == "error")] == []'
}

load() {
    expect_exit 0 ud load "${HERE[@]}" --with ftdi_sio --json
    expect_json '[.modules[] | select(.verdict != "builtin").verdict] | unique == ["inserted"]'
    in_vm dmesg | tail -n 40 >"$E2E_WORK/dmesg"
    cat "$E2E_WORK/dmesg"
    ! grep -E 'BUG|WARNING|Oops|disagrees|no symbol version' "$E2E_WORK/dmesg" || fail "the kernel complains"
    expect_exit 0 ud status --self-test --host "$VM" --json
    expect_json '.self_test.passed'
}

attach() {
    expect_exit 0 board_attach --modules "$E2E_WORK/dist" -i "$BOARD_FTDI" --json
    expect_json '.device.interfaces[0].driver == "ftdi_sio"'
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 board_detach --all
}

unload() {
    in_vm rmmod ftdi_sio usbserial
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_equal "$(vm_usb_modules)" ''
}

# Once enforced, it cannot be undone until the machine restarts.
refused() {
    in_vm sh -c 'echo 1 >/sys/module/module/parameters/sig_enforce'
    expect_exit 10 ud load "${HERE[@]}"
    expect_text 'is not signed' --sign-key
    expect_equal "$(vm_usb_modules)" ''
}

# The row of tests/kernels/run's table.
report() {
    local crcs=$E2E_WORK/other.json
    [ -n "${UD_KERNELS_TABLE:-}" ] || return 0
    [ -e "$crcs" ] || crcs=/dev/null
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$KERNEL, packages gone" "$RELEASE" "$SOURCE" \
        "$(jq -r '.crcs | "\(.needed) = \(.of_modules) + \(.computed)"' "$crcs" || echo -)" \
        "$(wc -l <"$E2E_WORK/wrong" || echo -)" "$(passed verify)" "$(passed load)" "$(passed load)" \
        "$(cat "$E2E_WORK/dist.seconds" || echo -)" "$(cat "$E2E_WORK/warm.seconds" || echo -)" >>"$UD_KERNELS_TABLE"
}
passed() { if grep -q "^ok.*gone: $1" "$E2E_RESULTS"; then echo passed; else echo failed; fi; }

finish() {
    archive full
    vm_shell_close
}
trap finish EXIT

vm_shell_open "$VM" "$(of_kernel _BUSYBOX)"
check "gone: the kernel runs, and has no USB/IP" before
check "gone: builder make" builder
check "gone: build says that the package is gone, and compiles" with_headers
check "gone: no CRC is wrong" right
if [ "$KERNEL" = ubuntu ]; then check "gone: without the headers too, the same bytes" without_headers; fi
check "gone: a second build has nothing to do" again
check "gone: verify finds no error" verify
check "gone: load inserts them, and the self-test passes" load
check "gone: the board answers from a container" attach
check "gone: unload takes them out" unload
check "gone: with signatures enforced they are refused, and it says why" refused
check "gone: only the documented images are left" expect_remembered "$VM"
report
