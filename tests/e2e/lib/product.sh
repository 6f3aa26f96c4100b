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

# seal DIR: makes the manifest agree with the files as they are now.
seal() {
    local file name sum
    for file in "$1"/*.ko; do
        name=${file##*/}
        sum=$(sha256sum <"$file")
        jq --arg name "$name" --arg sum "${sum%% *}" --argjson size "$(stat -c %s "$file")" \
            '(.modules[] | select(.file == $name)) |= (.sha256 = $sum | .size = $size)' \
            "$1/manifest.json" >"$1/manifest.new"
        mv "$1/manifest.new" "$1/manifest.json"
    done
}
