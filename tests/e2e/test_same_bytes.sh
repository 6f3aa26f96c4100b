#!/usr/bin/env bash
# Leaving out of the sources what a build does not read changes no byte of the modules, and neither
# does signing them.
# lab: registry mirror native vm
# only: campaign: it builds once more, with all of the sources
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sums() { (cd "$1" && sha256sum -- *.ko); }

# The build of all of the sources is the one that signs: each takes minutes.
whole_tree() {
    local file
    need_signed_dist
    mkdir "$E2E_WORK/whole"
    for file in "$(signed_dist)"/*.ko; do
        split_signed "$file" "$E2E_WORK/whole/${file##*/}" "$E2E_WORK/${file##*/}.cms"
    done
    sums "$(main_dist)" >"$E2E_WORK/filtered.sums"
    sums "$E2E_WORK/whole" >"$E2E_WORK/whole.sums"
    expect_equal "$(wc -l <"$E2E_WORK/whole.sums")" 4
    expect_same "$E2E_WORK/filtered.sums" "$E2E_WORK/whole.sums"
}

signatures() {
    local file
    for file in "$E2E_WORK"/whole/*.ko; do
        openssl cms -verify -binary -inform DER -in "$E2E_WORK/${file##*/}.cms" -content "$file" \
            -certfile "$E2E_SHARED/signing.crt" -CAfile "$E2E_SHARED/signing.crt" -purpose any \
            -out /dev/null
        expect_equal "$(modinfo -F signer "$(signed_dist)/${file##*/}")" "usbipd-desktop e2e"
    done
    (cd "$(signed_dist)" && jq -r '.modules[] | "\(.sha256)  \(.file)"' manifest.json | sha256sum -c)
}

check "(the modules of the main job)" need_main_dist
check "all of the sources give the same bytes" whole_tree
check "openssl takes the signatures" signatures
