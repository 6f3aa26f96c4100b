#!/usr/bin/env bash
# A virtual machine with SELinux enforced and a read-only root, as Fedora CoreOS is: every step works, the kernel denies
# what it is expected to deny and nothing else, and no label of the machine's files changes.
# lab: registry native vm-selinux
# only: when named: it builds, and starts the virtual machine three times
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# For lib/install.sh.
LAB_VM=$LAB_VM_SELINUX
DIST=$E2E_WORK/dist
HERE=(--host "$LAB_VM" --input "$DIST")
LABELLED=(/boot /usr/lib/modules /etc)

open() { vm_shell_open "$LAB_VM" "$LAB_VM_SELINUX_BUSYBOX"; }

dock() { docker -H "$LAB_VM" "$@"; }

# ---- what the kernel denied ----

# Each denial, "domain class:type { permission }".
denials() {
    in_vm dmesg | sed -nE 's/.*avc:  denied  (\{ [a-z_ ]* \}) .* scontext=[^:]*:[^:]*:([a-z_]*).* tcontext=[^:]*:[^:]*:([a-z_]*).* tclass=([a-z_0-9]*).*/\2 \4:\3 \1/p'
}

# All of them from here on: the kernel writes each down.
mark_denials() {
    in_vm sh -c 'echo 0 >/proc/sys/kernel/printk_ratelimit; dmesg -C'
}

# expect_denials FILE: exactly these since the mark, each once or more.
expect_denials() {
    denials | sort -u >"$E2E_WORK/denials"
    in_vm dmesg | grep 'avc:' | tail -n 20 || true
    expect_same "$1" "$E2E_WORK/denials"
}

enforcing() {
    expect_equal "$(in_vm getenforce)" Enforcing
    # By the mounts of the first program: a container has its own of the root.
    ! in_shell nsenter -t 1 -m touch /a-file || fail "the root can be written to"
}

# The lab's policy is as the rest expects it.
domains() {
    domain_is init_t cat /vm/proc/1/attr/current
    domain_is spc_t cat /proc/self/attr/current
    dock run --rm "$E2E_TOOLS" cat /proc/self/attr/current | tr '\0' '\n' >"$E2E_WORK/confined"
    cat "$E2E_WORK/confined"
    grep -qE '^system_u:system_r:container_t:s0:c[0-9]+,c[0-9]+$' "$E2E_WORK/confined"
    ! dock run --rm -v /lib/modules:/m:ro -v /boot:/b:ro "$E2E_TOOLS" ls /m /b || fail "containers see the modules"
}

domain_is() { expect_equal "$(in_shell "${@:2}" | tr -d '\0' | cut -d: -f3)" "$1"; }

# ---- labels ----

# The folders of the engine are new with each container; their label is that of the folder above.
labels() {
    in_vm find "${LABELLED[@]}" -printf '%Z %p\n' | sort
    in_vm find /var/lib/docker /var/lib/containerd -maxdepth 1 -printf '%Z %p\n' | sort
}

remember_labels() {
    labels >"$E2E_WORK/labels"
    wc -l <"$E2E_WORK/labels"
    [ "$(grep -c ':modules_object_t:' "$E2E_WORK/labels")" -gt 1000 ] || fail "the modules have no labels"
    [ "$(grep -c ':boot_t:\|:system_map_t:' "$E2E_WORK/labels")" -ge 3 ] || fail "/boot has no labels"
    not_the_policys >"$E2E_WORK/other"
    # What the lab writes when the machine starts.
    cat "$E2E_WORK/other"
    ! grep -vE '/lost\+found |/etc/' "$E2E_WORK/other" || fail "the lab has labelled it wrongly"
}

# What restorecon would change: files whose label is not the one that the policy gives.
not_the_policys() { in_vm restorecon -nvR "${LABELLED[@]}" 2>&1 | sort; }

same_labels() {
    labels >"$E2E_WORK/labels.now"
    expect_same "$E2E_WORK/labels" "$E2E_WORK/labels.now"
    not_the_policys >"$E2E_WORK/other.now"
    expect_same "$E2E_WORK/other" "$E2E_WORK/other.now"
}

# ---- the steps ----

# An unprivileged container is kept from the modules, from /boot and from the kernel's symbols, and the probe looks from inside then.
status_missing() {
    mark_denials
    expect_exit 0 ud status "${HERE[@]}" --json
    expect_text 'a security policy of the VM (SELinux) keeps unprivileged containers from its /lib/modules: looking'
    cat >"$E2E_WORK/expected" <<END
container_t dir:boot_t { search }
container_t dir:modules_object_t { search }
container_t file:system_map_t { read }
END
    expect_denials "$E2E_WORK/expected"
    expect_json '.usbip == "missing" and ([.plan.modules[] | select(.origin == "to-build")] | length) == 4'
    expect_json ".kernel.config_origin == \"/boot/config-$LAB_VM_SELINUX_RELEASE\""
}

# With what the machine gives and no more: the CRCs come out of its own modules.
build() {
    expect_exit 0 ud builder make --host "$LAB_VM" --build-host "$LAB_NATIVE"
    expect_exit 0 ud build --host "$LAB_VM" --build-host "$LAB_NATIVE" --source "$LAB_VM_SELINUX_SOURCE" \
        --offline --output "$DIST" --json
    expect_json '.built and .crcs.of_modules > 200'
    judge_crcs "$LAB_VM_SELINUX_SYMVERS" "$DIST/$LAB_VM_SELINUX_RELEASE"/*.ko
}

verify() {
    expect_exit 0 ud verify "$DIST/$LAB_VM_SELINUX_RELEASE" --host "$LAB_VM" --json
    expect_json '.verdict != "error"'
}

# The file in memory has the label of no module: the kernel denies it, and takes the same bytes without a file.
load() {
    mark_denials
    expect_exit 0 ud load "${HERE[@]}" --json
    expect_json '[.modules[].verdict] == ["inserted", "inserted", "inserted", "inserted"]'
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    in_vm dmesg | grep 'module_load' >"$E2E_WORK/module_load"
    expect_equal "$(wc -l <"$E2E_WORK/module_load")" 4
    denials | sort -u >"$E2E_WORK/denials"
    cat "$E2E_WORK/denials"
    grep -qx 'spc_t system:tmpfs_t { module_load }' "$E2E_WORK/denials"
    expect_equal "$(grep -vc '^container_t ' "$E2E_WORK/denials")" 1
}

status_loaded() {
    mark_denials
    expect_exit 0 ud status "${HERE[@]}" --self-test --json
    expect_json '.usbip == "loaded" and .self_test.passed'
    ! denials | grep -v '^container_t ' || fail "a privileged container was denied something"
}

unload() {
    expect_exit 0 ud unload "${HERE[@]}" --json
    expect_json '[.modules[].verdict] | unique == ["removed"]'
    expect_equal "$(vm_usb_modules)" ''
}

# refused_by BOOLEAN VALUE TEXT...: nothing is loaded while the policy's boolean has that value, and it is told why.
refused_by() {
    local rc=0
    in_vm setsebool "$1" "$2"
    expect_exit 13 ud load "${HERE[@]}" || rc=$?
    in_vm setsebool "$1" $((1 - $2))
    [ "$rc" = 0 ] || fail "see above"
    expect_text SELinux "${@:3}"
    expect_equal "$(vm_usb_modules)" ''
}

# ---- at each start ----

# restart [--cut]: see lib/install.sh; this machine itself.
restart() {
    installed '{{.State.StartedAt}}' >"$E2E_WORK/started"
    USBIPD_DESKTOP_LAB=$LAB_RUN LAB_REGISTRY_PORT=${LAB_REGISTRY##*:} \
        "$E2E_DIR/../../examples/lab/lab" vm-restart "$@" vm-selinux
}

install() {
    expect_exit 0 ud install "${HERE[@]}" --json
    expect_json '.modules == ["usb-common", "usbcore", "usbip-core", "vhci-hcd"] and .inserted == .modules'
    expect_inserted
}

after_a_restart() {
    restart
    expect_inserted
}

is_back() { installed_is_new && dock exec "$INSTALLED" /usbipd/helper installed --check; }

after_a_power_cut() {
    restart --cut
    later 120 is_back
}

uninstall() {
    expect_exit 0 ud uninstall --host "$LAB_VM" --unload --json
    expect_json '.was_installed and ([.unloaded.modules[].verdict] | unique) == ["removed"]'
    expect_equal "$(dock ps -aq --filter "name=$INSTALLED")" ''
}

open
check "SELinux is enforcing, the root is read-only" enforcing
check "containers are confined, privileged ones are not" domains
check "(the labels)" remember_labels
check "status looks from inside the VM" status_missing
check "build" build
check "verify" verify
check "load, by init_module where finit_module is denied" load
check "status and the self-test" status_loaded
check "unload" unload
check "a denied capability is told as SELinux's" refused_by secure_mode_insmod 1 'with EPERM' 'getsebool secure_mode_insmod'
check "a denied module is told as SELinux's" refused_by container_load_modules 0 'with EACCES' \
    '{ module_load }' 'tclass=system' ausearch setenforce
check "install" install
check "not one label has changed" same_labels
vm_shell_close
check "the virtual machine restarts: the modules are in before anybody asks" after_a_restart
check "the power fails: the modules are back" after_a_power_cut
check "uninstall" uninstall
open
check "SELinux is enforcing still" enforcing
check "not one label has changed since the beginning" same_labels
