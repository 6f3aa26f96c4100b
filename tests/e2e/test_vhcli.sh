#!/usr/bin/env bash
# The image with the VirtualHere client, on its own and with `vhcli start` and the rest. vhclient.c
# stands in for the client.
# only: campaign: test_engines.sh makes the image and runs its client on two engines, test_windows.sh on a third
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly IMAGE=$E2E_MARK/vhcli:1 EMPTY=$E2E_MARK/empty:1 KMOD=$E2E_MARK/kmod:1
readonly BARE=$E2E_MARK-vhcli
DIST=$E2E_SHARED/dist
CLIENT=$E2E_WORK/vhclient
MAKE=(image vhcli --host "$LAB_VM" --input "$DIST" --tag "$IMAGE")

dock() { docker -H "$LAB_VM" "$@"; }
image_id() { dock image inspect -f '{{.Id}}' "$1"; }
label() { dock image inspect -f "{{index .Config.Labels \"io.github.usbipd-desktop.$2\"}}" "$1"; }
unloaded() { [ -z "$(vm_usb_modules)" ] || ud unload --host "$LAB_VM" --input "$DIST"; }

# Only base images and those with the mark, and no container.
nothing_of_ours() {
    expect_equal "$(dock ps -aq --filter label=io.github.usbipd-desktop)" ''
    expect_equal "$(dock images -q --filter label=io.github.usbipd-desktop.role=vhcli)" ''
}

make_image() {
    cp "$E2E_VHCLIENT" "$CLIENT"
    expect_exit 0 ud "${MAKE[@]}" --client "$CLIENT" --json
    expect_json '.image == "ud-e2e/vhcli:1" and .base == "busybox" and (.unchanged | not)'
    expect_json '.modules == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    expect_json ".client.sha256 == \"$(sha256sum <"$CLIENT" | cut -d' ' -f1)\""
    expect_json ".id == \"$(image_id "$IMAGE")\""
    expect_equal "$(label "$IMAGE" client-sha256)" "$(sha256sum <"$CLIENT" | cut -d' ' -f1)"
    expect_equal "$(label "$IMAGE" client-source)" 'a file'
    expect_text "licence"
}

# The base that was pulled for it is gone again; its layers are the image's.
base_is_not_kept() {
    ! dock image inspect busybox >/dev/null 2>&1 || fail "busybox is left"
    expect_equal "$(dock image inspect -f '{{len .RootFS.Layers}}' "$IMAGE")" 2
}

# What the layer adds to the base, as a container of the image sees it.
only_these_files() {
    dock create --name "$BARE" "$IMAGE" >/dev/null
    dock export "$BARE" | tar -t | grep -E '^(usbipd|opt|lib)/.*[^/]$' | sort >"$E2E_WORK/files"
    dock rm "$BARE" >/dev/null
    expect_equal "$(xargs <"$E2E_WORK/files")" "$(printf '%s\n' \
        "lib/modules/$LAB_VM_RELEASE/"{extra/{usb-common,usbcore,usbip-core,vhci-hcd}.ko,modules.dep,modules.dep.bin} \
        opt/virtualhere/{.vhui,vhclientx86_64} usbipd/helper | sort | xargs)"
}

again_is_nothing_to_do() {
    local before
    before=$(image_id "$IMAGE")
    cp "$CLIENT" "$E2E_WORK/elsewhere"
    expect_exit 0 ud "${MAKE[@]}" --client "$E2E_WORK/elsewhere" --json
    expect_json '.unchanged'
    expect_equal "$(image_id "$IMAGE")" "$before"
}

the_same_from_nothing() {
    local before
    before=$(image_id "$IMAGE")
    dock rmi "$IMAGE" >/dev/null
    expect_exit 0 ud "${MAKE[@]}" --client "$CLIENT" --json
    expect_json '.unchanged | not'
    expect_equal "$(image_id "$IMAGE")" "$before"
}

# By docker alone: a kernel without modules, and then the client runs.
docker_run() {
    expect_equal "$(vm_usb_modules)" ''
    vm_modules >"$E2E_WORK/modules.before"
    dock run -d --name "$BARE" --privileged "$IMAGE" >/dev/null
    later 60 bare_says ready || fail "the client does not run: $(dock logs "$BARE" 2>&1)"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    vm_modules >"$E2E_WORK/modules.after"
    diff "$E2E_WORK/modules.before" "$E2E_WORK/modules.after" || true
}

bare_says() { dock logs "$BARE" 2>&1 | grep -q "$@"; }

what_the_client_sees() {
    dock logs "$BARE" >"$E2E_WORK/seen" 2>/dev/null
    cat "$E2E_WORK/seen"
    grep -qx 'argv\[0\]: vhclientx86_64' "$E2E_WORK/seen"
    ! grep -q 'argv\[1\]' "$E2E_WORK/seen" || fail "it was given arguments"
    grep -qx 'HOME: /opt/virtualhere' "$E2E_WORK/seen"
    grep -qx 'PATH: .*/bin:/opt/virtualhere' "$E2E_WORK/seen"
    grep -qx 'cwd: /opt/virtualhere' "$E2E_WORK/seen"
    # What src/helper/child/privileges.c keeps: no loading of modules, no raw hardware, no mounting.
    expect_equal "$(grep '^Cap' "$E2E_WORK/seen" | awk '{ print $2 }' | uniq)" 00000000800425fb
    expect_equal "$(grep -A1 '^\.vhui:' "$E2E_WORK/seen" | xargs)" '.vhui: [General] AutoFind=0'
}

signals_and_exit_codes() {
    dock kill -s USR1 "$BARE" >/dev/null
    expect_equal "$(dock wait "$BARE")" 10
    bare_says 'ended by signal 10'
    dock start "$BARE" >/dev/null
    later 60 dock exec "$BARE" vhclientx86_64 -t LIST
    # The container may end before the one who said so.
    dock exec "$BARE" vhclientx86_64 -t 'EXIT 42' || true
    expect_equal "$(dock wait "$BARE")" 42
    dock start "$BARE" >/dev/null
    later 60 dock exec "$BARE" vhclientx86_64 -t LIST
    dock stop -t 60 "$BARE" >/dev/null
    expect_equal "$(dock wait "$BARE")" 0
    dock rm "$BARE" >/dev/null
}

# Arguments after the image take the client's place, as users of docker expect.
without_privilege() {
    unloaded
    expect_exit 125 dock run --rm "$IMAGE"
    expect_text --privileged
    expect_equal "$(vm_usb_modules)" ''
}

# kmod's modprobe with the libraries it needs, in a root whose /lib is a link.
kmod_root() {
    local file
    mkdir -p "$1"/{bin,sbin,usr/lib,usr/lib64}
    ln -s usr/lib "$1/lib"
    ln -s usr/lib64 "$1/lib64"
    cp -L /bin/kmod "$1/bin/"
    ln -s ../bin/kmod "$1/sbin/modprobe"
    ldd /bin/kmod | grep -o '/[^ ]*' | while read -r file; do
        mkdir -p "$1$(dirname "$file")"
        cp -L "$file" "$1$file"
    done
}

modprobe_finds_them() {
    kmod_root "$E2E_WORK/kmod"
    tar -c -C "$E2E_WORK/kmod" . | dock import - "$KMOD" >/dev/null
    expect_exit 0 ud "${MAKE[@]}" --client "$CLIENT" --base "$KMOD"
    expect_exit 0 dock run --rm --entrypoint /sbin/modprobe "$IMAGE" -n -v vhci-hcd
    expect_equal "$(awk '{ print $NF }' "$E2E_WORK/out" | xargs)" "$(printf '%s\n' \
        "/lib/modules/$LAB_VM_RELEASE/extra/"{usb-common,usbcore,usbip-core,vhci-hcd}.ko | xargs)"
    dock create --name "$BARE" "$IMAGE" >/dev/null
    dock export "$BARE" | tar -tv >"$E2E_WORK/files"
    dock rm "$BARE" >/dev/null
    expect_equal "$(grep -cE ' (lib -> usr/lib|usr/lib/modules/.*/extra/vhci-hcd.ko)$' "$E2E_WORK/files")" 2
}

base_without_a_shell() {
    mkdir "$E2E_WORK/empty"
    echo nothing >"$E2E_WORK/empty/file"
    tar -c -C "$E2E_WORK/empty" . | dock import - "$EMPTY" >/dev/null
    expect_exit 0 ud "${MAKE[@]}" --client "$CLIENT" --base "$EMPTY"
    dock run -d --name "$BARE" --privileged "$IMAGE" >/dev/null
    later 60 bare_says ready || fail "the client does not run: $(dock logs "$BARE" 2>&1)"
    dock rm -f "$BARE" >/dev/null
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    unloaded
}

# refused CODE TEXT OPTION...: nothing changes.
refused() {
    local code=$1 text=$2
    shift 2
    snapshot "$LAB_VM" >"$E2E_WORK/before"
    expect_exit "$code" ud image vhcli --host "$LAB_VM" --tag "$E2E_MARK/refused" "$@"
    expect_text "$text"
    snapshot "$LAB_VM" >"$E2E_WORK/after"
    expect_same "$E2E_WORK/before" "$E2E_WORK/after"
}

refusals() {
    local none
    none=$(printf '%064d' 0)
    cp "$CLIENT" "$E2E_WORK/foreign"
    printf '\267' | dd of="$E2E_WORK/foreign" bs=1 seek=18 conv=notrunc status=none
    echo '#!/bin/sh' >"$E2E_WORK/script"
    refused 7 'expected was 000' --input "$DIST" --client "$CLIENT" --client-sha256 "$none"
    refused 10 'a program for aarch64' --input "$DIST" --client "$E2E_WORK/foreign"
    refused 10 'not a Linux program' --input "$DIST" --client "$E2E_WORK/script"
    refused 14 "$E2E_WORK/missing" --input "$DIST" --client "$E2E_WORK/missing"
    refused 7 'name the file with --client' --input "$DIST" --client http://127.0.0.1:9/vhclient
    refused 14 'usbipd-desktop build' --input "$E2E_WORK/empty" --client "$CLIENT"
    refused 2 'are the same image' --base "$E2E_MARK/refused:latest" --client "$CLIENT"
    refused 2 'not a reference of an image' --base 'not a name' --client "$CLIENT"
}

# The registry says what it lacks in more than one way.
base_that_is_missing() {
    local rc=0
    ud image vhcli --host "$LAB_VM" --tag "$E2E_MARK/refused" --input "$DIST" --client "$CLIENT" \
        --base "10.0.2.2:${LAB_REGISTRY##*:}/no/such:1" >"$E2E_WORK/out" 2>"$E2E_WORK/err" || rc=$?
    cat "$E2E_WORK/err"
    [ "$rc" = 14 ] || [ "$rc" = 4 ] || fail "exit code $rc"
    expect_text /no/such:1
}

from_a_server() {
    local url
    mkdir -p "$E2E_WORK/www"
    cp "$CLIENT" "$E2E_WORK/www/vhclientx86_64"
    serve "$E2E_WORK/www" vhclientx86_64
    url=$(served)/vhclientx86_64
    expect_exit 0 ud "${MAKE[@]}" --client "$url"
    serve_stop
    expect_equal "$(label "$IMAGE" client-source)" "$url"
    # With the digest it is known without a download that there is nothing to do.
    expect_exit 0 ud "${MAKE[@]}" --client "$url" --json \
        --client-sha256 "$(sha256sum <"$CLIENT" | cut -d' ' -f1)"
    expect_json .unchanged
}

start_without_image() {
    expect_exit 14 ud vhcli start "$E2E_MARK/none" --host "$LAB_VM"
    expect_text 'usbipd-desktop image vhcli'
    expect_exit 14 ud vhcli command --host "$LAB_VM"
    expect_text 'usbipd-desktop vhcli start'
    expect_exit 0 ud vhcli stop --host "$LAB_VM" --json
    expect_json '.stopped | not'
}

start() {
    expect_equal "$(vm_usb_modules)" ''
    expect_exit 0 ud vhcli start "$IMAGE" --host "$LAB_VM" --json
    expect_json '(.already | not) and .container == "usbipd-desktop-vhcli"'
    expect_json '.inserted == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"]'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    expect_exit 0 ud vhcli start "$IMAGE" --host "$LAB_VM" --json
    expect_json .already
}

commands() {
    expect_exit 0 ud vhcli command --host "$LAB_VM"
    expect_text 'FT232 Serial (lab.11)'
    expect_exit 0 ud vhcli command --host "$LAB_VM" 'MANUAL HUB ADD,host.docker.internal:7575'
    expect_equal "$(cat "$E2E_WORK/out")" 'OK: MANUAL HUB ADD,host.docker.internal:7575'
}

programs() {
    echo 'cat /opt/virtualhere/.vhui; echo no >&2; exit 6' |
        expect_exit 6 ud vhcli exec --host "$LAB_VM" -- sh
    expect_equal "$(head -n 1 "$E2E_WORK/out")" '[General]'
    expect_equal "$(cat "$E2E_WORK/err")" no
    # 126 from older engines, 127 from newer ones.
    ! ud vhcli exec --host "$LAB_VM" -- /no/such/program || fail "it ran"
}

logs() {
    expect_exit 0 ud vhcli logs --host "$LAB_VM"
    grep -qx ready "$E2E_WORK/out"
    grep -q '^usbipd-desktop: started vhclientx86_64$' "$E2E_WORK/err"
}

stop() {
    expect_exit 0 ud vhcli stop --host "$LAB_VM" --json
    expect_json .stopped
    expect_exit 14 ud vhcli logs --host "$LAB_VM"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
}

# The image's labels tell whose they are, without the artifacts of the build.
unload_knows_them() {
    expect_exit 0 ud unload --host "$LAB_VM" --input "$E2E_WORK/none" --json
    expect_json '[.modules[] | select(.verdict == "removed").origin] | length == 4
        and unique == ["of an image of usbipd-desktop"]'
    expect_equal "$(vm_usb_modules)" ''
}

# A client that ends at once: what it said is told, and nothing is left.
start_fails() {
    cp /bin/busybox "$E2E_WORK/ends"
    expect_exit 0 ud "${MAKE[@]}" --client "$E2E_WORK/ends"
    expect_exit 4 ud vhcli start "$IMAGE" --host "$LAB_VM"
    expect_text 'exit code 127' 'applet not found'
    expect_equal "$(dock ps -aq --filter label=io.github.usbipd-desktop)" ''
    unloaded
}

# By its label, as the other images that are kept; but not what users make of it, which inherits the
# label, nor what it is needed for.
clean_takes_it() {
    dock create --name "$BARE" "$IMAGE" >/dev/null
    dock commit "$BARE" "$E2E_MARK/derived:1" >/dev/null
    expect_exit 0 ud clean --host "$LAB_VM" --dry-run --json
    expect_json "[.items[] | select(.role == \"vhcli\").name] == [\"$IMAGE\"]"
    expect_json '[.items[] | select(.kind == "container")] == []'
    expect_exit 12 ud clean --host "$LAB_VM"
    expect_text "$IMAGE"
    image_id "$IMAGE" && image_id "$E2E_MARK/derived:1"
    dock rm "$BARE" >/dev/null
    dock rmi "$E2E_MARK/derived:1" >/dev/null
    expect_exit 0 ud clean --host "$LAB_VM"
    ! image_id "$IMAGE" || fail "the image is left"
    dock rmi -f "$EMPTY" "$KMOD" >/dev/null
    nothing_of_ours
}

trap 'serve_stop; dock rm -f "$BARE" >/dev/null 2>&1; vm_shell_close' EXIT
vm_shell_open "$LAB_VM"
check "(the modules of the main job)" need_main_dist
unloaded
# Somebody who looked around in the lab may have it there.
dock rmi busybox >/dev/null 2>&1 || true
check "image vhcli makes the image" make_image
check "the base that was pulled for it is not kept" base_is_not_kept
check "the layer holds these files and no more" only_these_files
check "a second time is nothing to do" again_is_nothing_to_do
check "the same input gives the same image" the_same_from_nothing
check "docker run inserts the modules and starts the client" docker_run
check "arguments, environment and settings as the client sees them" what_the_client_sees
check "signals and exit codes pass" signals_and_exit_codes
check "without --privileged it says so" without_privilege
check "kmod finds the modules, on a base with links" modprobe_finds_them
check "a base without a shell" base_without_a_shell
check "what cannot be is refused, and nothing changes" refusals
check "a base that is missing is named" base_that_is_missing
check "a client from a server" from_a_server
check "start, command and stop without image or client" start_without_image
check "(the image on busybox again)" make_image
check "vhcli start" start
check "vhcli command" commands
check "vhcli exec" programs
check "vhcli logs" logs
check "vhcli stop" stop
check "unload knows the modules that the image inserted" unload_knows_them
check "vhcli start tells why a client does not run" start_fails
check "clean finds the image" clean_takes_it
