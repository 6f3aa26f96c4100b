#!/usr/bin/env bash
# Death and decay. Whoever is killed, whatever is full, read-only or damaged: the exit code and the words are
# those of the table in docs/errors.md, nothing else is left, and the next run needs no manual repair.
# lab: registry mirror native vm
# only: campaign: it kills programs, engines and disks, one after the other
# shellcheck disable=SC2034 # RESTORE and CALLS are for lib/interrupt.sh
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

KILLS=${UD_E2E_KILLS:-2}
RELAYED=unix://$RELAY_SOCKET
BUILD=(build --source "$TREE" --symvers "$LAB_SYMVERS" --output "$OUTPUT")
LOAD=(load --host "$LAB_VM" --input "$E2E_SHARED/dist")

# ---- the program is killed ----

# killed_each ENGINE RESTORE COMMAND...: by SIGKILL after each of $KILLS calls whose line in the log has
# PATTERN. What it left is of no harm to the next run, which takes it away.
killed_each() {
    local engine=$1 n numbers left
    RESTORE=$2
    shift 2
    "$RESTORE"
    world >"$E2E_WORK/world.before"
    relay_start "$engine"
    (through_relay "$UD_BINARY" "$@") || fail "exit code $?, not killed"
    relay_stop
    numbers=$(grep -nE "${PATTERN:-.}" "$RELAY_LOG" | cut -d: -f1 | some "$KILLS")
    [ -n "$numbers" ] || fail "no call has $PATTERN"
    for n in $numbers; do
        "$RESTORE"
        RC=0
        RELAY_SIGNAL=9 relay_start "$engine" "$n" "${DELAY:-0}"
        (through_relay "$UD_BINARY" "$@") >"$E2E_WORK/out" 2>"$E2E_WORK/err" || RC=$?
        relay_stop
        [ "$RC" = 137 ] || { [ "$RC" = 0 ] && [ "$n" = "${numbers##*$'\n'}" ]; } || fail "exit code $RC after call $n"
        printf 'killed after call %s\n' "$n"
        left=$(our_containers "$engine" | wc -l)
        relay_start "$engine"
        (through_relay "$UD_BINARY" "$@") >"$E2E_WORK/out" 2>"$E2E_WORK/err" || fail "exit code $? of the run after call $n"
        relay_stop
        cat "$E2E_WORK/err"
        [ "$left" = 0 ] || expect_text 'left by a run that was killed'
        expect_equal "$(our_containers "$engine")" ''
        modules_whole
        "$RESTORE"
        world >"$E2E_WORK/world.after"
        diff -u "$E2E_WORK/world.before" "$E2E_WORK/world.after" || fail "left behind after call $n"
    done
}

our_containers() { docker -H "$1" ps -aq --filter label=io.github.usbipd-desktop; }

build_is_killed() {
    PATTERN='^(POST|PUT) ' killed_each "$LAB_NATIVE" remove_output "${BUILD[@]}" \
        --host "$LAB_VM" --build-host "$RELAYED"
}
load_is_killed() {
    PATTERN=usbipd-desktop-modules DELAY=300 killed_each "$LAB_VM" unloaded load --host "$RELAYED" \
        --input "$E2E_SHARED/dist"
}
image_is_killed() {
    PATTERN='(/containers/create[?]name=usbipd-desktop-base|/images/create|/images/load)' \
        killed_each "$LAB_VM" no_image image vhcli --host "$RELAYED" --input "$E2E_SHARED/dist" --tag "$VHCLI" \
        --client "$E2E_VHCLIENT"
    unloaded
}

# A second Ctrl-C does not wait for what the first one began.
two_interrupts() {
    local pid
    remove_output
    world >"$E2E_WORK/world.before"
    "$UD_BINARY" "${BUILD[@]}" --host "$LAB_VM" --build-host "$LAB_NATIVE" >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
    pid=$!
    later 60 container_runs "$LAB_NATIVE" build
    # A shell's jobs in the background ignore SIGINT; this is taken for the same. Two that come at once would be one.
    kill -TERM "$pid"
    sleep 0.05
    kill -TERM "$pid"
    RC=0
    wait "$pid" || RC=$?
    cat "$E2E_WORK/err"
    expect_equal "$RC" 130
    [ -n "$(our_containers "$LAB_NATIVE")" ] || fail "it took its time to clean up"
    expect_exit 0 ud "${BUILD[@]}" --host "$LAB_VM" --build-host "$LAB_NATIVE"
    remove_output
    expect_equal "$(our_containers "$LAB_NATIVE")" ''
    world >"$E2E_WORK/world.after"
    expect_same "$E2E_WORK/world.before" "$E2E_WORK/world.after"
}

container_runs() { [ -n "$(docker -H "$1" ps -q --filter "name=usbipd-desktop-$2" --filter status=running)" ]; }

# ---- the helper is killed ----

# kill_helper OPERATION: as soon as it works, in the virtual machine. The shell there is quick only with what
# it has built in; it reads a command line without the zeros between the words.
kill_helper() {
    # shellcheck disable=SC2016 # for the shell there
    in_shell sh -c '
        end=$(($(date +%s) + 60))
        while [ "$(date +%s)" -lt "$end" ]; do
            for p in /proc/[0-9]*; do
                words=
                read -r words <"$p/cmdline"
                case $words in
                /usbipd/helper"$0"*) kill -9 "${p#/proc/}" && exit 0 ;;
                esac
            done 2>/dev/null
        done
        exit 1' "$1"
}

# helper_is_killed OPERATION COMMAND...: it may be quicker than the shell; then once more.
helper_is_killed() {
    local operation=$1 pid try
    shift
    for try in 1 2 3; do
        "$UD_BINARY" "$@" >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
        pid=$!
        kill_helper "$operation" || true
        RC=0
        wait "$pid" || RC=$?
        cat "$E2E_WORK/err"
        [ "$RC" = 0 ] || break
        printf 'the helper was quicker (%s)\n' "$try"
        [ "$operation" != insert ] || unloaded
    done
    expect_equal "$RC" 5
    grep -q 'the helper in the VM' "$E2E_WORK/err" || fail "it does not say who ended"
    expect_equal "$(docker -H "$LAB_VM" ps -aq --filter label=io.github.usbipd-desktop)" ''
}

probe_is_killed() {
    helper_is_killed probe status --host "$LAB_VM" --json
    expect_exit 0 ud status --host "$LAB_VM"
}

insertion_is_killed() {
    unloaded
    helper_is_killed insert "${LOAD[@]}"
    # What it had inserted stays: who would have taken it out is gone. The next run goes on from there.
    expect_exit 0 ud "${LOAD[@]}"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    unloaded
}

# ---- the engine, and the virtual machine ----

engine_is_killed() {
    local pid
    remove_output
    own_engine_start
    expect_exit 0 ud builder make --host "$LAB_VM" --build-host "$OWN_ENGINE"
    "$UD_BINARY" "${BUILD[@]}" --host "$LAB_VM" --build-host "$OWN_ENGINE" >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
    pid=$!
    later 60 container_runs "$OWN_ENGINE" build
    own_engine_kill
    RC=0
    wait "$pid" || RC=$?
    cat "$E2E_WORK/err"
    # 4 if it was in the middle of an answer.
    [ "$RC" = 3 ] || [ "$RC" = 4 ] || fail "exit code $RC"
    expect_text "$OWN_ENGINE" 'the next run on that engine removes it'
    [ ! -e "$OUTPUT/$LAB_VM_RELEASE" ] || fail "something is left in the output directory"
    own_engine_start
    expect_exit 0 ud "${BUILD[@]}" --host "$LAB_VM" --build-host "$OWN_ENGINE"
    expect_equal "$(docker -H "$OWN_ENGINE" ps -aq)" ''
    own_engine_end
    remove_output
}

# A laptop that sleeps: the machine stands still for a while in the middle.
machine_sleeps() {
    local pid
    unloaded
    "$UD_BINARY" "${LOAD[@]}" >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
    pid=$!
    later 60 container_runs "$LAB_VM" modules
    vm_signal STOP
    sleep 10
    vm_signal CONT
    wait "$pid" || fail "exit code $?: $(cat "$E2E_WORK/err")"
    expect_equal "$(vm_usb_modules)" "$ALL_FOUR"
    unloaded
}

# ---- disks ----

engines_disk_is_full() {
    own_engine_start 300M
    docker -H "$OWN_ENGINE" images -aq >"$E2E_WORK/images.before"
    expect_exit 4 ud builder make --host "$LAB_VM" --build-host "$OWN_ENGINE"
    expect_text "The engine's disk is full" 'usbipd-desktop clean' 'builder prune'
    expect_equal "$(docker -H "$OWN_ENGINE" ps -aq)" ''
    docker -H "$OWN_ENGINE" images -aq >"$E2E_WORK/images.after"
    expect_same "$E2E_WORK/images.before" "$E2E_WORK/images.after"
    own_engine_end
}

# with_small DIR OPTIONS COMMAND...: a directory on a file system that has hardly any room, or files.
with_small() {
    local dir=$1 rc=0
    mkdir -p "$dir"
    mount -t tmpfs -o "$2" tmpfs "$dir"
    shift 2
    "$@" || rc=$?
    ls -A "$dir" >"$E2E_WORK/small"
    umount "$dir"
    return "$rc"
}

# output_is_full OPTIONS
output_is_full() {
    with_small "$E2E_WORK/small-output" "$1" expect_exit 15 ud build --source "$TREE" --symvers "$LAB_SYMVERS" \
        --host "$LAB_VM" --build-host "$LAB_NATIVE" --output "$E2E_WORK/small-output"
    expect_text "$E2E_WORK/small-output" 'o space left on device'
    [ ! -s "$E2E_WORK/small" ] || fail "left in the output directory: $(cat "$E2E_WORK/small")"
    expect_equal "$(docker -H "$LAB_NATIVE" ps -aq --filter label=io.github.usbipd-desktop)" ''
}

# cache_is OPTIONS: what cannot be kept is used all the same. The archive comes from the web.
cache_is() {
    remove_output
    XDG_CACHE_HOME=$E2E_WORK/small-cache with_small "$E2E_WORK/small-cache" "$1" \
        expect_exit 0 ud "${FROM_WEB[@]}" --host "$LAB_VM" --build-host "$LAB_NATIVE"
    expect_text 'is not kept for the next time'
    [ -s "$OUTPUT/$LAB_VM_RELEASE/manifest.json" ]
    [ -z "$(find /tmp -maxdepth 1 -name '.usbipd-desktop.*' -newer "$ARCHIVE")" ] || fail "something is left in /tmp"
}

home_is_read_only() {
    local home=$E2E_WORK/home
    remove_output
    mkdir -p "$home"
    mount --bind "$home" "$home"
    mount -o remount,bind,ro "$home"
    expect_exit 0 env -u XDG_CACHE_HOME -u XDG_STATE_HOME HOME="$home" "$UD_BINARY" "${FROM_WEB[@]}" \
        --host "$LAB_VM" --build-host "$LAB_NATIVE"
    expect_text 'is not kept for the next time'
    umount "$home"
    [ -s "$OUTPUT/$LAB_VM_RELEASE/manifest.json" ]
}

# ---- what is kept is damaged ----

ARCHIVE=$E2E_WORK/www/stand-in.tar.gz

make_archive() {
    mkdir -p "$E2E_WORK/www"
    tar -cz -C "$TREE" --transform 's,^\.,linux,' -f "$ARCHIVE" .
    serve "$E2E_WORK/www" stand-in.tar.gz
    printf '%s\n' "$(served)/stand-in.tar.gz" >"$E2E_WORK/url"
}

# damage FILE HOW
damage() {
    case $2 in
    emptied) : >"$1" ;;
    truncated) truncate -s "$(($(stat -c %s "$1") / 2))" "$1" ;;
    altered) printf damaged! | dd of="$1" bs=1 seek="$(($(stat -c %s "$1") / 2))" conv=notrunc status=none ;;
    esac
}

# kept_is_damaged HOW: the download, the slice of it and a module of the output, in turn; each is noticed and made again.
kept_is_damaged() {
    local file cache=$XDG_CACHE_HOME/usbipd-desktop
    remove_output
    ud cache prune --host "$LAB_VM" --build-host "$LAB_NATIVE" >/dev/null
    from_web
    sha256sum "$OUTPUT/$LAB_VM_RELEASE"/*.ko >"$E2E_WORK/sums"
    for file in "$cache"/sources/*stand-in.tar.gz "$cache"/slices/* "$OUTPUT/$LAB_VM_RELEASE/usbcore.ko"; do
        [ -f "$file" ] || fail "there is no $file"
        damage "$file" "$1"
        if [ "${file#"$OUTPUT"}" = "$file" ]; then
            remove_output
            ud cache prune --kind prepared --host "$LAB_VM" --build-host "$LAB_NATIVE" >/dev/null
        fi
        case $file in
        *.ko)
            expect_exit 10 ud load --host "$LAB_VM" --input "$OUTPUT"
            from_web
            ;;
        */slices/*)
            from_web
            expect_text 'the kept sources were damaged'
            ;;
        *)
            from_web
            expect_text 'was damaged since it was kept'
            ;;
        esac
        sha256sum -c --quiet "$E2E_WORK/sums" || fail "other bytes after $file was $1"
    done
    # Without it nothing tells whose the folder is.
    damage "$OUTPUT/$LAB_VM_RELEASE/manifest.json" "$1"
    expect_exit 2 ud "${FROM_WEB[@]}" --host "$LAB_VM" --build-host "$LAB_NATIVE"
    expect_text 'manifest.json cannot be used' 'move away what is there'
    sha256sum -c --quiet "$E2E_WORK/sums"
}

from_web() { expect_exit 0 ud "${FROM_WEB[@]}" --host "$LAB_VM" --build-host "$LAB_NATIVE"; }

clean_up() {
    relay_stop
    serve_stop
    vm_signal CONT 2>/dev/null || true
    umount "$E2E_WORK"/{home,small-output,small-cache} 2>/dev/null || true
    own_engine_end
    unloaded >/dev/null 2>&1 || true
    no_image
    vm_shell_close
}

trap clean_up EXIT
vm_shell_open "$LAB_VM"
check "(the modules of the main job)" need_main_dist
check "(a stand-in tree)" make_tree
check "(and an archive of it)" make_archive
FROM_WEB=(build --source "$(cat "$E2E_WORK/url")" --source-sha256 "$(sha256sum <"$ARCHIVE" | cut -d' ' -f1)"
    --symvers "$LAB_SYMVERS" --output "$OUTPUT")
check "the program is killed while it builds" build_is_killed
check "the program is killed while it loads" load_is_killed
check "the program is killed while it makes an image" image_is_killed
check "a second Ctrl-C ends a build at once" two_interrupts
check "the helper is killed while it looks at the kernel" probe_is_killed
check "the helper is killed while it inserts modules" insertion_is_killed
check "the engine is killed while it compiles" engine_is_killed
check "the virtual machine sleeps while modules are inserted" machine_sleeps
check "the engine's disk is full" engines_disk_is_full
check "the output's disk is full" output_is_full size=100k
check "the output's disk has no inode left" output_is_full nr_inodes=4
check "the cache's disk is full" cache_is size=16k
check "the cache's disk has no inode left" cache_is nr_inodes=2
check "the cache is read-only" cache_is ro
check "the home directory is read-only" home_is_read_only
for how in emptied truncated altered; do
    check "what is kept is $how" kept_is_damaged "$how"
done
