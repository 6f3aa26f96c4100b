#!/usr/bin/env bash
# Golden tests of the command line.
#
#   run.sh [--update] BINARY CASES...
#
# A case is a file:
#
#   args: status --json         the command line, as a shell would split it
#   env: NAME=value             any number of these
#   exit: 3
#   --- stdout
#   --- stderr
#
# It runs in an empty directory with no environment but PATH, HOME, LC_ALL=C
# and its own. @VERSION@ and @TMP@ stand for the program's version and that
# directory. --update writes what came out into the cases: read the diff.
set -u

update=
if [[ ${1:-} == --update ]]; then
    update=yes
    shift
fi
if [[ $# -lt 2 ]]; then
    echo "usage: run.sh [--update] BINARY CASES..." >&2
    exit 2
fi
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
version=$("$binary" --version) || exit 1
version=${version##* }

# The header's lines of one key.
values() {
    sed -n -e '/^---/q' -e "s/^$2: *//p" "$1"
}

neutral() {
    sed -e "s|$work/home|@TMP@|g" \
        -e "s/\(desktop \|\"version\":\"\)${version//./\\.}/\\1@VERSION@/g" "$1"
    # A text that does not end in a line end would run into what follows.
    if [[ -s $1 && -n $(tail -c 1 "$1") ]]; then
        echo '@NO LINE END@'
    fi
}

run_case() {
    local -a args environment
    eval "args=($(values "$1" args))"
    mapfile -t environment < <(values "$1" env)
    (cd "$work/home" && env -i PATH="$PATH" HOME="$work/home" LC_ALL=C "${environment[@]}" \
        "$binary" "${args[@]}" >"$work/stdout" 2>"$work/stderr" </dev/null)
    local code=$?
    values "$1" args | sed 's/^/args: /'
    values "$1" env | sed 's/^/env: /'
    echo "exit: $code"
    echo '--- stdout'
    neutral "$work/stdout"
    echo '--- stderr'
    neutral "$work/stderr"
}

failed=0
count=0
for file in "$@"; do
    count=$((count + 1))
    run_case "$file" >"$work/actual"
    if cmp -s "$file" "$work/actual"; then
        continue
    elif [[ -n $update ]]; then
        cp "$work/actual" "$file"
        echo "updated $file"
    else
        failed=$((failed + 1))
        echo "FAILED $file"
        diff -u "$file" "$work/actual"
    fi
done
echo "$count cases, $failed failed"
[[ $failed -eq 0 ]]
