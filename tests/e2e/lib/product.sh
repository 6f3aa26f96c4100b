# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used by the tests
# usbipd-desktop, and the modules of the main job that several tests start from.

ud() { "$UD_BINARY" "$@"; }

# The options of the main job.
readonly MAIN_BUILD=(--host "${LAB_VM:-}" --build-host "${LAB_NATIVE:-}"
    --source "${LAB_SOURCE:-}" --symvers "${LAB_SYMVERS:-}")

main_dist() { printf '%s/dist/%s\n' "$E2E_SHARED" "$LAB_VM_RELEASE"; }

# share COMMAND...: with what the tests of a run share to itself: those of another lane wait.
share() {
    (
        flock 9
        "$@"
    ) 9>"$E2E_SHARED/lock"
}

# need_main_dist: builds unless a test of this run has.
need_main_dist() { share build_main_dist; }

build_main_dist() {
    [ -e "$(main_dist)/manifest.json" ] || ud build "${MAIN_BUILD[@]}" --output "$E2E_SHARED/dist"
}

# give_main_dist OUTPUT: what a test has built is for the others.
give_main_dist() { share copy_main_dist "$1"; }

copy_main_dist() {
    mkdir -p "$E2E_SHARED/dist"
    [ -e "$(main_dist)" ] || cp -r "$1/$LAB_VM_RELEASE" "$E2E_SHARED/dist/"
}

# expect_same_modules DIR OTHER: each module of DIR is in OTHER, with the same bytes.
expect_same_modules() {
    local file
    for file in "$1"/*.ko; do
        cmp "$file" "$2/${file##*/}" || fail "${file##*/} differs"
    done
}

signed_dist() { printf '%s/signed/%s\n' "$E2E_SHARED" "$LAB_VM_RELEASE"; }

# need_signed_dist: the same modules from all of the sources, signed by a key of this run.
need_signed_dist() { share build_signed_dist; }

build_signed_dist() {
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

# shellcheck disable=SC2016 # for jq
# seal DIR: makes the manifest agree with the files as they are now, if these agree with each other.
seal() {
    local file magic release machine id
    for file in "$1"/*.ko; do
        id=$(readelf -n "$file" 2>/dev/null | awk '/Build ID:/ { print $3 }' || true)
        magic=$(modinfo -F vermagic "$file" || true) # none of a file that was cut off
        seal_edit "$1" '(.modules[] | select(.file == $text)) |= (.sha256 = $sum | .size = $size
            | .crc_count = $crcs | if $magic != "" then .vermagic = $magic else . end
            | if $id != "" then .build_id = $id else . end)' "${file##*/}" \
            --arg sum "$(sha256sum <"$file" | cut -d' ' -f1)" --arg magic "$magic" --arg id "$id" \
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

# module_crcs FILE: "SYMBOL 0xCRC", a line each. Debian 12's kmod does not know the tables of long names.
module_crcs() {
    if ! objdump -h "$1" | grep ' __version_ext_crcs ' >/dev/null; then
        modprobe --dump-modversions "$1" | awk '{ print $2, $1 }'
        return
    fi
    objcopy -O binary -j __version_ext_names "$1" "$E2E_WORK/crc.names"
    objcopy -O binary -j __version_ext_crcs "$1" "$E2E_WORK/crc.values"
    paste -d ' ' <(tr '\0' '\n' <"$E2E_WORK/crc.names") \
        <(od -A n -v -t x4 -w4 "$E2E_WORK/crc.values" | sed 's/ */0x/') | grep -v '^ '
}

# judge_crcs SYMVERS FILE...: no CRC in these modules is another than SYMVERS has for that symbol. Those
# that it has are in $E2E_WORK/judged then; what is in none but $E2E_WORK/crcs, one of the modules exports.
judge_crcs() {
    local symvers=$1 file
    shift
    for file in "$@"; do module_crcs "$file"; done | sort -u >"$E2E_WORK/crcs"
    awk 'NR == FNR { crc[$2] = $1; next } $1 in crc { print $1, crc[$1] }' "$symvers" "$E2E_WORK/crcs" |
        sort -u >"$E2E_WORK/judged"
    join "$E2E_WORK/judged" "$E2E_WORK/crcs" | awk '$2 != $3' >"$E2E_WORK/wrong"
    [ ! -s "$E2E_WORK/wrong" ] || fail "other CRCs than the kernel's: $(cat "$E2E_WORK/wrong")"
    printf '%s of %s CRCs are right, the others of each other\n' "$(wc -l <"$E2E_WORK/judged")" \
        "$(wc -l <"$E2E_WORK/crcs")"
}
