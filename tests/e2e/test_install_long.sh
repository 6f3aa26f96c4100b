#!/usr/bin/env bash
# Modules that are inserted at each start: another kernel under the same engine, and power cuts.
# UD_INSTALL_STEPS says which of the steps kernels and cuts, UD_INSTALL_CUTS how often the power fails.
# lab: registry mirror native vm
# only: when named: each start of the virtual machine takes half a minute or more
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

STEPS=${UD_INSTALL_STEPS:-kernels cuts}
CUTS=${UD_INSTALL_CUTS:-20}
DIST=$E2E_SHARED/dist
HERE=(--host "$LAB_VM" --input "$DIST")
OTHER=vm-6.12

dock() { docker -H "$LAB_VM" "$@"; }

install() {
    expect_exit 0 ud install "${HERE[@]}" --json
    expect_inserted
}

status_tells_it() {
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "loaded" and .installation.running'
    expect_json '.installation.said == "the modules are in the kernel"'
    expect_json ".installation.kernels == [\"$LAB_VM_RELEASE\"]"
}

# ---- kernels ----

is_unhealthy() { [ "$(installed '{{.State.Health.Status}}')" = unhealthy ]; }

on_another_kernel() {
    restart_vm "$OTHER"
    await_installed
    expect_equal "$(wc -l <"$E2E_WORK/log")" 2
    grep -q "^usbipd-desktop: error: unfit: this installation has modules for $LAB_VM_RELEASE, and the kernel is 6\.12" \
        "$E2E_WORK/log"
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_json '.usbip == "missing" and .installation.running'
    expect_json '.installation.said | test("run .usbipd-desktop build. and .usbipd-desktop install.")'
    later 150 is_unhealthy || fail "its health is $(installed '{{.State.Health.Status}}')"
}

modules_for_it_are_added() {
    expect_exit 0 ud build --host "$LAB_VM" --build-host "$LAB_NATIVE" --output "$DIST"
    expect_exit 0 ud install "${HERE[@]}" --json
    expect_json ".kernels | length == 2 and .[1] == \"$LAB_VM_RELEASE\""
    expect_inserted
}

the_other_after_a_restart() {
    restart_vm "$OTHER"
    expect_inserted
}

roll_back() {
    restart_vm
    expect_inserted
}

step_kernels() {
    check "with another kernel nothing is inserted, and that is told" on_another_kernel
    check "build and install add the modules for that kernel" modules_for_it_are_added
    check "that kernel again: its modules" the_other_after_a_restart
    check "the kernel before it: its own modules" roll_back
}

# ---- cuts ----

# It looks into the kernel, and inserts nothing.
is_back() { installed_is_new && dock exec "$INSTALLED" /usbipd/helper installed --check; }

# Not by what it has said: what an engine was writing to its log when the power failed is damaged, and what
# comes behind that is not shown.
cut() {
    restart_vm --cut
    later 120 is_back
}

step_cuts() {
    local i
    for ((i = 1; i <= CUTS; i++)); do
        check "power cut $i of $CUTS: the modules are back" cut
    done
}

trap 'ud uninstall --host "$LAB_VM" --unload --input "$DIST" >/dev/null 2>&1 || true' EXIT
check "(the modules of the main job)" need_main_dist
check "(they are installed)" install
check "status tells of it" status_tells_it
for step in $STEPS; do
    "step_$step"
done
