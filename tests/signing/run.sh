#!/usr/bin/env bash
# Signatures of modules as openssl sees them:  run.sh SIGN
#
# SIGN is the program of sign.c. Keys of all kinds are made by openssl; what it would have written
# itself, as the kernel's sign-file has it write, is what we have to write, byte for byte.
set -Eeuo pipefail
shopt -s inherit_errexit

SIGN=$(realpath "$1")
command -v openssl >/dev/null || {
    echo "openssl is not installed" >&2
    exit 1
}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
unset USBIPD_DESKTOP_SIGN_PASSPHRASE
FAILED=0

fail() {
    printf 'FAILED: %s\n' "$*"
    return 1
}

check() {
    local what=$1 rc=0
    shift
    trap - ERR
    set +e
    (
        set -e
        "$@"
    ) >"log" 2>&1
    rc=$?
    set -e
    if [ "$rc" = 0 ]; then
        echo "ok     $what"
    else
        echo "FAILED $what"
        sed 's/^/    /' log
        FAILED=1
    fi
}

# make_key NAME OPTION...: a key and a certificate of it, as the kernel's certs/Makefile makes them.
make_key() {
    local name=$1
    shift
    openssl req -new -x509 -sha256 -days 30 -nodes -config request -extensions module \
        -subj "/O=Test/CN=key $name" -keyout "$name.key" -out "$name.crt" "$@"
}

make_keys() {
    cat >request <<'END'
[ req ]
distinguished_name = name
[ name ]
[ module ]
basicConstraints = critical, CA:FALSE
keyUsage = digitalSignature
subjectKeyIdentifier = hash
END
    make_key rsa -newkey rsa:2048
    make_key other -newkey rsa:2048
    make_key ec -newkey ec -pkeyopt ec_paramgen_curve:P-256
    openssl x509 -in rsa.crt -outform DER -out rsa.der
    cat rsa.key rsa.crt >rsa.pem
    openssl pkcs8 -topk8 -in rsa.key -passout pass:secret -out encrypted.key
    openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -in rsa.key -passout pass:secret \
        -out sha512.key
    openssl rsa -traditional -in rsa.key -out pkcs1.key
    openssl rsa -traditional -aes128 -in rsa.key -passout pass:secret -out pkcs1-encrypted.key
    openssl ec -in ec.key -out sec1.key
    # The first byte is known: a test changes it.
    { printf '\177' && head -c 99999 /dev/urandom; } >module
}

# signed KEY CERT DIGEST: leaves signed, and its parts cms and trailer.
signed() {
    local size
    cp module signed
    "$SIGN" "$1" "$2" "$3" signed >said
    tail -c 40 signed >trailer
    size=$((16#$(head -c 12 trailer | tail -c 4 | od -An -tx1 | tr -d ' \n')))
    expect "$(wc -c <signed)" $((100000 + size + 40))
    expect "$(tail -c 28 trailer)" '~Module signature appended~'
    expect "$(head -c 8 trailer | od -An -tx1 | tr -d ' \n')" 0000020000000000
    head -c 100000 signed | cmp - module
    tail -c $((size + 40)) signed | head -c "$size" >cms
}

expect() { [ "$1" = "$2" ] || fail "it is '$1', expected '$2'"; }

# What sign-file does, with the same library.
reference() {
    openssl cms -sign -binary -noattr -nocerts -nosmimecap -md "$3" -signer "$2" -inkey "$1" \
        -in module -outform DER -out reference
}

verified() {
    openssl cms -verify -binary -inform DER -in "${2:-cms}" -content module -certfile "$1" \
        -CAfile "$1" -purpose any -out content &&
        cmp content module
}

same_bytes() {
    local digest
    for digest in sha1 sha224 sha256 sha384 sha512; do
        signed rsa.key rsa.crt "$digest"
        reference rsa.key rsa.crt "$digest"
        cmp cms reference
        verified rsa.crt
    done
}

# The bytes of an ECDSA signature differ each time for openssl: its structure is compared.
structure() { openssl asn1parse -inform DER -in "$1" | grep -v 'OCTET STRING\|hl=. l= .. cons'; }
elliptic() {
    local key
    for key in ec.key sec1.key; do
        signed "$key" ec.crt sha256
        reference ec.key ec.crt sha256
        verified ec.crt
        expect "$(structure cms | cut -d: -f3-)" "$(structure reference | cut -d: -f3-)"
    done
}

sha3() {
    signed rsa.key rsa.crt sha3-256
    verified rsa.crt
}

ways_to_name_them() {
    local key cert
    for key in rsa.pem rsa.key pkcs1.key; do
        for cert in rsa.crt rsa.der; do
            signed "$key" "$cert" sha256
            verified rsa.crt
        done
    done
    signed rsa.pem - sha256
    verified rsa.crt
    cat other.crt rsa.crt >both.crt
    signed rsa.key both.crt sha256
    verified rsa.crt
}

identity() {
    local id
    id=$(openssl x509 -in rsa.crt -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ': ')
    signed rsa.key rsa.crt sha256
    expect "$(head -n 1 said)" "${id,,} O=Test, CN=key rsa"
    openssl req -new -x509 -days 30 -key rsa.key -subj /CN=plain -config request -set_serial 0x9f01 \
        -out plain.crt
    signed rsa.key plain.crt sha256
    expect "$(head -n 1 said)" '009f01 CN=plain'
    verified plain.crt
}

changed_module() {
    signed rsa.key rsa.crt sha256
    printf x | dd of=module bs=1 conv=notrunc status=none
    if verified rsa.crt; then fail "openssl took the signature of something else"; fi
}

encrypted() {
    local key
    for key in encrypted.key sha512.key pkcs1-encrypted.key; do
        refused 2 "$key" rsa.crt "the key $key is encrypted" 'Put the key'
        USBIPD_DESKTOP_SIGN_PASSPHRASE='' refused 2 "$key" rsa.crt "the key $key is encrypted" ''
        USBIPD_DESKTOP_SIGN_PASSPHRASE=wrong refused 2 "$key" rsa.crt 'not with the passphrase' ''
        ! grep -q wrong said || fail "it told the passphrase"
        USBIPD_DESKTOP_SIGN_PASSPHRASE=secret signed "$key" rsa.crt sha256
        verified rsa.crt
    done
}

# refused CODE KEY CERT TEXT REMEDY
refused() {
    local rc=0
    cp module untouched
    "$SIGN" "$2" "$3" sha256 untouched >said 2>&1 || rc=$?
    cat said
    expect "$rc" "$1"
    grep -qF -- "$4" said || fail "it did not say: $4"
    grep -qF -- "$5" said || fail "it did not say: $5"
    cmp untouched module
}

wrong_files() {
    head -c 3000 /dev/urandom >garbage
    : >empty
    refused 2 other.key rsa.crt 'is not that of the key' '--sign-cert'
    refused 2 other.key rsa.der 'is not that of the key' '--sign-cert'
    refused 2 garbage rsa.crt 'garbage holds no private key' 'PEM'
    refused 2 empty rsa.crt 'empty holds no private key' 'PEM'
    refused 2 rsa.crt rsa.crt 'rsa.crt holds no private key' 'PEM'
    refused 2 rsa.key garbage 'garbage holds no certificate' '--sign-cert'
    refused 2 rsa.key empty 'empty holds no certificate' '--sign-cert'
    refused 2 rsa.key - 'rsa.key holds no certificate' '--sign-cert'
    refused 14 missing rsa.crt '--sign-key' ''
    refused 14 rsa.key missing '--sign-cert' ''
    rc=0
    "$SIGN" rsa.key rsa.crt md5 module >said 2>&1 || rc=$?
    expect "$rc" 2
    grep -qF md5 said
}

dates() {
    openssl req -new -key rsa.key -subj /CN=old -config request -out old.csr
    openssl x509 -req -in old.csr -signkey rsa.key -days -1 -out old.crt
    signed rsa.key old.crt sha256
    expect "$(tail -n 1 said)" 'is no longer valid'
    signed rsa.key rsa.crt sha256
    expect "$(tail -n 1 said)" 'is valid'
}

check "openssl makes the keys" make_keys
check "RSA: the bytes that sign-file would append" same_bytes
check "ECDSA: openssl takes it" elliptic
check "SHA-3: openssl takes it" sha3
check "key and certificate in one file or two, PEM or DER" ways_to_name_them
check "the key by the kernel's name for it" identity
check "encrypted keys" encrypted
check "what is no key, no certificate or not the key's" wrong_files
check "a certificate that is no longer valid" dates
check "another module" changed_module
[ "$FAILED" = 0 ]
