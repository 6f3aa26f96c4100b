#!/usr/bin/env bash
# Tests that `version --verbose` tells what third_party/ lists, with its licences.
#
#   parts.sh BINARY
set -uo pipefail

third_party=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../third_party" && pwd)
expected=$(sed -n 's/^ud_licence(\([^ ]*\) \([^ )]*\).*/\1 \2/p' "$third_party/licences.cmake" |
    while read -r name licence; do
        version=$(sed -n "s/^ud_source($name \(.*\)\$/\1/p" "$third_party"/{sources,data}.cmake)
        printf '%s %s (%s)\n' "$name" "$version" "$licence"
    done)
told=$("$1" version --verbose | sed 1,2d)
[ -n "$expected" ] && diff <(printf '%s\n' "$expected") <(printf '%s\n' "$told") || exit 1
"$1" version --verbose --json | jq -e '.parts | length > 5' >/dev/null
