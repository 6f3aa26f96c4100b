#!/usr/bin/env bash
# What was done once is not done again, and the modules are the same bytes every time.
#
# The first cases build a kernel's modules; the others an archive of a stand-in tree, whose Makefile
# only copies them.
# lab: registry mirror native vm
# only: campaign: it builds a dozen times
# lane: 2
# shellcheck disable=SC2034 # RESTORE and CALLS are for lib/interrupt.sh
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SLICES=$XDG_CACHE_HOME/usbipd-desktop/slices
ARCHIVE=$E2E_WORK/stand-in.tar.gz
HERE=(--host "$LAB_VM" --build-host "$LAB_NATIVE")
STAND_IN=("${HERE[@]}" --source "$ARCHIVE" --symvers "$LAB_SYMVERS")

prepared_images() { docker -H "$LAB_NATIVE" images -q -f label=io.github.usbipd-desktop.role=prepared; }
prepared_count() { prepared_images | wc -l; }
slice_count() { find "$SLICES" -type f | wc -l; }
sums() { (cd "$1/$LAB_VM_RELEASE" && sha256sum -- *.ko); }

# same_modules DIR: as those of the first build.
same_modules() {
    [ "$(sums "$1" | wc -l)" = 4 ] || fail "not four modules in $1"
    diff -u "$E2E_WORK/first.sums" <(sums "$1") || fail "other bytes in $1"
}

prune() { ud cache prune "${HERE[@]}" "$@"; }

cold() {
    prune
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/cold" --json
    expect_json '.built and (.unchanged | not)'
    sums "$E2E_WORK/cold" >"$E2E_WORK/first.sums"
    expect_equal "$(slice_count) $(prepared_count)" '1 1'
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
}

from_prepared() {
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/prepared" --json
    expect_json '.built and (.drift | length > 0)'
    expect_text 'Taking up the prepared tree'
    ! said | grep -qE 'Sending the sources|Preparing the tree' || fail "it did more than compile"
    same_modules "$E2E_WORK/prepared"
    same_but_for_time "$E2E_WORK/cold" "$E2E_WORK/prepared"
}

# same_but_for_time DIR DIR: the manifests.
same_but_for_time() {
    local dir
    for dir in "$@"; do jq 'del(.created)' "$dir/$LAB_VM_RELEASE/manifest.json" >"$dir.manifest"; done
    expect_same "$1.manifest" "$2.manifest"
}

unchanged() {
    sha256sum "$E2E_WORK"/prepared/*/* >"$E2E_WORK/before"
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/prepared" --json
    expect_json '.unchanged and (.built | not) and (.manifest.modules | length == 4)'
    ! said | grep -qE 'Compiling|Taking up' || fail "it compiled"
    sha256sum -c "$E2E_WORK/before"
}

from_slice() {
    prune --kind prepared
    expect_equal "$(slice_count) $(prepared_count)" '1 0'
    expect_exit 0 ud build "${MAIN_BUILD[@]}" --output "$E2E_WORK/slice" --json -v
    expect_text "the sources are kept in $SLICES"
    same_modules "$E2E_WORK/slice"
    same_but_for_time "$E2E_WORK/cold" "$E2E_WORK/slice"
}

pack_tree() { tar -cz -C "$TREE" --transform 's,^\.,linux,' -f "$ARCHIVE" .; }

make_archive() {
    make_tree
    pack_tree
}

# stand_in DIR [OPTION...]
stand_in() {
    local dir=$1
    shift
    expect_exit 0 ud build "${STAND_IN[@]}" --output "$dir" --json "$@"
    same_modules "$dir"
}

no_cache() {
    prune
    stand_in "$OUTPUT" --no-cache
    expect_json '.built'
    expect_equal "$(slice_count) $(prepared_count)" '0 0'
    stand_in "$OUTPUT" --no-cache
    expect_json '.built'
}

# A module that was changed since, by a byte at its end.
changed_output() {
    stand_in "$OUTPUT"
    stand_in "$OUTPUT"
    expect_json '.unchanged'
    printf x >>"$OUTPUT/$LAB_VM_RELEASE/usbcore.ko"
    stand_in "$OUTPUT"
    expect_json '.built'
}

damaged_slice() {
    local slice
    slice=$(find "$SLICES" -type f)
    sha256sum "$slice" >"$E2E_WORK/slice.sum"
    # Eight bytes: one might have been what it is changed to.
    printf damaged! | dd of="$slice" bs=1 seek=100 conv=notrunc status=none
    prune --kind prepared
    rm -r "$OUTPUT"
    stand_in "$OUTPUT"
    expect_text 'were damaged'
    sha256sum -c "$E2E_WORK/slice.sum"
}

changed_archive() {
    echo '# another' >>"$TREE/Makefile"
    pack_tree
    stand_in "$OUTPUT"
    expect_json '.built'
    expect_text 'Sending the sources'
    expect_equal "$(slice_count)" 2
}

two_at_once() {
    local one=0 two=0 first second
    prune
    ud build "${STAND_IN[@]}" --output "$E2E_WORK/one" >"$E2E_WORK/one.log" 2>&1 &
    first=$!
    ud build "${STAND_IN[@]}" --output "$E2E_WORK/two" >"$E2E_WORK/two.log" 2>&1 &
    second=$!
    wait "$first" || one=$?
    wait "$second" || two=$?
    cat "$E2E_WORK"/{one,two}.log
    expect_equal "$one $two" '0 0'
    same_modules "$E2E_WORK/one"
    same_modules "$E2E_WORK/two"
    expect_equal "$(slice_count) $(prepared_count)" '1 1'
}

only_three() {
    local ports
    for ports in 1 2 3; do stand_in "$OUTPUT" --ports "$ports"; done
    expect_equal "$(prepared_count)" 3
}

# From the call that keeps the tree on.
interrupted_while_keeping() {
    RESTORE=forget
    forget
    world >"$E2E_WORK/world.before"
    relay_start "$LAB_NATIVE"
    (through_relay "$UD_BINARY" "${RELAYED_BUILD[@]}") || fail "not interrupted, exit code $?"
    relay_stop
    CALLS=$(relay_calls)
    interrupt_after "$(grep -n '^POST .*/commit' "$RELAY_LOG" | cut -d: -f1)" "$LAB_NATIVE" \
        "${RELAYED_BUILD[@]}"
    stand_in "$OUTPUT"
}
RELAYED_BUILD=(build --host "$LAB_VM" --build-host "unix://$RELAY_SOCKET" --source "$ARCHIVE"
    --symvers "$LAB_SYMVERS" --output "$OUTPUT")

forget() {
    rm -rf "$OUTPUT"
    prune --kind prepared >/dev/null
}

ls_and_prune() {
    stand_in "$OUTPUT"
    expect_exit 0 ud cache list "${HERE[@]}" --json
    expect_json '[.items[].kind] | unique == ["prepared", "slice"]'
    expect_json 'all(.items[]; .size > 1000 and .created > 1700000000)'
    expect_exit 0 ud cache prune "${HERE[@]}" --dry-run --json
    expect_json 'all(.items[]; .removed | not)'
    expect_equal "$(slice_count) $(prepared_count)" '1 1'
    expect_exit 0 ud cache prune "${HERE[@]}" --json
    expect_json 'all(.items[]; .removed)'
    expect_equal "$(slice_count) $(prepared_count)" '0 0'
    expect_exit 0 ud cache ls "${HERE[@]}" --json
    expect_json '.items == []'
}

trap relay_stop EXIT
mkdir -p "$SLICES"
check "cold: all is done, and kept" cold
check "from the prepared tree: the same bytes" from_prepared
check "the modules are there: nothing is done" unchanged
check "from the slice: the same bytes" from_slice
give_main_dist "$E2E_WORK/cold"
check "(an archive of a stand-in tree)" make_archive
check "--no-cache keeps nothing and uses nothing" no_cache
check "a changed module is made again" changed_output
check "a damaged slice is noticed and made anew" damaged_slice
check "another archive has a slice of its own" changed_archive
check "two builds at once" two_at_once
check "no more than three prepared trees are kept" only_three
check "interrupted while the tree is being kept" interrupted_while_keeping
check "cache list, and cache prune" ls_and_prune
