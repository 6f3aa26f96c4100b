#!/usr/bin/env bash
# In a company's network: a proxy that looks into TLS is the only way to the archive.
# only: campaign: the lab's proxy serves no other test
# lab: registry native proxy vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HERE=(--host "$LAB_VM" --build-host "$LAB_NATIVE")
IMAGE=$E2E_MARK/debian:company

unset SSL_CERT_FILE SSL_CERT_DIR
export https_proxy=$LAB_PROXY http_proxy=$LAB_PROXY

# A company's image of Debian: packages come by https and by no other way.
company_image() {
    printf 'FROM debian:bookworm\nRUN rm -rf /etc/apt/sources.list.d && %s\n' \
        "printf '$(printf 'deb https://archive.invalid/%s %s main\\n' debian bookworm debian bookworm-updates \
            debian-security bookworm-security)' >/etc/apt/sources.list" >"$E2E_WORK/Dockerfile"
    docker -H "$LAB_NATIVE" pull -q debian:bookworm
    DOCKER_BUILDKIT=0 docker -H "$LAB_NATIVE" build -q --network none -t "$IMAGE" - <"$E2E_WORK/Dockerfile"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
}

# The virtual machine's own list leads to the archive without that proxy: `build` would ask it next.
hide_the_machines_list() { ud shell --host "$LAB_VM" -- mv /etc/apt/sources.list /run/sources.list; }
show_it_again() { ud shell --host "$LAB_VM" -- sh -c '[ ! -e /run/sources.list ] || mv /run/sources.list /etc/apt/'; }

nothing_left() {
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
}

packages() { ud build "${HERE[@]}" --output "$E2E_WORK/dist" --builder "$IMAGE" "$@"; }

forget() { rm -rf "$XDG_CACHE_HOME/usbipd-desktop"; }

an_unknown_authority() {
    expect_exit 7 packages
    expect_text 'certificate' archive.invalid
    nothing_left
}

# As it is, that image has apt and no compiler: the build ends once the sources came.
the_named_one() {
    expect_exit 9 packages --ca-file "$LAB_PROXY_CA"
    expect_text "Module.symvers from linux-headers-$LAB_VM_RELEASE=" 'has no gcc'
    nothing_left
}

the_variable() {
    forget
    expect_exit 9 env SSL_CERT_FILE="$LAB_PROXY_CA" "$UD_BINARY" build "${HERE[@]}" --output "$E2E_WORK/dist" \
        --builder "$IMAGE"
    expect_text "Module.symvers from linux-headers-$LAB_VM_RELEASE=" 'has no gcc'
    nothing_left
}

no_certificates() {
    openssl x509 -in "$LAB_PROXY_CA" -outform der -out "$E2E_WORK/ca.der"
    forget
    expect_exit 2 packages --ca-file "$E2E_WORK/ca.der"
    expect_text 'there is no certificate in PEM in' 'openssl x509 -inform der'
    expect_exit 14 packages --ca-file "$E2E_WORK/none.pem"
    expect_text "$E2E_WORK/none.pem"
    nothing_left
}

# What installs the compiler goes through the proxy, and the image that it leaves knows nothing of it.
builder_image() {
    local name before after
    before=$(wc -l <"$LAB_PROXY_LOG")
    expect_exit 0 ud builder prune --host "$LAB_NATIVE"
    expect_exit 0 ud builder make "${HERE[@]}" --ca-file "$LAB_PROXY_CA" --json
    name=$(jq -r .name "$E2E_WORK/out")
    after=$(tail -n +$((before + 1)) "$LAB_PROXY_LOG" | grep -c ' GET http.*\.deb ')
    [ "$after" -gt 10 ] || fail "only $after packages came through the proxy"
    docker -H "$LAB_NATIVE" save "$name" >"$E2E_WORK/image.tar"
    LC_ALL=C grep -aqF usbipd/helper "$E2E_WORK/image.tar" || fail "it is not to be searched like this"
    ! LC_ALL=C grep -aobE "usbipd-web|:${LAB_PROXY##*:}" "$E2E_WORK/image.tar" || fail "the image has traces"
    rm "$E2E_WORK/image.tar"
    docker -H "$LAB_NATIVE" image inspect "$name" >"$E2E_WORK/inspect"
    docker -H "$LAB_NATIVE" history --no-trunc "$name" >>"$E2E_WORK/inspect"
    ! grep -E "_proxy|PROXY|SSL_CERT|APT_CONFIG" "$E2E_WORK/inspect" || fail "the image's configuration has traces"
    # Builder images of before were pruned for it.
    snapshot "$LAB_NATIVE" | without_kept >"$E2E_WORK/native.after"
    expect_same <(without_kept <"$E2E_WORK/native.before") "$E2E_WORK/native.after"
}

clean_up() {
    show_it_again || true
    docker -H "$LAB_NATIVE" rmi -f "$IMAGE" >/dev/null 2>&1 || true
}
trap clean_up EXIT

check "a company's image of Debian" company_image
check "(the virtual machine knows no archive)" hide_the_machines_list
check "without the proxy's authority nothing is taken" an_unknown_authority
check "--ca-file: packages come through a proxy that looks into TLS" the_named_one
check "SSL_CERT_FILE does the same" the_variable
check "a file without certificates is told of" no_certificates
check "the compiler's packages come through it, and the image has no trace" builder_image
