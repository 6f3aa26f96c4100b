# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used by the tests
# usbipd-desktop, and the modules of the main job that several tests start from.

ud() { "$UD_BINARY" "$@"; }

# The options of the main job.
readonly MAIN_BUILD=(--host "${LAB_VM:-}" --build-host "${LAB_NATIVE:-}"
    --source "${LAB_SOURCE:-}" --symvers "${LAB_SYMVERS:-}")

main_dist() { printf '%s/dist/%s\n' "$E2E_SHARED" "$LAB_VM_RELEASE"; }

# need_main_dist: builds unless a test of this run has.
need_main_dist() {
    [ -e "$(main_dist)/manifest.json" ] || ud build "${MAIN_BUILD[@]}" --output "$E2E_SHARED/dist"
}

# shellcheck disable=SC2016 # for jq
# seal DIR: makes the manifest agree with the files as they are now, if these agree with each other.
seal() {
    local file magic release machine
    for file in "$1"/*.ko; do
        magic=$(modinfo -F vermagic "$file" || true) # none of a file that was cut off
        seal_edit "$1" '(.modules[] | select(.file == $text)) |= (.sha256 = $sum | .size = $size
            | .crc_count = $crcs | if $magic != "" then .vermagic = $magic else . end)' "${file##*/}" \
            --arg sum "$(sha256sum <"$file" | cut -d' ' -f1)" --arg magic "$magic" \
            --argjson size "$(stat -c %s "$file")" \
            --argjson crcs "$(modprobe --dump-modversions "$file" 2>/dev/null | wc -l)"
    done
    release=${magic%% *}
    [ -z "$release" ] || seal_edit "$1" '.release = $text' "$release"
    machine=$(od -A n -t u2 -j 18 -N 2 "$file" | tr -d ' ')
    if [ "$machine" = 183 ]; then seal_edit "$1" '.machine = $text' aarch64; fi
}

# seal_edit DIR FILTER TEXT [OPTION...]: TEXT is $text to jq.
seal_edit() {
    local dir=$1 filter=$2 text=$3
    shift 3
    jq --arg text "$text" "$@" "$filter" "$dir/manifest.json" >"$dir/manifest.new"
    mv "$dir/manifest.new" "$dir/manifest.json"
}
