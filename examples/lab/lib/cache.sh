# shellcheck shell=bash
# Things that take long to make, kept under $LAB_CACHE/NAME-DIGEST. The digest covers what the
# thing is made from, so a changed script or package makes a new entry beside the old one.

# digest WORD|@FILE...: of words and of the contents of files.
digest() {
    local item
    for item in "$@"; do
        case $item in
        @*) cat "${item#@}" ;;
        *) printf '%s\0' "$item" ;;
        esac
    done | sha256sum | cut -c1-16
}

# cached NAME DIGEST BUILDER [ARGUMENT...]: prints the entry's path, after BUILDER has filled
# the empty directory it gets as its first argument, if the entry did not exist.
cached() {
    local name=$1 entry=$LAB_CACHE/$1-$2 builder=$3
    shift 3
    if [ ! -d "$entry" ]; then make_entry "$name" "$entry" "$builder" "$@"; fi
    touch "$entry"
    printf '%s\n' "$entry"
}

# The entry appears by rename, whole or not at all. One builder per name at a time; what a
# killed one left, and entries of this name unused for ten days, go.
make_entry() (
    name=$1 entry=$2 builder=$3
    shift 3
    mkdir -p "$LAB_CACHE"
    exec 8>"$LAB_CACHE/.lock-$name"
    flock 8
    [ ! -d "$entry" ] || exit 0
    unmount_below "$LAB_CACHE/.new-$name"
    rm -rf --one-file-system "$LAB_CACHE/.new-$name"
    find "$LAB_CACHE" -maxdepth 1 -name "$name-????????????????" -mtime +10 -exec rm -rf {} +
    mkdir "$LAB_CACHE/.new-$name"
    started=$SECONDS
    say "making $name (kept in $LAB_CACHE)"
    # Not `builder || failed`: bash would go on inside the builder after a failed command.
    trap 'entry_failed "$name"' EXIT
    "$builder" "$LAB_CACHE/.new-$name" "$@" >"$LAB_CACHE/$name.log" 2>&1 8>&-
    trap - EXIT
    mv -T "$LAB_CACHE/.new-$name" "$entry"
    say "made $name in $((SECONDS - started)) s"
)

# A killed mmdebstrap leaves this machine's /proc and /sys mounted in its tree.
unmount_below() {
    awk -v top="$1/" 'index($2, top) == 1 { print $2 }' /proc/self/mounts | tac |
        while read -r mount; do umount "$mount"; done
}

entry_failed() {
    say "error: making $1 failed or was interrupted; $LAB_CACHE/$1.log ends:"
    tail -n 15 "$LAB_CACHE/$1.log" | sed 's/^/    /' >&2
    exit 1
}
