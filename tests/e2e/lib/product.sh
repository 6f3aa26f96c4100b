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

signed_dist() { printf '%s/signed/%s\n' "$E2E_SHARED" "$LAB_VM_RELEASE"; }

# need_signed_dist: the same modules from all of the sources, signed by a key of this run.
need_signed_dist() {
    local key=$E2E_SHARED/signing_key.pem
    [ ! -e "$(signed_dist)/manifest.json" ] || return 0
    openssl req -new -x509 -newkey rsa:2048 -sha256 -days 30 -nodes -subj "/CN=usbipd-desktop e2e" \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature \
        -keyout "$key" -out "$E2E_SHARED/signing.crt"
    cat "$E2E_SHARED/signing.crt" >>"$key"
    ud build "${MAIN_BUILD[@]}" --whole-tree --sign-key "$key" --output "$E2E_SHARED/signed"
}

signer_id() { jq -r .signer_key_id "$(signed_dist)/manifest.json"; }

# split_signed FILE MODULE MESSAGE: takes a signed module apart.
split_signed() {
    local size
    size=$((16#$(tail -c 32 "$1" | head -c 4 | od -An -tx1 | tr -d ' \n')))
    head -c -$((size + 40)) "$1" >"$2"
    tail -c $((size + 40)) "$1" | head -c "$size" >"$3"
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
