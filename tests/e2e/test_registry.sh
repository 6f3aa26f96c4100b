#!/usr/bin/env bash
# A private registry: TLS by an authority of its own, and a password. It serves what the lab's registry has.
# only: campaign: no other test needs a registry with a password
# lab: registry mirror native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PORT=17443
REGISTRY=10.0.2.2:$PORT
BASE=$REGISTRY/library/busybox:latest
PASSWORD=sesame-$RANDOM$RANDOM
export DOCKER_CONFIG=$E2E_WORK/docker
readonly IMAGE=$E2E_MARK/private:1
MAKE=(image vhcli --host "$LAB_VM" --input "$E2E_SHARED/dist" --tag "$IMAGE" --base "$BASE")
ours=

start_registry() {
    mkdir -p "$E2E_WORK/registry" "$DOCKER_CONFIG"
    cd "$E2E_WORK/registry"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=registry \
        -addext "subjectAltName=IP:10.0.2.2,IP:127.0.0.1" 2>/dev/null
    htpasswd -Bbn somebody "$PASSWORD" >passwords
    cat >config.yml <<END
version: 0.1
log: {level: info}
storage:
  filesystem: {rootdirectory: $PWD/data}
http:
  addr: 0.0.0.0:$PORT
  tls: {certificate: $PWD/cert.pem, key: $PWD/key.pem}
auth:
  htpasswd: {realm: lab, path: $PWD/passwords}
proxy: {remoteurl: http://$LAB_REGISTRY}
END
    docker-registry serve config.yml >log 2>&1 &
    ours=$!
    until curl -sk -o /dev/null "https://127.0.0.1:$PORT/v2/"; do sleep .2; done
    in_vm mkdir -p "/etc/docker/certs.d/$REGISTRY"
    put_in_vm cert.pem "/etc/docker/certs.d/$REGISTRY/ca.crt"
    cp "$E2E_VHCLIENT" "$E2E_WORK/vhclient"
}

make() { ud "${MAKE[@]}" --client "$E2E_WORK/vhclient" "$@"; }
config() { printf '%s\n' "$1" >"$DOCKER_CONFIG/config.json"; }
login_of() { printf 'somebody:%s' "$1" | base64 -w0; }

pulls() {
    : >"$E2E_WORK/registry/log"
    expect_exit 0 make --json
    expect_json ".base == \"$BASE\" and (.unchanged | not)"
    [ "$(grep -c 'GET /v2/library/busybox/manifests/latest HTTP.* 200' "$E2E_WORK/registry/log")" -ge 1 ] ||
        grep -q 'http.response.status=200.*manifests\|manifests.*http.response.status=200' "$E2E_WORK/registry/log" ||
        fail "nothing was pulled from the registry"
    docker -H "$LAB_VM" rmi -f "$IMAGE" >/dev/null
}

denied() {
    expect_exit 13 make
    expect_text "docker login"
    ! said | grep -qF "$PASSWORD" || fail "the password is shown"
}

without_login() {
    rm -f "$DOCKER_CONFIG/config.json"
    denied
}

wrong_password() {
    config "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(login_of "not-$PASSWORD")\"}}}"
    denied
}

stored_password() {
    config "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(login_of "$PASSWORD")\"}}}"
    pulls
}

# As Docker Desktop has it: the password is in the system's keychain.
by_a_helper() {
    mkdir -p "$E2E_WORK/bin"
    cat >"$E2E_WORK/bin/docker-credential-keychain" <<END
#!/bin/sh
read -r server
echo "\$server" >>$E2E_WORK/asked
echo '{"ServerURL":"$REGISTRY","Username":"somebody","Secret":"$PASSWORD"}'
END
    chmod +x "$E2E_WORK/bin/docker-credential-keychain"
    config '{"credsStore":"keychain"}'
    PATH=$E2E_WORK/bin:$PATH pulls
    expect_equal "$(sort -u "$E2E_WORK/asked")" "$REGISTRY"
}

# No other secret goes there: the password of one registry is not another's.
another_registrys_password() {
    config "{\"auths\":{\"registry.example\":{\"auth\":\"$(login_of "$PASSWORD")\"}}}"
    denied
}

an_unknown_authority() {
    in_vm rm -r "/etc/docker/certs.d/$REGISTRY"
    config "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(login_of "$PASSWORD")\"}}}"
    expect_exit 4 make
    expect_text "certificate"
}

forget_registry() {
    kill "$ours"
    wait "$ours" || true
    docker -H "$LAB_VM" rmi -f "$BASE" "$IMAGE" >/dev/null 2>&1 || true
}

vm_shell_open "$LAB_VM" "$LAB_VM_BUSYBOX"
check "(a registry with TLS and a password)" start_registry
check "without a login it is denied, and the remedy names docker login" without_login
check "a wrong password is denied, and not shown" wrong_password
check "a password of config.json" stored_password
check "a credential helper" by_a_helper
check "another registry's password is not sent" another_registrys_password
check "an authority that the engine does not know" an_unknown_authority
forget_registry
vm_shell_close
