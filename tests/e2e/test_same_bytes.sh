#!/usr/bin/env bash
# Leaving out of the sources what a build does not read changes no byte of the modules.
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sums() { (cd "$1" && sha256sum -- *.ko); }

whole_tree() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --whole-tree --output "$E2E_WORK/whole"
    sums "$(main_dist)" >"$E2E_WORK/filtered.sums"
    sums "$E2E_WORK/whole/$LAB_VM_RELEASE" >"$E2E_WORK/whole.sums"
    expect_equal "$(wc -l <"$E2E_WORK/whole.sums")" 4
    expect_same "$E2E_WORK/filtered.sums" "$E2E_WORK/whole.sums"
}

check "(the modules of the main job)" need_main_dist
check "all of the sources give the same bytes" whole_tree
