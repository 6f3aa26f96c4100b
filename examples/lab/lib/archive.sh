# shellcheck shell=bash
# What the archives of all distributions need: the key that signs them, and parts of a kernel's modules.

# archive_key: prints the path of an entry with the lab's OpenPGP key, secret.asc and public.asc.
archive_key() {
    packages_want gnupg
    cached archive-key "$(digest "$(declare -f build_archive_key)")" build_archive_key
}

# rpm of Debian 12 knows no newer kind than RSA.
build_archive_key() (
    export GNUPGHOME=$1/home
    mkdir -m 700 "$GNUPGHOME"
    trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
    gpg --batch --passphrase '' --quick-gen-key 'usbipd-desktop lab <lab@archives.invalid>' rsa3072 sign never
    gpg --armor --export >"$1/public.asc"
    gpg --export >"$1/public.gpg"
    gpg --armor --export-secret-keys >"$1/secret.asc"
)

# with_key KEY COMMAND...: gpg has the secret key meanwhile.
with_key() (
    GNUPGHOME=$(mktemp -d)
    export GNUPGHOME
    trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
    gpg --batch --quiet --import "$1/secret.asc"
    shift
    "$@"
)

# modules_only KERNEL INTO PATH...: of the kernel's modules those below kernel/PATH.
modules_only() {
    local from=$1/root/lib/modules into=$2/lib/modules release path
    release=$(cat "$1/release")
    shift 2
    for path in "$@"; do
        mkdir -p "$into/$release/kernel/${path%/*}"
        cp -a "$from/$release/kernel/$path" "$into/$release/kernel/$path"
    done
}

# modules_without KERNEL INTO PATH...: the kernel's modules, without those, and without depmod's files.
modules_without() {
    local into=$2/lib/modules release path
    release=$(cat "$1/release")
    mkdir -p "$into"
    cp -a "$1/root/lib/modules/$release" "$into/"
    find "$into/$release" -maxdepth 1 -name 'modules.*' ! -name modules.order ! -name 'modules.builtin' \
        ! -name modules.builtin.modinfo -delete
    shift 2
    for path in "$@"; do rm -r "${into:?}/$release/kernel/$path"; done
}

# The one patch of the distributions' sources: their builders add a file, and change nothing of the kernel.
distribution_patch() {
    cat <<END
Description: a note of the distribution
--- a/Documentation/lab.txt
+++ b/Documentation/lab.txt
@@ -0,0 +1 @@
+This tree has the patches of the distribution.
END
}
