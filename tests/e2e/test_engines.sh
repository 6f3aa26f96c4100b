#!/usr/bin/env bash
# The main job, the VirtualHere image and attaching on engines of today: Docker 28.5 with the containerd image
# store, and podman 5.8, both in one virtual machine.
# lab: registry native board vm-engines
# lane: 2
# shellcheck disable=SC2034 # for the libraries: the virtual machine is this one
LAB_VM=$LAB_VM_ENGINES LAB_VM_RELEASE=$LAB_VM_ENGINES_RELEASE
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly IMAGE=$E2E_MARK/vhcli:1 DERIVED=$E2E_MARK/derived
DIST=$E2E_WORK/dist

dock() { docker -H "$LAB_VM" "$@"; }

# use ENGINE: all that follows is done with it. One shell in the machine serves both.
use() {
    ENGINE=$1
    case $1 in
    docker) LAB_VM=$LAB_VM_ENGINES ;;
    podman) LAB_VM=$LAB_PODMAN ;;
    esac
    HERE=(--host "$LAB_VM")
    MAKE=(image vhcli "${HERE[@]}" --input "$DIST" --tag "$IMAGE" --client "$E2E_VHCLIENT")
}

as_expected() {
    expect_exit 0 ud status "${HERE[@]}" --json
    case $ENGINE in
    docker)
        expect_json '.engine.product == "Docker" and (.engine.version | startswith("20.") | not)'
        dock info | grep -q io.containerd.snapshotter
        ;;
    podman) expect_json '.engine.product == "podman"' ;;
    esac
    expect_json '.usbip == "missing"'
    snapshot "$LAB_VM" | without_kept >"$E2E_WORK/$ENGINE.before"
}

build() {
    expect_exit 0 ud build "${HERE[@]}" --build-host "$LAB_NATIVE" --source "$LAB_VM_ENGINES_SOURCE" \
        --symvers "$LAB_VM_ENGINES_SYMVERS" --with ftdi_sio --output "$DIST" --json
    expect_json '.manifest.release == .kernel.release'
    expect_exit 0 ud verify "$DIST/$LAB_VM_RELEASE" "${HERE[@]}"
}

load() {
    expect_exit 0 ud load "${HERE[@]}" --input "$DIST" --json
    expect_json '[.modules[].verdict] | unique == ["inserted"]'
    expect_exit 0 ud status --self-test "${HERE[@]}" --json
    expect_json '.self_test.passed and .usbip == "loaded"'
}

attach() { nodes_in_containers; }

the_board_answers() {
    expect_exit 0 board_attach -i "$BOARD_FTDI"
    expect_equal "$(serial_answers --network none --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 board_detach -p 0
    BOARD_VIA=(--via here)
    expect_exit 0 board_attach -i "$BOARD_FTDI" --json
    expect_json '.device.server.path == "here"'
    expect_equal "$(serial_answers --network none --device /dev/ttyUSB0)" 'board heard: hello board'
    expect_exit 0 board_detach -p 0
}

unload() {
    expect_exit 0 ud unload "${HERE[@]}" --input "$DIST" --json
    expect_json '[.modules[] | select(.verdict == "removed")] | length == 6'
    expect_equal "$(vm_usb_modules)" ''
}

# Twice, and once more after the image that it stands on is gone.
image() {
    expect_exit 0 ud "${MAKE[@]}" --json
    expect_json '.unchanged | not'
    expect_exit 0 ud "${MAKE[@]}" --json
    expect_json '.unchanged'
    ! dock image inspect busybox >/dev/null 2>&1 || fail "busybox is left"
}

readonly PLATFORMS=$E2E_MARK/platforms:1

# Of a base for several platforms the containerd image store has what was pulled, and may have lost a part of that.
# The image that is made at the end is the one that runs afterwards.
base_for_several_platforms() {
    local make=("${MAKE[@]}" --base "$PLATFORMS")
    push_platforms "${PLATFORMS%:*}" "$E2E_WORK/platforms"
    dock rmi -f "$IMAGE" >/dev/null
    dock pull -q --platform linux/arm64 "$PLATFORMS"
    expect_exit 10 ud "${make[@]}"
    expect_text 'is for arm64' "docker -H $LAB_VM pull --platform linux/amd64 $PLATFORMS"
    dock rmi -f "$PLATFORMS" >/dev/null
    dock pull -q --platform linux/amd64 "$PLATFORMS"
    in_vm ctr -n moby content rm "$(blob_digest "$E2E_WORK/platforms/amd64.layer")"
    expect_exit 4 ud "${make[@]}"
    expect_text 'does not have all of the base image' "docker -H $LAB_VM rmi -f $PLATFORMS, then docker -H $LAB_VM pull"
    dock rmi -f "$PLATFORMS" >/dev/null
    dock pull -q --platform linux/amd64 "$PLATFORMS"
    expect_exit 0 ud "${make[@]}"
    dock rmi "$PLATFORMS" >/dev/null
}

client() {
    expect_exit 0 ud vhcli start "$IMAGE" "${HERE[@]}"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud vhcli command LIST "${HERE[@]}"
    expect_text 'VirtualHere Client'
    expect_exit 0 ud vhcli exec "${HERE[@]}" -- echo it is me
    expect_text 'it is me'
    expect_exit 0 ud vhcli stop "${HERE[@]}"
    expect_exit 0 ud unload "${HERE[@]}" --input "$DIST"
}

# What somebody makes of the image has its labels, and with podman its comment, too.
derived_images_stay() {
    local container
    printf 'FROM %s\nENV A=1\n' "$IMAGE" | DOCKER_BUILDKIT=0 dock build -q --network none -t "$DERIVED:1" -
    container=$(dock create --network none "$IMAGE")
    dock commit "$container" "$DERIVED:2" >/dev/null
    dock rm "$container" >/dev/null
    expect_exit 0 ud clean "${HERE[@]}"
    dock image inspect "$DERIVED:1" "$DERIVED:2" >/dev/null
    dock rmi "$DERIVED:1" "$DERIVED:2" >/dev/null
}

nothing_is_left() {
    dock images -q --filter label=io.github.usbipd-desktop >"$E2E_WORK/ours"
    [ ! -s "$E2E_WORK/ours" ] || fail "images are left"
    dock images -q --filter dangling=true >"$E2E_WORK/dangling"
    [ ! -s "$E2E_WORK/dangling" ] || fail "images without a name are left"
    snapshot "$LAB_VM" >"$E2E_WORK/$ENGINE.after"
    expect_same "$E2E_WORK/$ENGINE.before" "$E2E_WORK/$ENGINE.after"
}

clean_up() {
    for ENGINE in docker podman; do
        use "$ENGINE"
        ud detach "${HERE[@]}" --all --force >/dev/null 2>&1 || true
        board_here_end
        nodes_end
        dock rm -f "$E2E_MARK-serial" >/dev/null 2>&1 || true
        dock rmi -f "$DERIVED:1" "$DERIVED:2" "$PLATFORMS" "$E2E_TOOLS" >/dev/null 2>&1 || true
        ud unload "${HERE[@]}" --input "$DIST" >/dev/null 2>&1 || true
        ud clean "${HERE[@]}" >/dev/null 2>&1 || true
    done
    vm_shell_close
}

trap clean_up EXIT
vm_shell_open "$LAB_VM_ENGINES"
import_tools "$LAB_PODMAN"
for ENGINE in docker podman; do
    use "$ENGINE"
    check "$ENGINE: it is the engine that is wanted, and the kernel has no USB" as_expected
    check "$ENGINE: modules and a driver are built and fit" build
    check "$ENGINE: load, and the self-test passes" load
    check "$ENGINE: what containers see is what docs/attach.md says" attach
    check "$ENGINE: the serial board answers a container, by vm and by here" the_board_answers
    check "$ENGINE: unload" unload
    check "$ENGINE: image vhcli, and a second time there is nothing to do" image
    [ "$ENGINE" = podman ] ||
        check "$ENGINE: image vhcli on a base for several platforms, whole and in part" base_for_several_platforms
    check "$ENGINE: the client runs and inserts the modules" client
    check "$ENGINE: clean leaves what others made of the image" derived_images_stay
    check "$ENGINE: nothing is left" nothing_is_left
done
