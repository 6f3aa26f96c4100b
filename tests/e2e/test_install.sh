#!/usr/bin/env bash
# Modules that are inserted at each start of the virtual machine. test_install_long.sh has what takes long.
# lab: registry mirror native vm
# lane: 2
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIST=$E2E_SHARED/dist
HERE=(--host "$LAB_VM" --input "$DIST")
FOREIGN=$E2E_MARK/foreign:1

dock() { docker -H "$LAB_VM" "$@"; }

a_foreign_container() {
    local before
    tar -c -T /dev/null | dock import - "$FOREIGN" >/dev/null
    dock create --name "$INSTALLED" "$FOREIGN" nothing >/dev/null
    before=$(installed '{{.Id}}')
    expect_exit 12 ud uninstall --host "$LAB_VM"
    expect_text "$INSTALLED" 'docker rename'
    expect_equal "$(installed '{{.Id}}')" "$before"
    dock rm "$INSTALLED" >/dev/null
    dock rmi "$FOREIGN" >/dev/null
}

install() {
    expect_exit 0 ud install "${HERE[@]}" --json
    expect_json '.modules == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"] and .inserted == .modules'
    expect_json ".kernels == [\"$LAB_VM_RELEASE\"] and (.unchanged | not) and (.needless | not)"
    expect_equal "$(installed '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}')" 'true always'
    expect_equal "$(installed '{{.HostConfig.ReadonlyRootfs}} {{len .Mounts}}')" 'true 0'
    expect_inserted
}

# Before anything else is asked of the engine.
again_is_nothing_to_do() {
    local before
    before=$(installed '{{.Id}} {{.State.StartedAt}}')
    expect_exit 0 ud install "${HERE[@]}" --json
    expect_json '.unchanged and .inserted == []'
    expect_equal "$(installed '{{.Id}} {{.State.StartedAt}}')" "$before"
    expect_equal "$(dock images -q --filter label=io.github.usbipd-desktop.role=installed | wc -l)" 1
}

clean_leaves_it() {
    expect_exit 0 ud clean --host "$LAB_VM" --dry-run --json
    expect_json '[.items[]? | select(.role == "installed") | .kept_because != null] == [true, true]'
}

uninstall() {
    expect_exit 0 ud uninstall --host "$LAB_VM" --unload --input "$E2E_WORK/none" --json
    expect_json '.was_installed and ([.unloaded.modules[].verdict] | unique) == ["removed"]'
    expect_equal "$(dock ps -aq --filter "name=$INSTALLED")" ''
    expect_equal "$(dock images -q --filter label=io.github.usbipd-desktop.role=installed)" ''
    expect_exit 0 ud uninstall --host "$LAB_VM"
    expect_text 'nothing was installed'
}

trap 'ud uninstall --host "$LAB_VM" --unload --input "$DIST" >/dev/null 2>&1 || true' EXIT
check "(the modules of the main job)" need_main_dist
check "somebody else's container of that name is not touched" a_foreign_container
check "the modules are inserted, and the container stays" install
check "a second time there is nothing to do" again_is_nothing_to_do
check "clean leaves it" clean_leaves_it
check "uninstall leaves nothing, in engine and kernel" uninstall
